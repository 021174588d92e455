/* What openshift-install has made for machines that boot from a boot server is there to be fetched, and anew when it was made
 * again. */
#include "plan/cluster_note.h"
#include "scores/score.h"

/* Those of the wish's clusters, but for a bootstrap machine whose work is done: its own goes (scores/retired.c). */
static bool is_wished(const struct wish *wish, const struct made_ignition *made)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters))
                if (*cluster == made->cluster)
                        return !strings_has(&wish->retired, made->machine);
        return false;
}

static void ask_about(const struct made_ignition *made, struct survey *survey)
{
        CLEANUP(string_free) char *note = cluster_note_path(made->cluster->name);

        survey_ask(survey, ASK_TEXT, note);
        survey_ask(survey, ASK_FILE, made->path);
        survey_ask_installer(survey, made->cluster);
}

static void boot_ignition_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct boot_server_config *, server, &wish->boot_servers))
                for (array_each(const struct made_ignition, made, &(*server)->made_ignitions))
                        if (is_wished(wish, made))
                                ask_about(made, survey);
}

/* Where it isn't made and won't be, others say so: the cluster is there already. */
static bool will_be_made(const struct made_ignition *made, const struct answers *answers)
{
        const struct installer_state *state = answers_installer(answers, made->cluster->name);
        const struct cluster_state *cluster = answers_cluster(answers, made->cluster->name);

        return !(state && state->has_answered) && !(cluster && cluster->answers) &&
               !cluster_is_bootstrapped(answers, made->cluster);
}

static void plan_ignition(const struct made_ignition *made, const struct answers *answers, struct plan *plan)
{
        const struct installer_state *state = answers_installer(answers, made->cluster->name);
        const struct file_state *file = answers_file(answers, made->path);
        const char *sum = state && state->is_made ? state->sums[made->role] : NULL;
        struct step *step;

        if (file && file->exists && file->type != FILE_REGULAR) {
                plan_block(plan, "%s is a %s where a file is wanted: move it out of the way", made->path,
                        file->type == FILE_DIRECTORY ? "directory" : file->what);
                return;
        }
        if (sum ? file && file->exists && string_equal(file->sha256, sum) : !will_be_made(made, answers))
                return;
        step = plan_add(plan, STEP_IGNITION_SERVE, "let machine %s fetch the Ignition of cluster %s",
                made->machine, made->cluster->name);
        step->made_ignition = made;
        step->expected = !sum;
}

static void boot_ignition_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct boot_server_config *, server, &wish->boot_servers))
                for (array_each(const struct made_ignition, made, &(*server)->made_ignitions))
                        if (is_wished(wish, made))
                                plan_ignition(made, answers, plan);
}

/* Its files are in the store, by which the Score of files takes them back. */
const struct score score_boot_ignition = {
        .name = "boot_ignition",
        .summary = "machines of clusters that boot over the network find the Ignition that is made for them",
        .ask = boot_ignition_ask,
        .plan = boot_ignition_plan,
};
