/* A ProxyCommand: a process whose stdin and stdout are the connection. */
#pragma once

#include "base/error.h"

struct proxy;

/* *ret_fd is lent: our end, non-blocking. */
struct proxy *proxy_start(const char *command, int *ret_fd, struct error *error);
/* Ends it. NULL is allowed. */
void proxy_free(struct proxy *proxy);
/* The last line of what it complained about; NULL: nothing. Owned by the caller. */
char *proxy_said(const struct proxy *proxy);
