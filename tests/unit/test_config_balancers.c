/* Load balancers in host.conf: what they become, and what is said about each way to get them wrong. */
#include "config_files.h"

#include <sys/socket.h>

#define BIND    "bind = \"192.168.150.1:6443\"\n"
#define SERVERS "servers = {\"a=192.168.150.21:6443\"}\n"
#define LB(keys) \
        HOST "load_balancer \"lab\" {\nservice \"api\" {\n" keys "}\n}\n" /* what is given starts in line 4 */
#define CHECK(keys)         LB(BIND SERVERS "check { " keys " }\n")
#define SERVICE(name, bind) "service \"" name "\" { bind = " bind " servers = {\"a=10.0.0.1:1\"} }\n"

static const struct row wrongs[] = {
        {"the least there can be", LB(BIND SERVERS), .problems = {NULL}},
        {"all that there is",
                LB("bind = {\"192.168.150.1:6443\", \"[fd00::1]:6443\", \"0.0.0.0:6444\", \"[::]:6444\"}\n"
                   "servers = {\"a=192.168.150.21:6443\", \"b.c_d-1=[fd00::2]:6443\"} mode = http\n"
                   "check { type = https path = \"/readyz?verbose\" status = 204 port = 1936 interval = "
                   "\"10s\" rise = 1 "
                   "fall = 100 }\n"),
                .problems = {NULL}},
        {"no service", HOST "load_balancer \"lab\" { }\n",
                .problems = {"A:2: load_balancer \"lab\": there is no service in it: add service \"NAME\" { "
                             "bind = "
                             "\"ADDRESS:PORT\" servers = {\"NAME=ADDRESS:PORT\", ...} }"}},
        {"a service with nothing", LB(""),
                .problems = {"A:3: load_balancer \"lab\": service \"api\": bind is missing: add bind = "
                             "{\"192.168.150.1:6443\", ...}",
                        "A:3: load_balancer \"lab\": service \"api\": servers is missing: add servers = "
                        "{\"control1=192.168.150.21:6443\", ...}"}},
        {"a service outside", HOST "service \"api\" { }\n",
                .problems = {"A:2: there is no section \"service\"; there are host, deadlines, network, "
                             "pool, image, "
                             "packages, unit, sysctl, group, file, guest, load_balancer, boot_server, "
                             "firewall, cluster, "
                             "opnsense, firewall_pair, machine"}},
        {"names that are none",
                HOST "load_balancer \"a:b\" { service \"-x\" { " BIND
                     "servers = {\"a b=10.0.0.1:1\", \"=10.0.0.1:1\"} } }\n",
                .problems = {"A:2: load_balancer \"a:b\": name: \"a:b\" is not a load balancer, service or "
                             "server: it has "
                             "letters, digits, '.', '_' and '-', not starting with '-' or '.'",
                        "A:2: load_balancer \"a:b\": service \"-x\": name: \"-x\" is not a load balancer, "
                        "service or "
                        "server: it has letters, digits, '.', '_' and '-', not starting with '-' or '.'",
                        "A:3: load_balancer \"a:b\": service \"-x\": servers: \"a b\" is not a load "
                        "balancer, service or "
                        "server: it has letters, digits, '.', '_' and '-', not starting with '-' or '.'",
                        "A:3: load_balancer \"a:b\": service \"-x\": servers: \"\" is not a load balancer, "
                        "service or "
                        "server: it has letters, digits, '.', '_' and '-', not starting with '-' or '.'"}},
        {"addresses that are none",
                LB("bind = {\"192.168.150.1\", \"*:80\", \"::1:80\", \"192.168.150.1:0\"}\n"
                   "servers = {\"192.168.150.21:6443\", \"a=0.0.0.0:1\", \"b=control1:6443\"}\n"),
                .problems = {"A:4: load_balancer \"lab\": service \"api\": bind: \"192.168.150.1\" has no "
                             "port: write "
                             "ADDRESS:PORT with a port from 1 to 65535, as in 192.168.150.1:6443 or "
                             "[fd00:150::1]:6443",
                        "A:4: load_balancer \"lab\": service \"api\": bind: \"*\" is not an IP address: "
                        "write one "
                        "without leading zeros, blanks or a scope, as in 192.168.150.1 or fd00:150::1",
                        "A:4: load_balancer \"lab\": service \"api\": bind: \"::1:80\": an IPv6 address "
                        "stands in "
                        "brackets, an IPv4 address doesn't, as in 192.168.150.1:6443 or [fd00:150::1]:6443",
                        "A:4: load_balancer \"lab\": service \"api\": bind: \"192.168.150.1:0\" has no port: "
                        "write "
                        "ADDRESS:PORT with a port from 1 to 65535, as in 192.168.150.1:6443 or "
                        "[fd00:150::1]:6443",
                        "A:5: load_balancer \"lab\": service \"api\": servers: \"192.168.150.21:6443\" is no "
                        "server: "
                        "write \"NAME=ADDRESS:PORT\", as in \"control1=192.168.150.21:6443\"",
                        "A:5: load_balancer \"lab\": service \"api\": servers: \"0.0.0.0:1\" is no machine's "
                        "address",
                        "A:5: load_balancer \"lab\": service \"api\": servers: \"control1\" is not an IP "
                        "address: write "
                        "one without leading zeros, blanks or a scope, as in 192.168.150.1 or fd00:150::1"}},
        {"what stands twice in a service",
                LB("bind = {\"10.0.0.1:80\", \"10.0.0.2:80\", \"10.0.0.1:80\", \"0.0.0.0:81\", "
                   "\"10.0.0.3:81\"}\n"
                   "servers = {\"a=10.0.0.1:1\", \"a=10.0.0.1:2\", \"b=10.0.0.1:1\", \"c=10.0.0.2:80\"}\n"),
                .problems = {"A:4: load_balancer \"lab\": service \"api\": bind: 10.0.0.1:80 and 10.0.0.1:80 "
                             "can't both "
                             "be listened at",
                        "A:4: load_balancer \"lab\": service \"api\": bind: 0.0.0.0:81 and 10.0.0.3:81 can't "
                        "both be "
                        "listened at",
                        "A:5: load_balancer \"lab\": service \"api\": servers: there are two named a",
                        "A:5: load_balancer \"lab\": service \"api\": servers: a and b are both 10.0.0.1:1",
                        "A:5: load_balancer \"lab\": service \"api\": servers: c is 10.0.0.2:80, where the "
                        "service "
                        "itself listens"}},
        {"words that are none", LB(BIND SERVERS "mode = udp check { type = ping }\n"),
                .problems =
                        {"A:6: load_balancer \"lab\": service \"api\": mode: \"udp\" is neither tcp nor http",
                                "A:6: load_balancer \"lab\": service \"api\": check: type: \"ping\" is none "
                                "of tcp, http, "
                                "https"}},
        {"a check without its path", CHECK("type = https"),
                .problems =
                        {"A:6: load_balancer \"lab\": service \"api\": check: path is missing: add path = "
                         "\"/readyz\", or what the servers have"}},
        {"a check that has no path", CHECK("path = \"/x\" status = 200"),
                .problems = {"A:6: load_balancer \"lab\": service \"api\": check: path makes no sense for "
                             "type = tcp",
                        "A:6: load_balancer \"lab\": service \"api\": check: status makes no sense for type "
                        "= tcp"}},
        {"paths that are none",
                LB(BIND SERVERS "check { type = http\npath = \"/a b\" }\n}\nservice \"b\" { bind = "
                                "\"1.2.3.4:1\" " SERVERS "check { type = http path = \"readyz\" }\n"),
                .problems = {"A:7: load_balancer \"lab\": service \"api\": check: path: \"/a b\" has what no "
                             "path of a "
                             "request has: write blanks and letters outside of ASCII as %20 and the like",
                        "A:10: load_balancer \"lab\": service \"b\": check: path: \"readyz\" is no path: "
                        "write it from "
                        "its / on, with at most 255 letters, as in \"/readyz\""}},
        {"numbers that are none", CHECK("port = 0\nrise = 0\nfall = 101\ninterval = \"10min\"\ninterval = 5"),
                .problems = {"A:6: load_balancer \"lab\": service \"api\": check: port: \"0\" is no port: "
                             "write a number "
                             "from 1 to 65535",
                        "A:7: load_balancer \"lab\": service \"api\": check: rise: \"0\" is no number of "
                        "checks: write a "
                        "number from 1 to 100",
                        "A:8: load_balancer \"lab\": service \"api\": check: fall: \"101\" is no number of "
                        "checks: write "
                        "a number from 1 to 100",
                        "A:9: load_balancer \"lab\": service \"api\": check: interval: \"10min\" is too long "
                        "for a "
                        "failing server to be noticed: write at most 300 s",
                        "A:10: load_balancer \"lab\": service \"api\": check: interval is set twice, first "
                        "at A:9: remove "
                        "one (+= adds to a list)"}},
        {"a status that is none", CHECK("type = http path = \"/\" status = 600"),
                .problems = {"A:6: load_balancer \"lab\": service \"api\": check: status: \"600\" is no "
                             "status of HTTP: "
                             "write a number from 100 to 599"}},
        {"two checks", CHECK("} check { "),
                .problems = {"A:6: load_balancer \"lab\": service \"api\": check stands twice, first at A:6: "
                             "write one "
                             "section of both"}},
        {"a key that isn't there", CHECK("intervall = \"5s\""),
                .problems = {"A:6: load_balancer \"lab\": service \"api\": check: there is no key "
                             "\"intervall\"; did you "
                             "mean \"interval\"?"}},
        {"two services of one name",
                HOST "load_balancer \"a\" {\n" SERVICE("x", "\"10.0.0.1:80\"") SERVICE("x",
                        "\"10.0.0.1:81\"") "}\n"
                                           "load_balancer \"b\" {\n" SERVICE("x", "\"10.0.0.1:82\"") "}\n",
                .problems = {"A:4: load_balancer \"a\": service \"x\": the name x is taken already, at A:3"}},
        {"two load balancers of one name",
                HOST "load_balancer \"a\" {\n" SERVICE("x",
                        "\"10.0.0.1:80\"") "}\nload_balancer \"a\" {\n" SERVICE("y", "\"10.0.0.1:82\"") "}\n",
                .problems = {"A:5: load_balancer \"a\": the name a is taken already, at A:2"}},
        {"two services at one address and port",
                HOST "load_balancer \"a\" {\n" SERVICE("x", "\"10.0.0.1:80\"")
                        SERVICE("y", "\"10.0.0.1:80\"") "}\n"
                                                        "load_balancer \"b\" {\n" SERVICE(
                                                                "z", "{\"[::]:80\", \"0.0.0.0:80\"}") "}\n",
                .problems = {"A:4: load_balancer \"a\": service \"y\": bind: 10.0.0.1:80 is taken already, "
                             "by 10.0.0.1:80 "
                             "of service \"x\" at A:3: choose another address or port",
                        "A:7: load_balancer \"b\": service \"z\": bind: 0.0.0.0:80 is taken already, by "
                        "10.0.0.1:80 of "
                        "service \"x\" at A:3: choose another address or port"}},
        {"the same on two hosts, and families that don't meet",
                HOST
                "host \"i\" { connect = \"root@i\" }\nload_balancer \"a\" { hosts = {\"h\"}\n" SERVICE("x",
                        "{\"10.0.0.1:80\", \"[::]:80\"}") "}\nload_balancer \"a\" { hosts = "
                                                          "{\"i\"}\n" SERVICE("x", "\"10.0.0.1:80\"") "}\n",
                .problems = {NULL}},
        {"a host that isn't there",
                HOST "load_balancer \"a\" { hosts = {\"k\"}\n" SERVICE("x", "\"10.0.0.1:80\"") "}\n",
                .problems = {"A:2: load_balancer \"a\": hosts: there is no host \"k\"; did you mean \"h\"?"}},
        {"from outside", LB(BIND SERVERS), .settings = {"load_balancer.lab.service.api.mode=udp"},
                .problems = {"--set load_balancer.lab.service.api.mode=udp: load_balancer \"lab\": service "
                             "\"api\": mode: "
                             "\"udp\" is neither tcp nor http"}},
};

