/* Asks about and changes units of one machine as a run would: units CONF HOST ask UNIT…, or
 * units CONF HOST ACTION UNIT [SECONDS]. For test_units.sh, which says what must come out. */
#include <stdio.h>

#include "base/memory.h"
#include "means/means.h"

static const char *const actions[UNIT_ACTIONS] = {
        [UNIT_ENABLE] = "enable",
        [UNIT_DISABLE] = "disable",
        [UNIT_MASK] = "mask",
        [UNIT_UNMASK] = "unmask",
        [UNIT_START] = "start",
        [UNIT_STOP] = "stop",
        [UNIT_RESTART] = "restart",
};

static int ask(struct means *means, char **names, struct error *error)
{
        CLEANUP(survey_done) struct survey survey = {0};
        CLEANUP(answers_done) struct answers answers = {0};

        for (; *names; names++)
                survey_ask(&survey, ASK_UNIT, *names);
        if (means_answer(means, &survey, deadline_in_s(30), &answers, error) < 0)
                return -1;
        for (array_each(const struct unit_state, unit, &answers.units))
                printf("%s %s, %s%s%s%s%s, since %lld\n", unit->name,
                        unit->exists ? "is there" : "is not there", unit->active_state,
                        *unit->file_state ? ", " : "", unit->file_state, unit->load_error ? ", " : "",
                        unit->load_error ? unit->load_error : "", (long long)unit->since_us);
        return 0;
}

static int change(struct means *means, const char *action, char **arguments, struct error *error)
{
        const struct deadline deadline = deadline_in_s(arguments[1] ? atoi(arguments[1]) : 60);
        struct step step = {.kind = STEP_UNIT, .unit.name = arguments[0]};

        while (step.unit.action < UNIT_ACTIONS && strcmp(actions[step.unit.action], action) != 0)
                step.unit.action++;
        if (step.unit.action == UNIT_ACTIONS)
                return error_set(error, ERROR_USAGE, "%s is no action", action);
        return means_carry_out(means, &step, deadline, 0, NULL, error);
}

static int run(const struct host_config *host, char **arguments, struct error *error)
{
        struct links *links;
        struct means *means;
        struct link *link;
        int result;

        if (links_start(&links, error) < 0)
                return -1;
        link = link_open(links, host, deadline_in_s(20));
        means = means_new(link);
        result = strcmp(arguments[0], "ask") == 0 ? ask(means, arguments + 1, error)
                                                  : change(means, arguments[0], arguments + 1, error);
        means_free(means);
        link_close(link);
        links_stop(links);
        return result;
}

int main(int argc, char **argv)
{
        CLEANUP(strings_done) struct strings files = {0}, problems = {0};
        CLEANUP(config_done) struct config config = {0};
        CLEANUP(error_done) struct error error = {0};
        int result = -1;

        if (argc < 5)
                return 2;
        strings_add(&files, argv[1]);
        if (config_load(&files, &(struct config_overrides) {0}, &config, &problems, &error) == 0)
                for (array_each(const struct host_config, host, &config.hosts))
                        if (strcmp(host->name, argv[2]) == 0)
                                result = run(host, argv + 3, &error);
        if (result < 0)
                printf("%s: %s\n", error_kind_name(error.kind), error_text(&error));
        else
                printf("done\n");
        return result < 0;
}
