/* The way from one set of ranges, leases and names to another, in the single changes that virNetworkUpdate
 * knows.
 *
 * It refuses to add what shares an address, a MAC or a name with an entry that is there, and it changes or
 * removes the first entry that shares any of them (libvirt's networkDefUpdate* functions). Therefore
 * everything to be removed goes first and additions come last; a lease is changed in place only when nobody
 * else holds its new address or name; and DNS entries that share something with another can't be edited at
 * all. */
#include "scores/network_edits.h"

#include "base/text.h"

static bool has_range(const struct network *network, const struct ip_range *range)
{
        for (array_each(const struct ip_range, other, &network->ranges))
                if (ip_range_equal(other, range))
                        return true;
        return false;
}

static bool has_dns(const struct network *network, const struct dns_host *dns)
{
        for (array_each(const struct dns_host, other, &network->dns))
                if (dns_host_equal(other, dns))
                        return true;
        return false;
}

static const struct fixed_lease *find_lease(const struct network *network, const struct mac_address *mac)
{
        for (array_each(const struct fixed_lease, lease, &network->leases))
                if (mac_address_equal(&lease->mac, mac))
                        return lease;
        return NULL;
}

static bool leases_share(const struct fixed_lease *a, const struct fixed_lease *b)
{
        return mac_address_equal(&a->mac, &b->mac) || ip_address_equal(&a->address, &b->address) ||
               (a->name && string_equal(a->name, b->name));
}

static bool dns_share(const struct dns_host *a, const struct dns_host *b)
{
        for (array_each(char *, name, &a->names))
                if (strings_has(&b->names, *name))
                        return true;
        return ip_address_equal(&a->address, &b->address);
}

/* The lease can go from found to wanted in one change. */
static bool can_change(const struct network *found, const struct fixed_lease *wanted)
{
        for (array_each(const struct fixed_lease, other, &found->leases))
                if (!mac_address_equal(&other->mac, &wanted->mac) && leases_share(other, wanted))
                        return false;
        return true;
}

/* No entry says what another says as well. */
static bool has_distinct_ranges(const struct network *network)
{
        for (array_each(const struct ip_range, range, &network->ranges))
                for (const struct ip_range *other = network->ranges.items; other < range; other++)
                        if (ip_range_equal(range, other))
                                return false;
        return true;
}

static bool has_distinct_leases(const struct network *network)
{
        for (array_each(const struct fixed_lease, lease, &network->leases))
                for (const struct fixed_lease *other = network->leases.items; other < lease; other++)
                        if (leases_share(lease, other))
                                return false;
        return true;
}

/* As above, but an entry that both have need not be touched: it may share what it likes, if it is there once.
 */
static bool has_distinct_dns(const struct network *network, const struct network *than)
{
        for (array_each(const struct dns_host, dns, &network->dns))
                for (array_each(const struct dns_host, other, &network->dns))
                        if (other != dns && dns_share(dns, other) &&
                                (!has_dns(than, dns) || dns_host_equal(dns, other)))
                                return false;
        return true;
}

bool network_is_editable(const struct network *wanted, const struct network *found)
{
        CLEANUP(strings_done) struct strings others = {0};
        struct network rest = *wanted; /* borrows everything */

        rest.ranges = found->ranges;
        rest.leases = found->leases;
        rest.dns = found->dns;
        network_differences(&rest, found, &others);
        return others.count == 0 && has_distinct_ranges(wanted) && has_distinct_ranges(found) &&
               has_distinct_leases(wanted) && has_distinct_leases(found) && has_distinct_dns(wanted, found) &&
               has_distinct_dns(found, wanted);
}

/* ---- steps
 * ------------------------------------------------------------------------------------------------- */

struct editing {
        const struct network_config *wanted;
        const struct network_state *found;
        const struct network *edited; /* of found */
        struct plan *plan;
};

