/* A MAC address that may stand on an interface: parsed strictly, unicast, not all zero. */
#pragma once

#include <stdint.h>

#include "base/error.h"

#define MAC_ADDRESS_TEXT 18 /* "52:54:00:12:34:56" and its NUL */

struct mac_address {
        uint8_t bytes[6];
};

/* Six pairs of hex digits with ':' between them (or '-' between all); letter case doesn't matter.
 * ERROR_CONFIG with what is wrong and what would be right for anything else, multicast and all-zero included.
 */
int mac_address_parse(const char *text, struct mac_address *ret_mac, struct error *error);

/* Lower case with colons, as libvirt writes it. Returns buffer. */
const char *mac_address_format(const struct mac_address *mac, char buffer[static MAC_ADDRESS_TEXT]);

int mac_address_equal(const struct mac_address *a, const struct mac_address *b);
