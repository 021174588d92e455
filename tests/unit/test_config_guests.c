/* Guests in host.conf: what they become, and what is said about each way to get them wrong. */
#include "config_files.h"

#include <sys/socket.h>

#include "config/authorized_key.h"

#define NET                                                             \
        "network \"lab\" { mode = nat address = \"192.168.150.1/24\"\n" \
        " lease \"old\" { mac = \"52:54:00:00:00:01\" address = \"192.168.150.9\" } }\n"
#define POOL  "pool \"p\" { path = \"/srv/p\" }\n"
#define IMAGE "image \"debian\" { file = \"/proc/self/fd/101\" pool = \"p\" }\n"
#define LAB   HOST NET POOL IMAGE /* lines 1 to 5; what follows starts in 6 */

#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFhVsZSdYRx7mhnCz17rbrrE0iwCACHhGJk1rbAt8E4h"
#define ECDSA                                                          \
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlz" \
        "dHAyNTYAAABBBCGQCB2GqnPvkkNwWev4NQP93xZgQ/"                   \
        "p8uhoifkvcPzYWeSo7iWtn20YKyFgsnva71DW4zKXH6Q8eIN7BpjW8f5w="

#define GUEST(keys) LAB "guest \"g\" { memory = \"1GiB\"\n" keys "}\n"
#define NIC         "nic \"lan\" { network = \"lab\" }\n"
#define DISK(keys)  GUEST("disk \"root\" { pool = \"p\"\n" keys "}\n")
#define CLOUD(keys) GUEST(NIC "cloud_init {\n" keys "}\n")
#define READY(keys) GUEST(NIC "ready { " keys " }\n")

