/* Slow or stuck: what two samples of a running unit, some seconds apart, say of it.
 *
 * It moves when it says something, when it uses a worthwhile part of a processor, or when one of its processes writes
 * (a download, which needs no processor, writes what it gets). A shell that asks again and again whether it may go on
 * does none of these to speak of. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"

#define PACE_SAMPLE_S 3

struct pace_process {
        unsigned id;
        uint64_t written; /* bytes handed to write(2) */
};

struct pace_sample {
        uint64_t cpu_us; /* of all its processes, also those that have ended; 0: the machine doesn't tell */
        uint64_t said;   /* bytes of output */
        ARRAY(struct pace_process) processes;
};

/* Reads lines "cpu N", "said N" and "wrote PROCESS N" up to a line "--", which it takes too; NULL at the end of the text.
 * What makes no sense is passed over. */
const char *pace_read(const char *text, struct pace_sample *sample);
void pace_sample_done(struct pace_sample *sample);

/* *ret_words: "using 34% of a processor, writing", or "no output, no processor time, nothing written" of one that
 * doesn't move; owned by the caller. */
bool pace_moves(const struct pace_sample *before, const struct pace_sample *after, char **ret_words);
