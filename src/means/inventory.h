/* What a libvirt has, all of it in two round trips however much it is: every list at once, then every XML at once. */
#pragma once

#include "means/libvirt.h"

struct listed {
        char *name;
        char *uuid;
        bool active, autostart, persistent, paused;
        char *definition;         /* XML */
        char *running;            /* XML; NULL when it isn't active, and of a pool */
        struct strings addresses; /* of a guest, when they were asked for */
};

struct inventory {
        ARRAY(struct listed) kinds[LIBVIRT_KINDS];
        char *version;
        char *capabilities; /* XML about what guests can have; or NULL */
        char *pool_types;   /* XML about which pools there can be; or NULL */
};

/* A volume that is asked about by name: pools may hold thousands. */
struct wanted_volume {
        const char *pool, *name; /* lent */
        char *path;              /* NULL: only its pool knows, and it takes another round trip */
        char *xml;               /* NULL before, and afterwards when it isn't there */
};

struct wanted_volumes {
        ARRAY(struct wanted_volume) list;
};

void wanted_volumes_done(struct wanted_volumes *volumes);

/* What is to be in it. */
struct inventory_scope {
        unsigned kinds;                 /* 1 << LIBVIRT_NETWORK, … */
        const struct strings *guests;   /* only those of these names; NULL: all */
        struct wanted_volumes *volumes; /* whose XML is filled in; NULL: none */
        bool capabilities, pool_types;
};

/* Objects that vanish meanwhile aren't in it. */
int inventory_read(struct session *session, const struct inventory_scope *scope,
        struct inventory *ret_inventory, struct error *error);

void inventory_done(struct inventory *inventory);
