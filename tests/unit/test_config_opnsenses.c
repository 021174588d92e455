/* OPNsense firewalls in host.conf: what they become, and what is said about each way to get them wrong. */
#include "config_files.h"

#include "config/wish.h"

#define URL      "url = \"https://192.168.150.254\"\n"
#define LOGIN    "credentials = \"apikey.txt\"\n"
#define FW(keys) HOST "opnsense \"fw1\" {\n" keys "}\n" /* what is given starts in line 3 */
#define FW1      FW(URL LOGIN)
#define LB(keys)                        \
        "load_balancer \"lab\" { " keys \
        " service \"api\" { bind = {\"10.0.0.1:6443\"} servers = {\"a=10.0.0.2:1\"} } }\n"
#define TWO                                                                                            \
        HOST "opnsense \"fw1\" { url = \"https://a\" credentials = \"k\" }\nopnsense \"fw2\" { url = " \
             "\"https://b\" "                                                                          \
             "credentials = \"k\" }\n"
#define PAIR "firewall_pair \"edge\" { primary = fw1 backup = fw2 }\n"
#define PIN  "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static const struct row wrongs[] = {
        {"the least there can be", FW1, .problems = {NULL}},
        {"all that there is",
                FW("url = \"https://[fd00::1]:8443/\" key = \"key\" secret = \"secret\" ca = \"ca.pem\" pin "
                   "= \"" PIN "\" hosts = {\"h\"}\n")
                        LB("opnsense = fw1") "firewall \"wan\" { opnsense = fw1 interfaces = {\"wan\", "
                                             "\"opt1\"} ports = {\"443\"} }\n",
                .problems = {NULL}},
        {"nothing", FW(""),
                .problems = {"A:2: opnsense \"fw1\": url is missing: add url = \"https://192.168.150.254\"",
                        "A:2: opnsense \"fw1\": what it is logged in with is missing: add credentials = "
                        "\"FILE\" with "
                        "what OPNsense has handed out (System: Access: Users), or key = \"FILE\" and secret "
                        "= "
                        "\"FILE\""}},
        {"a key without its secret", FW(URL "key = \"key\"\n"),
                .problems =
                        {"A:2: opnsense \"fw1\": secret is missing: add credentials = \"FILE\" with what "
                         "OPNsense "
                         "has handed out (System: Access: Users), or key = \"FILE\" and secret = \"FILE\""}},
        {"both ways to log in", FW(URL LOGIN "key = \"key\"\n"),
                .problems = {"A:4: opnsense \"fw1\": credentials has both the key and the secret in it: "
                             "remove key"}},
        {"a server that is none", FW("url = \"http://192.168.150.254\"\n" LOGIN),
                .problems =
                        {"A:3: opnsense \"fw1\": url: \"http://192.168.150.254\" is no server: write "
                         "\"https://ADDRESS\", with :PORT behind it where it isn't 443, and nothing more"}},
        {"a server with more behind it", FW("url = \"https://fw1/api\"\n" LOGIN),
                .problems =
                        {"A:3: opnsense \"fw1\": url: \"https://fw1/api\" is no server: write "
                         "\"https://ADDRESS\", with :PORT behind it where it isn't 443, and nothing more"}},
        {"a server with a user", FW("url = \"https://root:x@fw1\"\n" LOGIN),
                .problems =
                        {"A:3: opnsense \"fw1\": url: \"https://root:x@fw1\" is no server: write "
                         "\"https://ADDRESS\", with :PORT behind it where it isn't 443, and nothing more"}},
        {"a port that is none", FW("url = \"https://fw1:65536\"\n" LOGIN),
                .problems =
                        {"A:3: opnsense \"fw1\": url: \"https://fw1:65536\" is no server: write "
                         "\"https://ADDRESS\", with :PORT behind it where it isn't 443, and nothing more"}},
        {"a pin that is none", FW(URL LOGIN "pin = \"sha256//abc\"\n"),
                .problems = {"A:5: opnsense \"fw1\": pin: \"sha256//abc\" is no pin: write \"sha256//\" and "
                             "the SHA-256 "
                             "sum of the public key in base64, 44 characters"}},
        {"two hosts", FW1 "host \"i\" { connect = i }\n",
                .problems = {"A:2: opnsense \"fw1\": its API is reached by one machine, and it is for 2: add "
                             "hosts = "
                             "{\"NAME\"} with the one"}},
        {"one that isn't there", FW1 LB("opnsense = fw2"),
                .problems =
                        {"A:6: load_balancer \"lab\": opnsense: there is no opnsense \"fw2\"; did you mean "
                         "\"fw1\"?"}},
        {"hosts that go by it", FW1 LB("opnsense = fw1 hosts = {\"h\"}"),
                .problems = {"A:6: load_balancer \"lab\": hosts: it is on OPNsense \"fw1\", whose own "
                             "section says which "
                             "host reaches it: leave hosts out"}},
        {"an address on both",
                FW1 LB("opnsense = fw1") "load_balancer \"host\" { service \"api\" { bind = "
                                         "{\"10.0.0.1:6443\"} servers = {\"a=10.0.0.2:1\"} } }\n",
                .problems = {NULL}},
        {"an address twice on the one",
                FW1 LB("opnsense = fw1") "load_balancer \"more\" { opnsense = fw1 service \"b\" "
                                         "{ bind = {\"10.0.0.1:6443\"} servers = "
                                         "{\"a=10.0.0.2:1\"} } }\n",
                .problems = {"A:7: load_balancer \"more\": service \"b\": bind: 10.0.0.1:6443 is taken "
                             "already, by "
                             "10.0.0.1:6443 of service \"api\" at A:6: choose another address or port"}},
        {"a pair", TWO PAIR LB("opnsense = edge"), .problems = {NULL}},
        {"a pair of one", FW1 "firewall_pair \"edge\" { primary = fw1 backup = fw1 }\n",
                .problems = {"A:6: firewall_pair \"edge\": backup: fw1 is the primary already: name the "
                             "other one"}},
        {"a pair with one that isn't there", FW1 "firewall_pair \"edge\" { primary = fw1 backup = fw3 }\n",
                .problems = {"A:6: firewall_pair \"edge\": backup: there is no opnsense \"fw3\"; did you "
                             "mean \"fw1\"?"}},
        {"a pair without its names", FW1 "firewall_pair \"edge\" { }\n",
                .problems = {"A:6: firewall_pair \"edge\": primary is missing: add primary = \"fw1\"",
                        "A:6: firewall_pair \"edge\": backup is missing: add backup = \"fw2\""}},
        {"one of a pair that is meant alone", TWO PAIR LB("opnsense = fw2"),
                .problems = {"A:5: load_balancer \"lab\": opnsense: fw2 is one of the firewall_pair "
                             "\"edge\": name the "
                             "pair, so that both have it"}},
        {"one in two pairs", TWO PAIR "firewall_pair \"other\" { primary = fw2 backup = fw1 }\n",
                .problems = {"A:5: firewall_pair \"other\": primary: fw2 is in the firewall_pair \"edge\" "
                             "already",
                        "A:5: firewall_pair \"other\": backup: fw1 is in the firewall_pair \"edge\" "
                        "already"}},
        {"a pair that is called as a firewall", TWO "firewall_pair \"fw1\" { primary = fw1 backup = fw2 }\n",
                .problems = {"A:4: firewall_pair \"fw1\": an opnsense has that name already, and either is "
                             "named by it: "
                             "choose another"}},
        {"a pair that two hosts reach",
                HOST "host \"i\" { connect = i }\nopnsense \"fw1\" { url = \"https://a\" credentials = \"k\" "
                     "hosts = "
                     "{\"h\"} }\nopnsense \"fw2\" { url = \"https://b\" credentials = \"k\" hosts = {\"i\"} "
                     "}\n" PAIR,
                .problems = {"A:5: firewall_pair \"edge\": fw1 and fw2 have to be reached by the same host"}},
        {"an interface of the host's own name",
                FW1 "firewall \"a\" { opnsense = fw1 interfaces = {\"wan\"} }\nfirewall \"b\" { interfaces = "
                    "{\"wan\"} }\n",
                .problems = {NULL}},
};

