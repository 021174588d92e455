/* MAC addresses, IP addresses, subnets, ranges, capabilities and the promotion: what is accepted, what is refused
 * and in which words. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "base/memory.h"
#include "topology/ip.h"
#include "topology/mac_address.h"
#include "topology/machine.h"

/* Either what the text is once parsed and formatted again, or a part of the error. */
struct row {
        const char *name;
        const char *text;
        const char *formatted;
        const char *error;
};

/* Parses row->text and formats the result; NULL with error set when it is refused. Owned by the caller. */
typedef char *round_trip(const char *text, struct error *error);

static void check(const struct row *row, round_trip *parse_and_format)
{
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(string_free) char *formatted = parse_and_format(row->text, &error);

        if (!string_equal(formatted, row->formatted))
                fail_msg("%s: \"%s\" became \"%s\", not \"%s\" (%s)", row->name, row->text, formatted,
                        row->formatted, error_text(&error));
        if (!row->formatted && (error.kind != ERROR_CONFIG || !strstr(error_text(&error), row->error)))
                fail_msg("%s: the error lacks \"%s\": %s", row->name, row->error, error_text(&error));
}

#define CHECK_ALL(rows, parse_and_format)                             \
        for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++) \
        check(&(rows)[i], parse_and_format)

static char *mac_round_trip(const char *text, struct error *error)
{
        struct mac_address mac;
        char buffer[MAC_ADDRESS_TEXT];

        return mac_address_parse(text, &mac, error) < 0 ? NULL
                                                        : string_copy(mac_address_format(&mac, buffer));
}

static void mac_addresses_are_parsed_strictly(void **state)
{
        static const char form[] = "six pairs of hex digits", example[] = "52:54:00:12:34:56";
        static const struct row rows[] = {
                {"colons", "52:54:00:12:34:56", "52:54:00:12:34:56", NULL},
                {"upper case", "52:54:00:AB:CD:EF", "52:54:00:ab:cd:ef", NULL},
                {"dashes", "52-54-00-12-34-56", "52:54:00:12:34:56", NULL},
                {"the last one there is", "fe:ff:ff:ff:ff:ff", "fe:ff:ff:ff:ff:ff", NULL},
                {"nothing", "", NULL, form},
                {"mixed separators", "52:54-00:12:34:56", NULL, form},
                {"dots as in Cisco's", "5254.0012.3456", NULL, form},
                {"no separators", "525400123456", NULL, form},
                {"five pairs", "52:54:00:12:34", NULL, form},
                {"seven pairs", "52:54:00:12:34:56:78", NULL, form},
                {"one digit", "52:54:0:12:34:56", NULL, form},
                {"no hex digit", "52:54:00:12:34:5g", NULL, form},
                {"a sign that strtol takes", "52:54:00:12:34:+6", NULL, form},
                {"a prefix that strtol takes", "0x:54:00:12:34:56", NULL, form},
                {"a blank before", " 52:54:00:12:34:56", NULL, form},
                {"a blank behind", "52:54:00:12:34:56 ", NULL, form},
                {"a blank inside", "52:54:00:12:34: 6", NULL, form},
                {"a newline behind", "52:54:00:12:34:56\n", NULL, form},
                {"a separator behind", "52:54:00:12:34:5:", NULL, form},
                {"fullwidth digits",
                        "\xef\xbc\x95"
                        "2:54:00:12:34:56",
                        NULL, form},
                {"an example is given", "mac", NULL, example},
                {"all zero", "00:00:00:00:00:00", NULL, "all zero"},
                {"multicast", "01:00:5e:00:00:01", NULL, "multicast"},
                {"broadcast", "ff:ff:ff:ff:ff:ff", NULL, "multicast"},
        };

        (void)state;
        CHECK_ALL(rows, mac_round_trip);
}

static char *ip_round_trip(const char *text, struct error *error)
{
        struct ip_address address;
        char buffer[IP_TEXT];

        return ip_address_parse(text, &address, error) < 0 ? NULL
                                                           : string_copy(ip_address_format(&address, buffer));
}

