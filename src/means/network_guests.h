/* Running guests' ends of a network whose bridge is made anew: libvirt leaves their interfaces hanging in the air.
 *
 * The watch runs on the machine, and goes on there should we die meanwhile: no later run could see what is missing. */
#pragma once

#include "means/libvirt_parts.h"

struct watch {
        char *bridge;
        struct strings taps; /* the machine's side of the guests' interfaces: "vnet3" */
        struct text script;
        struct command command; /* as long as it runs */
        struct running *running;
};

/* Fills in bridge, as the network is defined now, and taps. */
int watch_find(struct session *session, const char *network, struct watch *watch, struct error *error);

/* Begins to wait, for some seconds, for a new bridge of that name, to put the taps on it. Without taps there is nothing
 * to do, here and below. */
int taps_watch_begin(struct link *link, struct deadline deadline, struct watch *watch, struct error *error);

/* Waits until that is done, or has failed. */
int taps_watch_end(struct watch *watch, struct error *error);

void watch_done(struct watch *watch);
