/* What the probe's script prints becomes answers, whatever stands in it; and the script is what was asked
 * for. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/memory.h"
#include "means/manager.h"
#include "means/probe.h"
#include "means/sysctl.h"

#define SUM "98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4"

enum part {
        FACTS,
        SPACE,
        INTERFACES,
        SERVICES,
        TEXTS,
        ACCOUNTS,
        STATES,
        SUMS,
        CANARY,
        LISTENERS,
        FIREWALL,
        PACKAGES,
        PARTS
};

/* A machine that answers: what a row doesn't say otherwise. */
static const char *const usual[PARTS] = {
        [FACTS] = "=manager apt\n=memory 8388608\n=user 0\n=systemd\n@facts 0\n",
        [SPACE] = "=space 262144 4096\n@space 0\n",
        [INTERFACES] = "@interfaces 0\n",
        [SERVICES] = "@services 0\n",
        [TEXTS] =
                "/etc/os-release:ID=debian\n/etc/os-release:PRETTY_NAME=\"Debian 12\"\n"
                "/proc/sys/kernel/hostname:h\n/proc/sys/kernel/osrelease:6.1\n/proc/sys/kernel/arch:x86_64\n"
                "/proc/sys/kernel/random/boot_id:b\n/sys/devices/system/cpu/online:0-3\n@texts 2\n",
        [ACCOUNTS] = "@accounts 1\n",
        [STATES] = "@states 0\n",
        [SUMS] = "@sums 0\n",
        [CANARY] = "@canary 0\n",
        [LISTENERS] = "@listeners 0\n",
        [FIREWALL] = "@firewall 0\n",
        [PACKAGES] = "@packages 1\n",
};

#define TEXTS_BEFORE                                                                                  \
        "/proc/sys/kernel/hostname:h\n/proc/sys/kernel/osrelease:6.1\n/proc/sys/kernel/arch:x86_64\n" \
        "/proc/sys/kernel/random/boot_id:b\n"

static void ask_everything(struct survey *survey)
{
        survey_ask(survey, ASK_MACHINE, NULL);
        survey_ask(survey, ASK_LONG_STEPS, NULL);
        survey_ask_package(survey, PACKAGES_APT, "qemu-utils");
        survey_ask_package(survey, PACKAGES_DNF, "qemu-img");
        survey_ask_package(survey, PACKAGES_UNKNOWN, "nftables");
        survey_ask(survey, ASK_SYSCTL, "net.ipv4.ip_forward");
        survey_ask(survey, ASK_SYSCTL, "net.ipv4.tcp_rmem");
        survey_ask(survey, ASK_GROUP, "libvirt");
        survey_ask(survey, ASK_USER, "alice");
        survey_ask(survey, ASK_FILE, "/etc/a");
        survey_ask(survey, ASK_FILE, "/etc/a b\\c");
        survey_ask(survey, ASK_ROUTES, NULL);
        survey_ask(survey, ASK_INTERFACES, NULL);
        survey_ask(survey, ASK_TEXT, "/etc/n.cfg");
        survey_ask(survey, ASK_LISTENERS, "6443");
        survey_ask(survey, ASK_LISTENERS, "80");
        survey_ask(survey, ASK_OWN_ADDRESSES, NULL);
        survey_ask(survey, ASK_BALANCER, NULL);
        survey_ask(survey, ASK_FIREWALL, NULL);
        survey_ask(survey, ASK_ZONE, "eth0");
        survey_ask(survey, ASK_NOTE, "/var/lib/n/a");
        survey_ask(survey, ASK_NOTE, "/var/lib/n/a b:c");
}

static void describe_strings(const char *word, const struct strings *strings, struct text *text)
{
        for (array_each(char *const, string, strings))
                text_format(text, "%s [%s]\n", word, *string);
}

static void describe_firewall(const struct firewall_state *firewall, struct text *text)
{
        char client[IP_TEXT], server[IP_TEXT];

        describe_strings("listed", &firewall->listed, text);
        describe_strings("loaded", &firewall->loaded, text);
        describe_strings("ufw", &firewall->ufw_tables, text);
        for (array_each(const struct dropping_chain, chain, &firewall->dropping))
                text_format(text, "%s of %s drops\n", chain->name, chain->table);
        if (firewall->ssh_client.family)
                text_format(text, "connected from %s to %s port %u\n",
                        ip_address_format(&firewall->ssh_client, client),
                        ip_address_format(&firewall->ssh_server, server), firewall->ssh_port);
        for (array_each(const struct interface_address, own, &firewall->addresses))
                text_format(text, "%s has %s\n", own->interface, ip_address_format(&own->address, client));
        if (firewall->has_firewalld)
                text_add(text, "firewalld runs\n");
        for (array_each(const struct interface_zone, zone, &firewall->zones))
                text_format(text, "%s is in zone %s\n", zone->interface, zone->zone);
        describe_strings("now", &firewall->runtime, text);
        describe_strings("kept", &firewall->permanent, text);
}

