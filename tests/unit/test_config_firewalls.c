/* Firewalls in host.conf: what they become, and what is said about each way to get them wrong. */
#include "config_files.h"

#define FW(keys) HOST "firewall \"wan\" {\n" keys "\n}\n" /* what is given starts in line 3 */
#define ETH0     "interfaces = {\"eth0\"}\n"
#define IS       "A:3: firewall \"wan\": "
#define PORTS    "A:4: firewall \"wan\": ports: "
#define FROM     "A:4: firewall \"wan\": from: "
#define TO_WRITE                                                                                       \
        " is no port: write a number from 1 to 65535, or two with a '-' between them, as in \"443\", " \
        "\"8000-8010\" or \"51820/udp\""

static const struct row wrongs[] = {
        {"the least there can be", FW(ETH0), .problems = {NULL}},
        {"all that there is",
                FW("interfaces = {\"eth0\", \"br-lan.7\"}\nports = {\"22\", \"443/tcp\", \"443/udp\", "
                   "\"8000-8010\", \"1-21/tcp\", \"65535\"}\nfrom = {\"203.0.113.0/24\", \"203.0.114.7/32\", "
                   "\"2001:db8::/32\", \"fd00::1/128\"}"),
                .problems = {NULL}},
        {"no interface", HOST "firewall \"wan\" { ports = {\"22\"} }\n",
                .problems =
                        {"A:2: firewall \"wan\": interfaces is missing: add interfaces = {\"eth0\", ...}"}},
        {"a list of no interfaces", FW("interfaces = {}"),
                .problems = {"A:4: firewall \"wan\": interfaces = {} is empty: give it a value, interfaces = "
                             "{\"eth0\", ...}, or leave it out"}},
        {"a name that is none", HOST "firewall \"a.b\" { " ETH0 " }\n",
                .problems =
                        {"A:2: firewall \"a.b\": name: \"a.b\" is not a firewall: it has letters, digits, "
                         "'_' and '-', not starting with '-'"}},
        {"interfaces that are none",
                FW("interfaces = {\"a\\\" accept\", \"eth/0\", \"0123456789abcdef\", \"eth*\"}"),
                .problems = {IS
                        "interfaces: \"a\" accept\" is not an interface: it has letters, digits, '.', "
                        "'_' and '-', not starting with '-' or '.'",
                        IS "interfaces: \"eth/0\" is not an interface: it has letters, digits, '.', '_' and "
                           "'-', not starting with '-' or '.'",
                        IS "interfaces: \"0123456789abcdef\" has 16 letters: the name of an interface has at "
                           "most 15",
                        IS "interfaces: \"eth*\" is not an interface: it has letters, digits, '.', '_' and "
                           "'-', not starting with '-' or '.'"}},
        {"ports that are none",
                FW(ETH0 "ports = {\"ssh\", \"0\", \"65536\", \"22-\", \"-22\", \"022\", \"1-2-3\", \"22 \"}"),
                .problems = {PORTS "\"ssh\"" TO_WRITE, PORTS "\"0\"" TO_WRITE, PORTS "\"65536\"" TO_WRITE,
                        PORTS "\"22-\"" TO_WRITE, PORTS "\"-22\"" TO_WRITE, PORTS "\"022\"" TO_WRITE,
                        PORTS "\"1-2-3\"" TO_WRITE, PORTS "\"22 \"" TO_WRITE}},
        {"protocols and ranges that are none", FW(ETH0 "ports = {\"22/sctp\", \"22/\", \"30-20/udp\"}"),
                .problems = {PORTS
                        "\"22/sctp\" has neither tcp nor udp behind its slash: write \"443/tcp\" or "
                        "\"51820/udp\"",
                        PORTS "\"22/\" has neither tcp nor udp behind its slash: write \"443/tcp\" or "
                              "\"51820/udp\"",
                        PORTS "\"30-20/udp\" ends before it begins: write \"20-30\""}},
        {"subnets that are none",
                FW(ETH0 "from = {\"203.0.113.7\", \"203.0.113.7/24\", \"2001:db8::1/32\", \"10.0.0.0/33\"}"),
                .problems = {FROM "\"203.0.113.7\" is not a subnet: write ADDRESS/PREFIX, as in "
                                  "192.168.150.1/24",
                        FROM
                        "\"203.0.113.7/24\" has bits behind its prefix: write \"203.0.113.0/24\" for all "
                        "of that network, or \"203.0.113.7/32\" for the one machine",
                        FROM "\"2001:db8::1/32\" has bits behind its prefix: write \"2001:db8::/32\" for all "
                             "of that network, or \"2001:db8::1/128\" for the one machine",
                        FROM "subnet \"10.0.0.0/33\": \"33\" is not the length of a prefix: write a number "
                             "from 0 to 32"}},
        {"what stands twice",
                FW("interfaces = {\"eth0\", \"eth1\", \"eth0\"}\n"
                   "ports = {\"22\", \"22/tcp\", \"80-90\", \"85-95\", \"80-90/udp\"}\n"
                   "from = {\"10.0.0.0/8\", \"10.1.0.0/16\", \"10.0.0.0/8\", \"fd00::/8\"}"),
                .problems = {IS "interfaces: eth0 is in there twice", PORTS "22/tcp is in there twice",
                        PORTS "80-90/tcp and 85-95/tcp have ports in common: make one range of them",
                        "A:5: firewall \"wan\": from: 10.0.0.0/8 and 10.1.0.0/16 have addresses in common: "
                        "leave out the smaller",
                        "A:5: firewall \"wan\": from: 10.0.0.0/8 is in there twice",
                        "A:5: firewall \"wan\": from: 10.1.0.0/16 and 10.0.0.0/8 have addresses in common: "
                        "leave out the smaller"}},
        {"two of a host with the same interface",
                FW(ETH0) "firewall \"lan\" { interfaces = {\"eth1\", \"eth0\"} }\n",
                .problems = {"A:6: firewall \"lan\": interface eth0 is taken already, at A:2"}},
        {"two of a host with the same name", FW(ETH0) "firewall \"wan\" { interfaces = {\"eth1\"} }\n",
                .problems = {"A:6: firewall \"wan\": the name wan is taken already, at A:2"}},
        {"two with the same interface of different hosts",
                "host \"a\" { connect = a }\nhost \"b\" { connect = b }\n"
                "firewall \"wan\" { " ETH0 "hosts = {\"a\"} }\nfirewall \"lan\" { " ETH0
                "hosts = {\"b\"} }\n",
                .problems = {NULL}},
        {"the bridge of guests that get their addresses over it",
                HOST
                "network \"lab\" { mode = nat bridge = virbr1 address = \"10.5.0.1/24\" }\n"
                "firewall \"wan\" { interfaces = {\"virbr1\"} ports = {\"22\"} }\n"
                "firewall \"up\" { interfaces = {\"br0\"} }\nnetwork \"lan\" { mode = bridge bridge = br0 "
                "}\n",
                .problems =
                        {"A:3: firewall \"wan\": interfaces: virbr1 is the bridge of network \"lab\", whose "
                         "guests would get no addresses any more: leave it out, or add at least \"53\", "
                         "\"53/udp\" and \"67/udp\" to ports"}},
        {"the same, for those who know it",
                HOST
                "network \"lab\" { mode = nat bridge = virbr1 address = \"10.5.0.1/24\" }\n"
                "firewall \"wan\" { interfaces = {\"virbr1\"} ports = {\"53\", \"53/udp\", \"67/udp\"} }\n",
                .problems = {NULL}},
};

