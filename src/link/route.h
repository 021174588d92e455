/* The way to an SSH server: what the configuration says, which keys are known, and a connected descriptor.
 *
 * Nothing waits for what it doesn't need. `ssh -G` costs 6 ms (where it must be asked, see config_reader.h),
 * `ssh-keygen -F` as much, and so does a connection: to a literal address all three begin at once, on the guess that
 * the configuration has no surprise. Where it has one, what was begun in vain is taken back (reset) and begun again
 * with the truth. */
#pragma once

#include "link/host_keys.h"
#include "link/session.h"
#include "link/ssh_config.h"

struct route;

struct route_events {
        /* Something among the answers below has changed. */
        void (*changed)(void *context);
        /* The descriptor that was given leads to the wrong place: forget it, there will be another. */
        void (*reset)(void *context);
        void (*failed)(void *context, const struct error *why);
};

/* target is lent for as long as the route exists. */
struct route *route_new(struct loop *loop, const struct session_target *target, struct deadline connect_by,
        const struct route_events *events, void *context);
void route_free(struct route *route);

/* The descriptor, lent; -1: not connected yet. */
int route_fd(const struct route *route);
/* NULL: not known yet. */
const struct ssh_config *route_config(const struct route *route);
/* What is known of the host's keys. Lent. */
struct host_keys *route_keys(struct route *route);

/* Adds what a ProxyCommand said, if there is one that said anything. */
void route_explain(const struct route *route, struct error *error);

/* What it is waiting for, in words, and for how many seconds that is worth waiting. */
const char *route_doing(const struct route *route, int *ret_limit_s);
