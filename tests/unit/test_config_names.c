/* DNS names in host.conf: a network's wildcards. */
#include "config_files.h"

#include <sys/socket.h>

#define NETWORK "network \"lab\" { mode = nat address = \"192.168.150.1/24\"\n"

static const struct row wrongs[] = {
        {"wildcards that are none",
                HOST NETWORK
                "dns \"10.0.0.5\" { names = {\"*\", \"*.\", \"*apps\", \"a.*.b\", \"*.*.a\", "
                "\"*.a_b\", \"*.-a\", \"*.a.\", \"*.a/10.0.0.9\", \"*.a\\nserver=10.0.0.9\"} }\n}\n",
                .problems = {"A:3: network \"lab\": dns \"10.0.0.5\": names: \"*\" is not a wildcard: write "
                             "\"*.\" and the domain that all names are below",
                        "A:3: network \"lab\": dns \"10.0.0.5\": names: \"*.\" is not a wildcard: write "
                        "\"*.\" and the domain that all names are below",
                        "A:3: network \"lab\": dns \"10.0.0.5\": names: \"*apps\" is not a wildcard: write "
                        "\"*.\" and the domain that all names are below",
                        "A:3: network \"lab\": dns \"10.0.0.5\": names: \"a.*.b\" is not a DNS name or "
                        "wildcard: it has letters, digits, '-' and dots between them, and \"*.\" at most in "
                        "front",
                        "A:3: network \"lab\": dns \"10.0.0.5\": names: \"*.*.a\" is not a DNS name or "
                        "wildcard: it has letters, digits, '-' and dots between them, and \"*.\" at most in "
                        "front",
                        "A:3: network \"lab\": dns \"10.0.0.5\": names: \"*.a_b\" is not a DNS name or "
                        "wildcard: it has letters, digits, '-' and dots between them, and \"*.\" at most in "
                        "front",
                        "A:3: network \"lab\": dns \"10.0.0.5\": names: \"-a\" is not a DNS name: between "
                        "its dots stand 1 to 63 letters, digits and '-', with no '-' at either end",
                        "A:3: network \"lab\": dns \"10.0.0.5\": names: \"a.\" ends in a dot: leave it out",
                        "A:3: network \"lab\": dns \"10.0.0.5\": names: \"*.a/10.0.0.9\" is not a DNS name "
                        "or wildcard: it has letters, digits, '-' and dots between them, and \"*.\" at most "
                        "in front",
                        "A:3: network \"lab\": dns \"10.0.0.5\": names: the value holds the byte 0x0a, a "
                        "control character or no UTF-8: leave it out"}},
        {"a wildcard that has two addresses",
                HOST NETWORK "dns \"10.0.0.5\" { names = \"*.a\" }\ndns \"fd00::5\" { names = \"*.a\" }\n"
                             "dns \"10.0.0.6\" { names = {\"a\", \"*.a\"} }\n}\n",
                .problems =
                        {"A:5: network \"lab\": dns \"10.0.0.6\": *.a for an IPv4 address is taken already, "
                         "at A:3"}},
        {"a wildcard where none can be",
                HOST NETWORK "domain = \"*.a\"\nlease \"*.a\" { mac = \"52:54:00:00:00:01\" address = "
                             "\"192.168.150.5\" }\n}\n",
                .problems =
                        {"A:3: network \"lab\": domain: \"*.a\" is not a DNS name: it has letters, digits, "
                         "'-' and dots between them",
                                "A:4: network \"lab\": lease \"*.a\": name: \"*.a\" is not a DNS name: it "
                                "has letters, "
                                "digits, '-' and dots between them"}},
};

static void wildcards_are_told_from_names(void **state)
{
        CLEANUP(result_done)
        struct result result =
                load(HOST NETWORK "dns \"10.0.0.5\" { names = {\"*.apps.a\", \"api.a\", \"*.b\"} }\n"
                                  "dns \"fd00::5\" { names = \"*.apps.a\" }\n"
                                  "dns \"10.0.0.6\" { names = \"c\" }\n}\n");
        const struct network *network;

        (void)state;
        assert_loaded(&result);
        network = &result.config.networks.items[0].network;
        assert_int_equal(network->dns.count, 2);
        assert_int_equal(network->dns.items[0].names.count, 1);
        assert_string_equal(network->dns.items[0].names.items[0], "api.a");
        assert_string_equal(network->dns.items[1].names.items[0], "c");
        assert_int_equal(network->wildcards.count, 3);
        assert_string_equal(network->wildcards.items[0].domain, "apps.a");
        assert_string_equal(network->wildcards.items[1].domain, "b");
        assert_string_equal(network->wildcards.items[2].domain, "apps.a");
        assert_int_equal(network->wildcards.items[1].address.bytes[3], 5);
        assert_int_equal(network->wildcards.items[2].address.family, AF_INET6);
}

#define ROWS (sizeof(wrongs) / sizeof(wrongs[0]))

int main(void)
{
        struct CMUnitTest tests[ROWS + 1];

        for (size_t i = 0; i < ROWS; i++)
                tests[i] = (struct CMUnitTest) {
                        .name = wrongs[i].name, .test_func = test_row, .initial_state = (void *)&wrongs[i]};
        tests[ROWS] = (struct CMUnitTest)cmocka_unit_test(wildcards_are_told_from_names);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
