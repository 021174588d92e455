/* A configuration, a report, the engine, and what became of it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/outcome.h"
#include "cli/process.h"
#include "cli/say.h"
#include "cli/session.h"

int session_load(const struct command_line *command_line, struct config *ret_config, struct error *error)
{
        CLEANUP(strings_done) struct strings problems = {0};
        int status =
                config_load(&command_line->words, &command_line->overrides, ret_config, &problems, error);

        for (array_each(char *, problem, &problems))
                say_problem(*problem);
        return status;
}

struct engine_options session_engine_options(const struct command_line *command_line, enum engine_mode mode)
{
        struct engine_options options = {
                .mode = mode,
                .phase = command_line->phase,
                .parallel = command_line->parallel,
                .wait_s = command_line->wait_s,
                .who = process_owner(),
                .words = command_line->text,
        };

        memcpy(options.timeout_s, command_line->timeout_s, sizeof(options.timeout_s));
        return options;
}

struct report_options session_report_options(const struct command_line *command_line)
{
        struct report_options options = {0};

        report_options_suit(&options, STDOUT_FILENO, getenv("TERM"), getenv("NO_COLOR"));
        if (command_line->given & OPTION_JSON)
                options.style = REPORT_JSON;
        options.verbose = command_line->given & OPTION_VERBOSE;
        return options;
}

/* What could not be printed is said in any case; it decides the exit status only where nothing worse does. */
static int finish(struct report *report, int status, struct error *error)
{
        CLEANUP(error_done) struct error lost = {0};

        if (report_finish(report, &lost) == 0)
                return status;
        if (status == 0)
                return error_move(error, &lost);
        say_error(&lost);
        return status;
}

int session_run(const struct command_line *command_line, const struct engine_options *engine_options,
        const struct report_options *report_options, struct error *error)
{
        CLEANUP(config_done) struct config config = {0};
        CLEANUP(engine_result_done) struct engine_result result = {0};
        struct report *report;
        int status;

        if (session_load(command_line, &config, error) < 0)
                return -1;
        process_catch_signals();
        report = report_new(report_options);
        status = engine_run(&config, engine_options, report, &result, error);
        if (status == 0)
                status = outcome_exit_status(&result, command_line->given & OPTION_CHECK);
        status = finish(report, status, error);
        report_free(report);
        return status;
}
