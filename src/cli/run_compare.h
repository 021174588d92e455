/* What is different in a run from the one before it. Pure. */
#pragma once

#include "cli/run_outcome.h"

enum difference_kind {
        DIFFERENCE_NEW_FAILURE, /* went wrong, and was well before */
        DIFFERENCE_STILL,       /* went wrong again */
        DIFFERENCE_MENDED,      /* is well, and wasn't before */
        DIFFERENCE_DRIFT,       /* had something to do, though the run before left it done */
        DIFFERENCE_SLOWER,      /* the same step took half as long again, and a second more, or worse */
        DIFFERENCE_KINDS
};

struct difference {
        enum difference_kind kind;
        const char *host; /* lent by the run */
        char *text;       /* what it is about, or "" */
};

struct run_differences {
        ARRAY(struct difference) items; /* by kind, then in the order of the machines */
};

/* Machines that the run before did not have are left out. */
void run_compare(const struct history_run *run, const struct history_run *before,
        struct run_differences *ret_differences);
void run_differences_done(struct run_differences *differences);

/* "new failure", "still failing", "mended", "had changed", "slower". */
const char *difference_words(enum difference_kind kind);
/* For programs: "new-failure", "still-failing", "mended", "drift", "slower". */
const char *difference_name(enum difference_kind kind);
