/* The names of clusters. The Score of networks sees to what a network says; this one looks at the effect, and asks its dnsmasq,
 * before machines boot that need an answer. Nothing but a network brings the right ones, so what is left to do is to wait for
 * it, for a moment, and to say what is wrong. */
#include "scores/score.h"

static void names_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters)) {
                if ((*cluster)->names.count == 0)
                        continue;
                survey_ask(survey, ASK_NETWORKS, NULL);
                survey_ask(survey, ASK_OWN_ADDRESSES, NULL);
                survey_ask_names(survey, *cluster);
        }
}

static const struct network *wanted_network(const struct wish *wish, const struct cluster_config *cluster)
{
        for (array_each(const struct network_config *, network, &wish->networks))
                if (string_equal((*network)->network.name, cluster->dns))
                        return &(*network)->network;
        return NULL;
}

/* Its network comes in this run, or changes: what it tells now says nothing. */
static bool is_to_come(
        const struct wish *wish, const struct cluster_config *cluster, const struct answers *answers)
{
        const struct network *wanted = wanted_network(wish, cluster);
        const struct network_state *found = answers_network(answers, cluster->dns);
        const struct service_state *service = answers_service(answers, cluster->dns);
        CLEANUP(strings_done) struct strings differences = {0};

        if (answers->libvirt != REACH_ANSWERED || !found || !found->active ||
                (service && !service->is_served))
                return true;
        if (wanted)
                network_differences(wanted, &found->network, &differences);
        return differences.count || found->live_differences.count;
}

static void plan_names(const struct wish *wish, const struct cluster_config *cluster,
        const struct answers *answers, struct plan *plan)
{
        const struct names_state *state = answers_names(answers, cluster->name);
        CLEANUP(string_free) char *faults = state ? names_faults(state) : NULL;
        bool is_expected = !state || is_to_come(wish, cluster, answers);

        if (state && !faults)
                return;
        if (is_expected)
                plan_add(plan, STEP_WAIT, "see network %s tell the names of cluster %s", cluster->dns,
                        cluster->name)
                        ->expected = true;
        else
                plan_add(plan, STEP_WAIT,
                        "see network %s tell the names of cluster %s, which it doesn't: %s; if that stays "
                        "so, restart the network, or see who else answers at its port 53",
                        cluster->dns, cluster->name, faults);
}

static void names_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters))
                if ((*cluster)->names.count)
                        plan_names(wish, *cluster, answers, plan);
}

const struct score score_names = {
        .name = "names",
        .summary = "the names of clusters are told by their networks",
        .ask = names_ask,
        .plan = names_plan,
        .settle_s = 5,
};
