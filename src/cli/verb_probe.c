/* probe: what the machines are and can do; nothing is changed. */
#include <unistd.h>

#include "cli/probe_words.h"
#include "cli/say.h"
#include "cli/session.h"
#include "cli/verb.h"

static void show(void *context, const struct engine_probe *probe)
{
        const struct command_line *command_line = context;
        CLEANUP(text_done) struct text text = {0};

        if (command_line->given & OPTION_JSON)
                probe_add_json(&text, probe);
        else
                probe_add_words(&text, probe);
        say(&text);
}

/* The report has only what went wrong to tell, beside what was asked for. */
static int probe_run(const struct command_line *command_line, struct error *error)
{
        struct engine_options engine = session_engine_options(command_line, ENGINE_PROBE);
        const struct report_options report = {.style = REPORT_PLAIN, .quiet = true, .fd = STDERR_FILENO};

        engine.on_probe = show;
        engine.context = (void *)command_line;
        return session_run(command_line, &engine, &report, error);
}

const struct verb verb_probe = {
        .name = "probe",
        .words = "CONF...",
        .summary = "show what the machines are and can do",
        .least_words = 1,
        .most_words = ANY_NUMBER,
        .options = OPTION_PHASE | OPTION_JSON | OPTION_TIMEOUT | OPTION_PARALLEL | OPTION_SET | OPTION_WAIT,
        .run = probe_run,
};
