/* Deadlines that outlive the program: a phase that was begun by a run that was killed ends when it would have.
 *
 * Absolute times are microseconds of CLOCK_REALTIME; names and hosts are lent for the time of a call. A keeper is asked
 * by several workers at a time. It cannot fail: one that has lost its disk keeps nothing, and says so elsewhere. (A long
 * step's own deadline is kept by the machine that it runs on: RuntimeMaxSec of its unit.) */
#pragma once

#include <stdint.h>

#include "base/deadline.h"

struct deadline_keeper {
        /* 0: none is kept. */
        int64_t (*find)(void *context, const char *host, const char *what);
        void (*keep)(void *context, const char *host, const char *what, int64_t until_us);
        /* Whatever it was for has ended, well or not. */
        void (*forget)(void *context, const char *host, const char *what);
        void *context;
};

/* Keeps nothing: each run has all its time. */
extern const struct deadline_keeper deadline_keeper_none;

/* The end of what may take so many seconds and is begun now, or was begun before by a run that was cut off. */
struct deadline deadline_keeper_begin(
        const struct deadline_keeper *keeper, const char *host, const char *what, int seconds);

/* It ends at another time. */
void deadline_keeper_move(
        const struct deadline_keeper *keeper, const char *host, const char *what, struct deadline deadline);

/* Which of two ends counts: the one that is kept, unless it has passed (that run was given up long ago) or is later than
 * what is wanted now (the clock was set, or the configuration has changed). */
int64_t deadline_keeper_choose(int64_t kept_us, int64_t now_us, int64_t wanted_us);
