/* DNS names in host.conf: a network's wildcards, and those that a cluster brings to a network. */
#include "config_files.h"

#include <sys/socket.h>

#define CLUSTER(name, keys) "cluster \"" name "\" { flavor = okd kubeconfig = \"k\" " keys " }\n"
#define NAMED(domain, network, address) \
        "domain = \"" domain "\" dns = \"" network "\" address = \"" address "\""
#define GUEST(name, nics) \
        "guest \"" name "\" { memory = 1GiB disk \"root\" { size = 1GiB pool = p }\n" nics "}\n"
#define NIC(name, network, address) \
        "nic \"" name "\" { network = \"" network "\" address = \"" address "\" }\n"
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
        {"a cluster's names in parts",
                HOST NETWORK "}\n" CLUSTER("a", "domain = \"b.c\"") CLUSTER("b", "dns = lab")
                        CLUSTER("c", "address = \"10.0.0.5\" dns = lab"),
                .problems = {"A:4: cluster \"a\": domain needs dns = \"lab\": it is the network whose guests "
                             "are "
                             "told the names",
                        "A:5: cluster \"b\": dns needs domain = \"example.com\": a cluster's names are below "
                        "NAME.DOMAIN",
                        "A:5: cluster \"b\": dns needs address = \"192.168.150.5\": it is what api, api-int "
                        "and "
                        "*.apps stand for",
                        "A:6: cluster \"c\": dns needs domain = \"example.com\": a cluster's names are below "
                        "NAME.DOMAIN"}},
        {"values that are none",
                HOST NETWORK "}\n" CLUSTER("a", NAMED("*.b", "l b", "10.0.0.256"))
                        CLUSTER("a_b", NAMED("c", "lab", "10.0.0.5")),
                .problems = {"A:4: cluster \"a\": domain: \"*.b\" is not a DNS name: it has letters, digits, "
                             "'-' "
                             "and dots between them",
                        "A:4: cluster \"a\": dns: \"l b\" is not a name: it has letters, digits, '.', '_', "
                        "'+' "
                        "and '-', not starting with '-' or '.'",
                        "A:4: cluster \"a\": address: \"10.0.0.256\" is not an IP address: write one without "
                        "leading zeros, blanks or a scope, as in 192.168.150.1 or fd00:150::1",
                        "A:5: cluster \"a_b\": domain: \"api-int.a_b.c\" is not a DNS name: it has letters, "
                        "digits, '-' and dots between them"}},
        {"an address that no machine has",
                HOST NETWORK "}\n" CLUSTER("a", NAMED("z", "lab", "192.168.150.255"))
                        CLUSTER("b", NAMED("z", "lab", "127.0.0.1")),
                .problems = {"A:4: cluster \"a\": address: no machine has 192.168.150.255: take that of its "
                             "load balancer",
                        "A:5: cluster \"b\": address: no machine has 127.0.0.1: take that of its load "
                        "balancer"}},
        {"networks that can't tell them",
                HOST NETWORK "}\nnetwork \"lan\" { mode = bridge bridge = br0 }\nnetwork \"dark\" { mode = "
                             "isolated }\n" CLUSTER("a", NAMED("z", "lap", "10.0.0.5"))
                                     CLUSTER("b", NAMED("z", "lan", "10.0.0.5"))
                                             CLUSTER("c", NAMED("z", "dark", "10.0.0.5")),
                .problems = {"A:6: cluster \"a\": dns: there is no network \"lap\"; did you "
                             "mean \"lab\"?",
                        "A:7: cluster \"b\": dns: whatever is behind the bridge of network \"lan\" gives the "
                        "names",
                        "A:8: cluster \"c\": dns: network \"dark\" has no address, at which it could be "
                        "asked "
                        "for names"}},
        {"networks of other hosts",
                HOST "host \"i\" { connect = i }\n" NETWORK
                     "}\nnetwork \"other\" { mode = isolated address = "
                     "\"10.1.0.1/24\" hosts = i }\n" CLUSTER("a", "hosts = h " NAMED("z", "lab", "10.0.0.5"))
                             CLUSTER("b", "hosts = h " NAMED("z", "other", "10.0.0.5")),
                .problems =
                        {"A:6: cluster \"a\": dns: network \"lab\" is for 2 hosts, and the cluster's names "
                         "are for one: write a network for that host alone",
                                "A:7: cluster \"b\": dns: network \"other\" isn't for the cluster's host: "
                                "change the hosts of one of them"}},
        {"the file says something else of them",
                HOST NETWORK
                "dns \"10.0.0.6\" { names = {\"API.a.z\", \"*.apps.a.z\", \"x\"} }\n"
                "lease \"api-int.a.z\" { mac = \"52:54:00:00:00:01\" address = \"192.168.150.7\" "
                "}\ndns \"fd00::6\" { names = {\"api.a.z\", \"*.apps.a.z\"} }\n}\n" CLUSTER(
                        "a", NAMED("z", "lab", "10.0.0.5")),
                .problems =
                        {"A:7: cluster \"a\": api.a.z is to stand for 10.0.0.5 in network \"lab\", and dns "
                         "\"10.0.0.6\" at A:3 says otherwise: remove it there",
                                "A:7: cluster \"a\": api-int.a.z is to stand for 10.0.0.5 in network "
                                "\"lab\", and lease "
                                "\"api-int.a.z\" at A:4 says otherwise: remove it there",
                                "A:7: cluster \"a\": *.apps.a.z is to stand for 10.0.0.5 in network \"lab\", "
                                "and dns "
                                "\"10.0.0.6\" at A:3 says otherwise: remove it there"}},
        {"two clusters of the same names",
                HOST NETWORK "}\n" CLUSTER("a.b", NAMED("c", "lab", "10.0.0.5"))
                        CLUSTER("a", NAMED("B.C", "lab", "10.0.0.6")),
                .problems =
                        {"A:5: cluster \"a\": domain: the names below a.B.C are those of cluster \"a.b\" at "
                         "A:4"}},
        {"the file says the same of them",
                HOST NETWORK
                "dns \"10.0.0.5\" { names = {\"registry\", \"api-int.a.z\", \"*.APPS.a.z\"} }\n}\n" CLUSTER(
                        "a", NAMED("z", "lab", "10.0.0.5")),
                .problems = {NULL}},
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