/* The answers that differ from "not there", one a line. */
static char *describe(const struct answers *answers)
{
        const struct machine_facts *machine = &answers->machine;
        struct text text = {0};
        char subnet[SUBNET_TEXT], at[SOCKET_TEXT];

        if (machine->run_lock)
                text_format(&text, "lock %u\n", machine->run_lock);
        for (array_each(const struct long_step_state, step, &answers->long_steps))
                text_format(&text, "step %s: %s\n", step->name, step->words);
        for (array_each(char *, name, &answers->added_packages))
                text_format(&text, "added %s\n", *name);
        for (array_each(char *, name, &answers->missing_groups))
                text_format(&text, "no group %s\n", *name);
        if (machine->package_db_interrupted)
                text_add(&text, "interrupted\n");
        if (machine->machine_id[0])
                text_format(&text, "machine %s\n", machine->machine_id);
        if (!string_equal(machine->os_id, "debian"))
                text_format(&text, "os %s like \"%s\" version \"%s\" name \"%s\"\n", machine->os_id,
                        machine->os_id_like, machine->os_version, machine->os_name);
        for (array_each(const struct package_state, package, &answers->packages))
                if (package->installed)
                        text_format(&text, "package %s %s\n", package->name, package->version);
        for (array_each(const struct sysctl_state, sysctl, &answers->sysctls))
                if (sysctl->is_mute)
                        text_format(&text, "sysctl %s can't be read\n", sysctl->key);
                else if (sysctl->exists || sysctl->persistent_value)
                        text_format(&text, "sysctl %s [%s] [%s]\n", sysctl->key,
                                sysctl->exists ? sysctl->value : "-",
                                sysctl->persistent_value ? sysctl->persistent_value : "-");
        for (array_each(const struct group_state, group, &answers->groups)) {
                CLEANUP(string_free) char *members = strings_join(&group->members, "+");

                if (group->exists)
                        text_format(&text, "group %s %u [%s]\n", group->name, group->gid, members);
        }
        for (array_each(const struct user_state, user, &answers->users))
                if (user->exists)
                        text_format(&text, "user %s\n", user->name);
        for (array_each(const struct file_state, file, &answers->files))
                if (file->exists)
                        text_format(&text, "file %s: %s %04o %s:%s %lld bytes, at %lld, sum %.4s\n",
                                file->path, file->what, file->mode, file->owner, file->group,
                                (long long)file->size, (long long)file->modified_us,
                                file->sha256 ? file->sha256 : "-");
                else if (file->obstacle)
                        text_format(&text, "file %s: %s is in the way\n", file->path, file->obstacle);
                else if (file->missing)
                        text_format(&text, "file %s: missing from %s on\n", file->path, file->missing);
        for (array_each(const struct note_state, note, &answers->notes))
                if (note->text)
                        text_format(&text, "note %s [%s]\n", note->path, note->text);
        for (array_each(const struct route, route, &answers->routes))
                text_format(&text, "route %s %s\n", subnet_format(&route->subnet, subnet), route->interface);
        for (array_each(const struct interface_state, interface, &answers->interfaces))
                text_format(&text, "%s %s%s%s\n", interface->is_bridge ? "bridge" : "no bridge",
                        interface->name, interface->mac ? " " : "", interface->mac ? interface->mac : "");
        for (array_each(const struct text_state, file, &answers->texts))
                if (file->text)
                        text_format(&text, "text %s [%s]\n", file->path, file->text);
        for (array_each(const struct listener, listener, &answers->listeners))
                text_format(&text, "%s listens at %s\n",
                        listener->is_balancer ? "haproxy"
                        : listener->program   ? listener->program
                                              : "somebody",
                        socket_address_format(&listener->at, at));
        for (array_each(const struct ip_address, own, &answers->own_addresses))
                text_format(&text, "own %s\n", ip_address_format(own, at));
        for (array_each(char *, fingerprint, &answers->balancer_fingerprints))
                text_format(&text, "runs %s\n", *fingerprint);
        describe_firewall(&answers->firewall, &text);
        for (array_each(const struct service_state, service, &answers->services))
                text_format(&text, "network %s is %s\n", service->network,
                        service->is_served ? "served" : "not served");
        return text_take(&text);
}

