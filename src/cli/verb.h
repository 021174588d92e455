/* The verbs: one file each, one table. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cli/command_line.h"

#define ANY_NUMBER 100000

struct verb {
        const char *name;    /* "": what is done without a verb */
        const char *words;   /* what follows it: "CONF..." */
        const char *summary; /* one line */
        size_t least_words, most_words;
        bool takes_command; /* a command of its own may follow, behind "--" */
        unsigned options;   /* those it understands, beside --help and --version */

        /* Returns the exit status, or -1 with the error. */
        int (*run)(const struct command_line *command_line, struct error *error);
};

extern const struct verb verb_promote;
extern const struct verb verb_plan;
extern const struct verb verb_undo;
extern const struct verb verb_check;
extern const struct verb verb_phases;
extern const struct verb verb_probe;
extern const struct verb verb_status;
extern const struct verb verb_history;
extern const struct verb verb_report;
extern const struct verb verb_guests;
extern const struct verb verb_ssh;
extern const struct verb verb_console;
extern const struct verb verb_completion;
extern const struct verb verb_help;

extern const struct verb *const verbs[];
extern const size_t verb_count;

/* NULL when there is none; "" is nobody's name here. */
const struct verb *verb_named(const char *name);

/* "; did you mean plan?", or "" where nothing is near; owned by the caller. */
char *verb_suggestion(const char *name);
