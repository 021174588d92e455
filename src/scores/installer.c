/* A cluster's machines start with Ignition that openshift-install makes here. */
#include "plan/cluster_note.h"
#include "scores/score.h"

#define BOOTSTRAP_S (90 * 60) /* where the host has no deadline of its own for its cluster */

static void installer_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters)) {
                CLEANUP(string_free) char *note = cluster_note_path((*cluster)->name);

                if (!(*cluster)->installer.program)
                        continue;
                survey_ask_installer(survey, *cluster);
                survey_ask(survey, ASK_TEXT, note);
        }
}

static void plan_making(const struct cluster_config *cluster, const struct installer_state *made,
        const char *why, struct plan *plan)
{
        struct step *step;

        if (made && made->why_not) {
                plan_block(plan, "cluster %s: its Ignition can't be made: %s", cluster->name, made->why_not);
                return;
        }
        step = why ? plan_add(plan, STEP_INSTALLER, "make the Ignition of cluster %s again: %s",
                             cluster->name, why)
                   : plan_add(plan, STEP_INSTALLER, "make the Ignition of cluster %s", cluster->name);
        step->cluster.config = cluster;
}

/* It is there, and can't be made again: whoever made it has what leads to it. */
static void plan_existing(const struct cluster_config *cluster, const struct installer_state *made,
        bool is_answering, struct plan *plan)
{
        if (!made || is_answering)
                return;
        if (!made->is_made)
                plan_block(plan,
                        "cluster %s is bootstrapped, and what openshift-install has made for it isn't here: "
                        "bring %s from the machine that has made it",
                        cluster->name, made->place);
        else if (made->has_answered)
                plan_warn(plan,
                        "cluster %s: its API has answered before, and doesn't now: its Ignition isn't made "
                        "again; if the cluster is no more, remove %s here",
                        cluster->name, made->place);
}

static void plan_ignition(const struct wish *wish, const struct cluster_config *cluster,
        const struct answers *answers, struct plan *plan)
{
        static const struct installer_state nothing;
        const struct installer_state *made = answers_installer(answers, cluster->name);
        const struct cluster_state *state = answers_cluster(answers, cluster->name);
        int own_s = wish->host->deadline_s[PHASE_CLUSTER];
        bool is_answering = state && state->answers, is_there = cluster_is_bootstrapped(answers, cluster);
        CLEANUP(string_free) char *why = NULL;

        if (is_answering || is_there || (made && made->has_answered)) {
                if (state)
                        plan_existing(cluster, made, is_answering, plan);
        } else if (installer_is_needed(made ? made : &nothing, own_s ? own_s : BOOTSTRAP_S, &why)) {
                plan_making(cluster, made, why, plan);
        }
}

static void installer_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters))
                if ((*cluster)->installer.program)
                        plan_ignition(wish, *cluster, answers, plan);
}

/* ---- undoing ---- */

/* Without its machines, which go, a cluster is no more. */
static bool goes(const struct wish *wish, const struct cluster_config *cluster)
{
        for (array_each(const struct guest_config *, guest, &wish->guests))
                if (string_equal(cluster->bootstrap, (*guest)->name) ||
                        strings_has(&cluster->nodes, (*guest)->name))
                        return true;
        return false;
}

static void installer_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)answers;
        for (array_each(const struct cluster_config *, cluster, &wish->clusters))
                if (goes(wish, *cluster))
                        survey_ask_installer(survey, *cluster);
}

static void installer_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters)) {
                const struct installer_state *made = answers_installer(answers, (*cluster)->name);

                if (made && made->is_made && goes(wish, *cluster))
                        plan_add(plan, STEP_INSTALLER_FORGET,
                                "set aside what openshift-install has made for cluster %s, as %s.before",
                                (*cluster)->name, made->place)
                                ->cluster.config = *cluster;
        }
}

const struct score score_installer = {
        .name = "installer",
        .summary = "the Ignition of clusters' machines is made, and its certificates last",
        .ask = installer_ask,
        .plan = installer_plan,
        .ask_undo = installer_ask_undo,
        .undo = installer_undo,
};