static const struct row wrongs[] = {
        {"the least there can be", GUEST(NIC), .problems = {NULL}},
        {"all that there is",
                GUEST("memory_max = \"2GiB\" vcpus = 2 vcpus_max = 4 count = 2 firmware = uefi-secure\n"
                      "boot = {network, disk, cdrom} iso = \"/srv/a.iso\" console_log = yes autostart = no\n"
                      "running = on replace = true hosts = {\"h\"}\n"
                      "disk \"root\" { pool = \"p\" size = \"20GiB\" image = \"debian\" copy = true format = "
                      "raw }\n"
                      "disk \"data\" { pool = \"p\" size = \"1TiB\" }\n"
                      "nic \"lan\" { network = \"lab\" mac = \"52:54:00:00:01:01\" address = "
                      "\"192.168.150.20\" link = down }\n"
                      "cloud_init { user = \"ci\" ssh_keys = {\"" ED25519 " x\"} network_config = "
                      "\"version: 2\n\" }\n"
                      "ready { address = true ssh = \"ci\" tcp = 443 http = \":8080/ok\" console = "
                      "\"login:\" within = \"5min\" }\n"),
                .problems = {NULL}},
        {"a kernel, and Ignition from a file",
                GUEST("kernel = \"/srv/vmlinuz\" initrd = \"/srv/initrd\" command_line = \"a b\"\n"
                      "ignition = \"/proc/self/fd/101\"\n"),
                " {\"ignition\": {\"version\": \"3.4.0\"}}", .problems = {NULL}},

        /* values */
        {"no memory", LAB "guest \"g\" { " NIC "}\n",
                .problems = {"A:6: guest \"g\": memory is missing: add memory = \"2GiB\""}},
        {"sizes of memory that are none",
                LAB "guest \"a\" { memory = \"64\" " NIC "}\nguest \"b\" { memory = \"1000KiB\" " NIC
                    "}\nguest \"c\" { memory = \"99999999TiB\" " NIC "}\nguest \"d\" { memory = \"1MiB\" " NIC
                    "}\nguest \"e\" { memory = \"1.5GiB\" " NIC "}\n",
                .problems = {"A:6: guest \"a\": memory: \"64\" is no size of memory: write whole MiB, from "
                             "\"16MiB\" to \"16TiB\"",
                        "A:8: guest \"b\": memory: \"1000KiB\" is no size of memory: write whole MiB, "
                        "from \"16MiB\" to \"16TiB\"",
                        "A:10: guest \"c\": memory: \"99999999TiB\" is no size of memory: write whole "
                        "MiB, from \"16MiB\" to \"16TiB\"",
                        "A:12: guest \"d\": memory: \"1MiB\" is no size of memory: write whole MiB, "
                        "from \"16MiB\" to \"16TiB\"",
                        "A:14: guest \"e\": memory: \"1.5GiB\" is no size of memory: write whole MiB, "
                        "from \"16MiB\" to \"16TiB\""}},
        {"numbers that are none", GUEST(NIC "vcpus = 0\ncount = 1000\nvcpus_max = -1\n"),
                .problems = {"A:8: guest \"g\": vcpus: \"0\" is no count: write a number from 1 to 999",
                        "A:9: guest \"g\": count: \"1000\" is no count: write a number from 1 to 999",
                        "A:10: guest \"g\": vcpus_max: \"-1\" is no count: write a number from 1 to 999"}},
        {"words that are none",
                GUEST("firmware = efi\nboot = {hd}\nnic \"lan\" { network = \"lab\" link = on }\n"),
                .problems = {"A:7: guest \"g\": firmware: \"efi\" is none of bios, uefi, uefi-secure",
                        "A:8: guest \"g\": boot: \"hd\" is none of disk, network, cdrom",
                        "A:9: guest \"g\": nic \"lan\": link: \"on\" is neither up nor down"}},
        {"a word twice", GUEST(NIC "boot = {network, network}\n"),
                .problems = {"A:8: guest \"g\": boot: network stands there twice"}},
        {"a key that isn't one", GUEST(NIC "memroy_max = \"2GiB\"\n"),
                .problems =
                        {"A:8: guest \"g\": there is no key \"memroy_max\"; did you mean \"memory_max\"?"}},
        {"less at most than from the start", GUEST(NIC "memory_max = \"512MiB\"\nvcpus = 4\nvcpus_max = 2\n"),
                .problems = {"A:8: guest \"g\": memory_max is less than memory: it is what the guest can be "
                             "given while it runs",
                        "A:10: guest \"g\": vcpus_max is less than vcpus: it is what the guest can be given "
                        "while it runs"}},

        /* what it boots from */
        {"nothing to boot from", GUEST(""),
                .problems =
                        {"A:6: guest \"g\": it has nothing to boot from: add a disk, an iso, a kernel or a "
                         "nic"}},
        {"what belongs to a kernel, without one", GUEST(NIC "initrd = \"/a\"\ncommand_line = \"b\"\n"),
                .problems = {"A:8: guest \"g\": initrd needs a kernel: add kernel = \"/srv/vmlinuz\"",
                        "A:9: guest \"g\": command_line needs a kernel: add kernel = \"/srv/vmlinuz\""}},
        {"a kernel and an order", GUEST(NIC "kernel = \"/a\"\nboot = {network}\n"),
                .problems = {"A:9: guest \"g\": the kernel is booted in any case, before whatever boot says: "
                             "remove one of them"}},
        {"an order of what isn't there", GUEST(NIC "boot = {cdrom, network, disk}\n"),
                .problems = {"A:8: guest \"g\": boot: there is no iso to boot from",
                        "A:8: guest \"g\": boot: there is no disk to boot from"}},
        {"a path on the host that isn't one", GUEST("kernel = \"vmlinuz\"\n"),
                .problems =
                        {"A:7: guest \"g\": kernel: \"vmlinuz\" is not absolute: a path on the host starts "
                         "with /"}},

        /* running */
        {"off, and yet to be started", GUEST(NIC "running = false\nautostart = true\nready { tcp = 22 }\n"),
                .problems = {"A:9: guest \"g\": autostart starts the guest with its machine, and running = "
                             "false wants it off: remove one of them",
                        "A:10: guest \"g\": ready is for a guest that runs: remove it, or running"}},
        {"off, and nothing else is said", GUEST(NIC "running = false\n"), .problems = {NULL}},

        /* disks */
        {"an empty disk without a size", DISK(""),
                .problems = {"A:7: guest \"g\": disk \"root\": an empty disk needs its size: add size = "
                             "\"20GiB\", or an image"}},
        {"a copy of nothing", DISK("size = \"1GiB\"\ncopy = true\n"),
                .problems = {"A:9: guest \"g\": disk \"root\": copy is for a disk with an image: add image = "
                             "\"NAME\""}},
        {"raw, of an image that isn't copied", DISK("image = \"debian\"\nformat = raw\n"),
                .problems =
                        {"A:9: guest \"g\": disk \"root\": format = raw can't hold only what differs from "
                         "the image: add copy = true, or leave format out"}},
        {"a raw copy", DISK("image = \"debian\"\nformat = raw copy = yes\n"), .problems = {NULL}},
        {"values of a disk that are none",
                DISK("size = \"10G\"\nformat = vmdk\ncopy = full image = \"debian\"\n"),
                .problems = {"A:8: guest \"g\": disk \"root\": size: \"10G\" is no size of a disk: write a "
                             "number and KiB, MiB, GiB or TiB, from \"1MiB\" to \"512TiB\"",
                        "A:9: guest \"g\": disk \"root\": format: \"vmdk\" is neither qcow2 nor raw",
                        "A:10: guest \"g\": disk \"root\": copy: \"full\" is neither true nor false"}},
        {"two disks of a name",
                GUEST("disk \"a\" { pool = \"p\" size = \"1GiB\" }\ndisk \"a\" { pool = \"p\" size = "
                      "\"1GiB\" }\n"),
                .problems = {"A:8: guest \"g\": disk \"a\": the name a is taken already, at A:7"}},
        {"two guests whose disks would be one volume",
                LAB "guest \"a-b\" { memory = \"1GiB\" disk \"c\" { pool = \"p\" size = \"1GiB\" } }\n"
                    "guest \"a\" { memory = \"1GiB\" disk \"b-c\" { pool = \"p\" size = \"1GiB\" } }\n",
                .problems = {"A:7: guest \"a\": the volume a-b-c.qcow2 is taken already, at A:6"}},

        /* names that lead somewhere */
        {"names of nothing",
                GUEST("nic \"lan\" { network = \"lap\" }\ndisk \"a\" { pool = \"x\" size = \"1GiB\"\n image "
                      "= \"debain\" }\n"),
                .problems = {"A:7: guest \"g\": nic \"lan\": there is no network \"lap\"; did you mean "
                             "\"lab\"?",
                        "A:9: guest \"g\": disk \"a\": there is no image \"debain\"; did you mean "
                        "\"debian\"?"}},
        {"names of what is elsewhere",
                "host \"h\" { connect = local }\nhost \"i\" { connect = i }\n"
                "network \"n\" { mode = isolated hosts = {\"h\"} }\n"
                "guest \"a\" { memory = \"1GiB\" nic \"x\" { network = \"n\" } }\n"
                "guest \"b\" { memory = \"1GiB\" nic \"x\" { network = \"n\" } hosts = {\"h\"} }\n",
                .problems =
                        {"A:4: guest \"a\": nic \"x\": network \"n\" isn't for host \"i\", and the guest is: "
                         "change the hosts of one of them"}},
        {"the same name for each host",
                "host \"h\" { connect = local }\nhost \"i\" { connect = i }\n"
                "network \"n\" { mode = isolated hosts = {\"h\"} }\nnetwork \"n\" { mode = isolated hosts = "
                "{\"i\"} }\n"
                "guest \"a\" { memory = \"1GiB\" nic \"x\" { network = \"n\" } }\n",
                .problems = {NULL}},

        /* addresses */
        {"addresses that the network can't give",
                GUEST("nic \"a\" { network = \"lab\" address = \"192.168.151.5\" }\n"
                      "nic \"b\" { network = \"lab\" address = \"192.168.150.1\" }\n"
                      "nic \"c\" { network = \"lab\" address = \"192.168.150.255\" }\n"
                      "nic \"d\" { network = \"lab\"\naddress = \"fd00::1\" }\n"),
                .problems = {"A:7: guest \"g\": nic \"a\": address: 192.168.151.5 lies outside the network "
                             "192.168.150.1/24",
                        "A:8: guest \"g\": nic \"b\": address: 192.168.150.1 is the machine's own address",
                        "A:9: guest \"g\": nic \"c\": address: 192.168.150.255 is the network's own or its "
                        "broadcast address",
                        "A:11: guest \"g\": nic \"d\": address: fixed leases by MAC are for IPv4: write one, "
                        "or "
                        "leave it out"}},
        {"addresses in networks that give none",
                HOST "network \"b\" { mode = bridge bridge = \"br0\" }\nnetwork \"i\" { mode = isolated }\n"
                     "guest \"g\" { memory = \"1GiB\"\nnic \"a\" { network = \"b\" address = \"10.0.0.5\" }\n"
                     "nic \"c\" { network = \"i\" address = \"10.0.0.6\" } }\n",
                .problems = {"A:5: guest \"g\": nic \"a\": address: whatever is behind the bridge of network "
                             "\"b\" gives the addresses",
                        "A:6: guest \"g\": nic \"c\": address: network \"i\" has no address itself, so it "
                        "can "
                        "give none"}},
        {"what a written lease has already",
                LAB
                "guest \"old\" { memory = \"1GiB\" nic \"a\" { network = \"lab\" address = \"192.168.150.8\" "
                "} }\n"
                "guest \"g\" { memory = \"1GiB\" nic \"a\" { network = \"lab\" address = \"192.168.150.9\" } "
                "}\n"
                "guest \"f\" { memory = \"1GiB\" nic \"a\" { network = \"lab\" mac = \"52:54:00:00:00:01\"\n"
                "address = \"192.168.150.7\" } }\n",
                .problems = {"A:6: guest \"old\": nic \"a\": the name old is taken already, at A:3",
                        "A:7: guest \"g\": nic \"a\": address 192.168.150.9 is taken already, at A:3",
                        "A:9: guest \"f\": nic \"a\": a lease for 52:54:00:00:00:01 is taken already, at "
                        "A:3"}},
        {"a nic whose lease is written in the network",
                GUEST("nic \"a\" { network = \"lab\" mac = \"52:54:00:00:00:01\" }\n"), .problems = {NULL}},
        {"what another guest has already",
                LAB "guest \"a\" { memory = \"1GiB\"\nnic \"x\" { network = \"lab\" mac = "
                    "\"52:54:00:00:01:01\" address = \"192.168.150.20\" } }\n"
                    "guest \"b\" { memory = \"1GiB\"\nnic \"x\" { network = \"lab\" mac = "
                    "\"52:54:00:00:01:01\" address = \"192.168.150.20\" } }\n"
                    "guest \"a\" { memory = \"1GiB\" nic \"y\" { network = \"lab\" } }\n",
                .problems = {"A:9: guest \"b\": nic \"x\": address 192.168.150.20 is taken already, at A:7",
                        "A:9: guest \"b\": MAC address 52:54:00:00:01:01 is taken already, at A:7",
                        "A:10: guest \"a\": the name a is taken already, at A:6"}},
        {"two guests of a name for different hosts",
                "host \"h\" { connect = local }\nhost \"i\" { connect = i }\n" NET
                "guest \"a\" { memory = \"1GiB\" hosts = {\"h\"} nic \"x\" { network = \"lab\" address = "
                "\"192.168.150.20\" } }\n"
                "guest \"a\" { memory = \"1GiB\" hosts = {\"i\"} nic \"x\" { network = \"lab\" address = "
                "\"192.168.150.20\" } }\n",
                .problems = {NULL}},

        /* count */
        {"counted beyond the network",
                GUEST("count = 3\nnic \"a\" { network = \"lab\" address = \"192.168.150.254\" }\n"),
                .problems = {"A:8: guest \"g-2\": nic \"a\": address: 192.168.150.255 is the network's own "
                             "or "
                             "its broadcast address",
                        "A:8: guest \"g-3\": nic \"a\": address: 192.168.151.0 lies outside the network "
                        "192.168.150.1/24"}},
        {"counted over another guest's and a lease's",
                GUEST("count = 4\nnic \"a\" { network = \"lab\" address = \"192.168.150.6\" mac = "
                      "\"52:54:00:00:01:00\" }\n") "guest \"g-2\" { memory = \"1GiB\"\nnic \"x\" { network = "
                                                   "\"lab\" mac = \"52:54:00:00:01:03\" } }\n",
                .problems = {"A:8: guest \"g-4\": nic \"a\": address 192.168.150.9 is taken already, at A:3",
                        "A:10: guest \"g-2\": the name g-2 is taken already, at A:6",
                        "A:11: guest \"g-2\": MAC address 52:54:00:00:01:03 is taken already, at A:8"}},
        {"MACs counted over their end",
                GUEST("count = 2\nnic \"a\" { network = \"lab\" mac = \"52:54:00:ff:ff:ff\" }\n"),
                .problems =
                        {"A:8: guest \"g-2\": nic \"a\": mac: counted up from 52:54:00:ff:ff:ff, the last "
                         "three bytes run over"}},
        {"two nics of one guest, counted into each other",
                GUEST("count = 3\nnic \"a\" { network = \"lab\" mac = \"52:54:00:00:01:00\" }\n"
                      "nic \"b\" { network = \"lab\" mac = \"52:54:00:00:01:02\" }\n"),
                .problems = {"A:8: guest \"g-3\": MAC address 52:54:00:00:01:02 is taken already, at A:9"}},

        /* cloud-init and Ignition */
        {"both of them",
                GUEST(NIC "ignition = \"/proc/self/fd/101\"\ncloud_init { user_data = \"#cloud-config\" }\n"),
                "{\"ignition\": {\"version\": \"3.4.0\"}}",
                .problems = {"A:8: guest \"g\": a guest is set up by ignition or by cloud_init, not by both: "
                             "remove one of them"}},
        {"Butane's own format", GUEST(NIC "ignition = \"/proc/self/fd/101\"\n"), "variant: fcos\n",
                .problems =
                        {"A:8: guest \"g\": ignition: \"B\": it is no JSON: what is written for Butane is "
                         "translated by it first"}},
        {"JSON that isn't Ignition's", GUEST(NIC "ignition = \"/proc/self/fd/101\"\n"),
                "{\"ignition\": {\"version\": 3}}",
                .problems =
                        {"A:8: guest \"g\": ignition: \"B\": it is no Ignition configuration: there is no "
                         "ignition.version in it"}},
        {"JSON that is broken off", GUEST(NIC "ignition = \"/proc/self/fd/101\"\n"),
                "{\n  \"ignition\": {\"version\": \"3.4.0\"},\n",
                .problems = {"A:8: guest \"g\": ignition: \"B\": it is no Ignition configuration: line 3, "
                             "column 0: string or "
                             "'}' expected near end of file"}},
        {"a file that isn't there", GUEST(NIC "ignition = \"/nowhere/a.ign\"\n"),
                .problems =
                        {"A:8: guest \"g\": ignition: \"/nowhere/a.ign\": can't be opened: No such file or "
                         "directory"}},
        {"a file that is no text", GUEST(NIC "ignition = \"/proc/self/fd/101\"\n"), "{\xff}",
                .problems = {"A:8: guest \"g\": ignition: \"B\" is no UTF-8 text"}},
        {"nobody could log in", CLOUD(""),
                .problems =
                        {"A:8: guest \"g\": cloud_init: nobody could log in: add user = \"NAME\", whom the "
                         "ssh_keys log in as, or user_data",
                                "A:8: guest \"g\": cloud_init: nobody could log in: add ssh_keys_from = "
                                "\"~/.ssh/id_ed25519.pub\", or user_data"}},
        {"user data that cloud-init ignores", CLOUD("user_data = \"packages: [x]\"\n"),
                .problems =
                        {"A:9: guest \"g\": cloud_init: user data begins with #cloud-config, #! or a MIME "
                         "header, or cloud-init ignores it"}},
        {"everything twice",
                CLOUD("user_data = \"#!/bin/sh\"\nuser_data_from = \"/proc/self/fd/101\"\n"
                      "network_config = \"a\"\nnetwork_config_from = \"/proc/self/fd/101\"\n"),
                "#!/bin/sh",
                .problems = {"A:10: guest \"g\": cloud_init: user_data and user_data_from say the same thing "
                             "twice: remove one",
                        "A:12: guest \"g\": cloud_init: network_config and network_config_from say the same "
                        "thing twice: remove one"}},

        {"a private key", CLOUD("user = \"ci\" ssh_keys_from = \"/proc/self/fd/101\"\n"),
                "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n",
                .problems =
                        {"A:9: guest \"g\": cloud_init: ssh_keys_from: \"B\": line 1: this is a private key, "
                         "which is for nobody else: name the public one's file, which ends in .pub"}},
        {"a file without a key", CLOUD("user = \"ci\" ssh_keys_from = \"/proc/self/fd/101\"\n"), "# none\n\n",
                .problems = {"A:9: guest \"g\": cloud_init: ssh_keys_from: \"B\" has no key in it"}},
        {"keys that are none",
                CLOUD("user = \"ci\"\nssh_keys = {\"hello\",\n\"ssh-ed25519 AAAA\",\n\"" ED25519 "\" }\n"),
                .problems = {"A:10: guest \"g\": cloud_init: ssh_keys: this is no public key: write a line "
                             "as "
                             "authorized_keys has them, \"ssh-ed25519 AAAA...\"",
                        "A:10: guest \"g\": cloud_init: ssh_keys: this begins as a key of type ssh-ed25519, "
                        "and what follows is none, or not all of it: copy it anew"}},

        /* ready */
        {"nothing to wait for", READY("within = \"5min\""),
                .problems =
                        {"A:8: guest \"g\": ready: it needs something to wait for: address, ssh, tcp, http "
                         "or console"}},
        {"a login without a known host key", READY("ssh = \"ci\""),
                .problems =
                        {"A:8: guest \"g\": ready: ssh needs cloud_init, by which the guest gets a host key "
                         "that is known: add it, or wait for tcp = 22"}},
        {"a text on a console that isn't kept",
                GUEST(NIC "console_log = false\nready { console = \"login:\" }\n"),
                .problems = {"A:9: guest \"g\": ready: console needs the console's log: remove console_log = "
                             "false"}},
        {"an address without a nic", GUEST("kernel = \"/a\"\nready { tcp = 22 }\n"),
                .problems =
                        {"A:8: guest \"g\": ready waits for something at the guest's address, and it has no "
                         "nic: add one"}},
        {"another machine's address without a nic",
                GUEST("kernel = \"/a\"\nready { http = \"http://10.0.0.1/\" }\n"), .problems = {NULL}},
        {"values of ready that are none", READY("tcp = 0\nhttp = \"https:/x\"\nconsole = \"\""),
                .problems = {"A:8: guest \"g\": ready: tcp: \"0\" is no port: write a number from 1 to 65535",
                        "A:9: guest \"g\": ready: http: \"https:/x\" is none of "
                        "\"http://ADDRESS:PORT/PATH\", \":PORT/PATH\", \"/PATH\"",
                        "A:10: guest \"g\": ready: console: every log has an empty text in it: write one"}},
};

