/* Fixed addresses of guests are fixed leases of their networks: there the network's own Score sees to them. */
#include "config/guest_leases.h"

#include <sys/socket.h>

#include "config/names.h"

static bool is_dns_name(const char *name)
{
        CLEANUP(error_done) struct error ignored = {0}; /* then the lease has no name */

        return name_check(&name_in_dns, name, &ignored) == 0;
}

/* A guest has its name once in a network, with the first of its nics there. */
static bool has_name(const struct guest_config *guest, const struct nic_config *nic)
{
        for (const struct nic_config *before = guest->nics.items; before < nic; before++)
                if (before->address.family && string_equal(before->network, nic->network))
                        return false;
        return is_dns_name(guest->name);
}

static bool is_of(
        const struct network_config *network, const struct guest_config *guest, const struct nic_config *nic)
{
        return nic->name && nic->address.family == AF_INET &&
               string_equal(network->network.name, nic->network) &&
               hosts_meet(&network->object.hosts, &guest->object.hosts);
}

/* ---- rules ---- */

struct leasing {
        const struct network_config *network;
        const struct guest_config *guest;
        const struct guest_origin *origin;
        struct claims *claims;
        struct problems *problems;
};

static void judge_address(const struct leasing *leasing, const struct nic_config *nic)
{
        const struct subnet *subnet = &leasing->network->network.address;
        const struct place *place = nic_place(leasing->origin, leasing->guest, nic, "address");
        CLEANUP(string_free) char *label = nic_label(leasing->guest, nic);
        const char *network = leasing->network->network.name;
        char address[IP_TEXT], buffer[SUBNET_TEXT];

        ip_address_format(&nic->address, address);
        if (leasing->network->network.mode == NETWORK_BRIDGE)
                problems_add(leasing->problems, place,
                        "%s: address: whatever is behind the bridge of network \"%s\" gives the addresses",
                        label, network);
        else if (subnet->address.family == 0)
                problems_add(leasing->problems, place,
                        "%s: address: network \"%s\" has no address itself, so it can give none", label,
                        network);
        else if (!subnet_contains(subnet, &nic->address))
                problems_add(leasing->problems, place, "%s: address: %s lies outside the network %s", label,
                        address, subnet_format(subnet, buffer));
        else if (ip_address_equal(&subnet->address, &nic->address))
                problems_add(leasing->problems, place, "%s: address: %s is the machine's own address", label,
                        address);
        else if (subnet_reserves(subnet, &nic->address))
                problems_add(leasing->problems, place,
                        "%s: address: %s is the network's own or its broadcast address", label, address);
}

static void claim(struct claims *claims, const struct network_config *network, char *thing, char *label,
        const struct strings *hosts, const struct place *place)
{
        claims_take(claims, (struct claim) {
                                    .scope = string_format("lease in network %s", network->network.name),
                                    .thing = thing,
                                    .label = label,
                                    .hosts = hosts,
                                    .place = *place,
                            });
}

/* That two guests have one MAC is complained about already. */
static bool has_written_lease(const struct network_config *network, const struct mac_address *mac)
{
        for (array_each(const struct fixed_lease, lease, &network->network.leases))
                if (mac_address_equal(&lease->mac, mac))
                        return true;
        return false;
}

static void claim_nic(const struct leasing *leasing, const struct nic_config *nic)
{
        const struct guest_config *guest = leasing->guest;
        const struct strings *hosts = &guest->object.hosts;
        const struct place *place = nic_place(leasing->origin, guest, nic, "address");
        char address[IP_TEXT], mac[MAC_ADDRESS_TEXT];

        claim(leasing->claims, leasing->network,
                string_format("address %s", ip_address_format(&nic->address, address)), nic_label(guest, nic),
                hosts, place);
        if (has_written_lease(leasing->network, &nic->mac))
                claim(leasing->claims, leasing->network,
                        string_format("a lease for %s", mac_address_format(&nic->mac, mac)),
                        nic_label(guest, nic), hosts, place);
        if (has_name(guest, nic))
                claim(leasing->claims, leasing->network, string_format("the name %s", guest->name),
                        nic_label(guest, nic), hosts, place);
}

/* Two written leases that share something are complained about already; so each thing is claimed once. */
static bool is_repeated(const struct network *network, const struct fixed_lease *lease)
{
        for (const struct fixed_lease *other = network->leases.items; other < lease; other++)
                if (mac_address_equal(&other->mac, &lease->mac) ||
                        ip_address_equal(&other->address, &lease->address) ||
                        string_equal(other->name, lease->name))
                        return true;
        return false;
}

static void claim_written(
        const struct section *section, const struct network_config *network, struct claims *claims)
{
        size_t i = 0;

        for (array_each(const struct fixed_lease, lease, &network->network.leases)) {
                const struct section *written = section_nth(section, "lease", i++);
                const struct strings *hosts = &network->object.hosts;
                char address[IP_TEXT], mac[MAC_ADDRESS_TEXT];

                if (!lease->name || !lease->address.family || is_repeated(&network->network, lease))
                        continue;
                claim(claims, network,
                        string_format("address %s", ip_address_format(&lease->address, address)),
                        section_label(written), hosts, &written->place);
                claim(claims, network, string_format("a lease for %s", mac_address_format(&lease->mac, mac)),
                        section_label(written), hosts, &written->place);
                claim(claims, network, string_format("the name %s", lease->name), section_label(written),
                        hosts, &written->place);
        }
}

static void claim_all_written(const struct section *root, const struct config *config, struct claims *claims)
{
        const struct network_config *network = config->networks.items;

        for (array_each(const struct section, section, &root->sections)) {
                if (!string_equal(section->name, "network"))
                        continue;
                if (network->network.name)
                        claim_written(section, network, claims);
                network++;
        }
}

/* Every network of that name, for whichever host, gives the address; it is claimed once. */
static void claim_address(struct leasing *leasing, const struct config *config, const struct nic_config *nic)
{
        leasing->network = NULL;
        for (array_each(const struct network_config, network, &config->networks)) {
                if (!is_of(network, leasing->guest, nic))
                        continue;
                leasing->network = network;
                judge_address(leasing, nic);
        }
        if (leasing->network)
                claim_nic(leasing, nic);
}

void guests_claim_leases(const struct section *root, const struct config *config,
        const struct guest_origins *origins, struct claims *claims, struct problems *problems)
{
        claim_all_written(root, config, claims);
        for (size_t i = 0; i < config->guests.count; i++) {
                struct leasing leasing = {
                        .guest = &config->guests.items[i],
                        .origin = &origins->list.items[i],
                        .claims = claims,
                        .problems = problems,
                };

                for (array_each(const struct nic_config, nic, &leasing.guest->nics))
                        claim_address(&leasing, config, nic);
        }
}

/* ---- the leases ---- */

void guests_add_leases(struct config *config)
{
        for (array_each(struct network_config, network, &config->networks)) {
                for (array_each(const struct guest_config, guest, &config->guests)) {
                        for (array_each(const struct nic_config, nic, &guest->nics)) {
                                struct fixed_lease *lease;

                                if (!is_of(network, guest, nic))
                                        continue;
                                lease = array_add(&network->network.leases);
                                lease->mac = nic->mac;
                                lease->address = nic->address;
                                if (has_name(guest, nic))
                                        lease->name = string_copy(guest->name);
                        }
                }
        }
}
