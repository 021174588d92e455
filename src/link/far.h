/* The far end of a stream, as the I/O thread sees it: a command on the machine, a socket there, or a process here.
 *
 * Whoever opens one (its user) is told when it is open, when it failed, and whenever something may have become
 * readable or writable; the user then reads and writes until nothing goes any more. A user that held back for
 * reasons of its own (its near end was full) calls touch when it can go on. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

enum far_half { FAR_OUT, FAR_ERR };

struct far;

struct far_class {
        /* Bytes read; 0: the end; -1: nothing now. */
        ssize_t (*read)(struct far *far, enum far_half half, void *bytes, size_t size);
        /* Bytes taken; 0: no room now, and the same bytes must be offered again; -1: nobody reads them any more. */
        ssize_t (*write)(struct far *far, const void *bytes, size_t count);
        void (*end_input)(struct far *far);
        void (*touch)(struct far *far);
        /* Frees. What runs there isn't ended by this, other than by the end of its streams. */
        void (*close)(struct far *far);
};

struct far_user {
        void (*opened)(void *context);
        /* The last call. Not opened: is_lost tells whether the machine said no or went away. */
        void (*failed)(void *context, bool is_lost, const struct error *why);
        /* True when anything was read or written. */
        bool (*ready)(void *context);
};

struct far {
        const struct far_class *class;
        const struct far_user *user;
        void *context;
};
