/* What a start of one of our networks leaves on the machine when libvirt's daemon is killed in it: a bridge that libvirt
 * doesn't know of, and refuses to make again, and perhaps a dnsmasq that holds the network's address. */
#pragma once

#include "means/parts.h"

/* Takes them away. The network isn't active. ERROR_FAILED when something is plugged into the bridge, or it isn't ours. */
int network_remove_leftover(struct link *link, const struct network_state *network, struct deadline deadline,
        struct error *error);
