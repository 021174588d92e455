/* What a libvirt has, all of it in two round trips however much it is: every list at once, then every XML at once. */
#pragma once

#include "means/libvirt.h"

struct listed {
        char *name;
        char *uuid;
        bool active, autostart, persistent;
        char *definition; /* XML; of a guest NULL */
        char *running;    /* XML; NULL when it isn't active, and of a pool */
};

struct inventory {
        ARRAY(struct listed) kinds[LIBVIRT_KINDS];
        char *version;
};

/* kinds: 1 << LIBVIRT_NETWORK, …. Objects that vanish meanwhile aren't in it. Of guests only those that run. */
int inventory_read(
        struct session *session, unsigned kinds, struct inventory *ret_inventory, struct error *error);

void inventory_done(struct inventory *inventory);
