/* A TCP port, reached from here, as a far end. */
#pragma once

#include "link/far.h"
#include "link/loop.h"

/* Events come later, never from within. */
struct far *port_connect(
        struct loop *loop, const char *host, unsigned port, const struct far_user *user, void *context);
