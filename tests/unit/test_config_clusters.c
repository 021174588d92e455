/* Clusters in host.conf: what they become, and what is said about each way to get them wrong. */
#include "config_files.h"

#define CLUSTER(keys) \
        HOST "cluster \"lab\" {\nflavor = okd kubeconfig = \"/k\"\n" keys "}\n" /* from line 4 on */

static const struct row wrongs[] = {
        {"the least there can be", CLUSTER(""), .problems = {NULL}},
        {"all roles", CLUSTER("bootstrap = b control = {\"c1\", \"c2\"} workers = {\"w\"}\n"),
                .problems = {NULL}},
        {"two roles at once", CLUSTER("bootstrap = a control = {\"a\", \"b\"} workers = {\"b\"}\n"),
                .problems = {"A:2: cluster \"lab\": a is named twice among bootstrap, control and workers: a "
                             "machine has one role",
                        "A:2: cluster \"lab\": b is named twice among bootstrap, control and workers: a "
                        "machine has one role"}},
        {"names that no node has", CLUSTER("control = {\"C_1\"}\n"),
                .problems = {"A:4: cluster \"lab\": control: \"C_1\" is not a DNS name: it has letters, "
                             "digits, '-' and dots between them"}},
        {"a cluster that is there has no machines of ours",
                HOST "cluster \"lab\" {\nflavor = existing kubeconfig = \"/k\"\nbootstrap = b\nworkers = "
                     "{\"w\"}\n}\n",
                .problems = {"A:4: cluster \"lab\": bootstrap tells of machines that a cluster is "
                             "made of, "
                             "and flavor is existing: remove one of them",
                        "A:5: cluster \"lab\": workers tells of machines that a cluster is made of, "
                        "and "
                        "flavor is existing: remove one of them"}},
        {"two machines that reach its API",
                "host \"a\" { connect = \"root@a\" }\nhost \"b\" { connect = \"root@b\" }\ncluster \"lab\" { "
                "flavor = okd "
                "kubeconfig = \"/k\" }\n",
                .problems = {"A:3: cluster \"lab\": its API is reached by one machine, and it is for 2: add "
                             "hosts = {\"NAME\"} with the one"}},
};

#define GUEST(name, keys) "guest \"" name "\" { memory = 64MiB kernel = \"/k\" " keys " }\n"

/* All that it needs; the key is the other file. */
#define INSTALLER \
        "domain = \"example.com\" installer = \"/i\" pull_secret = \"/p\" ssh_key = \"" PATH_B "\"\n"
#define KEY              "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0uNuRE7SVO5Zyi87PkIX2ZVnGaOebdD4bzywv5WTWQ me\n"
#define MADE(name, keys) HOST "cluster \"" name "\" {\nflavor = okd\n" keys "}\n" /* from line 4 on */
#define NEEDS(key)       "A:4: cluster \"lab\": openshift-install has to know its " key

static void guests_get_ignition_where_nothing_else_is_said(void **state)
{
        static const char text[] =
                MADE("lab", INSTALLER "bootstrap = b control = {\"c\"} workers = {\"w\", \"x\"}\n")
                        GUEST("b", "") GUEST("c", "count = 3") GUEST("w", "")
                                GUEST("other", "") "guest \"x\" { memory = 64MiB kernel = \"/k\" cloud_init "
                                                   "{ user_data = \"#!/bin/sh\" } }\n";
        static const struct {
                const char *name;
                int role; /* -1: none */
        } guests[] = {{"b", ROLE_BOOTSTRAP}, {"c-1", ROLE_CONTROL}, {"c-2", ROLE_CONTROL},
                {"c-3", ROLE_CONTROL}, {"w", ROLE_WORKER}, {"other", -1}, {"x", -1}};
        CLEANUP(result_done) struct result result = {0};

        (void)state;
        put_file(FILE_B, KEY, strlen(KEY));
        result = load(text);
        assert_loaded(&result);
        for (size_t i = 0; i < sizeof(guests) / sizeof(guests[0]); i++) {
                const struct guest_config *guest = &result.config.guests.items[i];

                assert_string_equal(guest->name, guests[i].name);
                assert_ptr_equal(guest->cluster, guests[i].role < 0 ? NULL : result.config.clusters.items);
                if (guest->cluster)
                        assert_int_equal(guest->role, guests[i].role);
        }
}