/* As "ADDRESS NAME NAME", one line an entry, wildcards and domains of its own after them. */
static char *names_of(const struct config *config, size_t which)
{
        const struct network *network = &config->networks.items[which].network;
        struct text lines = {0};
        char address[IP_TEXT];

        for (array_each(const struct dns_host, host, &network->dns)) {
                CLEANUP(string_free) char *names = strings_join(&host->names, " ");

                text_format(&lines, "%s %s\n", ip_address_format(&host->address, address), names);
        }
        for (array_each(const struct dns_wildcard, wildcard, &network->wildcards))
                text_format(&lines, wildcard->address.family ? "%s *.%s\n" : "%s%s\n",
                        ip_address_format(&wildcard->address, address), wildcard->domain);
        return text_take(&lines);
}

/* As "NAME ADDRESS", with a '!' where the address goes by that name. */
static char *names_asked(const struct config *config, size_t which)
{
        struct text lines = {0};
        char address[IP_TEXT];

        for (array_each(const struct cluster_name, name, &config->clusters.items[which].names))
                text_format(&lines, "%s %s%s\n", name->name, ip_address_format(&name->address, address),
                        name->is_reverse ? " !" : "");
        return text_take(&lines);
}

#define POOL "pool \"p\" { path = \"/p\" }\n"

