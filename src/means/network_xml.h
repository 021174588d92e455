/* struct network as libvirt's XML, and back.
 *
 * Read by meaning: what libvirt adds by itself (UUID, MAC, spanning tree, NAT's default ports, who is connected) is
 * passed over; whatever else struct network can't hold is named, so that nobody takes two networks for the same that
 * are not. */
#pragma once

#include "plan/plan.h"

/* The whole definition, marked as ours in its <metadata>; owned by the caller. */
char *network_xml_write(const struct network *network, const char *uuid);

/* The element that virNetworkUpdate wants for one edit; owned by the caller. */
char *network_xml_write_edit(const struct network_edit *edit);

/* Adds to ret_unmodelled what struct network can't hold, as it stands between the angle brackets: "portgroup",
 * "bridge zone='public'". */
int network_xml_read(
        const char *xml, struct network *ret_network, struct strings *ret_unmodelled, struct error *error);
