/* undo: back to an earlier phase. What would be taken away is only said, until --yes. */
#include "cli/session.h"
#include "cli/verb.h"

static int undo_run(const struct command_line *command_line, struct error *error)
{
        struct engine_options engine = session_engine_options(
                command_line, command_line->given & OPTION_YES ? ENGINE_UNDO : ENGINE_UNDO_PLAN);
        const struct report_options report = session_report_options(command_line);

        if (!(command_line->given & OPTION_PHASE))
                engine.phase = PHASE_LINUX;
        if (engine.phase == PHASE_COUNT - 1)
                return error_set(error, ERROR_USAGE,
                        "no phase comes after %s, so there is nothing to take back: --phase linux would be "
                        "right",
                        phase_name(engine.phase));
        return session_run(command_line, &engine, &report, error);
}

const struct verb verb_undo = {
        .name = "undo",
        .words = "CONF...",
        .summary = "take away what was made: say what, or do it (--yes)",
        .least_words = 1,
        .most_words = ANY_NUMBER,
        .options = OPTION_PHASE | OPTION_YES | OPTION_KEEP_IMAGES | OPTION_CHECK | OPTION_JSON |
                   OPTION_VERBOSE | OPTION_TIMEOUT | OPTION_PARALLEL | OPTION_SET | OPTION_WAIT,
        .run = undo_run,
};
