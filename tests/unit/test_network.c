/* Comparing networks by what they mean, and copying them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "topology/network.h"

static struct ip_address ip(const char *text)
{
        struct error error = {0};
        struct ip_address address = {0};

        assert_int_equal(ip_address_parse(text, &address, &error), 0);
        return address;
}

static void add_range(struct network *network, const char *text)
{
        struct error error = {0};

        assert_int_equal(ip_range_parse(text, array_add(&network->ranges), &error), 0);
}

static void add_lease(struct network *network, const char *mac, const char *address, const char *name)
{
        struct error error = {0};
        struct fixed_lease *lease = array_add(&network->leases);

        assert_int_equal(mac_address_parse(mac, &lease->mac, &error), 0);
        lease->address = ip(address);
        lease->name = string_copy(name);
}

static void add_dns(struct network *network, const char *address, const char *name, const char *other)
{
        struct dns_host *dns = array_add(&network->dns);

        dns->address = ip(address);
        strings_add(&dns->names, name);
        if (other)
                strings_add(&dns->names, other);
}

static void add_wildcard(struct network *network, const char *address, const char *domain)
{
        struct dns_wildcard *wildcard = array_add(&network->wildcards);

        wildcard->domain = string_copy(domain);
        if (address)
                wildcard->address = ip(address);
}

static void set_address(struct network *network, const char *text)
{
        struct error error = {0};

        assert_int_equal(subnet_parse(text, &network->address, &error), 0);
}

/* A network with a bit of everything. */
static void lab(struct network *network)
{
        network->name = string_copy("lab");
        network->bridge = string_copy("virbr-lab");
        network->uplink = string_copy("eth0");
        network->domain = string_copy("lab.test");
        network->mtu = 9000;
        set_address(network, "192.168.150.1/24");
        add_range(network, "192.168.150.100-192.168.150.149");
        add_range(network, "192.168.150.200-192.168.150.249");
        add_lease(network, "52:54:00:00:00:01", "192.168.150.11", "one");
        add_lease(network, "52:54:00:00:00:02", "192.168.150.12", NULL);
        add_dns(network, "192.168.150.1", "gateway", "ns");
        add_wildcard(network, "192.168.150.1", "apps.lab.test");
        add_wildcard(network, "fd00::1", "apps.lab.test");
}

static void other_name(struct network *found)
{
        string_replace(&found->name, "other");
}

static void other_mode(struct network *found)
{
        found->mode = NETWORK_ISOLATED;
}

static void other_bridge(struct network *found)
{
        string_replace(&found->bridge, "virbr7");
}

static void no_bridge(struct network *found)
{
        string_free(&found->bridge);
}

static void no_uplink(struct network *found)
{
        string_free(&found->uplink);
}

static void uplink_named_any(struct network *found)
{
        string_replace(&found->uplink, "any");
}

static void other_boot_file(struct network *found)
{
        string_replace(&found->boot_file, "pxelinux.0");
}

static void other_loaders(struct network *found)
{
        string_replace(&found->loaders, "/srv/tftp");
}

static void no_domain(struct network *found)
{
        string_free(&found->domain);
}

static void default_mtu(struct network *found)
{
        found->mtu = 0;
}

static void no_address(struct network *found)
{
        found->address = (struct subnet) {0};
}

static void other_prefix(struct network *found)
{
        found->address.prefix = 25;
}

static void other_order(struct network *found)
{
        struct ip_range range = found->ranges.items[0];
        struct fixed_lease lease = found->leases.items[0];
        char *name = found->dns.items[0].names.items[0];

        struct dns_wildcard wildcard = found->wildcards.items[0];

        found->wildcards.items[0] = found->wildcards.items[1];
        found->wildcards.items[1] = wildcard;
        found->ranges.items[0] = found->ranges.items[1];
        found->ranges.items[1] = range;
        found->leases.items[0] = found->leases.items[1];
        found->leases.items[1] = lease;
        found->dns.items[0].names.items[0] = found->dns.items[0].names.items[1];
        found->dns.items[0].names.items[1] = name;
}

static void other_range(struct network *found)
{
        found->ranges.items[0].end = ip("192.168.150.150");
}

static void range_twice(struct network *found)
{
        add_range(found, "192.168.150.100-192.168.150.149");
}

static void other_lease_address(struct network *found)
{
        found->leases.items[0].address = ip("192.168.150.13");
}

static void other_lease_name(struct network *found)
{
        string_replace(&found->leases.items[1].name, "two");
}

static void more_dns(struct network *found)
{
        add_dns(found, "192.168.150.2", "printer", NULL);
}

static void other_dns_name(struct network *found)
{
        string_replace(&found->dns.items[0].names.items[1], "dns");
}

static void other_wildcard(struct network *found)
{
        found->wildcards.items[0].address = ip("192.168.150.2");
}

static void wildcard_twice(struct network *found)
{
        add_wildcard(found, "fd00::1", "apps.lab.test");
}

static void own_domain(struct network *found)
{
        add_wildcard(found, NULL, "lab.test");
}

static void nothing_is_there(struct network *found)
{
        network_done(found);
}

