/* A cluster's machines start with Ignition that openshift-install makes here. */
#include "plan/cluster.h"
#include "scores/score.h"

#define BOOTSTRAP_S (90 * 60) /* where the host has no deadline of its own for its cluster */

static void installer_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters))
                survey_ask_cluster(survey, *cluster);
}

static void plan_ignition(const struct wish *wish, const struct cluster_config *cluster,
        const struct cluster_state *state, struct plan *plan)
{
        static const struct installer_state nothing;
        const struct installer_state *made = state ? &state->installer : &nothing;
        int own_s = wish->host->deadline_s[PHASE_CLUSTER];
        CLEANUP(string_free) char *why = NULL;

        if (made->has_answered)
                plan_warn(plan,
                        "cluster %s: its API has answered before, and doesn't now: its Ignition isn't made "
                        "again; if the cluster is no more, remove %s here",
                        cluster->name, made->place);
        if (!installer_is_needed(made, own_s ? own_s : BOOTSTRAP_S, &why))
                return;
        if (made->why_not) {
                plan_block(plan, "cluster %s: its Ignition can't be made: %s", cluster->name, made->why_not);
                return;
        }
        if (why)
                plan_add(
                        plan, STEP_INSTALLER, "make the Ignition of cluster %s again: %s", cluster->name, why)
                        ->cluster.config = cluster;
        else
                plan_add(plan, STEP_INSTALLER, "make the Ignition of cluster %s", cluster->name)
                        ->cluster.config = cluster;
}

static void installer_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters)) {
                const struct cluster_state *state = answers_cluster(answers, (*cluster)->name);

                if ((*cluster)->installer.program && (!state || !state->answers))
                        plan_ignition(wish, *cluster, state, plan);
        }
}

const struct score score_installer = {
        .name = "installer",
        .summary = "the Ignition of the cluster's machines is made, and its certificates last",
        .ask = installer_ask,
        .plan = installer_plan,
};