static const struct row installer_wrongs[] = {
        {"neither a kubeconfig nor an installer", MADE("lab", ""),
                .problems = {"A:2: cluster \"lab\": how is its API reached? add kubeconfig = "
                             "\"install/auth/kubeconfig\", or the installer that makes it"}},
        {"an installer that knows nothing", MADE("lab", "installer = \"/i\"\n"),
                .problems = {NEEDS("domain: add domain = \"example.com\", below which the cluster has its "
                                   "names"),
                        NEEDS("pull_secret: add pull_secret = \"pull-secret.json\", by which it gets its "
                              "images"),
                        NEEDS("control: add control = {\"control-1\", ...}, its control plane's machines"),
                        NEEDS("ssh_key: add ssh_key = \"~/.ssh/id_ed25519.pub\", with which its machines let "
                              "you in")}},
        {"all that it needs", MADE("lab", INSTALLER "control = {\"c\"}\n"), .more = KEY, .problems = {NULL}},
        {"two control machines", MADE("lab", INSTALLER "control = {\"c\", \"d\"}\n"), .more = KEY,
                .problems =
                        {"A:2: cluster \"lab\": control: of two machines neither can do without the other, "
                         "which is worse than one: have one, or at least three"}},
        {"two by a count",
                MADE("lab", INSTALLER
                        "control = {\"c\"}\n") "guest \"c\" { count = 2 memory = 64MiB kernel = \"/k\" }\n",
                .more = KEY,
                .problems =
                        {"A:2: cluster \"lab\": control: of two machines neither can do without the other, "
                         "which is worse than one: have one, or at least three"}},
        {"a name that it doesn't take", MADE("Lab", INSTALLER "control = {\"c\"}\n"), .more = KEY,
                .problems = {"A:2: cluster \"Lab\": openshift-install takes no such name: use at most 54 "
                             "lower-case letters, digits and '-', the last not at an end"}},
        {"a kubeconfig besides", MADE("lab", INSTALLER "control = {\"c\"}\nkubeconfig = \"/k\"\n"),
                .more = KEY,
                .problems = {"A:6: cluster \"lab\": the cluster is reached by the kubeconfig that "
                             "openshift-install writes: remove kubeconfig, or installer"}},
        {"two clusters of one name",
                "host \"a\" { connect = \"root@a\" }\nhost \"b\" { connect = \"root@b\" }\ncluster \"lab\" { "
                "flavor = okd "
                "hosts = {\"a\"} control = {\"c\"}\n" INSTALLER
                "}\ncluster \"lab\" { flavor = okd hosts = {\"b\"} control = {\"c\"}\n" INSTALLER "}\n",
                .more = KEY,
                .problems =
                        {"A:6: cluster \"lab\": what openshift-install makes is kept here under the "
                         "cluster's name, and the one at A:3 is called so, too: name one of them otherwise"}},
        {"its keys without it", CLUSTER("version = 4\n"),
                .problems = {"A:4: cluster \"lab\": version is for openshift-install: add installer = "
                             "\"/usr/local/bin/openshift-install\""}},
        {"a cluster that is there",
                HOST "cluster \"lab\" {\nflavor = existing kubeconfig = \"/k\"\ninstaller = \"/i\"\n}\n",
                .problems =
                        {"A:4: cluster \"lab\": openshift-install makes clusters, and flavor is existing: "
                         "remove one of them"}},
};

/* ---- how its machines boot ---- */

#define BOOTS(way, machines) CLUSTER("boot = " way " control = {\"c\"}\n") machines /* from line 6 on */
#define NETWORK              "network \"n\" { mode = nat address = \"10.0.0.1/24\" dhcp = \"10.0.0.10-10.0.0.20\" }\n"
#define NIC                  "nic \"i\" { network = n mac = \"52:54:00:00:00:0a\" }"
#define DISK                 "disk \"root\" { pool = p size = 1GiB }"
#define SYSTEM               "disk \"root\" { pool = p image = fcos }"
#define IMAGE                "image \"fcos\" { file = \"" PATH_B "\" pool = p }\n"
#define POOL                 "pool \"p\" { path = \"/srv/p\" }\n"
#define EMPTY(keys)          "guest \"c\" { memory = 64MiB " keys " }\n"
#define SERVER(arguments)                                                                          \
        NETWORK "boot_server \"s\" { network = n kernel = \"" PATH_B "\" arguments = \"" arguments \
                "\" machine \"c\" { } }\n"
