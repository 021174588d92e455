/* What machines boot from: what becomes of a boot_server in host.conf, its texts for iPXE and nginx, and what is said about
 * each way to get it wrong. B is the kernel. */
#include "config_files.h"

#include "config/wish.h"

#define NETWORK                                                        \
        "network \"lab\" { mode = nat address = \"192.168.150.1/24\" " \
        "dhcp = \"192.168.150.10-192.168.150.99\" }\n"
#define MACHINE "machine \"m\" { mac = \"52:54:00:00:00:0A\" }\n"
#define SERVER(keys) \
        "boot_server \"lab\" {\nnetwork = \"lab\" kernel = \"101\"\n" keys "}\n" /* keys: line 5 */
#define BOOT(keys)      HOST NETWORK SERVER(keys)
#define ARGUMENTS(text) BOOT("arguments = \"" text "\"\n" MACHINE)
#define LABEL           "boot_server \"lab\": "
#define NO_HAND(text)                                                                                     \
        "A:5: " LABEL "arguments: iPXE can't hand \"" text "\" on to a kernel: only letters, digits and " \
        "signs of ASCII are possible, without quotes, '$' and '\\'"
#define NO_WORD(word) \
        "A:5: " LABEL "arguments: \"" word "\" is a command's end or a remark for iPXE: leave it out"
#define POINTER(keys) BOOT("machine \"m\" { mac = \"52:54:00:00:00:0a\" " keys " }\n")
#define PEM           "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
#define IGNITION(text) \
        BOOT("machine \"m\" { mac = \"52:54:00:00:00:0a\" ignition = \"101\" }\n"), .more = text