static const struct row {
        const char *name;
        const char *parts[PARTS]; /* NULL: the usual */
        const char *stderr_text;
        const char *described; /* or */
        const char *refused;   /* words of the error */
} rows[] = {
        {"a machine with nothing of what was asked for", {0}, NULL, "", NULL},

        /* packages */
        {"an installed package has its version",
                {[PACKAGES] = "installed 1:7.2 qemu-utils:amd64\n@packages 0\n"}, NULL,
                "package qemu-utils 1:7.2\n", NULL},
        {"a package asked of any manager counts", {[PACKAGES] = "installed 1.0 nftables:all\n@packages 0\n"},
                NULL, "package nftables 1.0\n", NULL},
        {"a package that was removed and left its configuration isn't installed",
                {[PACKAGES] = "config-files 1:7.2 qemu-utils:amd64\n@packages 0\n"}, NULL, "", NULL},
        {"a package that is only unpacked isn't installed",
                {[PACKAGES] = "unpacked 1:7.2 qemu-utils:amd64\n@packages 0\n"}, NULL, "", NULL},
        {"a package that dpkg knows and never had isn't installed",
                {[PACKAGES] = "not-installed  qemu-utils:\n@packages 0\n"}, NULL, "", NULL},
        {"of two architectures one suffices",
                {[PACKAGES] = "half-installed 1 qemu-utils:i386\ninstalled 2 qemu-utils:amd64\n@packages "
                              "0\n"},
                NULL, "package qemu-utils 2\n", NULL},
        {"a name that only begins alike is another",
                {[PACKAGES] = "installed 1 qemu-utils-extra:amd64\n@packages 0\n"}, NULL, "", NULL},
        {"rpm tells what packages provide",
                {[FACTS] = "=manager dnf\n=memory 1\n=user 0\n@facts 0\n",
                        [PACKAGES] = "installed 8.1-2 qemu-img\ninstalled 8.1-2 qemu-img(x86-64)\n"
                                     "no package provides nftables\n@packages 1\n"},
                NULL, "package qemu-img 8.1-2\n", NULL},
        {"pacman tells name and version",
                {[FACTS] = "=manager pacman\n=memory 1\n=user 0\n@facts 0\n",
                        [PACKAGES] = "nftables 1:1.0-2\n@packages 1\n"},
                "error: package 'x' was not found\n", "package nftables 1:1.0-2\n", NULL},
        {"an unknown manager has no packages",
                {[FACTS] = "=manager unknown\n=memory 1\n=user 0\n@facts 0\n", [PACKAGES] = "@packages 0\n"},
                NULL, "", NULL},
        {"dpkg that can't read its database", {[PACKAGES] = "@packages 2\n"},
                "dpkg-query: error: parsing file '/var/lib/dpkg/status' near line 1\n", NULL,
                "its packages, and the tool for that ended with status 2: dpkg-query: error: parsing file"},
        {"rpm that can't open its database",
                {[FACTS] = "=manager zypper\n=memory 1\n=user 0\n@facts 0\n", [PACKAGES] = "@packages 1\n"},
                "error: cannot open Packages database in /var/lib/rpm\n", NULL,
                "cannot open Packages database"},
        {"a package line without a version", {[PACKAGES] = "installed\n@packages 0\n"}, NULL, NULL,
                "\"installed\""},
        {"the run's lock, and that it is being written at this moment",
                {[FACTS] = "=manager apt\n=lock 42\n=lock \n=user 0\n@facts 0\n"}, NULL, "lock 42\n", NULL},
        {"what earlier runs began",
                {[FACTS] = "=manager apt\n=step provision-packages.install-0123 install packages a, b\n"
                           "=step provision-x-1 \n=step * x\n=step provision-$(x) x\n@facts 0\n"},
                NULL,
                "step provision-packages.install-0123: install packages a, b\nstep provision-x-1: "
                "provision-x-1\n",
                NULL},
        {"a volume group that isn't there", {[FACTS] = "=manager apt\n=no-group vg0\n@facts 0\n"}, NULL,
                "no group vg0\n", NULL},
        {"a kernel setting that can only be written",
                {[FACTS] = "=manager apt\n=mute /proc/sys/net/ipv4/ip_forward\n@facts 0\n"}, NULL,
                "sysctl net.ipv4.ip_forward can't be read\n", NULL},
        {"one that wasn't asked for", {[FACTS] = "=manager apt\n=mute /proc/sys/a/b\n@facts 0\n"}, NULL, NULL,
                "=mute /proc/sys/a/b"},
        {"dpkg was cut off", {[FACTS] = "=manager apt\n=memory 1\n=user 0\n=interrupted\n@facts 0\n"}, NULL,
                "interrupted\n", NULL},

        /* texts */
        {"os-release in quotes, and the second file only where the first is silent",
                {[TEXTS] = TEXTS_BEFORE
                        "/etc/os-release:ID='rocky'\n/etc/os-release:ID_LIKE=\"rhel \\\"centos\\\"\"\n"
                        "/etc/os-release:# ID=x\n/usr/lib/os-release:ID=other\n"
                        "/usr/lib/os-release:VERSION_ID=\"9.1\"\n@texts 0\n"},
                NULL, "os rocky like \"rhel \"centos\"\" version \"9.1\" name \"Linux\"\n", NULL},
        {"a machine-id, and one that isn't there yet",
                {[TEXTS] = TEXTS_BEFORE
                        "/etc/machine-id:0123456789abcdef0123456789abcdef\n"
                        "/etc/machine-id:uninitialized\n/etc/os-release:ID=debian\n@texts 0\n"},
                NULL, "machine 0123456789abcdef0123456789abcdef\n", NULL},
        {"no os-release at all", {[TEXTS] = TEXTS_BEFORE "@texts 2\n"}, NULL,
                "os linux like \"\" version \"\" name \"Linux\"\n", NULL},
        {"a kernel setting, now and after a boot",
                {[TEXTS] = TEXTS_BEFORE
                        "/etc/os-release:ID=debian\n/proc/sys/net/ipv4/ip_forward:1\n"
                        "/etc/sysctl.d/zz-provision-net.ipv4.ip_forward.conf:# kept\n"
                        "/etc/sysctl.d/zz-provision-net.ipv4.ip_forward.conf:net.ipv4.ip_forward = 0\n@texts "
                        "0\n"},
                NULL, "sysctl net.ipv4.ip_forward [1] [0]\n", NULL},
        {"notes, their first lines",
                {[TEXTS] = TEXTS_BEFORE
                        "/etc/os-release:ID=debian\n/var/lib/n/a:one: two \n/var/lib/n/a:three\n"
                        "/var/lib/n/a b:c:\n@texts 0\n"},
                NULL, "note /var/lib/n/a [one: two ]\nnote /var/lib/n/a b:c []\n", NULL},
        {"fields of a kernel setting have one blank between them",
                {[TEXTS] = TEXTS_BEFORE "/etc/os-release:ID=debian\n/proc/sys/net/ipv4/"
                                        "tcp_rmem:4096\t131072\t  6291456\n@texts 0\n"},
                NULL, "sysctl net.ipv4.tcp_rmem [4096 131072 6291456] [-]\n", NULL},
        {"what another file's line says of our key is nothing",
                {[TEXTS] = TEXTS_BEFORE "/etc/os-release:ID=debian\n"
                                        "/etc/os-release:/etc/sysctl.d/"
                                        "zz-provision-net.ipv4.ip_forward.conf:net.ipv4.ip_forward = 1\n"
                                        "/proc/sys/net/ipv4/ip_forward:@texts 0\n@texts 0\n"},
                NULL, "sysctl net.ipv4.ip_forward [@texts 0] [-]\n", NULL},
        {"a line of a file that wasn't asked for", {[TEXTS] = TEXTS_BEFORE "/etc/shadow:root:x\n@texts 0\n"},
                NULL, NULL, "its settings, and its answer makes no sense: \"/etc/shadow:root:x\""},
        {"a machine without /proc", {[TEXTS] = "/etc/os-release:ID=debian\n@texts 2\n"}, NULL, NULL,
                "is /proc there?"},
        {"no grep", {[TEXTS] = "@texts 127\n"}, "sh: 1: grep: not found\n", NULL,
                "status 127: sh: 1: grep: not found"},
        {"routes that count, of both families",
                {[TEXTS] = TEXTS_BEFORE
                        "/etc/os-release:ID=debian\n"
                        "/proc/net/route:Iface\tDestination\tGateway "
                        "\tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
                        "/proc/net/route:eth0\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
                        "/proc/net/route:virbr0\t007AA8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
                        "/proc/net/route:*\t0000FEA9\t00000000\t0201\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
                        "/proc/net/ipv6_route:fd000000000000000000000000000000 40 "
                        "00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 "
                        "00000001 "
                        "00000000 00000001     eth0\n"
                        "/proc/net/ipv6_route:fe800000000000000000000000000000 40 "
                        "00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 "
                        "00000001 "
                        "00000000 00000001     eth0\n"
                        "/proc/net/ipv6_route:fd000000000000000000000000000002 80 "
                        "00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 "
                        "00000001 "
                        "00000000 80200001     eth0\n@texts 0\n"},
                NULL, "route 192.168.122.0/24 virbr0\nroute fd00::/64 eth0\n", NULL},

        /* users and groups */
        {"a group with members, and a user",
                {[ACCOUNTS] = "/etc/passwd:alice:x:1000:1000::/home/alice:/bin/sh\n"
                              "/etc/group:libvirt:x:112:alice,bob\n@accounts 0\n"},
                NULL, "group libvirt 112 [alice+bob]\nuser alice\n", NULL},
        {"a group without members", {[ACCOUNTS] = "/etc/group:libvirt:x:112:\n@accounts 0\n"}, NULL,
                "group libvirt 112 []\n", NULL},
        {"others whose names end alike, and malformed lines, are nobody",
                {[ACCOUNTS] = "/etc/passwd:malice:x:1:1::/:/\n/etc/group:mylibvirt:x:5:alice\n"
                              "/etc/group:libvirt:x\n/etc/group:libvirt\n/etc/group:libvirt:x:none:a\n"
                              "/etc/passwd:alice\n/etc/passwd:\n/etc/group:\n@accounts 0\n"},
                NULL, "", NULL},

        /* files */
        {"a regular file with its content's sum",
                {[STATES] = "n/etc/a\ns81a4 3 1795463749\nuroot\ngdomain users\nt2026-11-23 "
                            "19:55:49.492817079 +0000\n@states 0\n",
                        [SUMS] = SUM "  /etc/a\n@sums 0\n"},
                NULL,
                "file /etc/a: regular file 0644 root:domain users 3 bytes, at 1795463749492817, sum 98ea\n",
                NULL},
        {"a directory with sticky and set-group-ID bits",
                {[STATES] = "n/etc/a\ns47ff 4096 1\nuroot\ngroot\nt1970-01-01 00:00:01.000000000 "
                            "+0000\n@states 0\n"},
                NULL, "file /etc/a: directory 3777 root:root 4096 bytes, at 1000000, sum -\n", NULL},
        {"a symbolic link", {[STATES] = "n/etc/a\nsa1ff 7 1\nuroot\ngroot\nt-\n@states 0\n"}, NULL,
                "file /etc/a: symbolic link 0777 root:root 7 bytes, at 1000000, sum -\n", NULL},
        {"a name with a blank and a backslash, doubled by sha256sum",
                {[STATES] = "n/etc/a b\\c\ns8180 3 1\nuroot\ngroot\nt-\n@states 0\n",
                        [SUMS] = "\\" SUM "  /etc/a b\\\\c\n@sums 0\n"},
                NULL, "file /etc/a b\\c: regular file 0600 root:root 3 bytes, at 1000000, sum 98ea\n", NULL},
        {"the same, not doubled",
                {[STATES] = "n/etc/a b\\c\ns8180 3 1\nuroot\ngroot\nt-\n@states 0\n",
                        [SUMS] = SUM "  /etc/a b\\c\n@sums 0\n"},
                NULL, "file /etc/a b\\c: regular file 0600 root:root 3 bytes, at 1000000, sum 98ea\n", NULL},
        {"a file that can't be read has no sum",
                {[STATES] = "n/etc/a\ns8180 3 1\nuroot\ngroot\nt-\n@states 0\n", [SUMS] = "@sums 1\n"},
                "sha256sum: /etc/a: Input/output error\n",
                "file /etc/a: regular file 0600 root:root 3 bytes, at 1000000, sum -\n", NULL},
        {"a file whose directory is none", {[STATES] = "n/etc/a\nb/etc\n@states 0\n"}, NULL,
                "file /etc/a: /etc is in the way\n", NULL},
        {"a file whose directory isn't there either", {[STATES] = "n/etc/a\nm/etc\n@states 0\n"}, NULL,
                "file /etc/a: missing from /etc on\n", NULL},
        {"something missing that is elsewhere", {[STATES] = "n/etc/a\nm/srv\n@states 0\n"}, NULL, NULL,
                "\"m/srv\""},
        {"something in the way that is elsewhere", {[STATES] = "n/etc/a\nb/et\n@states 0\n"}, NULL, NULL,
                "\"b/et\""},
        {"nothing in the way", {[STATES] = "n/etc/a\nb\n@states 0\n"}, NULL, NULL, "\"b\""},
        {"a file that is there and yet can't be", {[STATES] = "n/etc/a\ns8180 3 1\nb/etc\n@states 0\n"}, NULL,
                NULL, "\"b/etc\""},
        {"a file that nobody asked for", {[STATES] = "n/etc/shadow\n@states 0\n"}, NULL, NULL,
                "\"n/etc/shadow\""},
        {"numbers before a name", {[STATES] = "s8180 3 1\n@states 0\n"}, NULL, NULL, "\"s8180 3 1\""},
        {"a file twice", {[STATES] = "n/etc/a\ns8180 3 1\ns8180 3 1\n@states 0\n"}, NULL, NULL,
                "makes no sense"},
        {"a time beyond all times", {[STATES] = "n/etc/a\ns8180 3 9223372036854775807\n@states 0\n"}, NULL,
                NULL, "makes no sense"},
        {"a sum that is too short", {[SUMS] = "98ea  /etc/a\n@sums 0\n"}, NULL, NULL, "makes no sense"},
        {"a sum that ends at its end", {[SUMS] = SUM "\n@sums 0\n"}, NULL, NULL, "makes no sense"},
        {"a file that went away while it was looked at", {[STATES] = "@states 1\n"},
                "stat: cannot statx '/etc/a': No such file or directory\n", "", NULL},
        {"a file that can't be looked at", {[STATES] = "@states 1\n"},
                "stat: cannot statx '/etc/a': Input/output error\n", NULL, "status 1: stat: cannot statx"},
        {"no stat", {[STATES] = "@states 127\n"}, "sh: line 9: stat: command not found\n", NULL,
                "its files, and the tool for that ended with status 127: sh: line 9: stat: command not "
                "found"},

        /* interfaces */
        {"a bridge and an interface that is none",
                {[INTERFACES] = "bridge br0\nother eth\"0\n@interfaces 0\n"}, NULL,
                "bridge br0\nno bridge eth\"0\n", NULL},
        {"a bridge and its address",
                {[INTERFACES] = "bridge br0\naddress 52:54:00:01:02:03\nother lo\n@interfaces 0\n"}, NULL,
                "bridge br0 52:54:00:01:02:03\nno bridge lo\n", NULL},
        {"an address of no bridge", {[INTERFACES] = "address 52:54:00:01:02:03\n@interfaces 0\n"}, NULL, NULL,
                "\"address\""},
        {"two addresses of a bridge", {[INTERFACES] = "bridge br0\naddress 1\naddress 2\n@interfaces 0\n"},
                NULL, NULL, "\"address\""},
        {"an interface without a name", {[INTERFACES] = "bridge \n@interfaces 0\n"}, NULL, NULL,
                "its network interfaces"},
        {"an interface of an unknown kind", {[INTERFACES] = "br br0\n@interfaces 0\n"}, NULL, NULL, "\"br\""},

        /* what serves networks */
        {"a network that is served, and one that isn't",
                {[SERVICES] = "served lab\nunserved a b$(c)\n@services 0\n"}, NULL,
                "network lab is served\nnetwork a b$(c) is not served\n", NULL},
        {"a network without a name", {[SERVICES] = "served \n@services 0\n"}, NULL, NULL,
                "what serves its virtual networks"},
        {"a service that nobody knows", {[SERVICES] = "@services\n"}, NULL, NULL, "\"@services\""},
        {"half a word of a service", {[SERVICES] = "serve lab\n@services 0\n"}, NULL, NULL, "\"serve\""},

        /* whole files */
        {"a file, line by line",
                {[TEXTS] = TEXTS_BEFORE
                        "/etc/n.cfg:global\n/etc/n.cfg:\n/etc/n.cfg:\tbind :80 # /etc/n.cfg:x\n@texts 2\n"},
                NULL,
                "os linux like \"\" version \"\" name \"Linux\"\ntext /etc/n.cfg [global\n\n\tbind :80 # "
                "/etc/n.cfg:x\n]\n",
                NULL},

        /* where it listens */
        {"what listens, and who",
                {[LISTENERS] = "at 0196A8C0:192B 4852110\nours 4852110\n"
                               "at 00000000000000000000000001000000:0050 4852109\nby 4852109 nginx: x "
                               "(process 12)\n"
                               "at 00000000:0050 7\nown 192.168.150.1\n"
                               "own6 fd000150000000000000000000000001\nrunning "
                               "0123456789abcdef.sock.805.tmp\n"
                               "@listeners 0\n"},
                NULL,
                "haproxy listens at 192.168.150.1:6443\nnginx: x (process 12) listens at [::1]:80\n"
                "somebody listens at 0.0.0.0:80\nown 192.168.150.1\nown fd00:150::1\nruns 0123456789abcdef\n",
                NULL},
        {"half an address", {[LISTENERS] = "at 0196A8:192B 1\n@listeners 0\n"}, NULL, NULL, "\"at\""},
        {"no port", {[LISTENERS] = "at 0196A8C0 1\n@listeners 0\n"}, NULL, NULL, "\"at\""},
        {"the holder of nothing", {[LISTENERS] = "ours 1\n@listeners 0\n"}, NULL, NULL, "\"ours\""},
        {"a holder without a name", {[LISTENERS] = "at 00000000:0050 7\nby 7\n@listeners 0\n"}, NULL, NULL,
                "\"by\""},
        {"an own address that is none", {[LISTENERS] = "own 1.2.3\n@listeners 0\n"}, NULL, NULL, "\"own\""},
        {"half an own address", {[LISTENERS] = "own6 fd00\n@listeners 0\n"}, NULL, NULL, "\"own6\""},
        {"a word alone", {[LISTENERS] = "running\n@listeners 0\n"}, NULL, NULL, "\"running\""},

        /* its packet filter */
        {"our table, as it is and as it was",
                {[FIREWALL] = "listed table inet provision {\nlisted \nlisted \t\tdrop\nloaded @firewall 0\n"
                              "@firewall 0\n"},
                NULL, "listed [table inet provision {]\nlisted []\nlisted [\t\tdrop]\nloaded [@firewall 0]\n",
                NULL},
        {"others that drop",
                {[FIREWALL] = "ufw ip filter\nufw ip filter\ndrops ip filter INPUT\ndrops inet x in\n"
                              "@firewall 0\n"},
                NULL, "ufw [ip filter]\nINPUT of ip filter drops\nin of inet x drops\n", NULL},
        {"how this run is connected",
                {[FIREWALL] = "connected fe80::2%eth0 40000 fe80::1%eth0 22\naddress eth0 fe80::1\n"
                              "address lo 127.0.0.1\n@firewall 0\n"},
                NULL, "connected from fe80::2 to fe80::1 port 22\neth0 has fe80::1\nlo has 127.0.0.1\n",
                NULL},
        {"zones of firewalld",
                {[FIREWALL] = "firewalld it\nzone eth0 public\n"
                              "now public aas 2 2 \"443\" \"tcp\" 2 \"8000-8010\" \"udp\"\n"
                              "now public as 1 \"rule family=\\\"ipv4\\\" accept\"\n"
                              "kept public a(ss) 1 \"443\" \"tcp\"\nkept public as 0\nkept gone \n@firewall "
                              "0\n"},
                NULL,
                "firewalld runs\neth0 is in zone public\nnow [public 443/tcp]\nnow [public 8000-8010/udp]\n"
                "now [public rule family=\"ipv4\" accept]\nkept [public 443/tcp]\n",
                NULL},
        {"strings of firewalld that don't end",
                {[FIREWALL] = "firewalld it\nnow public aas 1 2 \"443\" \"tc\\\nnow public as 1 \"\nkept "
                              "public aas 1 1 "
                              "\"443\"\n@firewall 0\n"},
                NULL, "firewalld runs\nnow [public 443/tc\\]\nnow [public ]\n", NULL},
        {"a connection without an end", {[FIREWALL] = "connected 10.0.0.1 40000 10.0.0.2\n@firewall 0\n"},
                NULL, NULL, "its packet filter"},
        {"a connection from nowhere", {[FIREWALL] = "connected UNKNOWN 65535 10.0.0.2 22\n@firewall 0\n"},
                NULL, "", NULL},
        {"a chain of no table", {[FIREWALL] = "drops INPUT\n@firewall 0\n"}, NULL, NULL, "\"drops\""},
        {"a zone without a name", {[FIREWALL] = "zone eth0 \n@firewall 0\n"}, NULL, NULL, "\"zone\""},
        {"an address that is none", {[FIREWALL] = "address eth0 1.2.3\n@firewall 0\n"}, NULL, NULL,
                "\"address\""},
        {"a word that nobody knows", {[FIREWALL] = "pony eth0\n@firewall 0\n"}, NULL, NULL, "\"pony\""},

        /* the frame */
        {"nothing at all", {"", "", "", "", "", "", "", "", "", "", "", ""}, "sh: out of memory\n", NULL,
                "its shell ended before the answer, with status 0: sh: out of memory"},
        {"an end in the middle of a line", {[PACKAGES] = "installed 1 qemu-utils:amd64\n@packages 0"}, NULL,
                NULL, "ended before the answer"},
        {"a part that is missing", {[SUMS] = ""}, NULL, NULL, "told \"@canary 0\" instead"},
        {"a part without its status", {[SUMS] = "@sums\n"}, NULL, NULL, "told \"@sums\" instead"},
        {"a fact that nobody knows", {[FACTS] = "=pony\n@facts 0\n"}, NULL, NULL, "\"=pony\""},
        {"a greeting before everything", {[FACTS] = "Welcome!\n=manager apt\n@facts 0\n"}, NULL, NULL,
                "\"Welcome!\""},
};

