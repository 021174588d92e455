/* Whether what makes a network that runs is there, behind libvirt's back: its bridge, and the dnsmasq that serves its
 * addresses and names. libvirt looks at neither: it calls a network active because it has started it. */
#pragma once

#include "means/parts.h"

/* A shell function: has_dnsmasq NAME succeeds when the dnsmasq runs that libvirt started for that network. */
extern const char network_has_dnsmasq[];

/* Adds to the probe's script a line for each network that libvirt has started: "served NAME" or "unserved NAME". Needs
 * the function. */
void network_add_probe(struct text *script);

/* Looks again, right before something is done about it: a libvirtd that was asleep brings a dnsmasq back by itself
 * when it is asked. */
int network_is_whole(struct link *link, const struct network_state *network, struct deadline deadline,
        bool *ret_is_whole, struct error *error);
