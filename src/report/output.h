/* Where a report goes: a descriptor, and what went wrong with it. Internal to report. */
#pragma once

#include <stddef.h>

struct output {
        int fd;
        int number; /* errno of the first write that failed; from then on nothing is written */
};

/* Writes it all, also to a descriptor that doesn't block. */
void output_write(struct output *output, const char *bytes, size_t count);
