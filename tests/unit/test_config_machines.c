/* Machines behind a BMC in host.conf: what they become, and what is said about each way to get them wrong. */
#include "config_files.h"

#define BMC           "bmc = \"https://10.0.0.5/redfish/v1/Systems/1\"\n"
#define NEEDED        BMC "credentials = \"/login\"\nmac = \"0c:42:a1:00:00:01\"\n" /* lines 3 to 5 */
#define MACHINE(keys) HOST "machine \"m\" {\n" keys "}\n"
#define NO_MACHINE(url)                                                                                  \
        "A:3: machine \"m\": bmc: \"" url "\" is no machine of a BMC: write "                            \
        "\"https://ADDRESS/redfish/v1/Systems/ID\", or \"https://ADDRESS/redfish/v1\" where it has one " \
        "machine only"
#define URL(url)                                                                                           \
        {                                                                                                  \
                "bmc = " url,                                                                              \
                        MACHINE("bmc = \"" url "\"\ncredentials = \"/l\"\nmac = \"0c:42:a1:00:00:01\"\n"), \
                        .problems = {                                                                      \
                                NO_MACHINE(url)                                                            \
                        }                                                                                  \
        }
#define NETWORK "network \"lab\" {\nmode = nat address = \"192.168.150.1/24\"\n}\n"

static const struct row wrongs[] = {
        {"the least there can be", MACHINE(NEEDED), .problems = {NULL}},
        {"what has to be there", MACHINE(""),
                .problems = {"A:2: machine \"m\": bmc is missing: add bmc = "
                             "\"https://10.0.0.5/redfish/v1/Systems/1\"",
                        "A:2: machine \"m\": credentials is missing: add credentials = \"bmc.login\"",
                        "A:2: machine \"m\": mac is missing: add mac = \"52:54:00:12:34:56\""}},
        URL("http://10.0.0.5/redfish/v1"),
        URL("https://10.0.0.5"),
        URL("https://10.0.0.5/redfish/v1/Managers/1"),
        URL("https://10.0.0.5/redfish/v1/Systems/"),
        URL("https://10.0.0.5/redfish/v1/Systems/1/Processors"),
        URL("https://10.0.0.5/redfish/v1/Systems/.."),
        URL("https://10.0.0.5:0/redfish/v1"),
        URL("https://10.0.0.5:65536/redfish/v1"),
        URL("https://[fd00::1/redfish/v1"),
        URL("https:///redfish/v1"),
        URL("https://u@10.0.0.5/redfish/v1"),
        URL("https://10.0.0.5/redfish/v1?a"),
        {"an ISO without one", MACHINE(NEEDED "boot = iso\n"),
                .problems = {"A:6: machine \"m\": boot = iso needs one: add iso = \"http://...\", from where "
                             "the BMC itself fetches it"}},
        {"an ISO that isn't booted", MACHINE(NEEDED "iso = \"http://a/b\"\n"),
                .problems = {"A:2: machine \"m\": iso is for boot = iso: add that, or remove iso"}},
        {"words that nobody knows", MACHINE(NEEDED "boot = tape\npower = dim\npin = \"sha256//x\"\n"),
                .problems = {"A:6: machine \"m\": boot: \"tape\" is none of disk, network, iso",
                        "A:7: machine \"m\": power: \"dim\" is neither on nor off",
                        "A:8: machine \"m\": pin: \"sha256//x\" is no pin: write \"sha256//\" and the "
                        "SHA-256 sum of the public key in base64, 44 characters"}},
        {"two hosts that reach it",
                "host \"a\" { connect = \"root@a\" }\nhost \"b\" { connect = \"root@b\" }\nmachine \"m\" "
                "{\n" NEEDED "}\n",
                .problems =
                        {"A:3: machine \"m\": its BMC is reached by one host, and it is for 2: add hosts = "
                         "{\"NAME\"} with the one"}},
        {"a guest's MAC and name",
                HOST "guest \"m\" { memory = 64MiB kernel = \"/k\" nic \"n\" { network = lab mac = "
                     "\"0c:42:a1:00:00:01\" } }\nmachine \"m\" {\n" NEEDED "}\n" NETWORK,
                .problems = {"A:3: machine \"m\": the name m is taken already, at A:2",
                        "A:3: machine \"m\": MAC address 0c:42:a1:00:00:01 is taken already, at A:2"}},
        {"two machines that are one", MACHINE(NEEDED) "machine \"o\" {\n" NEEDED "}\n",
                .problems = {"A:7: machine \"o\": the system https://10.0.0.5/redfish/v1/Systems/1 is taken "
                             "already, at A:2",
                        "A:7: machine \"o\": MAC address 0c:42:a1:00:00:01 is taken already, at A:2"}},
        {"an address that nobody leases", MACHINE(NEEDED "address = \"192.168.151.9\"\n") NETWORK,
                .problems =
                        {"A:2: machine \"m\": address: no network of its host leases 192.168.151.9: leave it "
                         "out, or take an IPv4 address of one"}},
        {"the host's own address", MACHINE(NEEDED "address = \"192.168.150.1\"\n") NETWORK,
                .problems =
                        {"A:2: machine \"m\": address: no network of its host leases 192.168.150.1: leave it "
                         "out, or take an IPv4 address of one"}},
        {"an address that a lease has",
                MACHINE(NEEDED "address = \"192.168.150.9\"\n") "network \"lab\" {\nmode = nat address = "
                                                                "\"192.168.150.1/24\"\nlease \"x\" { mac = "
                                                                "\"0c:42:a1:00:00:02\" address = "
                                                                "\"192.168.150.9\" }\n}\n",
                .problems = {"A:10: lease \"x\": address 192.168.150.9 is taken already, at A:2"}},
};