static const struct row rows[] = {
        {"the least there can be", BOOT(MACHINE), .problems = {NULL}},
        {"what iPXE hands on as it is", ARGUMENTS("a=b,c;d ip=[::1]:x&&y|| z#1 --w {url}/x ~!@%^*()<>?"),
                .problems = {NULL}},
        {"no network, no kernel, no machine", HOST "boot_server \"lab\" { }\n",
                .problems = {"A:2: " LABEL "network is missing: add network = \"NETWORK\"",
                        "A:2: " LABEL "kernel is missing: add kernel = \"FILE\"",
                        "A:2: " LABEL "there is no machine in it: add machine \"NAME\" { } with a guest's "
                        "name, or with a mac"}},
        {"a quote", ARGUMENTS("a='b c'"), .problems = {NO_HAND("'b c'")}},
        {"a double quote", ARGUMENTS("a=\\\"b\\\""), .problems = {NO_HAND("\"b\"")}},
        {"a variable of iPXE's", ARGUMENTS("a \\${net0/mac}"), .problems = {NO_HAND("${net0/mac}")}},
        {"a backslash", ARGUMENTS("a\\\\"), .problems = {NO_HAND("\\")}},
        {"a letter that is not ASCII's", ARGUMENTS("ä"), .problems = {NO_HAND("ä")}},
        {"another command", ARGUMENTS("a || shell"), .problems = {NO_WORD("||")}},
        {"one more", ARGUMENTS("a && shell"), .problems = {NO_WORD("&&")}},
        {"and one more", ARGUMENTS("; shell"), .problems = {NO_WORD(";")}},
        {"a remark", ARGUMENTS("a #b"), .problems = {NO_WORD("#b")}},
        {"a word in braces that there isn't", ARGUMENTS("a={uri}"),
                .problems = {"A:5: " LABEL "arguments: \"{uri}\" is none of {url}, {ignition} and "
                             "{root_image}, for which braces are kept"}},
        {"no root image", ARGUMENTS("a={root_image}"),
                .problems = {"A:5: " LABEL "arguments: {root_image} has no URL: add root_image = \"FILE\" to "
                             "the boot_server"}},
        {"no Ignition configuration", ARGUMENTS("a={ignition}"),
                .problems = {"A:3: " LABEL "machine \"m\": arguments: {ignition} has no URL for machine "
                             "\"m\": add ignition = \"FILE\" to it, or name it in a cluster that has an "
                             "installer"}},
        {"an Ignition configuration for Butane", IGNITION("variant: fcos\n"),
                .problems = {"A:5: " LABEL "machine \"m\": ignition: \"B\": it is no JSON: what is written "
                             "for Butane is translated by it first"}},
        {"one of an older version", IGNITION("{\"ignition\":{\"version\":\"2.2.0\"}}"),
                .problems = {"A:5: " LABEL "machine \"m\": ignition: \"B\": it is no Ignition configuration: "
                             "its ignition.version is \"2.2.0\", and Ignition has 3.0.0 to 3.6.0"}},
        {"one that is broken off", IGNITION("{\n\"ignition\": }"),
                .problems = {"A:5: " LABEL "machine \"m\": ignition: \"B\": it is no Ignition configuration: "
                             "line 2, column 13: unexpected token near '}'"}},
        {"one of its own, and one elsewhere",
                POINTER("ignition = \"/proc/self/fd/101\" ignition_url = \"https://a/\""),
                "{\"ignition\":{\"version\":\"3.4.0\"}}",
                .problems = {"A:5: " LABEL
                             "machine \"m\": a machine has ignition, or ignition_url to fetch it "
                             "from: remove one of them"}},
        {"a URL that is none", POINTER("ignition_url = \"https://a b/\""),
                .problems = {"A:5: " LABEL "machine \"m\": ignition_url: \"https://a b/\" is no URL: \" b/\" "
                             "can't stand in one; write it as %HH"}},
        {"authorities for nothing", POINTER("ignition_ca = \"/proc/self/fd/101\""), PEM,
                .problems = {"A:5: " LABEL
                             "machine \"m\": ignition_ca is for an ignition_url: add it, or let "
                             "the ignition say what is trusted"}},
        {"authorities without TLS",
                POINTER("ignition_url = \"http://a/\" ignition_ca = \"/proc/self/fd/101\""), PEM,
                .problems = {"A:5: " LABEL "machine \"m\": ignition_ca is for https://, and ignition_url has "
                             "none: write https://, or remove it"}},
        {"authorities that are a key",
                POINTER("ignition_url = \"https://a/\" ignition_ca = \"/proc/self/fd/101\""),
                "-----BEGIN PRIVATE KEY-----\n",
                .problems = {"A:5: " LABEL "machine \"m\": ignition_ca: \"B\": it has \"-----BEGIN PRIVATE "
                             "KEY-----\" in it, and whoever is in the network could read that: let it have "
                             "certificates only"}},
        {"a URL, with authorities",
                POINTER("ignition_url = \"https://a/\" ignition_ca = \"/proc/self/fd/101\" arguments = "
                        "\"a={ignition}\""),
                .more = PEM},
        {"one of today's", IGNITION("{\"ignition\":{\"version\":\"3.4.0\"}}")},
        {"no such network", HOST SERVER(MACHINE),
                .problems = {"A:2: " LABEL "network: there is no network \"lab\" for the same host"}},
        {"a network without IPv4",
                HOST "network \"lab\" { mode = nat address = \"fd00::1/64\" }\n" SERVER(MACHINE),
                .problems = {"A:3: " LABEL "network: machines boot by DHCP over IPv4, and network \"lab\" "
                             "gives no such addresses: let it have an IPv4 address of its own"}},
        {"a network without DHCP",
                HOST "network \"lab\" { mode = nat address = \"10.0.0.1/24\" }\n" SERVER(MACHINE),
                .problems = {"A:3: " LABEL "network: network \"lab\" gives no addresses: add dhcp or a "
                             "lease to it"}},
        {"a network that is on more hosts",
                HOST "host \"i\" { connect = \"i\" }\n" NETWORK SERVER("hosts = {\"i\"} " MACHINE),
                .problems = {"A:4: " LABEL "network: network \"lab\" is on host \"h\", too, where machines "
                             "would ask in vain: let both have the same hosts"}},
        {"on some hosts, as its network",
                HOST "host \"i\" { connect = \"i\" }\n"
                     "network \"lab\" { mode = nat address = \"10.0.0.1/24\" dhcp = "
                     "\"10.0.0.2-10.0.0.9\" hosts = {\"i\"} }\n" SERVER("hosts = {\"i\"} " MACHINE),
                .problems = {NULL}},
        {"a name of a guest's with iPXE's own characters", BOOT("machine \"\\${net0/mac}\" { }\n"),
                .problems = {"A:5: " LABEL "machine \"${net0/mac}\": name: \"${net0/mac}\" is not a name: it "
                             "has letters, digits, '.', '_', '+' and '-', not starting with '-' or '.'"}},
        {"two for one network",
                BOOT(MACHINE) "boot_server \"two\" { network = \"lab\" kernel = \"101\" " MACHINE "}\n",
                .problems = {"A:7: boot_server \"two\": network: machines of network \"lab\" have another "
                             "boot_server already: join them"}},
        {"a machine that is no guest", BOOT("machine \"m\" { }\n"),
                .problems = {"A:3: " LABEL "machine \"m\": there is no guest of that name with a nic in "
                             "network \"lab\", and no machine behind a BMC: name one, or add mac"}},
        {"a MAC address twice", BOOT(MACHINE "machine \"n\" { mac = \"52:54:00:00:00:0a\" }\n"),
                .problems = {"A:6: " LABEL "machine \"n\": MAC address 52:54:00:00:00:0a is taken already, "
                             "at A:5"}},
        {"a name with nginx's own characters",
                HOST NETWORK "boot_server \"a;b\" { network = \"lab\" kernel "
                             "= \"101\" " MACHINE "}\n",
                .problems = {"A:3: boot_server \"a;b\": name: \"a;b\" is not a load balancer, service or "
                             "server: it has letters, digits, '.', '_' and '-', not starting with '-' or "
                             "'.'"}},
};