static void every_row_is_understood_or_refused(void **state)
{
        (void)state;
        for (const struct row *row = rows; row < rows + sizeof(rows) / sizeof(rows[0]); row++) {
                CLEANUP(survey_done) struct survey survey = {0};
                CLEANUP(answers_done) struct answers answers = {0};
                CLEANUP(output_done) struct output output = {0};
                CLEANUP(error_done) struct error error = {0};
                CLEANUP(string_free) char *described = NULL;

                ask_everything(&survey);
                for (enum part part = 0; part < PARTS; part++)
                        text_add(&output.out, row->parts[part] ? row->parts[part] : usual[part]);
                text_add(&output.err, row->stderr_text ? row->stderr_text : "");
                if (probe_read(&survey, &output, &answers, &error) < 0) {
                        if (!row->refused || !strstr(error_text(&error), row->refused))
                                fail_msg("%s: %s", row->name, error_text(&error));
                        continue;
                }
                described = describe(&answers);
                if (row->refused || strcmp(described, row->described) != 0)
                        fail_msg("%s: came out as:\n%s", row->name, described);
        }
}

static void facts_of_the_machine_are_read(void **state)
{
        CLEANUP(survey_done) struct survey survey = {0};
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(output_done) struct output output = {0};
        struct error error = {0};

        (void)state;
        ask_everything(&survey);
        for (enum part part = 0; part < PARTS; part++)
                text_add(&output.out, usual[part]);
        assert_int_equal(probe_read(&survey, &output, &answers, &error), 0);
        assert_string_equal(answers.machine.os_name, "Debian 12");
        assert_int_equal(answers.machine.cpus, 4);
        assert_int_equal(answers.machine.memory_mib, 8192);
        assert_int_equal(answers.machine.root_free_mib, 1024);
        assert_true(answers.machine.is_root);
        assert_true(answers.machine.has_systemd);
        assert_false(answers.machine.has_kvm_device);
        assert_null(answers_package(&answers, "qemu-img")); /* was asked of another manager */
}

