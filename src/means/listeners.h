/* Where a machine listens, as its kernel lists it in /proc/net; which program has the sockets is told by their inodes. The
 * descriptors of our haproxy's own processes are looked through first, and usually they are all that is needed: only for a
 * socket that isn't theirs all processes are. */
#pragma once

#include "base/text.h"
#include "plan/answers.h"

#define LISTENER_HEX 38 /* 32 digits, a colon, 4 digits and a NUL */

/* As /proc/net/tcp and tcp6 write it: "0196A8C0:192B". Returns buffer. */
const char *listener_hex(const struct socket_address *at, char buffer[static LISTENER_HEX]);

/* The part of the probe's script that answers ASK_LISTENERS, ASK_OWN_ADDRESSES and ASK_BALANCER; nothing when none is asked. */
void listeners_add_probe(struct text *script, const struct survey *survey);

/* A line that it printed; false when it makes no sense. */
bool listeners_read_line(struct answers *answers, char *line);
