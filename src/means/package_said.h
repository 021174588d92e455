/* What a package manager has said, and what that means. */
#pragma once

#include "link/link.h"

#define COMPLAINTS 6
#define LOCKED     4

struct transaction {
        const char *before;     /* shell text: environment */
        const char *has_lists;  /* a shell command that succeeds when lists are there and new enough */
        const char *refresh;    /* a shell command that fetches them */
        const char *install;    /* a shell command; names follow. It may wait $left seconds for a lock */
        const char *may_remove; /* a shell command that fails when others need one of these; names follow */
        const char *remove;     /* a shell command; names follow */
        /* The same, but for what is configured; NULL: what was changed is kept anyway. */
        const char *remove_only;
        const char *repair;                 /* shell text, or NULL: nothing to repair */
        const char *leavings;               /* as in struct long_step; is_open FILE is there; or NULL */
        const char *stale[4];               /* what it says when other lists might help */
        const char *locked[LOCKED];         /* what it says when it ends because another one is at work */
        const char *holder;                 /* what it says of who that is, or NULL */
        const char *complaints[COMPLAINTS]; /* how lines begin, or with a blank in front: what they hold, that
                                               tell of an error */
        int success[6];                     /* exit statuses other than 0 that are no failure */
};

bool package_says_one_of(const struct output *output, const char *const *words, size_t count);

/* The line that tells of another manager which was still at work in the end, with who that is where it says so. NULL:
 * nothing does. Owned by the caller. */
char *package_lock_line(const struct transaction *transaction, const struct output *output);

bool package_is_success(const struct transaction *transaction, int status);

/* Why it failed: -1 with the error set. */
int package_error(const struct transaction *transaction, const struct output *output, struct error *error);
