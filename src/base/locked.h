/* What nobody else may see, and the files that it comes from. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Locked in memory, in no core file, overwritten at the end. */
struct locked {
        char *bytes; /* with a NUL behind them; NULL: none */
        size_t length;
        size_t room; /* for so many, and the NUL */
};

struct locked locked_new(const char *bytes, size_t length);
void locked_done(struct locked *locked);

/* One to be filled: it never grows, as what it had grown out of would stay behind. */
struct locked locked_with_room(size_t room);
void locked_add(struct locked *locked, const char *bytes, size_t count);
void locked_add_string(struct locked *locked, const char *string);

/* The whole of a file of this machine, which only its owner may read if it is secret. ERROR_REFUSED, which names it. */
int locked_read(const char *path, bool is_secret, struct locked *ret_content, struct error *error);
/* The same of a file's first line, with its newline: a password. */
int locked_read_line(const char *path, struct locked *ret_line, struct error *error);