static void bytes_that_are_no_text_are_kept_apart(void **state)
{
        static const char hostile[] =
                "/proc/sys/net/ipv4/ip_forward:\xff\xfe\x80\r\n/proc/sys/net/ipv4/tcp_rmem:1\0@texts 0\n";
        CLEANUP(survey_done) struct survey survey = {0};
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(output_done) struct output output = {0};
        struct error error = {0};

        (void)state;
        ask_everything(&survey);
        for (enum part part = 0; part < PARTS; part++) {
                if (part == TEXTS)
                        text_add_n(&output.out, hostile, sizeof(hostile) - 1);
                text_add(&output.out, usual[part]);
        }
        assert_int_equal(probe_read(&survey, &output, &answers, &error), 0);
        assert_string_equal(answers_sysctl(&answers, "net.ipv4.ip_forward")->value, "\xff\xfe\x80");
        assert_string_equal(answers_sysctl(&answers, "net.ipv4.tcp_rmem")->value, "1");
}

static void an_answer_that_is_too_long_is_refused(void **state)
{
        CLEANUP(survey_done) struct survey survey = {0};
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(error_done) struct error error = {0};
        const struct output output = {.out_dropped = 1};

        (void)state;
        assert_int_equal(probe_read(&survey, &output, &answers, &error), -1);
        assert_string_equal(error_text(&error), "the machine answered with more than 8 MiB");
}

