/* What the outside may reach on a machine, as its owner means it. */
#pragma once

#include <stdbool.h>

#include "base/array.h"
#include "topology/ip.h"

#define PORT_RANGE_TEXT 16 /* "65534-65535/tcp" */

enum port_protocol { PORT_TCP, PORT_UDP, PORT_PROTOCOLS };

struct port_range {
        enum port_protocol protocol;
        unsigned first, last; /* 1 to 65535; the same for a single port */
};

/* What comes to the machine over its interfaces is dropped, but for these ports. */
struct firewall {
        char *name;
        struct strings interfaces;
        ARRAY(struct port_range) ports;
        ARRAY(struct subnet) from; /* who reaches them; none: everybody */
};

/* All of a machine's; lent. */
struct firewalls {
        ARRAY(const struct firewall *) list;
};

/* "tcp", "udp". */
const char *port_protocol_name(enum port_protocol protocol);

/* "22", "8000-8010", either with "/tcp" or "/udp" behind it; tcp when nothing is said. ERROR_CONFIG with what would be
 * right. */
int port_range_parse(const char *text, struct port_range *ret_range, struct error *error);
/* With its protocol, always. Returns buffer. */
const char *port_range_format(const struct port_range *range, char buffer[static PORT_RANGE_TEXT]);
bool port_range_equal(const struct port_range *a, const struct port_range *b);
/* The two have a port in common. */
bool port_range_meets(const struct port_range *a, const struct port_range *b);

bool firewall_filters(const struct firewall *firewall, const char *interface);
/* One of its ports, whoever may reach it. */
bool firewall_has_port(const struct firewall *firewall, enum port_protocol protocol, unsigned port);
/* Whoever has this address reaches its ports. */
bool firewall_admits(const struct firewall *firewall, const struct ip_address *client);

/* "22/tcp, 443/tcp"; "no port" where there is none. Owned by the caller. */
char *firewall_ports_words(const struct firewall *firewall);

/* NULL: none of them filters it. */
const struct firewall *firewalls_of(const struct firewalls *firewalls, const char *interface);

void firewall_done(struct firewall *firewall);
