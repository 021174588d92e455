/* Boot servers and what they belong to: a network that has an address, and guests by their names. */
#include <sys/socket.h>

#include "config/rules.h"

struct completing {
        struct config *config;
        struct boot_server_config *server;
        struct problems *problems;
};

__attribute__((format(printf, 2, 3))) static void complain(
        const struct completing *completing, const char *format, ...)
{
        CLEANUP(string_free) char *text = NULL;
        va_list arguments;

        va_start(arguments, format);
        text = string_vformat(format, arguments);
        va_end(arguments);
        problems_add(completing->problems, &completing->server->object.place, "boot_server \"%s\": %s",
                completing->server->server.name, text);
}

/* ---- the network ---- */

/* A host that has the network, and where its machines would ask in vain; NULL: there is none. */
static const char *host_without(const struct completing *completing, const struct network_config *network)
{
        for (array_each(const struct host_config, host, &completing->config->hosts)) {
                const struct strings one = {.items = (char *[]) {host->name}, .count = 1};

                if (hosts_meet(&network->object.hosts, &one) &&
                        !hosts_meet(&completing->server->object.hosts, &one))
                        return host->name;
        }
        return NULL;
}

static void join_network(const struct completing *completing, struct network_config *config)
{
        struct boot_server *server = &completing->server->server;
        struct network *network = &config->network;
        const char *host = host_without(completing, config);

        if (network->mode == NETWORK_BRIDGE || network->address.address.family != AF_INET)
                complain(completing,
                        "network: machines boot by DHCP over IPv4, and network \"%s\" gives no such "
                        "addresses: "
                        "let it have an IPv4 address of its own",
                        network->name);
        else if (network->ranges.count == 0 && network->leases.count == 0)
                complain(completing, "network: network \"%s\" gives no addresses: add dhcp or a lease to it",
                        network->name);
        else if (network->boot_file)
                complain(completing,
                        "network: machines of network \"%s\" have another boot_server already: join them",
                        network->name);
        else if (server->address.family && !ip_address_equal(&server->address, &network->address.address))
                complain(completing,
                        "network: network \"%s\" has another address on another host: write a boot_server "
                        "for "
                        "each",
                        network->name);
        else if (host)
                complain(completing,
                        "network: network \"%s\" is on host \"%s\", too, where machines would ask in vain: "
                        "let "
                        "both have the same hosts",
                        network->name, host);
        else {
                server->address = network->address.address;
                network->boot_file = boot_server_url(server, BOOT_ENTRY);
                network->loaders = string_copy(server->loaders);
        }
}

static void find_network(const struct completing *completing)
{
        const struct boot_server_config *server = completing->server;
        bool is_there = false;

        for (array_each(struct network_config, network, &completing->config->networks)) {
                if (!string_equal(network->network.name, server->server.network) ||
                        !hosts_meet(&network->object.hosts, &server->object.hosts))
                        continue;
                is_there = true;
                join_network(completing, network);
        }
        if (!is_there)
                complain(completing, "network: there is no network \"%s\" for the same host",
                        server->server.network);
}

/* ---- machines ---- */

static void find_mac(const struct completing *completing, struct boot_machine *machine)
{
        const struct boot_server_config *server = completing->server;

        if (!machine->name || machine->has_mac)
                return;
        for (array_each(const struct guest_config, guest, &completing->config->guests)) {
                if (!string_equal(guest->name, machine->name) ||
                        !hosts_meet(&guest->object.hosts, &server->object.hosts))
                        continue;
                for (array_each(const struct nic_config, nic, &guest->nics))
                        if (string_equal(nic->network, server->server.network) && !machine->has_mac) {
                                machine->mac = nic->mac;
                                machine->has_mac = true;
                        }
        }
        for (array_each(const struct machine_config, bare, &completing->config->machines))
                if (string_equal(bare->name, machine->name) &&
                        hosts_meet(&bare->object.hosts, &server->object.hosts)) {
                        machine->mac = bare->mac;
                        machine->has_mac = true;
                }
        if (!machine->has_mac)
                complain(completing,
                        "machine \"%s\": there is no guest of that name with a nic in network \"%s\", and no "
                        "machine behind a BMC: name one, or add mac",
                        machine->name, server->server.network);
}

static void find_macs(const struct completing *completing)
{
        struct boot_server *server = &completing->server->server;

        for (size_t i = 0; i < server->machines.count; i++) {
                struct boot_machine *machine = &server->machines.items[i];
                char mac[MAC_ADDRESS_TEXT];

                bool is_given = machine->has_mac;

                find_mac(completing, machine);
                for (size_t j = 0; !is_given && machine->has_mac && j < server->machines.count; j++)
                        if (j != i && server->machines.items[j].has_mac &&
                                mac_address_equal(&server->machines.items[j].mac, &machine->mac))
                                complain(completing, "machine \"%s\" and \"%s\" are both %s",
                                        server->machines.items[j].name, machine->name,
                                        mac_address_format(&machine->mac, mac));
        }
}

/* ---- what a cluster's installer makes for them ---- */

static bool find_role(const struct cluster_config *cluster, const char *name, enum cluster_role *ret_role)
{
        if (string_equal(cluster->bootstrap, name))
                *ret_role = ROLE_BOOTSTRAP;
        else if (strings_has(&cluster->control, name))
                *ret_role = ROLE_CONTROL;
        else if (strings_has(&cluster->workers, name))
                *ret_role = ROLE_WORKER;
        else
                return false;
        return true;
}