static void a_machine_is_read(void **state)
{
        CLEANUP(result_done)
        struct result result = load(MACHINE(NEEDED
                "address = \"192.168.150.9\" boot = iso iso = \"http://a/b.iso\" power = off\n") NETWORK);
        const struct machine_config *machine;
        const struct network_config *network;

        (void)state;
        assert_loaded(&result);
        machine = &result.config.machines.items[0];
        network = &result.config.networks.items[0];
        assert_string_equal(machine->bmc.base, "https://10.0.0.5");
        assert_string_equal(machine->bmc.host, "10.0.0.5");
        assert_int_equal(machine->bmc.port, 443);
        assert_string_equal(machine->bmc.path, "/redfish/v1/Systems/1");
        assert_true(machine->is_off);
        assert_int_equal(machine->boot, MACHINE_BOOTS_ISO);
        assert_int_equal(network->network.leases.count, 1);
        assert_string_equal(network->network.leases.items[0].name, "m");
}

static void assert_url(const char *url, const char *base, const char *host, unsigned port, const char *path)
{
        CLEANUP(bmc_url_done) struct bmc_url parsed = {0};
        struct error error = {0};

        if (bmc_url_parse(url, &parsed, &error) < 0)
                fail_msg("%s", error_text(&error));
        assert_string_equal(parsed.base, base);
        assert_string_equal(parsed.host, host);
        assert_int_equal(parsed.port, port);
        assert_string_equal(parsed.path, path);
}

static void urls_of_all_forms(void **state)
{
        (void)state;
        assert_url("https://bmc:8443/redfish/v1/", "https://bmc:8443", "bmc", 8443, "/redfish/v1");
        assert_url("https://[fd00::5]/redfish/v1/Systems/System.Embedded.1", "https://[fd00::5]", "fd00::5",
                443, "/redfish/v1/Systems/System.Embedded.1");
        assert_url(
                "https://[fd00::5]:444/redfish/v1", "https://[fd00::5]:444", "fd00::5", 444, "/redfish/v1");
}

#define WRONGS (sizeof(wrongs) / sizeof(wrongs[0]))

int main(void)
{
        struct CMUnitTest rows[WRONGS];
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_machine_is_read), cmocka_unit_test(urls_of_all_forms)};
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        for (size_t i = 0; i < WRONGS; i++)
                rows[i] = (struct CMUnitTest) {wrongs[i].name, test_row, NULL, NULL, (void *)&wrongs[i]};
        return failed + cmocka_run_group_tests_name("what is wrong", rows, NULL, NULL);
}
