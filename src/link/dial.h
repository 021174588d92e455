/* From a name and a port to a connected socket. */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

#include "link/loop.h"

struct dial;

/* Resolves (on a thread of its own: getaddrinfo waits) and connects, to all addresses in order, each 250 ms after
 * the one before or as soon as that failed; the first that answers wins. family: AF_UNSPEC, AF_INET, AF_INET6.
 * Calls done once, later: fd is the callee's, or -1 with the error (ERROR_UNREACHABLE). Sets no limit in time. */
struct dial *dial_start(struct loop *loop, const char *host, unsigned port, int family,
        void (*done)(void *context, int fd, const struct error *error), void *context);
bool dial_is_resolving(const struct dial *dial);

/* NULL is allowed. Not after done was called. */
void dial_cancel(struct dial *dial);

/* The host is an address and no name: nobody has to be asked where it is. */
bool dial_is_literal(const char *host);