/* ---- what they become ---- */

static void test_defaults(void **state)
{
        CLEANUP(result_done) struct result result = load(GUEST(NIC));
        const struct guest_config *guest = &result.config.guests.items[0];

        (void)state;
        assert_loaded(&result);
        assert_int_equal(result.config.guests.count, 1);
        assert_string_equal(guest->name, "g");
        assert_int_equal(guest->memory_kib, 1 << 20);
        assert_int_equal(guest->memory_max_kib, 1 << 20);
        assert_int_equal(guest->vcpus, 1);
        assert_int_equal(guest->vcpus_max, 1);
        assert_int_equal(guest->firmware, FIRMWARE_BIOS);
        assert_int_equal(guest->boot_count, 3);
        assert_int_equal(guest->boot[0], BOOT_DISK);
        assert_int_equal(guest->boot[1], BOOT_CDROM);
        assert_int_equal(guest->boot[2], BOOT_NETWORK);
        assert_true(guest->console_log && guest->autostart && guest->is_running);
        assert_false(guest->replace || guest->cloud_init.is_wanted);
        assert_true(guest->nics.items[0].link_is_up);
        assert_int_equal(guest->nics.items[0].address.family, 0);
}

/* The hash of the names is for ever: another one would be another nic to the guest. */
static void test_a_mac_is_made_of_the_names(void **state)
{
        CLEANUP(result_done)
        struct result result = load(GUEST("count = 2\n" NIC "nic \"wan\" { network = \"lab\" }\n"));
        static const char *const macs[] = {
                "52:54:00:c4:df:82", "52:54:00:d0:bd:4f", "52:54:00:ea:15:bc", "52:54:00:29:21:ef"};
        char mac[MAC_ADDRESS_TEXT];

        (void)state;
        assert_loaded(&result);
        for (size_t i = 0; i < 4; i++)
                assert_string_equal(
                        mac_address_format(&result.config.guests.items[i / 2].nics.items[i % 2].mac, mac),
                        macs[i]);
}