static void test_what_is_set_is_there(void **state)
{
        CLEANUP(result_done)
        struct result result = load(
                FW("interfaces = {\"eth0\"}\nports = {\"22\", \"8000-8010/udp\"}\nfrom = {\"10.0.0.0/8\"}"));
        const struct firewall *firewall;
        char text[PORT_RANGE_TEXT], subnet[SUBNET_TEXT];

        (void)state;
        assert_loaded(&result);
        assert_int_equal(result.config.firewalls.count, 1);
        firewall = &result.config.firewalls.items[0].firewall;
        assert_string_equal(firewall->name, "wan");
        assert_int_equal(firewall->interfaces.count, 1);
        assert_int_equal(firewall->ports.count, 2);
        assert_string_equal(port_range_format(&firewall->ports.items[0], text), "22/tcp");
        assert_string_equal(port_range_format(&firewall->ports.items[1], text), "8000-8010/udp");
        assert_string_equal(subnet_format(&firewall->from.items[0], subnet), "10.0.0.0/8");
}

static void test_too_many(void **state)
{
        CLEANUP(text_done) struct text text = {0};
        CLEANUP(result_done) struct result result = {0};

        (void)state;
        text_add(&text, HOST "firewall \"wan\" {\ninterfaces = {\"eth0\"");
        for (int i = 1; i <= 64; i++)
                text_format(&text, ", \"eth%d\"", i);
        text_add(&text, "}\nports = {\"1\"");
        for (int i = 2; i <= 501; i++)
                text_format(&text, ", \"%d\"", i);
        text_add(&text, "}\nfrom = {\"10.0.0.1/32\"");
        for (int i = 2; i <= 501; i++)
                text_format(&text, ", \"10.0.%d.%d/32\"", i / 256, i % 256);
        text_add(&text, "} }\n");
        result = load(text_string(&text));
        assert_problems(
                &result, (const char *const[]) {IS "interfaces: a firewall has 64 interfaces at most",
                                 PORTS "a firewall has 500 ports and ranges at most",
                                 "A:5: firewall \"wan\": from: a firewall has 500 subnets at most", NULL});
}

#define WRONGS (sizeof(wrongs) / sizeof(wrongs[0]))

int main(void)
{
        struct CMUnitTest rows[WRONGS];
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_is_set_is_there),
                cmocka_unit_test(test_too_many),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        for (size_t i = 0; i < WRONGS; i++)
                rows[i] = (struct CMUnitTest) {wrongs[i].name, test_row, NULL, NULL, (void *)&wrongs[i]};
        return failed + cmocka_run_group_tests_name("what is wrong", rows, NULL, NULL);
}
