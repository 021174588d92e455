/* Whether a TCP port that a machine reaches takes connections, asked by a command there.
 *
 * sshd could be asked for the port itself; but libssh2 opens one channel of a connection at a time and can't take an open back, so an
 * address that drops packets would hold up all else for as long as the machine's kernel tries: two minutes. A command can be ended. */
#pragma once

#include "link/link.h"

#define KNOCK_S 3 /* without an answer within that there is none */

/* 0 when it does, or when the machine has nothing to find out by (bash, timeout). ERROR_FAILED: "connection refused", "no answer
 * within 3 s", …; other kinds are about the link. */
int port_knock(
        struct link *link, const char *host, unsigned port, struct deadline deadline, struct error *error);