static const struct {
        const char *name;
        void (*drift)(struct network *found);
        const char *words; /* with newlines between them */
} rows[] = {
        {"names aren't compared", other_name, ""},
        {"order doesn't matter", other_order, ""},
        {"mode", other_mode, "mode is isolated, wanted nat"},
        {"bridge", other_bridge, "bridge is virbr7, wanted virbr-lab"},
        {"no bridge", no_bridge, "bridge is none, wanted virbr-lab"},
        {"uplink", no_uplink, "uplink is any, wanted eth0"},
        {"domain", no_domain, "domain is none, wanted lab.test"},
        {"directory for TFTP", other_loaders, "directory for TFTP is /srv/tftp, wanted none"},
        {"boot file", other_boot_file, "boot file is pxelinux.0, wanted none"},
        {"an MTU that isn't given is 1500", default_mtu, "mtu is 1500, wanted 9000"},
        {"address", no_address, "address is none, wanted 192.168.150.1/24"},
        {"prefix", other_prefix, "address is 192.168.150.1/25, wanted 192.168.150.1/24"},
        {"range", other_range,
                "lacks DHCP range 192.168.150.100-192.168.150.149\n"
                "has DHCP range 192.168.150.100-192.168.150.150, not wanted"},
        {"a range once more", range_twice, "has DHCP range 192.168.150.100-192.168.150.149, not wanted"},
        {"a lease's address", other_lease_address,
                "lacks fixed lease 192.168.150.11 for 52:54:00:00:00:01 named one\n"
                "has fixed lease 192.168.150.13 for 52:54:00:00:00:01 named one, not wanted"},
        {"a lease's name", other_lease_name,
                "lacks fixed lease 192.168.150.12 for 52:54:00:00:00:02\n"
                "has fixed lease 192.168.150.12 for 52:54:00:00:00:02 named two, not wanted"},
        {"more DNS", more_dns, "has DNS entry printer for 192.168.150.2, not wanted"},
        {"a DNS name", other_dns_name,
                "lacks DNS entry gateway, ns for 192.168.150.1\n"
                "has DNS entry gateway, dns for 192.168.150.1, not wanted"},
        {"a wildcard", other_wildcard,
                "lacks DNS entry *.apps.lab.test for 192.168.150.1\n"
                "has DNS entry *.apps.lab.test for 192.168.150.2, not wanted"},
        {"a wildcard once more", wildcard_twice, "has DNS entry *.apps.lab.test for fd00::1, not wanted"},
        {"a domain of its own", own_domain, "has DNS domain lab.test of its own, not wanted"},
        {"everything at once", nothing_is_there,
                "bridge is none, wanted virbr-lab\n"
                "uplink is any, wanted eth0\n"
                "domain is none, wanted lab.test\n"
                "mtu is 1500, wanted 9000\n"
                "address is none, wanted 192.168.150.1/24\n"
                "lacks DHCP range 192.168.150.100-192.168.150.149\n"
                "lacks DHCP range 192.168.150.200-192.168.150.249\n"
                "lacks fixed lease 192.168.150.11 for 52:54:00:00:00:01 named one\n"
                "lacks fixed lease 192.168.150.12 for 52:54:00:00:00:02\n"
                "lacks DNS entry gateway, ns for 192.168.150.1\n"
                "lacks DNS entry *.apps.lab.test for 192.168.150.1\n"
                "lacks DNS entry *.apps.lab.test for fd00::1"},
};

static void check(
        const char *name, const struct network *wanted, const struct network *found, const char *words)
{
        CLEANUP(strings_done) struct strings differences = {0};
        CLEANUP(string_free) char *joined = NULL;

        network_differences(wanted, found, &differences);
        joined = strings_join(&differences, "\n");
        if (!string_equal(joined, words))
                fail_msg("%s: expected\n%s\nfound\n%s", name, words, joined);
}

static void each_difference_is_found_and_named(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(network_done) struct network wanted = {0}, found = {0};

                lab(&wanted);
                network_copy(&found, &wanted);
                check("a copy", &wanted, &found, "");
                rows[i].drift(&found);
                check(rows[i].name, &wanted, &found, rows[i].words);
                check("once more, the same", &wanted, &found, rows[i].words);
        }
}

static void what_the_wish_leaves_open_matches(void **state)
{
        CLEANUP(network_done) struct network wanted = {0}, found = {0};

        (void)state;
        found.bridge = string_copy("virbr0");
        found.mtu = 1500;
        check("any bridge, the default MTU", &wanted, &found, "");
        uplink_named_any(&found);
        check("an interface called any isn't any", &wanted, &found, "uplink is any, wanted any");
}

static void modes_have_names(void **state)
{
        (void)state;
        for (int mode = 0; mode < NETWORK_MODES; mode++)
                assert_non_null(network_mode_name((enum network_mode)mode));
        assert_string_equal(network_mode_name(NETWORK_ROUTED), "routed");
}

static void a_copy_is_its_own(void **state)
{
        CLEANUP(network_done) struct network copy = {0};
        struct network original = {0};

        (void)state;
        lab(&original);
        network_copy(&copy, &original);
        network_done(&original);
        network_done(&original);
        assert_string_equal(copy.name, "lab");
        assert_string_equal(copy.leases.items[0].name, "one");
        assert_string_equal(copy.dns.items[0].names.items[1], "ns");
        assert_string_equal(copy.wildcards.items[1].domain, "apps.lab.test");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_difference_is_found_and_named),
                cmocka_unit_test(what_the_wish_leaves_open_matches),
                cmocka_unit_test(modes_have_names),
                cmocka_unit_test(a_copy_is_its_own),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