static void test_guests_are_counted_up(void **state)
{
        CLEANUP(result_done)
        struct result result = load(GUEST(
                "count = 12\nhosts = {\"h\"}\n"
                "disk \"root\" { pool = \"p\" image = \"debian\" }\n"
                "nic \"lan\" { network = \"lab\" mac = \"52:54:00:00:00:f8\" address = \"192.168.150.250\" "
                "}\n") "guest \"one\" { count = 1 memory = \"1GiB\" nic \"lan\" { network = \"lab\" } }\n");
        CLEANUP(result_done)
        struct result fits = load(HOST
                "network \"lab\" { mode = nat address = \"10.0.0.1/16\" }\n"
                "guest \"g\" { memory = \"1GiB\" count = 12\n"
                "nic \"lan\" { network = \"lab\" mac = \"52:54:00:00:00:f8\" address = \"10.0.0.250\" } }\n"
                "guest \"one\" { count = 1 memory = \"1GiB\" nic \"lan\" { network = \"lab\" } }\n");
        const struct network *network = &fits.config.networks.items[0].network;
        const struct guest_config *last = &fits.config.guests.items[11];
        char address[IP_TEXT], mac[MAC_ADDRESS_TEXT];

        (void)state;
        assert_int_equal(result.status, -1); /* a /24 is too small */
        assert_loaded(&fits);
        assert_int_equal(fits.config.guests.count, 13);
        assert_string_equal(last->name, "g-12");
        assert_string_equal(fits.config.guests.items[12].name, "one-1");
        assert_string_equal(mac_address_format(&last->nics.items[0].mac, mac), "52:54:00:00:01:03");
        assert_string_equal(ip_address_format(&last->nics.items[0].address, address), "10.0.1.5");
        assert_int_equal(network->leases.count, 12);
        assert_string_equal(network->leases.items[11].name, "g-12");
        assert_string_equal(ip_address_format(&network->leases.items[11].address, address), "10.0.1.5");
        assert_true(mac_address_equal(&network->leases.items[11].mac, &last->nics.items[0].mac));
}

