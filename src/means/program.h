/* A program that is run here, on the controller, and waited for. */
#pragma once

#include <stdbool.h>

#include "base/deadline.h"
#include "base/error.h"

struct program {
        const char *const *argv; /* NULL-terminated; none of it is secret */
        void (*line)(void *context,
                char *line); /* of its stdout or stderr, as it comes; it may be changed in place */
        bool (*must_stop)(void *context); /* or NULL */
        void *context;
};

/* Runs it to its end with an empty stdin. *ret_status is its exit status, 128 + n for signal n. ERROR_DEADLINE and
 * ERROR_INTERRUPTED: it was sent SIGTERM, and SIGKILL when that didn't end it; it and what it started are gone. */
int program_run(
        const struct program *program, struct deadline deadline, int *ret_status, struct error *error);
