/* Comparing two networks by what they mean. */
#include <stdbool.h>

#include "base/text.h"
#include "topology/network.h"

/* What libvirt's bridges have when their network doesn't say. */
#define DEFAULT_MTU 1500

static const char *const mode_names[NETWORK_MODES] = {
        [NETWORK_NAT] = "nat",
        [NETWORK_ISOLATED] = "isolated",
        [NETWORK_ROUTED] = "routed",
        [NETWORK_BRIDGE] = "bridge",
};

const char *network_mode_name(enum network_mode mode)
{
        return mode_names[mode];
}

int fixed_lease_equal(const struct fixed_lease *a, const struct fixed_lease *b)
{
        return mac_address_equal(&a->mac, &b->mac) && ip_address_equal(&a->address, &b->address) &&
               string_equal(a->name, b->name);
}

int dns_host_equal(const struct dns_host *a, const struct dns_host *b)
{
        if (!ip_address_equal(&a->address, &b->address))
                return 0;
        for (array_each(char *, name, &a->names))
                if (!strings_has(&b->names, *name))
                        return 0;
        for (array_each(char *, name, &b->names))
                if (!strings_has(&a->names, *name))
                        return 0;
        return 1;
}

/* ---- lists whose order doesn't matter ---- */

static bool ranges_equal(const void *a, const void *b)
{
        return ip_range_equal(a, b);
}

static char *range_words(const void *item)
{
        CLEANUP(string_free) char *range = ip_range_format(item);

        return string_format("DHCP range %s", range);
}

static bool leases_equal(const void *a, const void *b)
{
        return fixed_lease_equal(a, b);
}

static char *lease_words(const void *item)
{
        const struct fixed_lease *lease = item;
        char address[IP_TEXT], mac[MAC_ADDRESS_TEXT];

        return string_format("fixed lease %s for %s%s%s", ip_address_format(&lease->address, address),
                mac_address_format(&lease->mac, mac), lease->name ? " named " : "",
                lease->name ? lease->name : "");
}

static bool dns_equal(const void *a, const void *b)
{
        return dns_host_equal(a, b);
}

static char *dns_words(const void *item)
{
        const struct dns_host *dns = item;
        CLEANUP(string_free) char *names = strings_join(&dns->names, ", ");
        char address[IP_TEXT];

        return string_format("DNS entry %s for %s", names, ip_address_format(&dns->address, address));
}

static bool wildcards_equal(const void *a, const void *b)
{
        const struct dns_wildcard *one = a, *other = b;

        return ip_address_equal(&one->address, &other->address) && string_equal(one->domain, other->domain);
}

static char *wildcard_words(const void *item)
{
        const struct dns_wildcard *wildcard = item;
        char address[IP_TEXT];

        if (!wildcard->address.family)
                return string_format("DNS domain %s of its own", wildcard->domain);
        return string_format(
                "DNS entry *.%s for %s", wildcard->domain, ip_address_format(&wildcard->address, address));
}

struct list {
        const char *items;
        size_t count, size;
        bool (*is_equal)(const void *a, const void *b);
        char *(*words)(const void *item); /* owned by the caller */
};

#define LIST(array, equal, words)                                                                   \
        {                                                                                           \
                (const char *)(array)->items, (array)->count, sizeof(*(array)->items), equal, words \
        }

/* How many of the first `among` items are the same as item. */
static size_t times(const struct list *list, size_t among, const void *item)
{
        size_t found = 0;

        for (size_t i = 0; i < among; i++)
                found += list->is_equal(list->items + i * list->size, item);
        return found;
}

/* Adds a sentence for each item that one has more often than the other. */
static void list_surplus(const struct list *one, const struct list *other, const char *before,
        const char *after, struct strings *ret_words)
{
        for (size_t i = 0; i < one->count; i++) {
                const void *item = one->items + i * one->size;
                CLEANUP(string_free) char *words = NULL;

                if (times(one, i + 1, item) <= times(other, other->count, item))
                        continue;
                words = one->words(item);
                strings_take(ret_words, string_format("%s %s%s", before, words, after));
        }
}

static void list_differences(const struct list *wanted, const struct list *found, struct strings *ret_words)
{
        list_surplus(wanted, found, "lacks", "", ret_words);
        list_surplus(found, wanted, "has", ", not wanted", ret_words);
}

/* ---- the whole ---- */