static void ip_addresses_are_parsed_strictly(void **state)
{
        static const char wrong[] = "is not an IP address: write one";
        static const struct row rows[] = {
                {"IPv4", "192.168.150.1", "192.168.150.1", NULL},
                {"the last IPv4", "255.255.255.255", "255.255.255.255", NULL},
                {"IPv6", "fd00:150::1", "fd00:150::1", NULL},
                {"IPv6 in full", "FD00:0150:0000:0000:0000:0000:0000:0001", "fd00:150::1", NULL},
                {"IPv4 in IPv6", "::ffff:10.0.0.1", "::ffff:10.0.0.1", NULL},
                {"nothing", "", NULL, wrong},
                {"leading zeros, octal to some", "010.0.0.1", NULL, wrong},
                {"zeros", "10.0.0.00", NULL, wrong},
                {"leading zeros in IPv6's IPv4", "::ffff:010.0.0.1", NULL, wrong},
                {"three numbers", "10.0.1", NULL, wrong},
                {"five numbers", "10.0.0.0.1", NULL, wrong},
                {"one number", "167772161", NULL, wrong},
                {"hex", "0x0a.0.0.1", NULL, wrong},
                {"a number too high", "10.0.0.256", NULL, wrong},
                {"a sign", "10.0.0.+1", NULL, wrong},
                {"a blank before", " 10.0.0.1", NULL, wrong},
                {"a blank behind", "10.0.0.1 ", NULL, wrong},
                {"a newline behind", "10.0.0.1\n", NULL, wrong},
                {"a prefix", "10.0.0.1/24", NULL, wrong},
                {"a port", "10.0.0.1:22", NULL, wrong},
                {"a scope", "fe80::1%eth0", NULL, wrong},
                {"brackets", "[::1]", NULL, wrong},
                {"two gaps", "fd00::1::2", NULL, wrong},
                {"five digits", "fd00::12345", NULL, wrong},
                {"Arabic digits", "\xd9\xa1\xd9\xa0.0.0.1", NULL, wrong},
                {"a name", "localhost", NULL, wrong},
        };

        (void)state;
        CHECK_ALL(rows, ip_round_trip);
}

static char *subnet_round_trip(const char *text, struct error *error)
{
        struct subnet subnet;
        char buffer[SUBNET_TEXT];

        return subnet_parse(text, &subnet, error) < 0 ? NULL : string_copy(subnet_format(&subnet, buffer));
}

static void subnets_are_parsed_strictly(void **state)
{
        static const char length[] = "is not the length of a prefix";
        static const struct row rows[] = {
                {"keeps the host's address", "192.168.150.1/24", "192.168.150.1/24", NULL},
                {"everything", "0.0.0.0/0", "0.0.0.0/0", NULL},
                {"one address", "10.0.0.1/32", "10.0.0.1/32", NULL},
                {"IPv6", "fd00::1/64", "fd00::1/64", NULL},
                {"one IPv6 address", "fd00::1/128", "fd00::1/128", NULL},
                {"the longest there is", "1111:2222:3333:4444:5555:6666:7777:8888/128",
                        "1111:2222:3333:4444:5555:6666:7777:8888/128", NULL},
                {"nothing", "", NULL, "ADDRESS/PREFIX"},
                {"no prefix", "192.168.150.1", NULL, "ADDRESS/PREFIX"},
                {"an empty prefix", "192.168.150.1/", NULL, length},
                {"an empty address", "/24", NULL, "is not an IP address"},
                {"too long for IPv4", "192.168.150.1/33", NULL, "from 0 to 32"},
                {"too long for IPv6", "fd00::1/129", NULL, "from 0 to 128"},
                {"far too long", "10.0.0.1/4294967320", NULL, length},
                {"leading zeros", "10.0.0.1/024", NULL, length},
                {"a sign", "10.0.0.1/+24", NULL, length},
                {"a negative", "10.0.0.1/-1", NULL, length},
                {"a blank before the prefix", "10.0.0.1/ 24", NULL, length},
                {"a blank behind", "10.0.0.1/24 ", NULL, length},
                {"a blank before the slash", "10.0.0.1 /24", NULL, "is not an IP address"},
                {"two slashes", "10.0.0.1/24/24", NULL, length},
                {"a netmask", "10.0.0.1/255.255.255.0", NULL, length},
        };

        (void)state;
        CHECK_ALL(rows, subnet_round_trip);
}

static char *range_round_trip(const char *text, struct error *error)
{
        struct ip_range range;

        return ip_range_parse(text, &range, error) < 0 ? NULL : ip_range_format(&range);
}

