/* The rules of firewalls as nft reads them, strings that mean harm, and what firewalld is told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "plan/firewalld.h"
#include "plan/nftables.h"

#define ALWAYS                                                                                          \
        "\t\tct state established,related accept\n"                                                     \
        "\t\ttcp flags & (syn | ack) == ack accept\n"                                                   \
        "\t\ticmp type { destination-unreachable, time-exceeded, parameter-problem, echo-request } "    \
        "accept\n"                                                                                      \
        "\t\ticmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, " \
        "echo-request, nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, "  \
        "mld-listener-query } accept\n"                                                                 \
        "\t\tudp sport 67 udp dport 68 accept\n"                                                        \
        "\t\tip6 saddr fe80::/10 udp sport 547 udp dport 546 accept\n"

static void a_firewall(struct firewall *firewall, const char *name, const char *interface)
{
        *firewall = (struct firewall) {.name = string_copy(name)};
        strings_add(&firewall->interfaces, interface);
}

static void add_port(struct firewall *firewall, const char *text)
{
        struct error error = {0};

        assert_int_equal(port_range_parse(text, array_add(&firewall->ports), &error), 0);
}

static void add_from(struct firewall *firewall, const char *text)
{
        struct error error = {0};

        assert_int_equal(subnet_parse(text, array_add(&firewall->from), &error), 0);
}

/* Without its comments and its fingerprint. */
static void assert_written(struct firewall *firewalls, size_t count, const char *expected)
{
        struct firewalls list = {0};
        CLEANUP(string_free) char *text = NULL, *fingerprint = NULL;
        CLEANUP(error_done) struct error error = {0};
        char *mark;

        for (size_t i = 0; i < count; i++)
                *array_add(&list.list) = &firewalls[i];
        text = nftables_write(&list, &fingerprint, &error);
        array_free(&list.list);
        assert_non_null(text);
        assert_int_equal(strlen(fingerprint), NFTABLES_FINGERPRINT);
        assert_true(nftables_is_of(text, fingerprint));
        assert_false(nftables_is_of(text, "0123456789abcdef"));
        while ((mark = strstr(text, fingerprint)))
                memset(mark, 'F', NFTABLES_FINGERPRINT);
        mark = strstr(text, "\ntable ");
        assert_non_null(mark);
        assert_string_equal(mark + 1, expected);
}

#define HEAD  "table inet provision\ndelete table inet provision\ntable inet provision {\n"
#define INPUT "\tchain input {\n\t\ttype filter hook input priority 0; policy accept;\n"
#define MARK  "comment \"provision FFFFFFFFFFFFFFFF\"\n"

static void test_one(void **state)
{
        struct firewall wan;

        (void)state;
        a_firewall(&wan, "wan", "eth0");
        strings_add(&wan.interfaces, "eth1");
        add_port(&wan, "22");
        add_port(&wan, "51820/udp");
        add_port(&wan, "8000-8010");
        assert_written(&wan, 1,
                HEAD "\tchain firewall_wan {\n" ALWAYS "\t\ttcp dport { 22, 8000-8010 } accept\n"
                     "\t\tudp dport { 51820 } accept\n\t\tdrop\n\t}\n" INPUT
                     "\t\tiifname { \"eth0\", \"eth1\" } goto firewall_wan " MARK "\t}\n}\n");
        firewall_done(&wan);
}

static void test_several(void **state)
{
        struct firewall firewalls[3];

        (void)state;
        a_firewall(&firewalls[0], "wan-1", "eth0");
        add_port(&firewalls[0], "22");
        add_port(&firewalls[0], "53/udp");
        add_from(&firewalls[0], "203.0.113.0/24");
        add_from(&firewalls[0], "2001:db8::/32");
        add_from(&firewalls[0], "198.51.100.7/32");
        a_firewall(&firewalls[1], "wan_1", "eth1");
        a_firewall(&firewalls[2], "all", "eth2");
        add_port(&firewalls[2], "80");
        add_from(&firewalls[2], "0.0.0.0/0");
        assert_written(firewalls, 3,
                HEAD "\tchain firewall_wan.1 {\n" ALWAYS
                     "\t\tip saddr { 203.0.113.0/24, 198.51.100.7/32 } tcp dport { 22 } accept\n"
                     "\t\tip saddr { 203.0.113.0/24, 198.51.100.7/32 } udp dport { 53 } accept\n"
                     "\t\tip6 saddr { 2001:db8::/32 } tcp dport { 22 } accept\n"
                     "\t\tip6 saddr { 2001:db8::/32 } udp dport { 53 } accept\n\t\tdrop\n\t}\n"
                     "\tchain firewall_wan_1 {\n" ALWAYS "\t\tdrop\n\t}\n"
                     "\tchain firewall_all {\n" ALWAYS
                     "\t\tmeta nfproto ipv4 tcp dport { 80 } accept\n\t\tdrop\n\t}\n" INPUT
                     "\t\tiifname { \"eth0\" } goto firewall_wan.1 " MARK
                     "\t\tiifname { \"eth1\" } goto firewall_wan_1 " MARK
                     "\t\tiifname { \"eth2\" } goto firewall_all " MARK "\t}\n}\n");
        for (size_t i = 0; i < 3; i++)
                firewall_done(&firewalls[i]);
}