/* ---- what it becomes ---- */

static const char whole[] =
        BOOT("initramfs = \"101\" root_image = \"101\" port = 81\n"
             "arguments = \"a={url} b={root_image} c={ignition}\"\n"
             "machine \"m\" { mac = \"52:54:00:00:00:0A\" ignition = \"101\" arguments = \"d\" }\n"
             "machine \"g\" { ignition = \"101\" }\n") "guest \"g\" { memory = \"96MiB\" boot = network nic "
                                                       "\"lan\" { network = \"lab\" mac = "
                                                       "\"52:54:00:00:00:0b\" } }\n";

static struct result load_whole(void)
{
        static const char ignition[] = "{\"ignition\":{\"version\":\"3.3.0\"}}";

        put_file(FILE_B, ignition, strlen(ignition));
        return load(whole);
}

static const char *content(const struct wish *wish, const char *path)
{
        for (array_each(const struct file_config *, file, &wish->files))
                if (strcmp((*file)->path, path) == 0)
                        return (*file)->content;
        fail_msg("there is no file %s", path);
        return NULL;
}

static void test_files_are_wished(void **state)
{
        CLEANUP(result_done) struct result result = load_whole();
        CLEANUP(wish_done) struct wish wish = {0};

        (void)state;
        assert_loaded(&result);
        wish_init(&wish, &result.config, &result.config.hosts.items[0]);
        assert_int_equal(wish.files.count, 10);
        assert_string_equal(content(&wish, "/var/lib/provision/boot/lab/boot.ipxe"),
                "#!ipxe\nchain http://192.168.150.1:81/mac/${netX/mac:hexhyp}.ipxe || exit\n");
        assert_string_equal(content(&wish, "/var/lib/provision/boot/lab/mac/52-54-00-00-00-0a.ipxe"),
                "#!ipxe\nkernel http://192.168.150.1:81/kernel initrd=initramfs a=http://192.168.150.1:81 "
                "b=http://192.168.150.1:81/root_image "
                "c=http://192.168.150.1:81/ignition/52-54-00-00-00-0a.ign d || exit\n"
                "initrd http://192.168.150.1:81/initramfs || exit\nboot || exit\n");
        content(&wish, "/var/lib/provision/boot/lab/mac/52-54-00-00-00-0b.ipxe");
        content(&wish, "/var/lib/provision/boot/lab/ignition/52-54-00-00-00-0b.ign");
        assert_non_null(strstr(content(&wish, "/etc/nginx/provision-boot-lab.conf"),
                "listen 192.168.150.1:81;\n                root /var/lib/provision/boot/lab;\n"
                "                location = /boot.ipxe {}\n                location = /kernel {}\n"
                "                location = /initramfs {}\n                location = /root_image {}\n"
                "                location = /mac/52-54-00-00-00-0a.ipxe {}\n"
                "                location = /ignition/52-54-00-00-00-0a.ign {}\n"
                "                location = /mac/52-54-00-00-00-0b.ipxe {}\n"
                "                location = /ignition/52-54-00-00-00-0b.ign {}\n"
                "                location / { return 404; }\n        }\n}\n"));
        assert_non_null(strstr(content(&wish, "/etc/systemd/system/provision-boot-lab.service"),
                "ExecStartPre=/usr/sbin/nginx -t -q -c /etc/nginx/provision-boot-lab.conf\n"));
}