static void ranges_are_parsed_strictly(void **state)
{
        static const struct row rows[] = {
                {"two addresses", "10.0.0.100-10.0.0.199", "10.0.0.100-10.0.0.199", NULL},
                {"blanks around the dash", "10.0.0.100 \t-\t 10.0.0.199", "10.0.0.100-10.0.0.199", NULL},
                {"one address", "10.0.0.100-10.0.0.100", "10.0.0.100-10.0.0.100", NULL},
                {"IPv6", "fd00::100-fd00::1ff", "fd00::100-fd00::1ff", NULL},
                {"across bytes", "10.0.0.255-10.0.1.0", "10.0.0.255-10.0.1.0", NULL},
                {"nothing", "", NULL, "START-END"},
                {"one end", "10.0.0.100", NULL, "START-END"},
                {"no start", "-10.0.0.199", NULL, "is not an IP address"},
                {"no end", "10.0.0.100-", NULL, "is not an IP address"},
                {"a last number alone", "10.0.0.100-199", NULL, "\"199\" is not an IP address"},
                {"three", "10.0.0.1-10.0.0.2-10.0.0.3", NULL, "is not an IP address"},
                {"the wrong way round", "10.0.0.199-10.0.0.100", NULL, "ends below its start"},
                {"two families", "10.0.0.1-fd00::1", NULL, "from one family to the other"},
                {"a blank before", " 10.0.0.1-10.0.0.2", NULL, "is not an IP address"},
                {"a blank behind", "10.0.0.1-10.0.0.2 ", NULL, "is not an IP address"},
        };

        (void)state;
        CHECK_ALL(rows, range_round_trip);
}

static struct subnet subnet(const char *text)
{
        struct error error = {0};
        struct subnet parsed = {0};

        assert_int_equal(subnet_parse(text, &parsed, &error), 0);
        return parsed;
}

static struct ip_address ip(const char *text)
{
        struct error error = {0};
        struct ip_address parsed = {0};

        assert_int_equal(ip_address_parse(text, &parsed, &error), 0);
        return parsed;
}

static void subnets_overlap_when_they_share_an_address(void **state)
{
        static const struct {
                const char *a, *b;
                int overlap;
        } rows[] = {
                {"192.168.150.1/24", "192.168.150.77/24", 1},
                {"192.168.150.1/24", "192.168.151.1/24", 0},
                {"192.168.150.1/24", "192.168.0.0/16", 1},
                {"0.0.0.0/0", "192.168.150.1/24", 1},
                {"10.0.0.127/25", "10.0.0.128/25", 0},
                {"10.0.0.128/25", "10.0.0.129/32", 1},
                {"10.0.0.4/31", "10.0.0.5/31", 1},
                {"10.0.0.5/31", "10.0.0.6/31", 0},
                {"fd00::1/64", "fd00::ffff:0:0:1/64", 1},
                {"fd00::1/64", "fd00:0:0:1::1/64", 0},
                {"fd00::1/65", "fd00::8000:0:0:1/65", 0},
                {"::/0", "0.0.0.0/0", 0},
        };
        const struct subnet none = {0};

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct subnet a = subnet(rows[i].a), b = subnet(rows[i].b);

                if (subnet_overlaps(&a, &b) != rows[i].overlap || subnet_overlaps(&b, &a) != rows[i].overlap)
                        fail_msg("%s and %s: expected %d", rows[i].a, rows[i].b, rows[i].overlap);
        }
        assert_false(subnet_overlaps(&none, &none));
        assert_true(subnet_equal(&none, &none));
}

static void a_subnet_knows_its_addresses(void **state)
{
        static const struct {
                const char *subnet, *address;
                int contains, reserves;
        } rows[] = {
                {"192.168.150.1/24", "192.168.150.0", 1, 1},
                {"192.168.150.1/24", "192.168.150.1", 1, 0},
                {"192.168.150.1/24", "192.168.150.254", 1, 0},
                {"192.168.150.1/24", "192.168.150.255", 1, 1},
                {"192.168.150.1/24", "192.168.151.0", 0, 0},
                {"10.0.0.1/22", "10.0.0.255", 1, 0},
                {"10.0.0.1/22", "10.0.3.255", 1, 1},
                {"10.0.0.1/30", "10.0.0.3", 1, 1},
                {"10.0.0.0/31", "10.0.0.0", 1, 0},
                {"10.0.0.0/31", "10.0.0.1", 1, 0},
                {"10.0.0.1/32", "10.0.0.1", 1, 0},
                {"0.0.0.0/0", "255.255.255.255", 1, 1},
                {"fd00::1/64", "fd00::", 1, 1},
                {"fd00::1/64", "fd00::ffff:ffff:ffff:ffff", 1, 0},
                {"fd00::1/64", "fd00:0:0:1::", 0, 0},
                {"fd00::/127", "fd00::", 1, 0},
                {"10.0.0.0/8", "fd00::1", 0, 0},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct subnet in = subnet(rows[i].subnet);
                struct ip_address address = ip(rows[i].address);

                if (subnet_contains(&in, &address) != rows[i].contains ||
                        subnet_reserves(&in, &address) != rows[i].reserves)
                        fail_msg("%s of %s: expected %d, %d", rows[i].address, rows[i].subnet,
                                rows[i].contains, rows[i].reserves);
        }
}

