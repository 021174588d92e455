/* A MAC address that may stand on an interface. */
#include <stdio.h>
#include <string.h>

#include "topology/mac_address.h"

#define BYTES ((int)sizeof(((struct mac_address *)NULL)->bytes))

static int hex_digit(char letter)
{
        if (letter >= '0' && letter <= '9')
                return letter - '0';
        if (letter >= 'a' && letter <= 'f')
                return letter - 'a' + 10;
        if (letter >= 'A' && letter <= 'F')
                return letter - 'A' + 10;
        return -1;
}

/* Six pairs and nothing else; the separator after the first pair is the separator everywhere. */
static int read_bytes(const char *text, struct mac_address *ret_mac)
{
        if (strlen(text) != MAC_ADDRESS_TEXT - 1 || (text[2] != ':' && text[2] != '-'))
                return -1;
        for (int i = 0; i < BYTES; i++) {
                int high = hex_digit(text[3 * i]), low = hex_digit(text[3 * i + 1]);

                if (high < 0 || low < 0 || (i < BYTES - 1 && text[3 * i + 2] != text[2]))
                        return -1;
                ret_mac->bytes[i] = (uint8_t)(high << 4 | low);
        }
        return 0;
}

int mac_address_parse(const char *text, struct mac_address *ret_mac, struct error *error)
{
        static const struct mac_address zero;
        struct mac_address mac;

        if (read_bytes(text, &mac) < 0)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is not a MAC address: write six pairs of hex digits with ':' between "
                        "them, as in "
                        "52:54:00:12:34:56",
                        text);
        if (mac_address_equal(&mac, &zero))
                return error_set(error, ERROR_CONFIG,
                        "MAC address %s is all zero, which no interface has: write the interface's own",
                        text);
        if (mac.bytes[0] & 1)
                return error_set(error, ERROR_CONFIG,
                        "MAC address %s is a multicast address (its first byte is odd), which no interface "
                        "has: "
                        "write one with an even first byte, as in 52:54:00:12:34:56",
                        text);
        *ret_mac = mac;
        return 0;
}

const char *mac_address_format(const struct mac_address *mac, char buffer[static MAC_ADDRESS_TEXT])
{
        const uint8_t *b = mac->bytes;

        snprintf(buffer, MAC_ADDRESS_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4],
                b[5]);
        return buffer;
}

int mac_address_equal(const struct mac_address *a, const struct mac_address *b)
{
        return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}
