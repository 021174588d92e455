/* The rules of one network: what each mode takes, and how its addresses fit together. They are libvirt's and
 * dnsmasq's, found out here rather than on the host. */
#include <sys/socket.h>

#include "config/section.h"

#define LARGEST_RANGE     65535 /* libvirt's limit */
#define LARGEST_IPV6_DHCP 64    /* dnsmasq's */

static const struct {
        enum network_mode mode;
        const char *key;
        const char *why;
} needed[] = {
        {NETWORK_NAT, "address", "the machine translates its guests' addresses into its own"},
        {NETWORK_ROUTED, "address", "the machine is its guests' router"},
        {NETWORK_BRIDGE, "bridge", "it names the bridge that the machine has already"},
};

static const struct {
        enum network_mode mode;
        const char *key;
        const char *why;
} senseless[] = {
        {NETWORK_ISOLATED, "uplink", "nothing leaves it"},
        {NETWORK_BRIDGE, "uplink", "the bridge has its own ports"},
        {NETWORK_BRIDGE, "address", "the network behind the bridge gives the addresses"},
        {NETWORK_BRIDGE, "dhcp", "the network behind the bridge gives the addresses"},
        {NETWORK_BRIDGE, "lease", "the network behind the bridge gives the addresses"},
        {NETWORK_BRIDGE, "dns", "the network behind the bridge gives the names"},
        {NETWORK_BRIDGE, "domain", "the network behind the bridge gives the names"},
        {NETWORK_BRIDGE, "mtu", "the bridge has its own"},
};

/* What dnsmasq does on the machine's own address. */
static const char *const needs_address[] = {"dhcp", "lease", "dns", "domain"};

static void judge_mode(const struct subject *subject, enum network_mode mode)
{
        for (size_t i = 0; i < COUNT(needed); i++)
                if (needed[i].mode == mode && !subject_has(subject, needed[i].key))
                        subject_problem(subject, "mode", "mode = %s needs %s = %s: %s",
                                network_mode_name(mode), needed[i].key,
                                schema_key(&section_network, needed[i].key)->form, needed[i].why);
        for (size_t i = 0; i < COUNT(senseless); i++)
                if (senseless[i].mode == mode && subject_has(subject, senseless[i].key))
                        subject_problem(subject, senseless[i].key, "%s makes no sense with mode = %s: %s",
                                senseless[i].key, network_mode_name(mode), senseless[i].why);
        for (size_t i = 0; mode == NETWORK_ISOLATED && i < COUNT(needs_address); i++)
                if (subject_has(subject, needs_address[i]) && !subject_has(subject, "address"))
                        subject_problem(subject, needs_address[i],
                                "%s needs the machine's own address in the network: add "
                                "address = \"192.168.150.1/24\"",
                                needs_address[i]);
}

/* Addresses that no interface has for long, or that each has its own of: 0.0.0.0/8, loopback, link-local, multicast and
 * beyond; ::, ::1, fe80::/10 and ff00::/8. */
static bool is_usable(const struct ip_address *address)
{
        static const uint8_t zero[15];

        if (address->family == AF_INET)
                return address->bytes[0] != 0 && address->bytes[0] != 127 && address->bytes[0] < 224 &&
                       !(address->bytes[0] == 169 && address->bytes[1] == 254);
        return address->bytes[0] != 0xFF &&
               !(address->bytes[0] == 0xFE && (address->bytes[1] & 0xC0) == 0x80) &&
               (memcmp(address->bytes, zero, 15) != 0 || address->bytes[15] > 1);
}

/* libvirt takes /0 for none said, and the kernel makes no route to a network 0.0.0.0. */
static unsigned least_prefix(const struct ip_address *address)
{
        unsigned prefix = 1;

        while (address->family == AF_INET && address->bytes[0] >> (8 - prefix) == 0)
                prefix++;
        return prefix;
}

static void judge_address(const struct subject *subject, const struct network *network)
{
        bool is_ipv4 = network->address.address.family == AF_INET;
        unsigned prefix = network->address.prefix, most = is_ipv4 ? 30 : 126;
        unsigned least = least_prefix(&network->address.address);
        char address[IP_TEXT];

        ip_address_format(&network->address.address, address);
        if (!is_usable(&network->address.address))
                subject_problem(subject, "address",
                        "address: %s can't be a machine's address in a network of guests: take "
                        "one from a private network, as in 192.168.150.1/24",
                        address);
        else if (prefix > most)
                subject_problem(subject, "address",
                        "address: a prefix of /%u leaves no address for guests: at most /%u does", prefix,
                        most);
        else if (prefix < least)
                subject_problem(subject, "address",
                        "address: a prefix of /%u is a larger network than there can be: /%u at least, and "
                        "/%d is usual",
                        prefix, least, is_ipv4 ? 24 : 64);
        else if (subnet_reserves(&network->address, &network->address.address))
                subject_problem(subject, "address",
                        "address: %s is the network itself or its broadcast address: write one "
                        "that the machine can have",
                        address);
        if (!is_ipv4 && network->mtu > 0 && network->mtu < 1280)
                subject_problem(subject, "mtu", "mtu: IPv6 needs at least 1280, not %u", network->mtu);
}

