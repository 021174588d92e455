/* What every kind of load balancer can do. Each operation is required: an implementation that lacks one, or has it with other
 * arguments, doesn't compile (tests/compile_fail).
 *
 * An implementation is a file that defines static functions with one prefix, one for each name in the list, and ends in
 *
 *         LOAD_BALANCER(haproxy_on_host);
 *
 * Services and health checks are one wish, and which ports the outside may reach is another: nothing here opens a port because
 * a service listens at it. Whoever wants that asks for it, with a firewall. */
#pragma once

#include "means/parts.h"

/* write_services: what the services are to be, once the balancer itself accepts it; else all stays as it was.
 * see_services: that they are what runs, and listen.
 * ensure_wan_access: which ports the outside may reach, and no others of those that are ours. */
#define LOAD_BALANCER_OPERATIONS(X, prefix) \
        X(prefix, write_services)           \
        X(prefix, see_services)             \
        X(prefix, ensure_wan_access)

#define LOAD_BALANCER_MEMBER(prefix, name) int (*name)(const struct work *work, struct error *error);
#define LOAD_BALANCER_GIVES(prefix, name)  .name = prefix##_##name,

struct load_balancer {
        LOAD_BALANCER_OPERATIONS(LOAD_BALANCER_MEMBER, )
};

#define LOAD_BALANCER(prefix) \
        const struct load_balancer prefix = {LOAD_BALANCER_OPERATIONS(LOAD_BALANCER_GIVES, prefix)}

extern const struct load_balancer haproxy_on_host, opnsense_haproxy;
