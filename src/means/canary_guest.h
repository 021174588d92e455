/* One attempt to boot the throw-away guest. */
#pragma once

#include "means/libvirt.h"

#define CANARY_NAME "provision-canary-"

struct canary_guest {
        const char *name;  /* CANARY_NAME, until when it may run (seconds since 1970), "-" and anything */
        const char *image; /* its disk's path, on the machine */
        enum canary_accelerator accelerator;
};

/* 0: it said that it is well. Else the error says how far it came. In any case it is gone. */
int canary_guest_boot(struct session *session, const struct canary_guest *guest, struct error *error);

/* Ends those whose time is over: libvirt ends a guest with the session that made it, unless it was restarted itself. */
int canary_guest_sweep(struct session *session, struct error *error);