static void some_addresses_are_no_machines(void **state)
{
        static const char *const good[] = {"1.0.0.0", "10.0.0.1", "126.255.255.255", "128.0.0.1",
                "223.255.255.255", "fd00::1", "::2", "2001:db8::"},
                                 *const bad[] = {"0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.0.1",
                                         "224.0.0.1", "255.255.255.255", "::", "::1", "ff02::1"};

        (void)state;
        for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
                struct ip_address address = ip(good[i]);

                if (!ip_address_is_unicast(&address))
                        fail_msg("%s", good[i]);
        }
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
                struct ip_address address = ip(bad[i]);

                if (ip_address_is_unicast(&address))
                        fail_msg("%s", bad[i]);
        }
        assert_false(ip_address_is_unicast(&(struct ip_address) {0}));
}

static void addresses_and_ranges_have_an_order(void **state)
{
        struct error error = {0};
        struct ip_address low = ip("10.0.0.9"), high = ip("10.0.0.10"), six = ip("::1"), none = {0};
        struct ip_range range, other;

        (void)state;
        assert_true(ip_address_compare(&low, &high) < 0);
        assert_true(ip_address_compare(&high, &low) > 0);
        assert_true(ip_address_compare(&high, &six) == -ip_address_compare(&six, &high));
        assert_true(ip_address_equal(&none, &none));
        assert_false(ip_address_equal(&none, &low));
        assert_int_equal(ip_range_parse("10.0.0.9-10.0.0.10", &range, &error), 0);
        assert_int_equal(ip_range_parse("10.0.0.9-10.0.0.11", &other, &error), 0);
        assert_true(ip_range_contains(&range, &low) && ip_range_contains(&range, &high));
        assert_false(ip_range_contains(&range, &six) || ip_range_contains(&range, &none));
        assert_true(ip_range_equal(&range, &range));
        assert_false(ip_range_equal(&range, &other));
}

static void what_is_refused_leaves_the_result_alone(void **state)
{
        CLEANUP(error_done) struct error error = {0};
        struct subnet found = subnet("10.0.0.1/24");
        char buffer[SUBNET_TEXT];

        (void)state;
        assert_int_equal(subnet_parse("10.9.9.9/99", &found, &error), -1);
        assert_string_equal(subnet_format(&found, buffer), "10.0.0.1/24");
        assert_string_equal(subnet_format(&(struct subnet) {0}, buffer), "");
}

static void capabilities_are_described_in_words(void **state)
{
        CLEANUP(string_free) char *none = capabilities_describe(0);
        CLEANUP(string_free) char *some = capabilities_describe(CAN_RUN_GUESTS | CAN_RUN_COMMANDS);

        (void)state;
        assert_string_equal(none, "nothing");
        assert_string_equal(some, "run commands, run guests: one was booted");
        assert_string_equal(capability_words(CAN_RUN_COMMANDS), "run commands");
        assert_null(capability_words((enum capability)(CAN_RUN_COMMANDS | CAN_ADMINISTER)));
        for (int i = 0; i < CAPABILITY_COUNT; i++)
                assert_non_null(capability_words((enum capability)(1 << i)));
}

static void only_a_machine_that_runs_guests_is_promoted(void **state)
{
        CLEANUP(error_done) struct error error = {0};
        struct linux_host host = {.name = "lab1", .can = CAN_RUN_COMMANDS | CAN_USE_LIBVIRT};
        struct kvm_host *kvm_host = NULL;

        (void)state;
        assert_int_equal(kvm_host_promote(&host, &kvm_host, &error), -1);
        assert_int_equal(error.kind, ERROR_BLOCKED);
        assert_non_null(strstr(error_text(&error), "lab1 is no KVM host"));
        assert_null(kvm_host);

        error_done(&error);
        host.can |= CAN_RUN_GUESTS;
        assert_int_equal(kvm_host_promote(&host, &kvm_host, &error), 0);
        assert_string_equal(kvm_host_name(kvm_host), "lab1");
        assert_ptr_equal(kvm_host_link(kvm_host), host.link);
        kvm_host_free(kvm_host);
        kvm_host_free(NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(some_addresses_are_no_machines),
                cmocka_unit_test(mac_addresses_are_parsed_strictly),
                cmocka_unit_test(ip_addresses_are_parsed_strictly),
                cmocka_unit_test(subnets_are_parsed_strictly),
                cmocka_unit_test(ranges_are_parsed_strictly),
                cmocka_unit_test(subnets_overlap_when_they_share_an_address),
                cmocka_unit_test(a_subnet_knows_its_addresses),
                cmocka_unit_test(addresses_and_ranges_have_an_order),
                cmocka_unit_test(what_is_refused_leaves_the_result_alone),
                cmocka_unit_test(capabilities_are_described_in_words),
                cmocka_unit_test(only_a_machine_that_runs_guests_is_promoted),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