/* Whatever is different has another fingerprint. */
static void test_fingerprint(void **state)
{
        struct firewall wan;
        struct firewalls list = {0};
        CLEANUP(string_free) char *first = NULL, *second = NULL, *text = NULL;
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        a_firewall(&wan, "wan", "eth0");
        *array_add(&list.list) = &wan;
        text = nftables_write(&list, &first, &error);
        string_free(&text);
        add_port(&wan, "22");
        text = nftables_write(&list, &second, &error);
        assert_string_not_equal(first, second);
        array_free(&list.list);
        firewall_done(&wan);
}

static void test_interfaces_that_mean_harm(void **state)
{
        static const char *const refused[] = {"", "eth0\" } accept; drop comment \"", "a b", "a/b", "a:b",
                "a\tb", "a\nb", "a\"b", "a\\b", "eth\\", "0123456789abcdef", ".", "..", "\x7f", "a\x01"};
        static const char *const taken[][2] = {{"eth0", "{ \"eth0\" }"}, {"eth*", "{ \"eth\\*\" }"},
                {"*", "{ \"\\*\" }"}, {"e*h", "{ \"e*h\" }"}, {"$(id)`id`", "{ \"$(id)`id`\" }"},
                {"a}{;#'@!", "{ \"a}{;#'@!\" }"}, {"\xc3\xa4", "{ \"\xc3\xa4\" }"}};

        (void)state;
        for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]) + sizeof(taken) / sizeof(taken[0]); i++) {
                bool is_refused = i < sizeof(refused) / sizeof(refused[0]);
                size_t at = is_refused ? i : i - sizeof(refused) / sizeof(refused[0]);
                CLEANUP(string_free) char *text = NULL, *fingerprint = NULL;
                CLEANUP(error_done) struct error error = {0};
                struct firewalls list = {0};
                struct firewall wan;

                a_firewall(&wan, "wan", is_refused ? refused[at] : taken[at][0]);
                *array_add(&list.list) = &wan;
                text = nftables_write(&list, &fingerprint, &error);
                if (is_refused ? text != NULL : !text || !strstr(text, taken[at][1]))
                        fail_msg("%s: %s", wan.interfaces.items[0], text ? text : error_text(&error));
                array_free(&list.list);
                firewall_done(&wan);
        }
}

static void test_firewalld(void **state)
{
        CLEANUP(strings_done) struct strings openings = {0};
        CLEANUP(string_free) char *first = NULL, *second = NULL;
        struct firewall wan;

        (void)state;
        a_firewall(&wan, "wan", "eth0");
        add_port(&wan, "8000-8010/udp");
        firewalld_openings(&wan, "public", &openings);
        add_from(&wan, "203.0.113.0/24");
        add_from(&wan, "fd00::/8");
        wan.ports.items[0] = (struct port_range) {PORT_TCP, 20, 22};
        firewalld_openings(&wan, "work", &openings);
        assert_int_equal(openings.count, 3);
        assert_string_equal(openings.items[0], "public 8000-8010/udp");
        assert_string_equal(openings.items[1],
                "work rule family=\"ipv4\" source address=\"203.0.113.0/24\" port "
                "port=\"20-22\" protocol=\"tcp\" accept");
        assert_string_equal(openings.items[2], "work rule family=\"ipv6\" source address=\"fd00::/8\" port "
                                               "port=\"20-22\" protocol=\"tcp\" accept");
        first = firewalld_words(openings.items[0]);
        second = firewalld_words(openings.items[1]);
        assert_string_equal(first, "8000-8010/udp in zone public");
        assert_string_equal(second, "20-22/tcp from 203.0.113.0/24 in zone work");
        assert_true(firewalld_opens(openings.items[2], 22));
        assert_false(firewalld_opens(openings.items[2], 23));
        assert_false(firewalld_opens(openings.items[0], 8000));
        assert_false(firewalld_opens("public rule", 22));
        assert_false(firewalld_opens("", 22));
        firewall_done(&wan);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_one),
                cmocka_unit_test(test_several),
                cmocka_unit_test(test_fingerprint),
                cmocka_unit_test(test_interfaces_that_mean_harm),
                cmocka_unit_test(test_firewalld),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