#define BARE(keys)                                                                   \
        "machine \"c\" { bmc = \"https://b/redfish/v1\" credentials = \"/l\" mac = " \
        "\"52:54:00:00:00:0a\" " keys " }\n"
#define WAY(text) "A:2: cluster \"lab\": boot = " text

static const struct row boot_wrongs[] = {
        {"a machine of two clusters",
                CLUSTER("bootstrap = b control = {\"c\"}\n") "cluster \"other\" { flavor = okd kubeconfig = "
                                                             "\"/k\" "
                                                             "bootstrap = x control = {\"c\"} }\n",
                .problems = {"A:6: cluster \"other\": machine c is taken already, at A:2"}},
        {"a bootstrap machine that is several",
                CLUSTER("bootstrap = b control = {\"c\"}\n") "guest \"b\" { count = 2 memory = 64MiB kernel "
                                                             "= "
                                                             "\"/k\" }\n",
                .problems =
                        {"A:2: cluster \"lab\": bootstrap: it is one machine, and there are several guests "
                         "\"b\": name one, as \"b-1\""}},
        {"a way that nobody knows", BOOTS("tape", ""),
                .problems = {"A:4: cluster \"lab\": boot: \"tape\" is none of pxe, iso, direct"}},
        {"of a cluster that is there",
                HOST "cluster \"lab\" {\nflavor = existing kubeconfig = \"/k\"\nboot = pxe\n}\n",
                .problems = {"A:4: cluster \"lab\": boot tells of machines that a cluster is made of, and "
                             "flavor is existing: remove one of them"}},
        {"a guest by PXE", BOOTS("pxe", POOL EMPTY(NIC DISK) SERVER("ignition=http://x/")),
                .problems = {NULL}},
        {"from no boot server", BOOTS("pxe", POOL NETWORK EMPTY(NIC DISK)),
                .problems = {WAY("pxe: no boot_server of its host has c: add machine \"c\" { } to one")}},
        {"without Ignition, and a disk", BOOTS("pxe", EMPTY(NIC) SERVER("quiet")),
                .problems = {WAY("pxe: guest \"c\" has no disk to be installed on: add one"),
                        WAY("pxe: the kernel of c isn't told where its Ignition is: add "
                            "coreos.inst.ignition_url={ignition} to the arguments of boot_server \"s\"")}},
        {"a disk that isn't empty", BOOTS("iso", POOL IMAGE EMPTY(SYSTEM " iso = \"/srv/i\"")),
                .problems = {WAY(
                        "iso: guest \"c\" is to be installed on its disk \"root\", which is made from "
                        "image \"fcos\": remove image there, or add a boot of its own to the guest")}},
        {"a guest that says otherwise", BOOTS("pxe", EMPTY("kernel = \"/k\"")), .problems = {NULL}},
        {"a bare machine, whose MAC is known by its name",
                BOOTS("pxe", BARE("") SERVER("ignition=http://x/")), .problems = {NULL}},
        {"one from no boot server", BOOTS("pxe", BARE("")),
                .problems = {WAY("pxe: no boot_server of its host has c: add machine \"c\" { } to one")}},
        {"one that says otherwise", BOOTS("pxe", BARE("boot = disk")), .problems = {NULL}},
        {"one that nobody knows", BOOTS("pxe", ""),
                .problems = {WAY("pxe: no boot_server of its host has c: add machine \"c\" { } to one")}},
        {"ISOs", BOOTS("iso", POOL EMPTY(DISK " iso = \"/srv/i\"")), .problems = {NULL}},
        {"a guest without one", BOOTS("iso", POOL EMPTY(DISK)),
                .problems = {WAY(
                        "iso: guest \"c\" has none: add iso = \"/srv/install.iso\", a file of its host")}},
        {"a bare machine's", BOOTS("iso", BARE("iso = \"http://a/b\"")), .problems = {NULL}},
        {"and without one", BOOTS("iso", BARE("")),
                .problems = {WAY("iso: machine \"c\" has none: add iso = \"http://...\", from where its BMC "
                                 "fetches it")}},
        {"an ISO for PXE", BOOTS("pxe", BARE("iso = \"http://a/b\"") SERVER("ignition=http://x/")),
                .problems = {"A:6: machine \"c\": iso is for boot = iso: add that, or remove iso"}},
        {"kernels", BOOTS("direct", EMPTY("kernel = \"/k\"")), .problems = {NULL}},
        {"a guest without a kernel", BOOTS("direct", POOL EMPTY(DISK)),
                .problems = {WAY("direct: guest \"c\" has no kernel: add kernel, initrd and command_line to "
                                 "it, or a boot of its own")}},
        {"a bare machine, which can't have one", BOOTS("direct", BARE("")),
                .problems = {WAY(
                        "direct: a BMC can't give machine \"c\" a kernel: add boot = network or boot "
                        "= iso to it")}},
};