static void keys_lead_into_proc_sys_and_nowhere_else(void **state)
{
        static const struct {
                const char *key, *path, *drop_in;
        } keys[] = {
                {"net.ipv4.ip_forward", "/proc/sys/net/ipv4/ip_forward", "net.ipv4.ip_forward"},
                {"net.ipv4.conf.eth0/1.forwarding", "/proc/sys/net/ipv4/conf/eth0.1/forwarding",
                        "net.ipv4.conf.eth0+1.forwarding"},
                {"net/ipv4/conf/eth0.1/forwarding", "/proc/sys/net/ipv4/conf/eth0.1/forwarding",
                        "net+ipv4+conf+eth0.1+forwarding"},
                {"kernel/../../etc", NULL, "kernel+..+..+etc"},
                {"kernel.//.//.etc", NULL, "kernel.++.++.etc"},
                {"kernel..x", NULL, "kernel..x"},
                {"", NULL, ""},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
                CLEANUP(string_free)
                char *path = sysctl_path(keys[i].key), *drop_in = sysctl_drop_in(keys[i].key);
                CLEANUP(string_free)
                char *wanted = string_format("/etc/sysctl.d/zz-provision-%s.conf", keys[i].drop_in);

                if (!string_equal(path, keys[i].path))
                        fail_msg("%s leads to %s", keys[i].key, path ? path : "nowhere");
                assert_string_equal(drop_in, wanted);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_row_is_understood_or_refused),
                cmocka_unit_test(facts_of_the_machine_are_read),
                cmocka_unit_test(bytes_that_are_no_text_are_kept_apart),
                cmocka_unit_test(an_answer_that_is_too_long_is_refused),
                cmocka_unit_test(keys_lead_into_proc_sys_and_nowhere_else),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
