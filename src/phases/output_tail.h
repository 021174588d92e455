/* The last lines of what a step printed, and not more. Internal to phases. */
#pragma once

#include <stddef.h>

#define OUTPUT_TAIL_LINES 20

struct output_tail {
        char *lines[OUTPUT_TAIL_LINES]; /* a ring */
        size_t count;                   /* all that were added */
};

/* A very long line is cut. */
void output_tail_add(struct output_tail *tail, const char *line);

/* The lines with newlines between them, owned by the caller; NULL when there were none. */
char *output_tail_text(const struct output_tail *tail);

void output_tail_clear(struct output_tail *tail);
