/* A bootstrap machine that its cluster no longer needs goes: from the load balancer (scores/load_balancer.c leaves it out), and,
 * where it is a guest of ours, with its disks. Its Ignition configuration goes in any case, for it holds the keys of the whole
 * cluster.
 *
 * That it has done its work is noted first. So it doesn't come back when the cluster isn't asked, or doesn't answer. */
#include "config/storage.h"
#include "plan/cluster_note.h"
#include "scores/score.h"
#include "scores/volume.h"

static const struct guest_config *find_guest(const struct wish *wish, const char *name)
{
        for (array_each(const struct guest_config *, guest, &wish->guests))
                if (string_equal((*guest)->name, name))
                        return *guest;
        for (array_each(const struct guest_config *, guest, &wish->retired_guests))
                if (string_equal((*guest)->name, name))
                        return *guest;
        return NULL;
}

/* What a boot server has for it. */
static const struct made_ignition *find_served(const struct boot_server_config *server, const char *name)
{
        for (array_each(const struct made_ignition, made, &server->made_ignitions))
                if (string_equal(made->machine, name))
                        return made;
        return NULL;
}

static void ask_about_served(const struct wish *wish, const char *name, struct survey *survey)
{
        for (array_each(const struct boot_server_config *, server, &wish->boot_servers)) {
                const struct made_ignition *made = find_served(*server, name);

                if (made)
                        survey_ask(survey, ASK_FILE, made->path);
        }
}

static void ask_about(const struct wish *wish, const struct cluster_config *cluster, struct survey *survey)
{
        CLEANUP(string_free) char *note = cluster_note_path(cluster->name);
        const char *bootstrap = cluster->bootstrap;
        CLEANUP(string_free) char *ignition = bootstrap ? guest_ignition_path(bootstrap) : NULL;
        const struct guest_config *guest = bootstrap ? find_guest(wish, bootstrap) : NULL;

        survey_ask(survey, ASK_TEXT, note);
        ask_about_served(wish, bootstrap, survey);
        if (!guest)
                return;
        survey_ask(survey, ASK_GUEST, bootstrap);
        survey_ask(survey, ASK_FILE, ignition);
        volumes_ask(wish, guest, survey);
}

/* One that another host sees to is asked by this one, too: nobody else tells it that its bootstrap is complete. */
static void retired_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters))
                ask_about(wish, *cluster, survey);
        for (array_each(const struct cluster_config *, cluster, &wish->elsewhere)) {
                ask_about(wish, *cluster, survey);
                survey_ask_cluster(survey, *cluster);
        }
}

static void plan_note(const struct cluster_config *cluster, const struct answers *answers, struct plan *plan)
{
        CLEANUP(cluster_note_done) struct cluster_note note = {0};
        struct step *step;

        cluster_note_find(answers, cluster->name, &note);
        if (note.is_bootstrapped)
                return;
        note.is_bootstrapped = true;
        step = plan_add(plan, STEP_NOTE, "note that cluster %s is bootstrapped", cluster->name);
        step->note.path = cluster_note_path(cluster->name);
        step->note.text = cluster_note_write(&note);
}

static void plan_volumes(const struct guest_config *guest, const struct guest_state *found,
        const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct disk_config, disk, &guest->disks)) {
                CLEANUP(string_free) char *name = disk_volume_name(guest, disk);
                CLEANUP(string_free) char *note_path = disk_note_path(disk->pool, name);
                const struct volume_state *volume = answers_volume(answers, disk->pool, name);
                const struct note_state *note = answers_note(answers, note_path);

                if (volume && ((note && note->text) || (found && found->ours)))
                        plan_add(plan, STEP_VOLUME_REMOVE, "delete volume %s of pool %s, of guest %s", name,
                                disk->pool, guest->name)
                                ->doomed = volume;
        }
}

static void plan_guest(const struct guest_config *guest, const struct cluster_config *cluster,
        const struct answers *answers, struct plan *plan)
{
        const struct guest_state *found = answers_guest(answers, guest->name);
        CLEANUP(string_free) char *path = guest_ignition_path(guest->name);
        const struct file_state *ignition = answers_file(answers, path);

        if (answers->libvirt != REACH_ANSWERED)
                return;
        if (found && !found->ours) {
                plan_warn(plan, "guest %s, which cluster %s no longer needs, isn't ours, and stays",
                        guest->name, cluster->name);
                return;
        }
        if (found)
                plan_add(plan, STEP_GUEST_REMOVE, "%s guest %s, which cluster %s no longer needs",
                        found->running.name ? "switch off and remove" : "remove", guest->name, cluster->name)
                        ->guest.found = found;
        plan_volumes(guest, found, answers, plan);
        if (ignition && ignition->exists && ignition->type == FILE_REGULAR)
                plan_add(plan, STEP_FILE_REMOVE, "remove the Ignition configuration of guest %s", guest->name)
                        ->path = ignition->path;
}

static void plan_served(
        const struct wish *wish, const char *name, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct boot_server_config *, server, &wish->boot_servers)) {
                const struct made_ignition *made = find_served(*server, name);
                const struct file_state *file = made ? answers_file(answers, made->path) : NULL;

                if (file && file->exists && file->type == FILE_REGULAR)
                        plan_add(plan, STEP_FILE_REMOVE,
                                "remove the Ignition configuration that boot_server %s has for machine %s",
                                (*server)->server.name, name)
                                ->path = file->path;
        }
}

static void plan_cluster(const struct wish *wish, const struct cluster_config *cluster,
        const struct answers *answers, struct plan *plan)
{
        const char *bootstrap = cluster->bootstrap;
        const struct guest_config *guest;

        if (!bootstrap || !strings_has(&wish->retired, bootstrap))
                return;
        plan_note(cluster, answers, plan);
        plan_served(wish, bootstrap, answers, plan);
        guest = find_guest(wish, bootstrap);
        if (guest)
                plan_guest(guest, cluster, answers, plan);
}

static void retired_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters))
                plan_cluster(wish, *cluster, answers, plan);
        for (array_each(const struct cluster_config *, cluster, &wish->elsewhere))
                plan_cluster(wish, *cluster, answers, plan);
}

const struct score score_retired = {
        .name = "retired",
        .summary = "bootstrap machines that their clusters no longer need are gone",
        .ask = retired_ask,
        .plan = retired_plan,
};
