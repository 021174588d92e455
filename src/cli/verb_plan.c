/* plan: the steps a run would make, in words; nothing is changed. */
#include "cli/session.h"
#include "cli/verb.h"

static int plan_run(const struct command_line *command_line, struct error *error)
{
        const struct engine_options engine = session_engine_options(command_line, ENGINE_PLAN);
        const struct report_options report = session_report_options(command_line);

        return session_run(command_line, &engine, &report, error);
}

const struct verb verb_plan = {
        .name = "plan",
        .words = "CONF...",
        .summary = "say what would be done, and change nothing",
        .least_words = 1,
        .most_words = ANY_NUMBER,
        .options = OPTION_PHASE | OPTION_PLAN | OPTION_CHECK | OPTION_JSON | OPTION_VERBOSE | OPTION_TIMEOUT |
                   OPTION_PARALLEL | OPTION_SET | OPTION_ALLOW_RESTART | OPTION_WAIT,
        .run = plan_run,
};
