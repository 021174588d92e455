/* One run a machine at a time, from whichever controller: a lock on the machine itself.
 *
 * Theory of operation. A script at the other end of a stream of its own holds flock(2) on /run/provision/lock: the kernel
 * lets go of it when the script ends, however it ends, and the script ends when its stdin does. A controller that was
 * killed closes its connection; one that lost its power doesn't, so the script wants a sign of life, a byte a quarter of
 * a minute, and ends after a minute without. lock.holder beside it says in one line whose it is.
 *
 * The lock is not taken before a look but after the first one that found something to do, so that a machine that is as
 * wished costs nothing more. What makes the look good in spite of that is the number in the lock file, which the look
 * has read in passing: it is odd while the lock is held and grows whenever it is taken and let go. If it is even and the
 * same when the lock is taken, nobody has been there since. A holder that was killed leaves it odd: look again. */
#pragma once

#include <stdbool.h>

#include "base/text.h"
#include "link/link.h"

struct run_lock;

struct run_lock_wish {
        const char *who;   /* "user@controller": without blanks */
        const char *words; /* the run's command line, for people */
        const char *
                run; /* a nonce: what this very run left behind on a connection that was lost is taken over */
        unsigned seen; /* the number that the look has read; 0: there was none */
        int wait_s;    /* for another run; 0: not at all */
        /* Called once when there is another run to wait for: who it is. */
        void (*held)(void *context, const char *holder);
        void *context;
};

/* 1: taken, and nobody was there since the look. 0: taken; look again. -1: ERROR_BLOCKED, another run has it, and who
 * that is; or what link_wait gives. */
int run_lock_take(struct link *link, const struct run_lock_wish *wish, struct deadline deadline,
        struct run_lock **ret_lock, struct error *error);

/* The other end is gone, and the lock with it. */
bool run_lock_is_lost(const struct run_lock *lock);

/* NULL is allowed. Before the link is closed. */
void run_lock_release(struct run_lock *lock);

/* ---- its parts, for the probe and the tests ---- */

/* Adds what prints "=lock NUMBER" where there is a lock file; builtins only. */
extern const char run_lock_probe[];

void run_lock_script(const struct run_lock_wish *wish, struct text *script);

/* "NOW PROCESS RUN WHO SINCE WORDS", of what the script says of a holder, as a phrase: "root@lab ("provision host.conf"),
 * since 2026-11-23 22:10:00 UTC, for 3 min". Owned by the caller; never NULL, whatever the line is. */
char *run_lock_holder(const char *line);
