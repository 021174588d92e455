/* IP addresses, subnets and ranges. inet_pton is as strict as is wanted: it takes no leading zeros (which
 * others read as octal), no short forms, no scopes and no blanks. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "topology/ip.h"

#define BLANKS " \t"

unsigned ip_address_bits(const struct ip_address *address)
{
        return address->family == AF_INET6 ? 128 : 32;
}

int ip_address_parse(const char *text, struct ip_address *ret_address, struct error *error)
{
        static const int families[] = {AF_INET, AF_INET6};

        for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
                struct ip_address address = {.family = families[i]};

                if (inet_pton(address.family, text, address.bytes) == 1) {
                        *ret_address = address;
                        return 0;
                }
        }
        return error_set(error, ERROR_CONFIG,
                "\"%.80s\" is not an IP address: write one without leading zeros, blanks or a scope, as in "
                "192.168.150.1 or fd00:150::1",
                text);
}

const char *ip_address_format(const struct ip_address *address, char buffer[static IP_TEXT])
{
        if (!address->family || !inet_ntop(address->family, address->bytes, buffer, IP_TEXT))
                buffer[0] = '\0';
        return buffer;
}

bool ip_address_is_unicast(const struct ip_address *address)
{
        static const uint8_t loopback[16] = {[15] = 1}, none[16] = {0};
        const uint8_t first = address->bytes[0];

        if (address->family == AF_INET)
                return first != 0 && first != 127 &&
                       first < 224; /* 240 and above are reserved, the last is broadcast */
        return address->family == AF_INET6 && first != 0xff && memcmp(address->bytes, loopback, 16) != 0 &&
               memcmp(address->bytes, none, 16) != 0;
}

int ip_address_compare(const struct ip_address *a, const struct ip_address *b)
{
        if (a->family != b->family)
                return a->family < b->family ? -1 : 1;
        return memcmp(a->bytes, b->bytes, ip_address_bits(a) / 8);
}

int ip_address_equal(const struct ip_address *a, const struct ip_address *b)
{
        return ip_address_compare(a, b) == 0;
}

/* A prefix length as people write it: "0", or digits that don't start with 0; -1 for anything else. */
static int read_prefix(const char *digits, unsigned most)
{
        size_t length = strspn(digits, "0123456789");
        int prefix = 0;

        if (length == 0 || length > 3 || digits[length] != '\0' || (digits[0] == '0' && length > 1))
                return -1;
        for (const char *digit = digits; *digit; digit++)
                prefix = 10 * prefix + (*digit - '0');
        return (unsigned)prefix > most ? -1 : prefix;
}

int subnet_parse(const char *text, struct subnet *ret_subnet, struct error *error)
{
        const char *slash = strchr(text, '/');
        CLEANUP(string_free) char *address = NULL;
        struct subnet subnet = {0};
        int prefix;

        if (!slash)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is not a subnet: write ADDRESS/PREFIX, as in 192.168.150.1/24", text);
        address = string_copy_n(text, (size_t)(slash - text));
        if (ip_address_parse(address, &subnet.address, error) < 0)
                return error_prefix(error, "subnet \"%.80s\"", text);
        prefix = read_prefix(slash + 1, ip_address_bits(&subnet.address));
        if (prefix < 0)
                return error_set(error, ERROR_CONFIG,
                        "subnet \"%.80s\": \"%.80s\" is not the length of a prefix: write a number from 0 to "
                        "%u",
                        text, slash + 1, ip_address_bits(&subnet.address));
        subnet.prefix = (unsigned)prefix;
        *ret_subnet = subnet;
        return 0;
}

const char *subnet_format(const struct subnet *subnet, char buffer[static SUBNET_TEXT])
{
        char address[IP_TEXT];

        buffer[0] = '\0';
        if (subnet->address.family)
                snprintf(buffer, SUBNET_TEXT, "%s/%u", ip_address_format(&subnet->address, address),
                        subnet->prefix);
        return buffer;
}