/* A value that may be missing; unset says what it means then. */
static void compare(
        const char *what, const char *wanted, const char *found, const char *unset, struct strings *ret_words)
{
        if (!string_equal(wanted, found))
                strings_take(ret_words, string_format("%s is %s, wanted %s", what, found ? found : unset,
                                                wanted ? wanted : unset));
}

static void compare_addresses(
        const struct subnet *wanted, const struct subnet *found, struct strings *ret_words)
{
        char wanted_text[SUBNET_TEXT], found_text[SUBNET_TEXT];

        compare("address", wanted->address.family ? subnet_format(wanted, wanted_text) : NULL,
                found->address.family ? subnet_format(found, found_text) : NULL, "none", ret_words);
}

void network_differences(const struct network *wanted, const struct network *found, struct strings *ret_words)
{
        const struct list wanted_lists[] = {
                LIST(&wanted->ranges, ranges_equal, range_words),
                LIST(&wanted->leases, leases_equal, lease_words),
                LIST(&wanted->dns, dns_equal, dns_words),
                LIST(&wanted->wildcards, wildcards_equal, wildcard_words),
        };
        const struct list found_lists[] = {
                LIST(&found->ranges, ranges_equal, range_words),
                LIST(&found->leases, leases_equal, lease_words),
                LIST(&found->dns, dns_equal, dns_words),
                LIST(&found->wildcards, wildcards_equal, wildcard_words),
        };
        unsigned wanted_mtu = wanted->mtu ? wanted->mtu : DEFAULT_MTU;
        unsigned found_mtu = found->mtu ? found->mtu : DEFAULT_MTU;

        compare("mode", mode_names[wanted->mode], mode_names[found->mode], "", ret_words);
        if (wanted->bridge)
                compare("bridge", wanted->bridge, found->bridge, "none", ret_words);
        compare("uplink", wanted->uplink, found->uplink, "any", ret_words);
        compare("domain", wanted->domain, found->domain, "none", ret_words);
        compare("boot file", wanted->boot_file, found->boot_file, "none", ret_words);
        compare("directory for TFTP", wanted->loaders, found->loaders, "none", ret_words);
        if (wanted_mtu != found_mtu)
                strings_take(ret_words, string_format("mtu is %u, wanted %u", found_mtu, wanted_mtu));
        compare_addresses(&wanted->address, &found->address, ret_words);
        for (size_t i = 0; i < sizeof(wanted_lists) / sizeof(wanted_lists[0]); i++)
                list_differences(&wanted_lists[i], &found_lists[i], ret_words);
}

void network_copy(struct network *to, const struct network *from)
{
        *to = (struct network) {
                .name = string_copy(from->name),
                .mode = from->mode,
                .bridge = string_copy(from->bridge),
                .uplink = string_copy(from->uplink),
                .domain = string_copy(from->domain),
                .boot_file = string_copy(from->boot_file),
                .loaders = string_copy(from->loaders),
                .mtu = from->mtu,
                .address = from->address,
        };
        for (array_each(const struct ip_range, range, &from->ranges))
                *array_add(&to->ranges) = *range;
        for (array_each(const struct fixed_lease, lease, &from->leases)) {
                struct fixed_lease *copy = array_add(&to->leases);

                *copy = *lease;
                copy->name = string_copy(lease->name);
        }
        for (array_each(const struct dns_host, dns, &from->dns)) {
                struct dns_host *copy = array_add(&to->dns);

                copy->address = dns->address;
                strings_copy(&copy->names, &dns->names);
        }
        for (array_each(const struct dns_wildcard, wildcard, &from->wildcards))
                *array_add(&to->wildcards) = (struct dns_wildcard) {
                        .domain = string_copy(wildcard->domain), .address = wildcard->address};
}

void network_done(struct network *network)
{
        for (array_each(struct fixed_lease, lease, &network->leases))
                free(lease->name);
        for (array_each(struct dns_host, dns, &network->dns))
                strings_done(&dns->names);
        for (array_each(struct dns_wildcard, wildcard, &network->wildcards))
                free(wildcard->domain);
        array_free(&network->ranges);
        array_free(&network->leases);
        array_free(&network->dns);
        array_free(&network->wildcards);
        free(network->name);
        free(network->bridge);
        free(network->uplink);
        free(network->domain);
        free(network->boot_file);
        free(network->loaders);
        *network = (struct network) {0};
}