static struct network_edit *add_edit(
        const struct editing *editing, enum network_part part, enum edit_verb verb, const char *what)
{
        static const char *const verbs[] = {
                [EDIT_ADD] = "add", [EDIT_REMOVE] = "remove", [EDIT_CHANGE] = "change"};
        static const char *const places[] = {[EDIT_ADD] = "to", [EDIT_REMOVE] = "from", [EDIT_CHANGE] = "in"};
        struct step *step = plan_add(editing->plan, STEP_NETWORK_EDIT, "%s %s %s network %s while it runs",
                verbs[verb], what, places[verb], editing->wanted->network.name);

        step->network.wanted = editing->wanted;
        step->network.found = editing->found;
        step->network.is_live_only = editing->edited == editing->found->running;
        step->network.edits = memory_new(1, sizeof(*step->network.edits));
        step->network.edit_count = 1;
        step->network.edits->part = part;
        step->network.edits->verb = verb;
        return step->network.edits;
}

static void edit_range(const struct editing *editing, enum edit_verb verb, const struct ip_range *range)
{
        CLEANUP(string_free) char *words = ip_range_format(range);
        CLEANUP(string_free) char *what = string_format("DHCP range %s", words);

        add_edit(editing, NETWORK_PART_RANGE, verb, what)->range = range;
}

static void edit_lease(const struct editing *editing, enum edit_verb verb, const struct fixed_lease *lease)
{
        CLEANUP(text_done) struct text what = {0};
        char mac[MAC_ADDRESS_TEXT], address[IP_TEXT];

        mac_address_format(&lease->mac, mac);
        ip_address_format(&lease->address, address);
        if (verb == EDIT_CHANGE)
                text_format(&what, "fixed lease of %s to %s", mac, address);
        else
                text_format(&what, "fixed lease %s for %s", address, mac);
        if (lease->name)
                text_format(&what, " named %s", lease->name);
        add_edit(editing, NETWORK_PART_LEASE, verb, text_string(&what))->lease = lease;
}

static void edit_dns(const struct editing *editing, enum edit_verb verb, const struct dns_host *dns)
{
        CLEANUP(string_free) char *names = strings_join(&dns->names, ", ");
        CLEANUP(string_free) char *what = NULL;
        char address[IP_TEXT];

        what = string_format("DNS entry %s for %s", names, ip_address_format(&dns->address, address));
        add_edit(editing, NETWORK_PART_DNS, verb, what)->dns = dns;
}

/* Every entry of one that the other lacks; leases that can be changed in place don't count. */
static void edit_what_lacks(const struct editing *editing, enum edit_verb verb, const struct network *one,
        const struct network *other)
{
        for (array_each(const struct ip_range, range, &one->ranges))
                if (!has_range(other, range))
                        edit_range(editing, verb, range);
        for (array_each(const struct fixed_lease, lease, &one->leases)) {
                const struct fixed_lease *same = find_lease(other, &lease->mac);
                const struct fixed_lease *wanted = verb == EDIT_ADD ? lease : same;

                if (!same || (!fixed_lease_equal(lease, same) && !can_change(editing->edited, wanted)))
                        edit_lease(editing, verb, lease);
        }
        for (array_each(const struct dns_host, dns, &one->dns))
                if (!has_dns(other, dns))
                        edit_dns(editing, verb, dns);
}

void network_plan_edits(
        const struct network_config *wanted, const struct network_state *found, struct plan *plan)
{
        const struct network *edited = found->running ? found->running : &found->network;
        const struct editing editing = {.wanted = wanted, .found = found, .edited = edited, .plan = plan};

        edit_what_lacks(&editing, EDIT_REMOVE, edited, &wanted->network);
        for (array_each(const struct fixed_lease, lease, &wanted->network.leases)) {
                const struct fixed_lease *now = find_lease(edited, &lease->mac);

                if (now && !fixed_lease_equal(lease, now) && can_change(edited, lease))
                        edit_lease(&editing, EDIT_CHANGE, lease);
        }
        edit_what_lacks(&editing, EDIT_ADD, &wanted->network, edited);
}