int subnet_equal(const struct subnet *a, const struct subnet *b)
{
        return ip_address_equal(&a->address, &b->address) && (!a->address.family || a->prefix == b->prefix);
}

/* The first count bits of two addresses of one family are the same. */
static int bits_equal(const struct ip_address *a, const struct ip_address *b, unsigned count)
{
        unsigned bytes = count / 8, rest = count % 8;
        uint8_t mask = (uint8_t)(0xff00U >> rest);

        if (memcmp(a->bytes, b->bytes, bytes) != 0)
                return 0;
        return rest == 0 || ((a->bytes[bytes] ^ b->bytes[bytes]) & mask) == 0;
}

int subnet_overlaps(const struct subnet *a, const struct subnet *b)
{
        if (!a->address.family || a->address.family != b->address.family)
                return 0;
        return bits_equal(&a->address, &b->address, a->prefix < b->prefix ? a->prefix : b->prefix);
}

int subnet_contains(const struct subnet *subnet, const struct ip_address *address)
{
        return address->family && subnet->address.family == address->family &&
               bits_equal(&subnet->address, address, subnet->prefix);
}

void subnet_network(const struct subnet *subnet, struct subnet *ret_network)
{
        *ret_network = *subnet;
        for (unsigned i = subnet->prefix; i < ip_address_bits(&subnet->address); i++)
                ret_network->address.bytes[i / 8] &= (uint8_t) ~(0x80U >> i % 8);
}

/* Every bit of the address behind the prefix is the same as bit. */
static int has_host_bits(const struct ip_address *address, unsigned prefix, unsigned bit)
{
        for (unsigned i = prefix; i < ip_address_bits(address); i++)
                if ((address->bytes[i / 8] >> (7 - i % 8) & 1U) != bit)
                        return 0;
        return 1;
}

int subnet_reserves(const struct subnet *subnet, const struct ip_address *address)
{
        /* Two addresses or one are all hosts' (RFC 3021 and RFC 6164). */
        if (!subnet_contains(subnet, address) || subnet->prefix + 1 >= ip_address_bits(address))
                return 0;
        return has_host_bits(address, subnet->prefix, 0) ||
               (address->family == AF_INET && has_host_bits(address, subnet->prefix, 1));
}

int ip_range_parse(const char *text, struct ip_range *ret_range, struct error *error)
{
        const char *dash = strchr(text, '-');
        CLEANUP(string_free) char *start = NULL;
        struct ip_range range = {0};
        size_t length;

        if (!dash)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is not a range: write START-END, as in 192.168.150.100-192.168.150.199",
                        text);
        for (length = (size_t)(dash - text); length > 0 && strchr(BLANKS, text[length - 1]);)
                length--;
        start = string_copy_n(text, length);
        if (ip_address_parse(start, &range.start, error) < 0 ||
                ip_address_parse(dash + 1 + strspn(dash + 1, BLANKS), &range.end, error) < 0)
                return error_prefix(error, "range \"%.80s\"", text);
        if (range.start.family != range.end.family)
                return error_set(error, ERROR_CONFIG,
                        "range \"%.80s\" goes from one family to the other: write two IPv4 or two IPv6 "
                        "addresses",
                        text);
        if (ip_address_compare(&range.start, &range.end) > 0)
                return error_set(error, ERROR_CONFIG,
                        "range \"%.80s\" ends below its start: write the lower one first", text);
        *ret_range = range;
        return 0;
}

char *ip_range_format(const struct ip_range *range)
{
        char start[IP_TEXT], end[IP_TEXT];

        return string_format(
                "%s-%s", ip_address_format(&range->start, start), ip_address_format(&range->end, end));
}

int ip_range_equal(const struct ip_range *a, const struct ip_range *b)
{
        return ip_address_equal(&a->start, &b->start) && ip_address_equal(&a->end, &b->end);
}

int ip_range_contains(const struct ip_range *range, const struct ip_address *address)
{
        return address->family && address->family == range->start.family &&
               ip_address_compare(&range->start, address) <= 0 &&
               ip_address_compare(address, &range->end) <= 0;
}
