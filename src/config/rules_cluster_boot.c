/* How the machines of a cluster boot, where its section says so and they don't: what follows for each, and what it needs. */
#include "config/rules.h"

struct booting {
        struct config *config;
        const struct cluster_config *cluster;
        struct problems *problems;
};

__attribute__((format(printf, 2, 3))) static void complain(
        const struct booting *booting, const char *format, ...)
{
        CLEANUP(string_free) char *text = NULL;
        va_list arguments;

        va_start(arguments, format);
        text = string_vformat(format, arguments);
        va_end(arguments);
        problems_add(booting->problems, &booting->cluster->object.place, "cluster \"%s\": boot = %s",
                booting->cluster->name ? booting->cluster->name : "", text);
}

/* ---- what it is installed on ---- */

/* A disk that isn't empty is what it boots from. */
static void judge_disk(const struct booting *booting, const struct guest_config *guest, const char *boot)
{
        if (guest->disks.count == 0)
                complain(booting, "%s: guest \"%s\" has no disk to be installed on: add one", boot,
                        guest->name);
        else if (guest->disks.items[0].image)
                complain(booting,
                        "%s: guest \"%s\" is to be installed on its disk \"%s\", which is made from image "
                        "\"%s\": remove image there, or add a boot of its own to the guest",
                        boot, guest->name, guest->disks.items[0].name, guest->disks.items[0].image);
}

/* ---- pxe ---- */

static bool tells_of_ignition(const char *arguments)
{
        return arguments && strstr(arguments, "ignition");
}

/* Arguments that name {ignition} have one, or that was said already. */
static void judge_pxe(const struct booting *booting, const char *name)
{
        for (array_each(const struct boot_server_config, server, &booting->config->boot_servers))
                for (array_each(const struct boot_machine, machine, &server->server.machines)) {
                        if (!string_equal(machine->name, name) ||
                                !hosts_meet(&server->object.hosts, &booting->cluster->object.hosts))
                                continue;
                        if (!tells_of_ignition(server->server.arguments) &&
                                !tells_of_ignition(machine->arguments))
                                complain(booting,
                                        "pxe: the kernel of %s isn't told where its Ignition is: add "
                                        "coreos.inst.ignition_url={ignition} to the arguments of "
                                        "boot_server \"%s\"",
                                        name, server->server.name);
                        return;
                }
        complain(
                booting, "pxe: no boot_server of its host has %s: add machine \"%s\" { } to one", name, name);
}

static void boot_by_pxe(const struct booting *booting, struct guest_config *guest)
{
        judge_disk(booting, guest, "pxe");
        guest->boot[0] = BOOT_DISK;
        guest->boot[1] = BOOT_NETWORK;
        guest->boot_count = 2;
        judge_pxe(booting, guest->name);
}

static void machine_by_pxe(const struct booting *booting, struct machine_config *machine)
{
        machine->boot = MACHINE_BOOTS_NETWORK;
        judge_pxe(booting, machine->name);
}

/* ---- iso ---- */

static void boot_by_iso(const struct booting *booting, struct guest_config *guest)
{
        if (!guest->iso)
                complain(booting,
                        "iso: guest \"%s\" has none: add iso = \"/srv/install.iso\", a file of its host",
                        guest->name);
        judge_disk(booting, guest, "iso");
        guest->boot[0] = BOOT_DISK;
        guest->boot[1] = BOOT_CDROM;
        guest->boot_count = 2;
}

static void machine_by_iso(const struct booting *booting, struct machine_config *machine)
{
        if (!machine->iso)
                complain(booting,
                        "iso: machine \"%s\" has none: add iso = \"http://...\", from where its BMC fetches "
                        "it",
                        machine->name);
        machine->boot = MACHINE_BOOTS_ISO;
}

/* ---- direct ---- */

static void boot_directly(const struct booting *booting, struct guest_config *guest)
{
        complain(booting,
                "direct: guest \"%s\" has no kernel: add kernel, initrd and command_line to it, or a boot of "
                "its own",
                guest->name);
}

static void machine_directly(const struct booting *booting, struct machine_config *machine)
{
        complain(booting,
                "direct: a BMC can't give machine \"%s\" a kernel: add boot = network or boot = iso to it",
                machine->name);
}

/* ---- */

static const struct {
        void (*guest)(const struct booting *booting, struct guest_config *guest);
        void (*machine)(const struct booting *booting, struct machine_config *machine);
        void (*other)(
                const struct booting *booting, const char *name); /* that isn't switched on by us, or NULL */
} ways[CLUSTER_BOOTS] = {
        [CLUSTER_BOOTS_PXE] = {boot_by_pxe, machine_by_pxe, judge_pxe},
        [CLUSTER_BOOTS_ISO] = {boot_by_iso, machine_by_iso, NULL},
        [CLUSTER_BOOTS_DIRECT] = {boot_directly, machine_directly, NULL},
};

static void boot(const struct booting *booting, const char *name)
{
        const struct strings *hosts = &booting->cluster->object.hosts;
        bool is_known = false;

        for (array_each(struct guest_config, guest, &booting->config->guests)) {
                if (!string_equal(guest->name, name) || !hosts_meet(&guest->object.hosts, hosts))
                        continue;
                is_known = true;
                if (!guest->says_boot)
                        ways[booting->cluster->boot].guest(booting, guest);
        }
        for (array_each(struct machine_config, machine, &booting->config->machines)) {
                if (!string_equal(machine->name, name) || !hosts_meet(&machine->object.hosts, hosts))
                        continue;
                is_known = true;
                if (!machine->says_boot)
                        ways[booting->cluster->boot].machine(booting, machine);
        }
        if (!is_known && ways[booting->cluster->boot].other)
                ways[booting->cluster->boot].other(booting, name);
}

void clusters_boot(struct config *config, struct problems *problems)
{
        for (array_each(const struct cluster_config, cluster, &config->clusters)) {
                const struct booting booting = {config, cluster, problems};

                if (cluster->boot == CLUSTER_BOOTS_ANYHOW)
                        continue;
                if (cluster->bootstrap)
                        boot(&booting, cluster->bootstrap);
                for (array_each(char *, name, &cluster->nodes))
                        boot(&booting, *name);
        }
}
