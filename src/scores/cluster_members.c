/* Nodes that were declared once, and aren't any more: what runs on a worker goes elsewhere, then the node leaves its cluster, and
 * its guest this machine. Which were declared a note on the machine tells, so a node that others added is never touched. */
#include "plan/cluster_note.h"
#include "scores/score.h"

static void members_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters)) {
                CLEANUP(string_free) char *note = cluster_note_path((*cluster)->name);

                if ((*cluster)->flavor == CLUSTER_EXISTING)
                        continue;
                survey_ask_cluster(survey, *cluster);
                survey_ask(survey, ASK_TEXT, note);
                survey_ask(survey, ASK_GUESTS, NULL);
        }
}

static bool is_wished(const struct wish *wish, const char *name)
{
        for (array_each(const struct guest_config *, guest, &wish->guests))
                if (string_equal((*guest)->name, name))
                        return true;
        return false;
}

static void plan_leave(const struct wish *wish, const struct answers *answers,
        const struct cluster_state *state, const char *name, struct plan *plan)
{
        const struct guest_state *guest = answers_guest(answers, name);
        struct step *step;

        if (cluster_find_node(state, name)) {
                step = plan_add(plan, STEP_CLUSTER_DRAIN, "drain node %s of cluster %s, and take it out",
                        name, state->config->name);
                step->cluster.config = state->config;
                step->cluster.node = string_copy(name);
        }
        if (guest && guest->ours && !is_wished(wish, name))
                plan_add(plan, STEP_GUEST_REMOVE,
                        "%s guest %s, which is no longer a worker of cluster %s (its disks stay)",
                        guest->running.name ? "switch off and remove" : "remove", name, state->config->name)
                        ->guest.found = guest;
}

/* Those that are declared and there. */
static void add_seen(
        const struct cluster_state *state, const struct strings *declared, struct strings *ret_seen)
{
        for (array_each(char *, name, declared))
                if (cluster_find_node(state, *name))
                        strings_add(ret_seen, *name);
}

/* etcd has a member on each of them. */
static void block_control(
        const struct cluster_config *cluster, const struct cluster_note *note, struct plan *plan)
{
        for (array_each(char *, name, &note->control))
                if (!strings_has(&cluster->nodes, *name))
                        plan_block(plan,
                                "control machine %s of cluster %s isn't declared any more: etcd has a member "
                                "on it, which has to be replaced by hand; name it in control again, or, when "
                                "that is done, take \"control %s\" out of " CLUSTER_NOTES "/%s",
                                *name, cluster->name, *name, cluster->name);
}

static void plan_cluster(const struct wish *wish, const struct answers *answers,
        const struct cluster_state *state, struct plan *plan)
{
        const struct cluster_config *cluster = state->config;
        CLEANUP(cluster_note_done) struct cluster_note old = {0}, new = {0};
        CLEANUP(string_free) char *before = NULL, *after = NULL;
        struct step *step;

        cluster_note_find(answers, cluster->name, &old);
        block_control(cluster, &old, plan);
        for (array_each(char *, name, &old.workers))
                if (!strings_has(&cluster->nodes, *name))
                        plan_leave(wish, answers, state, *name, plan);
        new.is_bootstrapped = old.is_bootstrapped;
        add_seen(state, &cluster->control, &new.control);
        add_seen(state, &cluster->workers, &new.workers);
        before = cluster_note_write(&old);
        after = cluster_note_write(&new);
        if (string_equal(before, after))
                return;
        step = plan_add(plan, STEP_NOTE, "note which nodes cluster %s has", cluster->name);
        step->note.path = cluster_note_path(cluster->name);
        step->note.text = STEAL(after);
}

static void members_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters)) {
                const struct cluster_state *state = answers_cluster(answers, (*cluster)->name);

                if (state && state->answers && !state->world_is_unknown &&
                        state->config->flavor != CLUSTER_EXISTING)
                        plan_cluster(wish, answers, state, plan);
        }
}

const struct score score_cluster_members = {
        .name = "cluster_members",
        .summary = "nodes that are no longer declared have left, drained",
        .ask = members_ask,
        .plan = members_plan,
};