static void machines_boot_as_their_cluster(void **state)
{
        CLEANUP(result_done) struct result pxe = {0}, iso = {0};
        const struct guest_config *guest;

        (void)state;
        put_file(FILE_B, "kernel", strlen("kernel"));
        pxe = load(BOOTS("pxe", POOL EMPTY(NIC DISK) SERVER("ignition=http://x/")));
        iso = load(BOOTS("iso", BARE("iso = \"http://a/b\"")));
        assert_loaded(&pxe);
        assert_loaded(&iso);
        guest = &pxe.config.guests.items[0];
        assert_int_equal(guest->boot_count, 2);
        assert_int_equal(guest->boot[0], BOOT_DISK);
        assert_int_equal(guest->boot[1], BOOT_NETWORK);
        assert_int_equal(iso.config.machines.items[0].boot, MACHINE_BOOTS_ISO);
}

static void assert_nodes(const char *text, const char *expected)
{
        CLEANUP(result_done) struct result result = load(text);
        CLEANUP(string_free) char *nodes = NULL;

        assert_loaded(&result);
        nodes = strings_join(&result.config.clusters.items[0].nodes, " ");
        assert_string_equal(nodes, expected);
}

static void assert_bootstrap(const char *text, const char *expected)
{
        CLEANUP(result_done) struct result result = load(text);

        assert_loaded(&result);
        assert_string_equal(result.config.clusters.items[0].bootstrap, expected);
}

static void guests_with_a_count_are_all_of_theirs(void **state)
{
        (void)state;
        assert_nodes(CLUSTER("control = {\"c\"} workers = {\"w\", \"x\"}\n") GUEST("c", "count = 3")
                             GUEST("w", "count = 1") GUEST("x", ""),
                "c-1 c-2 c-3 w-1 x");
        assert_bootstrap(CLUSTER("bootstrap = b\n") GUEST("b", "count = 1"), "b-1");
        assert_bootstrap(CLUSTER("bootstrap = b\n") GUEST("b", ""), "b");
        assert_bootstrap(CLUSTER("bootstrap = elsewhere\n") GUEST("b", ""), "elsewhere");
        assert_nodes(CLUSTER("control = {\"elsewhere\"}\n"), "elsewhere");
        assert_nodes(CLUSTER("control = {\"w-2\"} workers = {\"v\"}\n") GUEST("w", "count = 2"), "w-2 v");
}

#define WRONGS           (sizeof(wrongs) / sizeof(wrongs[0]))
#define INSTALLER_WRONGS (sizeof(installer_wrongs) / sizeof(installer_wrongs[0]))
#define BOOT_WRONGS      (sizeof(boot_wrongs) / sizeof(boot_wrongs[0]))

int main(void)
{
        struct CMUnitTest rows[WRONGS], installer_rows[INSTALLER_WRONGS], boot_rows[BOOT_WRONGS];
        const struct CMUnitTest tests[] = {cmocka_unit_test(guests_with_a_count_are_all_of_theirs),
                cmocka_unit_test(machines_boot_as_their_cluster),
                cmocka_unit_test(guests_get_ignition_where_nothing_else_is_said)};
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        for (size_t i = 0; i < WRONGS; i++)
                rows[i] = (struct CMUnitTest) {wrongs[i].name, test_row, NULL, NULL, (void *)&wrongs[i]};
        failed += cmocka_run_group_tests_name("what is wrong", rows, NULL, NULL);
        for (size_t i = 0; i < INSTALLER_WRONGS; i++)
                installer_rows[i] = (struct CMUnitTest) {
                        installer_wrongs[i].name, test_row, NULL, NULL, (void *)&installer_wrongs[i]};
        failed += cmocka_run_group_tests_name("what is wrong with installers", installer_rows, NULL, NULL);
        for (size_t i = 0; i < BOOT_WRONGS; i++)
                boot_rows[i] = (struct CMUnitTest) {
                        boot_wrongs[i].name, test_row, NULL, NULL, (void *)&boot_wrongs[i]};
        return failed + cmocka_run_group_tests_name("how its machines boot", boot_rows, NULL, NULL);
}
