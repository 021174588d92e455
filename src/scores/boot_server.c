/* Web servers that machines boot from: an nginx of our own for each, beside whatever nginx the machine has. Its files are
 * among the configuration's, so that the file Score sees to them; here it runs, with what they say now. */
#include "scores/file_change.h"
#include "scores/score.h"
#include "scores/unit_steps.h"

struct paths {
        char *configuration, *loaded, *unit;
};

static void paths_done(struct paths *paths)
{
        free(paths->configuration);
        free(paths->loaded);
        free(paths->unit);
}

static struct paths find_paths(const struct boot_server_config *config)
{
        return (struct paths) {
                .configuration = boot_server_nginx_path(&config->server),
                .loaded = boot_server_loaded_path(&config->server),
                .unit = string_format("/etc/systemd/system/%s", config->unit),
        };
}

static void boot_server_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct boot_server_config *, config, &wish->boot_servers)) {
                CLEANUP(paths_done) struct paths paths = find_paths(*config);

                survey_ask(survey, ASK_UNIT, (*config)->unit);
                survey_ask(survey, ASK_FILE, paths.configuration);
                survey_ask(survey, ASK_PRESENCE, paths.loaded);
                survey_ask(survey, ASK_FILE, paths.unit);
        }
}

static int64_t changed_us(const struct answers *answers, const char *path)
{
        const struct file_state *file = answers_file(answers, path);

        return file && file->exists ? file->modified_us : 0;
}

/* It isn't remembered what is to be done, it is seen: a file changed after it was read, or this plan changes it. */
static bool is_newer(const struct wish *wish, const struct answers *answers, const char *path,
        int64_t read_us, char **ret_why)
{
        bool was_changed = changed_us(answers, path) > read_us;

        if (!was_changed && !file_will_be_touched(wish, answers, path))
                return false;
        *ret_why = string_format(was_changed ? ": %s changed after it was read" : ": %s changes", path);
        return true;
}

static void plan_server(const struct wish *wish, const struct answers *answers,
        const struct boot_server_config *config, struct plan *plan)
{
        const struct unit_state *unit = answers_unit(answers, config->unit);
        CLEANUP(paths_done) struct paths paths = find_paths(config);
        CLEANUP(string_free) char *why = NULL;

        unit_plan_enabled(plan, config->unit, unit, !unit_is_there(unit));
        if (!unit || !unit->active)
                unit_plan_active(plan, config->unit, unit, !unit_is_there(unit));
        else if (is_newer(wish, answers, paths.unit, unit->since_us, &why))
                unit_step(plan, config->unit, UNIT_RESTART, why);
        else if (is_newer(wish, answers, paths.configuration, changed_us(answers, paths.loaded), &why))
                unit_step(plan, config->unit, UNIT_RELOAD, why);
}

static void boot_server_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct boot_server_config *, config, &wish->boot_servers))
                plan_server(wish, answers, *config, plan);
}

/* Its files and its unit are in the store, by which the Scores of files and units take them back. */
const struct score score_boot_server = {
        .name = "boot_server",
        .summary = "what machines boot from over the network is served as configured",
        .ask = boot_server_ask,
        .plan = boot_server_plan,
        .settle_s = 5,
};