static void find_address(const struct completing *completing, struct boot_machine *machine)
{
        const struct boot_server_config *server = completing->server;

        for (array_each(const struct network_config, network, &completing->config->networks)) {
                if (!string_equal(network->network.name, server->server.network) ||
                        !hosts_meet(&network->object.hosts, &server->object.hosts))
                        continue;
                for (array_each(const struct fixed_lease, lease, &network->network.leases))
                        if (mac_address_equal(&lease->mac, &machine->mac))
                                machine->address = lease->address;
        }
}

static void give_ignition(const struct completing *completing, struct boot_machine *machine)
{
        for (array_each(const struct cluster_config, cluster, &completing->config->clusters)) {
                struct made_ignition *made;
                enum cluster_role role;

                if (!cluster->installer.program || machine->ignition || !machine->name || !machine->has_mac ||
                        !find_role(cluster, machine->name, &role) ||
                        !hosts_meet(&cluster->object.hosts, &completing->server->object.hosts))
                        continue;
                machine->gets_ignition = true;
                find_address(completing, machine);
                made = array_add(&completing->server->made_ignitions);
                made->cluster = cluster;
                made->role = role;
                made->machine = string_copy(machine->name);
                made->path = boot_server_secret_path(&completing->server->server, machine);
        }
}

static void give_ignitions(const struct completing *completing)
{
        for (array_each(struct boot_machine, machine, &completing->server->server.machines))
                give_ignition(completing, machine);
}

/* ---- kernel arguments ---- */

static void judge_arguments(const struct completing *completing, const struct boot_machine *machine)
{
        static const struct boot_machine any = {.ignition = (char *)""};
        const struct boot_server *server = &completing->server->server;
        const char *const all[] = {machine->arguments, server->arguments};

        for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
                CLEANUP(error_done) struct error error = {0}, ignored = {0};

                if (!machine->name || !all[i] || boot_arguments_check(server, machine, all[i], &error) == 0)
                        continue;
                if (i == 1 && boot_arguments_check(server, &any, all[i], &ignored) < 0)
                        continue; /* said of the server itself */
                complain(completing, "machine \"%s\": arguments: %s", machine->name, error_text(&error));
        }
}

static void judge_machines(const struct completing *completing)
{
        for (array_each(const struct boot_machine, machine, &completing->server->server.machines))
                judge_arguments(completing, machine);
}

/* ---- files ---- */

/* path and content become the file's. */
static void add_file(struct boot_server_config *config, char *path, char *content, size_t length)
{
        struct file_config *file = array_add(&config->files);

        file->object.place = config->object.place;
        file->path = path;
        file->type = FILE_REGULAR;
        file->content = content;
        file->content_length = length;
        file->mode = 0644;
        file->owner = string_copy("root");
        file->group = string_copy("root");
}

static void add_text(struct boot_server_config *config, char *path, char *content)
{
        add_file(config, path, content, strlen(content));
}

static void add_directory(struct boot_server_config *config, char *path, mode_t mode)
{
        add_file(config, path, NULL, 0);
        config->files.items[config->files.count - 1].type = FILE_DIRECTORY;
        config->files.items[config->files.count - 1].mode = mode;
}

/* Before the unit, which has to find them when it starts. */
static void add_private_directory(struct boot_server_config *config)
{
        CLEANUP(string_free) char *directory = boot_server_private_directory(&config->server);

        if (config->made_ignitions.count == 0)
                return;
        add_directory(config, string_copy(directory), 0700);
        add_directory(config, string_format("%s/ignition", directory), 0755);
}

static char *below(const struct boot_server_config *config, const char *file)
{
        CLEANUP(string_free) char *directory = boot_server_directory(&config->server);

        return string_format("%s/%s", directory, file);
}

static void add_blob(struct boot_server_config *config, const char *name, struct file_config *blob)
{
        if (blob->content)
                add_file(config, below(config, name), STEAL(blob->content), blob->content_length);
}

static void add_machine(struct boot_server_config *config, const struct boot_machine *machine)
{
        CLEANUP(string_free) char *script = boot_machine_file(machine, "mac", "ipxe");
        CLEANUP(string_free) char *ignition = boot_machine_file(machine, "ignition", "ign");

        add_text(config, below(config, script), boot_server_write_machine(&config->server, machine));
        if (machine->ignition)
                add_text(config, below(config, ignition), string_copy(machine->ignition));
}

static void add_files(struct boot_server_config *config)
{
        const struct boot_server *server = &config->server;

        config->unit = boot_server_unit(server);
        add_private_directory(config);
        add_text(config, boot_server_nginx_path(server), boot_server_write_nginx(server));
        add_text(config, string_format("/etc/systemd/system/%s", config->unit),
                boot_server_write_unit(server));
        add_blob(config, BOOT_KERNEL, &config->kernel);
        add_blob(config, BOOT_INITRAMFS, &config->initramfs);
        add_blob(config, BOOT_ROOT_IMAGE, &config->root_image);
        add_text(config, below(config, BOOT_ENTRY), boot_server_write_entry(server));
        for (array_each(const struct boot_machine, machine, &server->machines))
                add_machine(config, machine);
}

void boot_servers_judge(struct config *config, struct problems *problems)
{
        for (array_each(struct boot_server_config, server, &config->boot_servers)) {
                const struct completing completing = {config, server, problems};

                if (!server->server.name || !server->server.network)
                        continue;
                find_network(&completing);
                find_macs(&completing);
                give_ignitions(&completing);
                judge_machines(&completing);
                add_files(server);
        }
}