/* A guest with an address, which alone may fetch what is made for it, and a machine without. */
static const char of_a_cluster[] =
        BOOT("arguments = \"c={ignition}\"\n"
             "machine \"g\" { }\n"
             "machine \"m\" { mac = \"52:54:00:00:00:0a\" }\n") "guest \"g\" { memory = \"96MiB\" boot = "
                                                                "network nic "
                                                                "\"lan\" { network = \"lab\" mac = "
                                                                "\"52:54:00:00:00:0b\" address = "
                                                                "\"192.168.150.20\" } "
                                                                "}\n"
                                                                "cluster \"okd\" { flavor = okd bootstrap = "
                                                                "\"g\" control = "
                                                                "{\"m\"} domain = \"example.com\" installer "
                                                                "= \"/i\" "
                                                                "pull_secret = \"/p\" ssh_key = \"101\" }\n";

static void test_what_an_installer_makes_is_served(void **state)
{
        static const char key[] =
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0uNuRE7SVO5Zyi87PkIX2ZVnGaOebdD4bzywv5WTWQ\n";
        CLEANUP(result_done) struct result result = {0};
        CLEANUP(wish_done) struct wish wish = {0};
        const struct boot_server_config *server;

        (void)state;
        put_file(FILE_B, key, strlen(key));
        result = load(of_a_cluster);
        assert_loaded(&result);
        wish_init(&wish, &result.config, &result.config.hosts.items[0]);
        server = wish.boot_servers.items[0];
        assert_int_equal(server->made_ignitions.count, 2);
        assert_string_equal(server->made_ignitions.items[0].machine, "g");
        assert_int_equal(server->made_ignitions.items[0].role, ROLE_BOOTSTRAP);
        assert_string_equal(server->made_ignitions.items[0].path,
                "/var/lib/provision/boot/lab/private/ignition/52-54-00-00-00-0b.ign");
        assert_int_equal(server->made_ignitions.items[1].role, ROLE_CONTROL);
        assert_ptr_equal(server->made_ignitions.items[1].cluster, result.config.clusters.items);
        assert_null(wish.guests.items[0]->cluster); /* it isn't given it once more */
        assert_int_equal(wish.files.items[0]->mode, 0700);
        assert_string_equal(wish.files.items[0]->path, "/var/lib/provision/boot/lab/private");
        assert_non_null(strstr(content(&wish, "/etc/nginx/provision-boot-lab.conf"),
                "                location = /ignition/52-54-00-00-00-0b.ign {\n"
                "                        alias /run/provision-boot-lab/ignition/52-54-00-00-00-0b.ign;\n"
                "                        allow 192.168.150.20;\n"
                "                        deny all;\n"
                "                }\n"
                "                location = /mac/52-54-00-00-00-0a.ipxe {}\n"
                "                location = /ignition/52-54-00-00-00-0a.ign {\n"
                "                        alias /run/provision-boot-lab/ignition/52-54-00-00-00-0a.ign;\n"
                "                }\n"));
        assert_non_null(strstr(content(&wish, "/etc/systemd/system/provision-boot-lab.service"),
                "\nBindReadOnlyPaths=/var/lib/provision/boot/lab/private/ignition:/run/provision-boot-lab/"
                "ignition\n"));
}

static void test_network_tells_it(void **state)
{
        CLEANUP(result_done) struct result result = load_whole();

        (void)state;
        assert_loaded(&result);
        assert_string_equal(
                result.config.networks.items[0].network.boot_file, "http://192.168.150.1:81/boot.ipxe");
}

#define ROWS (sizeof(rows) / sizeof(rows[0]))

int main(void)
{
        struct CMUnitTest tests_of_rows[ROWS];
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_files_are_wished),
                cmocka_unit_test(test_what_an_installer_makes_is_served),
                cmocka_unit_test(test_network_tells_it),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        for (size_t i = 0; i < ROWS; i++)
                tests_of_rows[i] = (struct CMUnitTest) {rows[i].name, test_row, NULL, NULL, (void *)&rows[i]};
        return failed + cmocka_run_group_tests_name("what is wrong", tests_of_rows, NULL, NULL);
}
