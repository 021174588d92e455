/* struct guest as libvirt's XML, and back.
 *
 * Read by meaning: what libvirt adds by itself (controllers, addresses of devices, the version of a machine type) and
 * what is nobody's business but a person's at the guest's screen (graphics, input, sound) is passed over; whatever else
 * struct guest can't hold is named. */
#pragma once

#include "means/xml_tree.h"
#include "topology/guest.h"

/* The whole definition, marked as ours in its <metadata>; owned by the caller. found: the definition that there is, or
 * NULL; what its system would notice if it were another (machine type, where devices sit) is taken over from it. */
char *guest_xml_write(const struct guest *guest, const char *uuid, const struct xml_node *found);

/* One device of it; owned by the caller. iso NULL: the drive is empty. */
char *guest_xml_write_disk(const struct guest_disk *disk);
char *guest_xml_write_nic(const struct guest_nic *nic);
char *guest_xml_write_cd(const char *iso);

/* Adds to ret_unmodelled what struct guest can't hold, as it stands between the angle brackets: "hostdev",
 * "interface type='bridge'". */
int guest_xml_read(
        const char *xml, struct guest *ret_guest, struct strings *ret_unmodelled, struct error *error);
