/* Waiting for a guest, between its two files: ready.c (waiting, telling) and ready_checks.c (looking). */
#pragma once

#include "means/parts.h"
#include "plan/ready.h"

struct ready_look {
        const struct work *work;
        const struct host_config *host;
        const struct guest_config *guest;
        char *address;     /* the first that is known, or NULL */
        char *known_hosts; /* the file with the guest's host key; NULL: not made yet */
        bool port_is_open; /* of SSH */
};

void ready_look_done(struct ready_look *look);

/* Looks once. 1: it holds; 0: not yet; -1: something is wrong that waiting doesn't mend. In the first two cases
 * *ret_seen says what was seen, owned by the caller. */
int ready_check(struct ready_look *look, enum ready_kind kind, struct deadline deadline, char **ret_seen,
        struct error *error);

/* Whether it is on still: one that isn't won't be ready. *ret_end says how it came to its end, lent; NULL: it is on, or that
 * can't be told now. -1 as above. */
int ready_look_for_end(
        struct ready_look *look, struct deadline deadline, const char **ret_end, struct error *error);

/* What its console said last, and when ("12 s ago: \"...\""), owned by the caller; NULL: nothing is known. */
char *ready_console_words(const struct ready_look *look);

/* The shell's part of that: what is in the file $log, if anything is. */
extern const char ready_console_script[];
