/* The options, as a table: parsing, --help and the man page's test all read it. */
#pragma once

#include <stddef.h>

#include "cli/command_line.h"

struct option {
        enum option_bit bit;
        const char *name;     /* without the dashes */
        char letter;          /* or 0 */
        const char *argument; /* what its value is called in --help; NULL: it takes none */
        const char *help;     /* with newlines where --help should break it */
        int (*take)(struct command_line *command_line, const char *value, struct error *error); /* or NULL */
};

extern const struct option options[];
extern const size_t option_count;

/* NULL when there is none. */
const struct option *option_named(const char *name, size_t length);
const struct option *option_lettered(char letter);

/* "; did you mean --phase?", or "" where nothing is near; owned by the caller. */
char *option_suggestion(const char *name);

/* What the environment says about an option that isn't given: for a cluster's bootstrap,
 * HARMONY_OKD_BOOTSTRAP_TIMEOUT_MINUTES. A value that isn't one is an error (ERROR_USAGE). */
int option_take_environment(struct command_line *command_line, struct error *error);
