/* Running one of OpenSSH's own tools and reading what it says, without waiting: the I/O thread's popen(3). */
#pragma once

#include "base/text.h"
#include "link/loop.h"

struct helper;

struct helper_result {
        int status; /* exit status; 128 + n for signal n; -1: ended because it took longer than limit_s */
        struct text out, err;
};

/* Calls done once, later, unless cancelled before; the result is lent. -1: it can't be started. */
int helper_start(struct loop *loop, const char *const argv[], int limit_s,
        void (*done)(void *context, const struct helper_result *result), void *context,
        struct helper **ret_helper, struct error *error);

/* NULL is allowed. Not after done was called. */
void helper_cancel(struct helper *helper);