/* In DNS a guest has one name in a network, and none where its name can't be one. */
static void test_fixed_addresses_are_leases(void **state)
{
        CLEANUP(result_done)
        struct result result =
                load(LAB "guest \"a\" { memory = \"1GiB\"\n"
                         "nic \"x\" { network = \"lab\" address = \"192.168.150.20\" }\n"
                         "nic \"y\" { network = \"lab\" address = \"192.168.150.21\" } }\n"
                         "guest \"b_c\" { memory = \"1GiB\" nic \"x\" { network = \"lab\" address = "
                         "\"192.168.150.22\" } }\n"
                         "guest \"d\" { memory = \"1GiB\" nic \"x\" { network = \"lab\" } }\n");
        const struct network *network = &result.config.networks.items[0].network;

        (void)state;
        assert_loaded(&result);
        assert_int_equal(network->leases.count, 4);
        assert_string_equal(network->leases.items[0].name, "old");
        assert_string_equal(network->leases.items[1].name, "a");
        assert_null(network->leases.items[2].name);
        assert_null(network->leases.items[3].name);
}

/* What could never be asked is said at once, and not waited for. */
static void test_urls_are_judged(void **state)
{
        static const struct {
                const char *url;
                bool is_right;
        } rows[] = {
                {"http://192.168.150.20:8080/health?a=b", true},
                {"http://[fd00::1]:80", true},
                {"http://web.lab", true},
                {":8080/x", true},
                {":8080", true},
                {"/x", true},
                {":99999/x", false},
                {":0/", false},
                {":/x", false},
                {":80x/", false},
                {"http://192.168.150.20/;a $(b)", false},
                {"/a b", false},
                {"http://", false},
                {"http:///x", false},
                {"http://[fd00::1/x", false},
                {"http://h:+80/", false},
                {"http://h?a", false},
                {"http://user@h/", false},
                {"https://h/", false},
                {"h/x", false},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(string_free) char *text = string_format(READY("http = \"%s\""), rows[i].url);
                struct result result = load(text);

                if ((result.status == 0) != rows[i].is_right)
                        fail_msg("%s", rows[i].url);
                result_done(&result);
        }
}

