/* What the verbs share that work with a configuration. */
#pragma once

#include "cli/command_line.h"
#include "phases/engine.h"

/* Reads and checks the CONF files; all problems go to stderr. */
int session_load(const struct command_line *command_line, struct config *ret_config, struct error *error);

/* Options for the engine and the report, as the command line and the terminal have them. */
struct engine_options session_engine_options(const struct command_line *command_line, enum engine_mode mode);
struct report_options session_report_options(const struct command_line *command_line);

/* Runs the engine on a configuration, reports. Returns the exit status, or -1 with the error. */
int session_run_with(const struct command_line *command_line, const struct config *config,
        const struct engine_options *engine_options, const struct report_options *report_options,
        struct error *error);

/* Loads, runs the engine, reports. Returns the exit status, or -1 with the error. */
int session_run(const struct command_line *command_line, const struct engine_options *engine_options,
        const struct report_options *report_options, struct error *error);
