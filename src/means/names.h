/* What networks tell about the names of clusters, asked at the machine, by TCP: a stream is what a link has, and dnsmasq
 * answers there as it does by UDP.
 *
 * Only an address that the machine itself has is asked. sshd, told to connect to one that drops packets, would hold up what
 * else is opened on the connection; at its own addresses the kernel knows at once whether somebody listens. */
#pragma once

#include "link/link.h"
#include "plan/answers.h"

struct names_asking; /* under way */

/* Begins, with ASK_OWN_ADDRESSES answered already; never waits. NULL: nothing was asked. */
struct names_asking *names_ask(struct link *link, const struct survey *survey, const struct answers *answers);

/* Ends, and answers ASK_NAMES. That nobody answers is an answer; an error means that the machine was lost. Frees the
 * asking; NULL is allowed. */
int names_answer(
        struct names_asking *asking, struct deadline deadline, struct answers *answers, struct error *error);