/* How many addresses lie between the two, cut at LARGEST_RANGE. */
static unsigned range_size(const struct ip_range *range)
{
        size_t length = range->start.family == AF_INET ? 4 : 16;
        long size = 0;

        for (size_t i = 0; i < length; i++) {
                size = size * 256 + range->end.bytes[i] - range->start.bytes[i];
                if (size > 16 * LARGEST_RANGE)
                        return LARGEST_RANGE + 1;
        }
        return size >= LARGEST_RANGE ? LARGEST_RANGE + 1 : (unsigned)size + 1;
}

static void judge_range(
        const struct subject *subject, const struct network *network, const struct ip_range *range)
{
        const struct subnet *subnet = &network->address;
        CLEANUP(string_free) char *text = ip_range_format(range);
        char buffer[SUBNET_TEXT], own[IP_TEXT];

        ip_address_format(&subnet->address, own);
        if (!subnet_contains(subnet, &range->start) || !subnet_contains(subnet, &range->end))
                subject_problem(subject, "dhcp", "dhcp: %s lies outside the network %s", text,
                        subnet_format(subnet, buffer));
        else if (subnet_reserves(subnet, &range->start) || subnet_reserves(subnet, &range->end))
                subject_problem(
                        subject, "dhcp", "dhcp: %s holds the network's own or its broadcast address", text);
        else if (ip_range_contains(range, &subnet->address))
                subject_problem(subject, "dhcp", "dhcp: %s holds the machine's own address %s", text, own);
        else if (range_size(range) > LARGEST_RANGE)
                subject_problem(subject, "dhcp",
                        "dhcp: %s is too long a range: libvirt takes at most %d addresses", text,
                        LARGEST_RANGE);
}

static int compare_ranges(const void *a, const void *b)
{
        return ip_address_compare(&((const struct ip_range *)a)->start, &((const struct ip_range *)b)->start);
}

/* Sorted by their starts, overlapping ranges stand side by side. */
static void judge_ranges(const struct subject *subject, const struct network *network)
{
        const struct subnet *subnet = &network->address;
        ARRAY(struct ip_range) sorted = {0};

        if (network->ranges.count && subnet->address.family == AF_INET6 && subnet->prefix < LARGEST_IPV6_DHCP)
                subject_problem(subject, "dhcp",
                        "dhcp: dnsmasq gives IPv6 addresses in networks of /%d and smaller, and this is a "
                        "/%u: say address with /%d, or leave dhcp out",
                        LARGEST_IPV6_DHCP, subnet->prefix, LARGEST_IPV6_DHCP);
        for (array_each(struct ip_range, range, &network->ranges)) {
                judge_range(subject, network, range);
                *array_add(&sorted) = *range;
        }
        if (sorted.count > 0)
                qsort(sorted.items, sorted.count, sizeof(*sorted.items), compare_ranges);
        for (size_t i = 1; i < sorted.count; i++) {
                CLEANUP(string_free) char *first = ip_range_format(&sorted.items[i - 1]);
                CLEANUP(string_free) char *second = ip_range_format(&sorted.items[i]);

                if (ip_range_contains(&sorted.items[i - 1], &sorted.items[i].start))
                        subject_problem(subject, "dhcp", "dhcp: the ranges %s and %s overlap", first, second);
        }
        array_free(&sorted);
}

void lease_judge(const struct subject *subject, void *object)
{
        const struct network *network = &((const struct network_config *)subject->parent)->network;
        const struct fixed_lease *lease = object;
        const struct subnet *subnet = &network->address;
        char buffer[SUBNET_TEXT], address[IP_TEXT], mac[MAC_ADDRESS_TEXT];

        if (lease->name)
                subject_claim(subject, "title", "the name %s", lease->name);
        if (subject_knows(subject, "mac"))
                subject_claim(subject, "mac", "MAC address %s", mac_address_format(&lease->mac, mac));
        if (!subject_knows(subject, "address"))
                return;
        subject_claim(subject, "address", "address %s", ip_address_format(&lease->address, address));
        if (lease->address.family == AF_INET6)
                subject_problem(subject, "address",
                        "address: %s is IPv6, and fixed leases by MAC are for IPv4", address);
        else if (subnet->address.family == 0)
                return;
        else if (!subnet_contains(subnet, &lease->address))
                subject_problem(subject, "address", "address: %s lies outside the network %s", address,
                        subnet_format(subnet, buffer));
        else if (ip_address_equal(&subnet->address, &lease->address))
                subject_problem(subject, "address", "address: %s is the machine's own address", address);
        else if (subnet_reserves(subnet, &lease->address))
                subject_problem(subject, "address",
                        "address: %s is the network's own or its broadcast address", address);
}

void dns_judge(const struct subject *subject, void *object)
{
        const struct dns_host *host = object;
        char address[IP_TEXT];

        if (host->address.family != 0)
                subject_claim(subject, "title", "address %s", ip_address_format(&host->address, address));
        for (array_each(char *, name, &host->names))
                if (*name[0] == '*')
                        subject_claim(subject, "names", "%s for %s", *name,
                                host->address.family == AF_INET6 ? "an IPv6 address" : "an IPv4 address");
}

void network_judge(const struct subject *subject, void *object)
{
        const struct network *network = &((const struct network_config *)object)->network;

        if (subject_knows(subject, "mode"))
                judge_mode(subject, network->mode);
        if (network->address.address.family == 0)
                return;
        judge_address(subject, network);
        judge_ranges(subject, network);
}
