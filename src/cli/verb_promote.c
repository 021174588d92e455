/* Without a verb: bring the machines to the phase. */
#include "cli/session.h"
#include "cli/verb.h"

static int promote_run(const struct command_line *command_line, struct error *error)
{
        const struct engine_options engine = session_engine_options(command_line, ENGINE_PROMOTE);
        const struct report_options report = session_report_options(command_line);

        return session_run(command_line, &engine, &report, error);
}

const struct verb verb_promote = {
        .name = "",
        .words = "CONF...",
        .summary = "bring the machines to the phase",
        .least_words = 1,
        .most_words = ANY_NUMBER,
        .options = OPTION_PHASE | OPTION_PLAN | OPTION_JSON | OPTION_VERBOSE | OPTION_TIMEOUT |
                   OPTION_PARALLEL | OPTION_SET | OPTION_WAIT | OPTION_ALLOW_RESTART,
        .run = promote_run,
};