static void test_what_is_set_is_there(void **state)
{
        CLEANUP(result_done)
        struct result result =
                load(LB("bind = {\"192.168.150.1:6443\", \"[fd00::1]:80\"} mode = http\n"
                        "servers = {\"a=192.168.150.21:6443\", \"b=[fd00::2]:1\"}\n"
                        "check { type = https path = \"/readyz\" status = 204 port = 1936 interval = "
                        "\"1min\" rise = 4 fall = 5 }\n"));
        const struct load_balancer_config *balancer = result.config.load_balancers.items;
        const struct balanced_service *service = &balancer->services.items[0].service;
        char at[SOCKET_TEXT];

        (void)state;
        assert_loaded(&result);
        assert_int_equal(result.config.load_balancers.count, 1);
        assert_string_equal(balancer->name, "lab");
        assert_int_equal(balancer->services.count, 1);
        assert_int_equal(balancer->services.items[0].place.line, 3);
        assert_string_equal(service->name, "api");
        assert_int_equal(service->mode, BALANCED_HTTP);
        assert_int_equal(service->binds.count, 2);
        assert_string_equal(socket_address_format(&service->binds.items[1], at), "[fd00::1]:80");
        assert_int_equal(service->servers.count, 2);
        assert_string_equal(service->servers.items[1].name, "b");
        assert_string_equal(socket_address_format(&service->servers.items[0].at, at), "192.168.150.21:6443");
        assert_int_equal(service->check.kind, HEALTH_HTTPS);
        assert_string_equal(service->check.path, "/readyz");
        assert_int_equal(service->check.status, 204);
        assert_int_equal(service->check.port, 1936);
        assert_int_equal(service->check.interval_s, 60);
        assert_int_equal(service->check.rise, 4);
        assert_int_equal(service->check.fall, 5);
}