static const struct {
        const char *name, *text, *names, *asked;
} named[] = {
        {"a cluster without nodes", CLUSTER("a", NAMED("z", "lab", "10.0.0.5")),
                "10.0.0.5 api.a.z api-int.a.z\n"
                "api.a.z\n"
                "api-int.a.z\n"
                "10.0.0.5 *.apps.a.z\n",
                "api.a.z 10.0.0.5 !\n"
                "api-int.a.z 10.0.0.5\n"
                "*.apps.a.z 10.0.0.5\n"},
        {"nodes that are guests",
                CLUSTER("a", "bootstrap = b control = {\"c-1\", \"c-2.a.z\", \"bare\", \"dynamic\"} workers "
                             "= w " NAMED("z", "lab", "fd00::5")) POOL GUEST("c-1",
                        NIC("x", "other", "10.1.0.9") NIC("y", "lab", "192.168.150.21") NIC("z", "lab",
                                "192.168.150.22")) GUEST("b", NIC("x", "lab", "192.168.150.20")) GUEST("c-2",
                        NIC("x", "lab", "192.168.150.23")) GUEST("dynamic", "nic \"x\" { network = lab }\n")
                        GUEST("w", "count = 2\n" NIC("x", "lab", "192.168.150.31"))
                                GUEST("stranger", NIC("x", "lab", "192.168.150.41")),
                "192.168.150.21 c-1.a.z\n"
                "192.168.150.23 c-2.a.z\n"
                "192.168.150.31 w-1.a.z\n"
                "192.168.150.32 w-2.a.z\n"
                "192.168.150.20 b.a.z\n"
                "fd00::5 api.a.z api-int.a.z\n"
                "api.a.z\n"
                "api-int.a.z\n"
                "fd00::5 *.apps.a.z\n",
                "c-1.a.z 192.168.150.21 !\n"
                "c-2.a.z 192.168.150.23 !\n"
                "w-1.a.z 192.168.150.31 !\n"
                "w-2.a.z 192.168.150.32 !\n"
                "b.a.z 192.168.150.20 !\n"
                "api.a.z fd00::5 !\n"
                "api-int.a.z fd00::5\n"
                "*.apps.a.z fd00::5\n"},
        {"a node that is its API, too",
                CLUSTER("a", "control = c " NAMED("z", "lab", "192.168.150.21"))
                        POOL GUEST("c", NIC("x", "lab", "192.168.150.21")),
                "192.168.150.21 c.a.z api.a.z api-int.a.z\n"
                "api.a.z\n"
                "api-int.a.z\n"
                "192.168.150.21 *.apps.a.z\n",
                "c.a.z 192.168.150.21 !\n"
                "api.a.z 192.168.150.21\n"
                "api-int.a.z 192.168.150.21\n"
                "*.apps.a.z 192.168.150.21\n"},
        {"two clusters at one address: it goes by the first one's name",
                CLUSTER("b", NAMED("z", "lab", "10.0.0.5")) CLUSTER("a", NAMED("z", "lab", "10.0.0.5")),
                "10.0.0.5 api.b.z api-int.b.z api.a.z api-int.a.z\n"
                "api.b.z\n"
                "api-int.b.z\n"
                "10.0.0.5 *.apps.b.z\n"
                "api.a.z\n"
                "api-int.a.z\n"
                "10.0.0.5 *.apps.a.z\n",
                "api.b.z 10.0.0.5 !\n"
                "api-int.b.z 10.0.0.5\n"
                "*.apps.b.z 10.0.0.5\n"},
        {"a cluster that says nothing of names", CLUSTER("a", "control = c"), "", ""},
};

static void clusters_bring_names(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
                CLEANUP(string_free)
                char *text = string_format(HOST NETWORK
                        "}\nnetwork \"other\" { mode = nat address = \"10.1.0.1/24\" }\n%s",
                        named[i].text);
                CLEANUP(result_done) struct result result = load(text);
                CLEANUP(string_free) char *names = NULL, *asked = NULL, *others = NULL;

                print_message("%s\n", named[i].name);
                assert_loaded(&result);
                names = names_of(&result.config, 0);
                others = names_of(&result.config, 1);
                asked = names_asked(&result.config, 0);
                assert_string_equal(names, named[i].names);
                assert_string_equal(asked, named[i].asked);
                assert_string_equal(others, "");
        }
}

static void what_the_file_says_stays(void **state)
{
        CLEANUP(result_done)
        struct result result = load(
                HOST NETWORK "dns \"10.0.0.5\" { names = {\"registry\", \"API-INT.a.z\", \"*.apps.A.z\"} "
                             "}\n}\n" CLUSTER("a", NAMED("z", "lab", "10.0.0.5")));
        CLEANUP(string_free) char *names = NULL;

        (void)state;
        assert_loaded(&result);
        names = names_of(&result.config, 0);
        assert_string_equal(names, "10.0.0.5 api.a.z registry API-INT.a.z\n"
                                   "10.0.0.5 *.apps.A.z\n"
                                   "api.a.z\n"
                                   "api-int.a.z\n");
}

#define ROWS (sizeof(wrongs) / sizeof(wrongs[0]))

int main(void)
{
        struct CMUnitTest tests[ROWS + 3];

        for (size_t i = 0; i < ROWS; i++)
                tests[i] = (struct CMUnitTest) {
                        .name = wrongs[i].name, .test_func = test_row, .initial_state = (void *)&wrongs[i]};
        tests[ROWS] = (struct CMUnitTest)cmocka_unit_test(wildcards_are_told_from_names);
        tests[ROWS + 1] = (struct CMUnitTest)cmocka_unit_test(clusters_bring_names);
        tests[ROWS + 2] = (struct CMUnitTest)cmocka_unit_test(what_the_file_says_stays);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
