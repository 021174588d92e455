/* The rules about machines behind a BMC: each is reached by one host, its MAC and its name are nobody else's, and an address is
 * what a network of that host leases to it. */
#include <sys/socket.h>

#include "config/rules.h"

static bool gives(const struct network_config *network, const struct machine_config *machine)
{
        const struct subnet *subnet = &network->network.address;

        return network->network.name && machine->address.family == AF_INET &&
               network->network.mode != NETWORK_BRIDGE && subnet->address.family == AF_INET &&
               subnet_contains(subnet, &machine->address) && !subnet_reserves(subnet, &machine->address) &&
               !ip_address_equal(&subnet->address, &machine->address) &&
               hosts_meet(&network->object.hosts, &machine->object.hosts);
}

static const struct network_config *find_network(
        const struct config *config, const struct machine_config *machine)
{
        for (array_each(const struct network_config, network, &config->networks))
                if (gives(network, machine))
                        return network;
        return NULL;
}

void machines_judge(const struct config *config, struct problems *problems)
{
        for (array_each(const struct machine_config, machine, &config->machines)) {
                size_t hosts =
                        machine->object.hosts.count ? machine->object.hosts.count : config->hosts.count;
                const char *name = machine->name ? machine->name : "";
                char address[IP_TEXT];

                if (hosts > 1)
                        problems_add(problems, &machine->object.place,
                                "machine \"%s\": its BMC is reached by one host, and it is for %zu: add "
                                "hosts = {\"NAME\"} with the one",
                                name, hosts);
                if (machine->iso && machine->boot != MACHINE_BOOTS_ISO && !machine->says_boot)
                        problems_add(problems, &machine->object.place,
                                "machine \"%s\": iso is for boot = iso: add that, or remove iso", name);
                if (machine->address.family && !find_network(config, machine))
                        problems_add(problems, &machine->object.place,
                                "machine \"%s\": address: no network of its host leases %s: leave it out, or "
                                "take an IPv4 address of one",
                                name, ip_address_format(&machine->address, address));
        }
}

static void claim(struct claims *claims, const struct machine_config *machine, const char *scope, char *thing)
{
        claims_take(claims, (struct claim) {
                                    .scope = string_copy(scope),
                                    .thing = thing,
                                    .label = string_format("machine \"%s\"", machine->name),
                                    .hosts = &machine->object.hosts,
                                    .place = machine->object.place,
                            });
}

static void claim_lease(
        const struct network_config *network, const struct machine_config *machine, struct claims *claims)
{
        CLEANUP(string_free) char *scope = string_format("lease in network %s", network->network.name);
        char address[IP_TEXT], mac[MAC_ADDRESS_TEXT];

        claim(claims, machine, scope,
                string_format("address %s", ip_address_format(&machine->address, address)));
        claim(claims, machine, scope,
                string_format("a lease for %s", mac_address_format(&machine->mac, mac)));
        claim(claims, machine, scope, string_format("the name %s", machine->name));
}

void machines_claim(const struct config *config, struct claims *claims)
{
        for (array_each(const struct machine_config, machine, &config->machines)) {
                const struct network_config *network = find_network(config, machine);
                char mac[MAC_ADDRESS_TEXT];

                if (!machine->name)
                        continue;
                claim(claims, machine, "guest", string_format("the name %s", machine->name));
                if (machine->bmc.base && !string_equal(machine->bmc.path, REDFISH_ROOT))
                        claim(claims, machine, "bmc",
                                string_format("the system %s%s", machine->bmc.base, machine->bmc.path));
                claim(claims, machine, "mac",
                        string_format("MAC address %s", mac_address_format(&machine->mac, mac)));
                if (network)
                        claim_lease(network, machine, claims);
        }
}

void machines_add_leases(struct config *config)
{
        for (array_each(struct network_config, network, &config->networks))
                for (array_each(const struct machine_config, machine, &config->machines)) {
                        struct fixed_lease *lease;

                        if (!machine->name || !gives(network, machine))
                                continue;
                        lease = array_add(&network->network.leases);
                        lease->mac = machine->mac;
                        lease->address = machine->address;
                        lease->name = string_copy(machine->name);
                }
}
