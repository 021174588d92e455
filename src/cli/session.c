/* A configuration, a report, the engine, and what became of it. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/outcome.h"
#include "cli/preflight.h"
#include "cli/process.h"
#include "cli/say.h"
#include "cli/session.h"
#include "cli/verb.h"
#include "phases/recorder.h"
#include "state/file_sums.h"

int session_load(const struct command_line *command_line, struct config *ret_config, struct error *error)
{
        CLEANUP(strings_done) struct strings problems = {0};
        int status =
                config_load(&command_line->words, &command_line->overrides, ret_config, &problems, error);

        for (array_each(char *, problem, &problems))
                say_problem(*problem);
        return status;
}

static void say_summing(const char *path)
{
        CLEANUP(string_free)
        char *sentence = string_format("provision: the checksum of %s is computed, and remembered", path);

        say_problem(sentence);
}

/* An image without a checksum has that of its file. */
static int sum_images(struct config *config, struct error *error)
{
        for (array_each(struct image_config, image, &config->images)) {
                if (!image->sha256 && file_sum(image->file, say_summing, &image->sha256, error) < 0)
                        return error_prefix(error, "%s:%u: image \"%s\": file: %s", image->object.place.file,
                                image->object.place.line, image->name, image->file);
        }
        return 0;
}

struct engine_options session_engine_options(const struct command_line *command_line, enum engine_mode mode)
{
        struct engine_options options = {
                .mode = mode,
                .phase = command_line->phase,
                .parallel = command_line->parallel,
                .may_restart = command_line->given & OPTION_ALLOW_RESTART,
                .keep_images = command_line->given & OPTION_KEEP_IMAGES,
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

        const struct report_environment environment = {
                .term = getenv("TERM"),
                .no_color = getenv("NO_COLOR"),
                .journal_stream = getenv("JOURNAL_STREAM"),
        };

        report_options_suit(&options, STDOUT_FILENO, &environment);
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

/* Who runs what, for the history. */
static int begin_record(struct store *store, const struct config *config,
        const struct command_line *command_line, enum phase_name phase, struct recorder **ret_recorder,
        struct error *error)
{
        char controller[HOST_NAME_MAX + 1] = "";
        CLEANUP(string_free) char *user = process_user();
        const struct history_run about = {
                .controller = controller,
                .user = user,
                .pid = getpid(),
                .command = command_line->text,
                .verb = (char *)(command_line->verb->name[0] ? command_line->verb->name : "promote"),
                .phase = (char *)phase_name(phase),
        };

        gethostname(controller, sizeof(controller) - 1);
        return recorder_new(store, config, &about, ret_recorder, error);
}

/* As finish: the end that is kept is the one that the caller sees. */
static int finish_record(struct recorder *recorder, int status, struct error *error)
{
        CLEANUP(error_done) struct error lost = {0};
        int seen = status < 0 ? error_exit_status(error->kind) : status;

        if (!recorder || recorder_finish(recorder, seen, &lost) == 0)
                return status;
        if (status == 0)
                return error_move(error, &lost);
        say_error(&lost);
        return status;
}

int session_run_with(const struct command_line *command_line, const struct config *config,
        const struct engine_options *engine_options, const struct report_options *report_options,
        struct error *error)
{
        CLEANUP(engine_result_done) struct engine_result result = {0};
        struct report *report;
        int status;

        process_catch_signals();
        report = report_new(report_options);
        if (engine_options->recorder)
                report_also(report, recorder_take, engine_options->recorder);
        status = engine_run(config, engine_options, report, &result, error);
        if (status == 0)
                status = outcome_exit_status(&result, command_line->given & OPTION_CHECK);
        status = finish(report, status, error);
        report_free(report);
        return finish_record(engine_options->recorder, status, error);
}

int session_run(const struct command_line *command_line, const struct engine_options *engine_options,
        const struct report_options *report_options, struct error *error)
{
        CLEANUP(config_done) struct config config = {0};
        struct engine_options options = *engine_options;
        bool is_undo = options.mode == ENGINE_UNDO || options.mode == ENGINE_UNDO_PLAN;
        struct store *store = NULL;
        int status = 0;

        if (session_load(command_line, &config, error) < 0 || preflight_check(&config, is_undo, error) < 0 ||
                (!is_undo && sum_images(&config, error) < 0) ||
                (options.mode == ENGINE_PROMOTE && preflight_secrets(&config, error) < 0))
                return -1;
        options.phase = phase_furthest(&config, options.phase);
        /* What only looks leaves nothing behind. */
        if (options.mode == ENGINE_PROMOTE || options.mode == ENGINE_UNDO)
                status = store_open(STORE_WRITE, &store, error);
        else if (options.mode == ENGINE_UNDO_PLAN)
                status = store_open(STORE_READ, &store, error);
        if (store && options.mode != ENGINE_UNDO_PLAN)
                status = begin_record(store, &config, command_line, options.phase, &options.recorder, error);
        options.store = store;
        if (status == 0)
                status = session_run_with(command_line, &config, &options, report_options, error);
        recorder_free(options.recorder);
        store_close(store);
        return status;
}
