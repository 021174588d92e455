/* Web servers that machines boot from: an nginx of our own for each, beside whatever nginx the machine has. Its files are
 * among the configuration's, so that the file Score sees to them; here it runs, with what they say now. */
#include "scores/file_change.h"
#include "scores/score.h"
#include "scores/unit_steps.h"

/* What it reads when it is started. (What it serves, it reads each time.) */
struct read_files {
        char *configuration, *unit;
};

static void read_files_done(struct read_files *files)
{
        free(files->configuration);
        free(files->unit);
}

static struct read_files find_files(const struct boot_server_config *config)
{
        return (struct read_files) {
                .configuration = boot_server_nginx_path(&config->server),
                .unit = string_format("/etc/systemd/system/%s", config->unit),
        };
}

static void boot_server_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct boot_server_config *, config, &wish->boot_servers)) {
                CLEANUP(read_files_done) struct read_files files = find_files(*config);

                survey_ask(survey, ASK_UNIT, (*config)->unit);
                survey_ask(survey, ASK_FILE, files.configuration);
                survey_ask(survey, ASK_FILE, files.unit);
        }
}

/* A restart isn't remembered, it is seen: a file that changed after the unit was started, or that this plan changes. */
static void plan_restart(const struct wish *wish, const struct answers *answers,
        const struct boot_server_config *config, const char *path, struct plan *plan)
{
        const struct unit_state *unit = answers_unit(answers, config->unit);
        const struct file_state *file = answers_file(answers, path);
        bool is_newer = file && file->exists && file->modified_us > unit->since_us;
        CLEANUP(string_free) char *why = NULL;

        if (!is_newer && !file_will_be_touched(wish, answers, path))
                return;
        why = string_format(is_newer ? ": %s changed after it was started" : ": %s changes", path);
        unit_step(plan, config->unit, UNIT_RESTART, why);
}

static void plan_server(const struct wish *wish, const struct answers *answers,
        const struct boot_server_config *config, struct plan *plan)
{
        const struct unit_state *unit = answers_unit(answers, config->unit);
        CLEANUP(read_files_done) struct read_files files = find_files(config);
        size_t before;

        unit_plan_enabled(plan, config->unit, unit, !unit_is_there(unit));
        if (!unit || !unit->active) {
                unit_plan_active(plan, config->unit, unit, !unit_is_there(unit));
                return;
        }
        before = plan->steps.count;
        plan_restart(wish, answers, config, files.configuration, plan);
        if (plan->steps.count == before)
                plan_restart(wish, answers, config, files.unit, plan);
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