static void test_what_it_becomes(void **state)
{
        CLEANUP(result_done)
        struct result result =
                load(HOST "host \"i\" { connect = i }\n"
                          "opnsense \"fw1\" { url = \"https://[fd00::1]:8443/\" credentials = \"/k\" hosts = "
                          "{\"i\"} }\n" LB("opnsense = fw1") "firewall \"wan\" { opnsense = fw1 interfaces = "
                                                             "{\"wan\"} }\n");
        CLEANUP(wish_done) struct wish here, there;
        const struct opnsense_config *opnsense;

        (void)state;
        assert_loaded(&result);
        opnsense = &result.config.opnsenses.items[0];
        assert_string_equal(opnsense->server.base, "https://[fd00::1]:8443");
        assert_string_equal(opnsense->server.host, "fd00::1");
        assert_int_equal(opnsense->server.port, 8443);
        assert_string_equal(opnsense->credentials, "/k");
        wish_init(&here, &result.config, &result.config.hosts.items[0]);
        wish_init(&there, &result.config, &result.config.hosts.items[1]);
        assert_int_equal(here.opnsenses.count + here.load_balancers.count + here.firewalls.count +
                                 here.opnsense_balancers.count + here.opnsense_firewalls.count,
                0);
        assert_int_equal(there.opnsenses.count, 1);
        assert_int_equal(there.load_balancers.count + there.firewalls.count, 0);
        assert_int_equal(there.opnsense_balancers.count, 1);
        assert_int_equal(there.opnsense_firewalls.count, 1);
}

#define WRONGS (sizeof(wrongs) / sizeof(wrongs[0]))

int main(void)
{
        struct CMUnitTest rows[WRONGS];
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_it_becomes),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        for (size_t i = 0; i < WRONGS; i++)
                rows[i] = (struct CMUnitTest) {wrongs[i].name, test_row, NULL, NULL, (void *)&wrongs[i]};
        return failed + cmocka_run_group_tests_name("what is wrong", rows, NULL, NULL);
}