/* A section check that says nothing is the same as none. */
static void test_defaults(void **state)
{
        static const char *const texts[] = {LB(BIND SERVERS), CHECK("")};

        (void)state;
        for (size_t i = 0; i < 2; i++) {
                CLEANUP(result_done) struct result result = load(texts[i]);
                const struct balanced_service *service;

                assert_loaded(&result);
                service = &result.config.load_balancers.items[0].services.items[0].service;
                assert_int_equal(service->mode, BALANCED_TCP);
                assert_int_equal(service->check.kind, HEALTH_TCP);
                assert_null(service->check.path);
                assert_int_equal(service->check.status, 200);
                assert_int_equal(service->check.port, 0);
                assert_int_equal(service->check.interval_s, 5);
                assert_int_equal(service->check.rise, 2);
                assert_int_equal(service->check.fall, 3);
        }
}

static void test_too_many(void **state)
{
        CLEANUP(text_done) struct text text = {0};
        CLEANUP(result_done) struct result result = {0};

        (void)state;
        text_add(&text, HOST "load_balancer \"lab\" { service \"api\" {\nbind = {\"10.0.0.1:1\"");
        for (int i = 2; i <= 65; i++)
                text_format(&text, ", \"10.0.0.1:%d\"", i);
        text_add(&text, "}\nservers = {\"s1=10.0.0.1:1001\"");
        for (int i = 2; i <= 501; i++)
                text_format(&text, ", \"s%d=10.0.0.1:%d\"", i, 1000 + i);
        text_add(&text, "} } }\n");
        result = load(text_string(&text));
        assert_problems(
                &result, (const char *const[]) {
                                 "A:3: load_balancer \"lab\": service \"api\": bind: a service listens at 64 "
                                 "addresses at most",
                                 "A:4: load_balancer \"lab\": service \"api\": servers: a service has 500 "
                                 "servers at most",
                                 NULL});
}

#define WRONGS (sizeof(wrongs) / sizeof(wrongs[0]))

int main(void)
{
        struct CMUnitTest rows[WRONGS];
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_is_set_is_there),
                cmocka_unit_test(test_defaults),
                cmocka_unit_test(test_too_many),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        for (size_t i = 0; i < WRONGS; i++)
                rows[i] = (struct CMUnitTest) {wrongs[i].name, test_row, NULL, NULL, (void *)&wrongs[i]};
        return failed + cmocka_run_group_tests_name("what is wrong", rows, NULL, NULL);
}