/* What sshd would pass over in silence is said before anybody waits for a login. */
static void test_public_keys_are_judged(void **state)
{
        static const struct {
                const char *line;
                const char *why; /* NULL: it is one */
        } rows[] = {
                {ED25519, NULL},
                {ED25519 "\tme and others", NULL},
                {ECDSA " me", NULL},
                {"no-pty " ECDSA, NULL},
                {"command=\"echo \\\"a b\\\" ssh-rsa\",no-pty \t " ED25519, NULL},
                {"", "no public key"},
                {"hello", "no public key"},
                {"ssh-ed25519", "not all of it"},
                {"ssh-ed25519-cert-v01@openssh.com AAAA", "no public key"},
                {"ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIFhVsZSdYRx7mhnCz17rbrrE0iwCACHhGJk1rbAt8E4h",
                        "of type ssh-rsa"},
                {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFhVsZSdYRx7mhnCz17rbrrE0iwCACHhGJk1rbAt",
                        "not all of it"},
                {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "not all of it"},
                {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFhVsZSdYRx7mhnCz17r*rrE0iwCACHhGJk1rbAt8E4h",
                        "not all of it"},
                {"command=\"no end " ED25519, "no public key"},
                {"-----BEGIN RSA PRIVATE KEY-----", "a private key"},
                {"PuTTY-User-Key-File-3: ssh-ed25519", "a private key"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(error_done) struct error error = {0};

                if (authorized_key_check(rows[i].line, &error) != (rows[i].why ? -1 : 0) ||
                        (rows[i].why && !strstr(error_text(&error), rows[i].why)))
                        fail_msg("%s: %s", rows[i].line, error_text(&error));
                if (rows[i].why)
                        assert_null(strstr(error_text(&error), "FhVsZSdYRx7"));
        }
}

static void test_what_is_set_is_there(void **state)
{
        const struct guest_config *guest;
        static const char keys[] = "# mine\n  " ED25519 " x\r\n\nrestrict,command=\"a b\" " ECDSA;
        struct result result;

        (void)state;
        put_file(FILE_B, keys, strlen(keys));
        put_file(FILE_A,
                CLOUD("user = \"ci\" ssh_keys = {\"" ED25519 " z\"} ssh_keys_from = "
                      "\"/proc/self/fd/101\"\n"),
                strlen(CLOUD("user = \"ci\" ssh_keys = {\"" ED25519 " z\"} ssh_keys_from = "
                             "\"/proc/self/fd/101\"\n")));
        result = load_files((const char *const[]) {PATH_A, NULL}, NULL);
        assert_loaded(&result);
        guest = &result.config.guests.items[0];
        assert_true(guest->cloud_init.is_wanted);
        assert_string_equal(guest->cloud_init.user, "ci");
        assert_int_equal(guest->cloud_init.ssh_keys.count, 3);
        assert_string_equal(guest->cloud_init.ssh_keys.items[1], ED25519 " x");
        assert_string_equal(guest->cloud_init.ssh_keys.items[2], "restrict,command=\"a b\" " ECDSA);
        result_done(&result);

        result = load(GUEST(NIC "count = 2\ncloud_init { user_data = \"#!/bin/sh\" }\n"
                                "ready { address = true http = \"/x\" }\nrunning = true\n"));
        assert_loaded(&result);
        guest = &result.config.guests.items[1];
        assert_string_equal(guest->cloud_init.user_data, "#!/bin/sh");
        assert_string_equal(guest->cloud_init.user, "");
        assert_true(guest->ready.wanted[READY_ADDRESS] && guest->ready.wanted[READY_HTTP]);
        assert_false(guest->ready.wanted[READY_SSH] || guest->ready.wanted[READY_TCP]);
        result_done(&result);
}

static void test_disks(void **state)
{
        CLEANUP(result_done)
        struct result result =
                load(GUEST("disk \"a\" { pool = \"p\" size = \"3GiB\" }\n"
                           "disk \"b\" { pool = \"p\" image = \"debian\" }\n"
                           "disk \"c\" { pool = \"p\" image = \"debian\" copy = true }\n"
                           "disk \"d\" { pool = \"p\" image = \"debian\" copy = no size = \"9GiB\" }\n"));
        static const enum disk_origin origins[] = {DISK_EMPTY, DISK_BACKED, DISK_COPIED, DISK_BACKED};

        (void)state;
        assert_loaded(&result);
        for (size_t i = 0; i < 4; i++)
                assert_int_equal(result.config.guests.items[0].disks.items[i].origin, origins[i]);
        assert_int_equal(result.config.guests.items[0].disks.items[0].size_bytes, UINT64_C(3) << 30);
        assert_int_equal(result.config.guests.items[0].disks.items[1].size_bytes, 0);
}

static void test_from_outside(void **state)
{
        struct result result;

        (void)state;
        put_file(FILE_A, GUEST(NIC), strlen(GUEST(NIC)));
        result = load_files((const char *const[]) {PATH_A, NULL},
                (const char *const[]) {"guest.g.count=3", "guest.g.nic.lan.address=192.168.150.30",
                        "guest.g.ready.tcp=22", NULL});
        assert_loaded(&result);
        assert_int_equal(result.config.guests.count, 3);
        assert_int_equal(result.config.networks.items[0].network.leases.count, 4);
        assert_int_equal(result.config.guests.items[2].ready.tcp_port, 22);
        result_done(&result);
}

static void test_too_many_devices(void **state)
{
        CLEANUP(text_done) struct text text = {0};
        CLEANUP(result_done) struct result result = {0};

        (void)state;
        text_add(&text, LAB "guest \"g\" { memory = \"1GiB\"\n");
        for (int i = 0; i < 25; i++)
                text_format(&text, "nic \"n%d\" { network = \"lab\" }\n", i);
        text_add(&text, "}\n");
        result = load(text_string(&text));
        assert_problems(
                &result, (const char *const[]) {
                                 "A:7: guest \"g\": 25 nics are too many: a guest has at most 24", NULL});
}

int main(void)
{
        static const struct CMUnitTest others[] = {
                cmocka_unit_test(test_defaults),
                cmocka_unit_test(test_a_mac_is_made_of_the_names),
                cmocka_unit_test(test_guests_are_counted_up),
                cmocka_unit_test(test_fixed_addresses_are_leases),
                cmocka_unit_test(test_urls_are_judged),
                cmocka_unit_test(test_public_keys_are_judged),
                cmocka_unit_test(test_what_is_set_is_there),
                cmocka_unit_test(test_disks),
                cmocka_unit_test(test_from_outside),
                cmocka_unit_test(test_too_many_devices),
        };
        struct CMUnitTest row_tests[sizeof(wrongs) / sizeof(wrongs[0])];
        int failed;

        for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++)
                row_tests[i] = (struct CMUnitTest) {wrongs[i].name, test_row, NULL, NULL, (void *)&wrongs[i]};
        failed = cmocka_run_group_tests_name("rows", row_tests, NULL, NULL);
        return failed + cmocka_run_group_tests_name("others", others, NULL, NULL);
}
