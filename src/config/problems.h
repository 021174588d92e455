/* What is wrong with a configuration, collected until everything was looked at. */
#pragma once

#include "config/config.h"

struct problem {
        struct place place;
        size_t order; /* of finding */
        bool covers_line;
        char *text;
};

struct problems {
        ARRAY(struct problem) list;
        size_t count; /* those that were found; the list is cut at a length nobody reads */
};

/* One sentence about one place, without a full stop. Control characters in it are made harmless. */
void problems_add(struct problems *problems, const struct place *place, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* As problems_add; whatever else is found on the same line is a consequence, and isn't reported. */
void problems_add_cause(struct problems *problems, const struct place *place, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* "host.conf:12", or the file alone where there is no line; owned by the caller. */
char *place_format(const struct place *place);

/* Adds the problems to ret_sentences in the order of files and lines, with their places in front; past the
 * first 50 only "and 7 more". Returns how many there are. */
size_t problems_report(struct problems *problems, const struct strings *files, struct strings *ret_sentences);

void problems_done(struct problems *problems);
