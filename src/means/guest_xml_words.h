/* libvirt's words for what struct guest holds, for its writer and its reader. */
#pragma once

#include "topology/guest.h"

#define GUEST_CD_TARGET    "sda"
#define GUEST_SEED_TARGET  "vdz"
#define GUEST_IGNITION_KEY "opt/com.coreos/config" /* where Ignition looks */

extern const char *const guest_xml_boot_words[BOOT_DEVICES];
