/* A cluster comes up by itself, once its machines run: what is to be done is to wait for it, stage by stage, and to say what it
 * lacks. Each stage is a Score of its own, so that each shows, has a time of its own, and what needs it says so. */
#include "plan/cluster.h"
#include "scores/score.h"

/* What openshift-install gives each stage, on bare metal. */
static const int stage_s[CLUSTER_STAGES] = {
        [CLUSTER_API] = 20 * 60,
        [CLUSTER_BOOTSTRAP] = 65 * 60,
        [CLUSTER_NODES] = 60 * 60,
        [CLUSTER_INSTALL] = 90 * 60,
};

static void cluster_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters))
                survey_ask_cluster(survey, *cluster);
}

static void plan_stage(const struct cluster_config *cluster, const struct answers *answers,
        enum cluster_stage stage, struct plan *plan)
{
        const struct cluster_state *state = answers_cluster(answers, cluster->name);
        CLEANUP(string_free) char *lacks = state ? cluster_lacks(state, stage) : NULL;
        struct step *step;

        if (state && state->is_refused && stage == CLUSTER_API)
                plan_block(plan, "cluster %s: %s", cluster->name, state->why);
        if (!cluster_has_stage(cluster, stage) || (state && (!lacks || state->is_refused)))
                return;
        step = plan_add(plan, STEP_CLUSTER, "wait for cluster %s until %s", cluster->name,
                cluster_stage_words(stage));
        step->cluster.config = cluster;
        step->cluster.stage = stage;
        step->deadline_s = stage_s[stage];
}

static void plan_each(
        const struct wish *wish, const struct answers *answers, enum cluster_stage stage, struct plan *plan)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters))
                plan_stage(*cluster, answers, stage, plan);
}

static void api_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        plan_each(wish, answers, CLUSTER_API, plan);
}

static void bootstrap_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        plan_each(wish, answers, CLUSTER_BOOTSTRAP, plan);
}

/* What a person should look at. */
static void warn_of_requests(
        const struct cluster_config *cluster, const struct answers *answers, struct plan *plan)
{
        const struct cluster_state *state = answers_cluster(answers, cluster->name);

        if (!state || !state->answers)
                return;
        for (array_each(const struct csr, request, &state->requests)) {
                CLEANUP(string_free) char *why = NULL;

                if (cluster_judge(state, request, &why) == CSR_REPORT)
                        plan_warn(plan, "cluster %s: the request for a certificate %s isn't approved: %s",
                                cluster->name, request->name ? request->name : "without a name", why);
        }
}

static void nodes_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        plan_each(wish, answers, CLUSTER_NODES, plan);
        for (array_each(const struct cluster_config *, cluster, &wish->clusters))
                warn_of_requests(*cluster, answers, plan);
}

static void install_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        plan_each(wish, answers, CLUSTER_INSTALL, plan);
}

/* What its ingress shows is known when it is installed. */
static void access_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters)) {
                const struct cluster_state *state = answers_cluster(answers, (*cluster)->name);

                if ((*cluster)->flavor == CLUSTER_EXISTING ||
                        (state && (state->is_delivered || state->is_refused)))
                        continue;
                plan_add(plan, STEP_CLUSTER_DELIVER,
                        "write the kubeconfig of cluster %s to the directory of keys", (*cluster)->name)
                        ->cluster.config = *cluster;
        }
}

const struct score score_cluster_api = {
        .name = "cluster_api",
        .summary = "the cluster's API answers",
        .ask = cluster_ask,
        .plan = api_plan,
};

const struct score score_cluster_bootstrap = {
        .name = "cluster_bootstrap",
        .summary = "the cluster does without its bootstrap machine",
        .ask = cluster_ask,
        .plan = bootstrap_plan,
};

const struct score score_cluster_nodes = {
        .name = "cluster_nodes",
        .summary = "the nodes that are declared are there, with the certificates that they asked for",
        .ask = cluster_ask,
        .plan = nodes_plan,
};

const struct score score_cluster_install = {
        .name = "cluster_install",
        .summary = "the cluster is installed: its version is available, and its operators have come to rest",
        .ask = cluster_ask,
        .plan = install_plan,
};

const struct score score_cluster_access = {
        .name = "cluster_access",
        .summary = "its kubeconfig is kept here, and trusts its ingress",
        .ask = cluster_ask,
        .plan = access_plan,
};
