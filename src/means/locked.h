/* What nobody else may see, and the files that it comes from. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Locked in memory, in no core file, overwritten at the end. */
struct locked {
        char *bytes; /* with a NUL behind them; NULL: none */
        size_t length;
};

struct locked locked_new(const char *bytes, size_t length);
void locked_done(struct locked *locked);

/* The whole of a file of this machine, which only its owner may read if it is secret. ERROR_REFUSED, which names it. */
int locked_read(const char *path, bool is_secret, struct locked *ret_content, struct error *error);
