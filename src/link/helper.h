/* Running one of OpenSSH's own tools and reading what it says, without waiting: the I/O thread's popen(3).
 *
 * It is over when it has closed its streams. Its exit status isn't waited for: what it would tell is told by what
 * came on stderr, and the moments until it has exited would be added to every connection. */
#pragma once

#include "base/text.h"
#include "link/loop.h"

struct helper;

struct helper_result {
        struct text out, err;
        bool was_too_slow; /* it took longer than limit_s, and was ended */
};

/* Calls done once, later, unless cancelled before; the result is lent. -1: it can't be started. */
int helper_start(struct loop *loop, const char *const argv[], int limit_s,
        void (*done)(void *context, const struct helper_result *result), void *context,
        struct helper **ret_helper, struct error *error);

/* NULL is allowed. Not after done was called. */
void helper_cancel(struct helper *helper);

/* What it complained about, one line, to follow "NAME: ". Lent. */
const char *helper_complaint(const struct helper_result *result);
