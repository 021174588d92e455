/* Which interfaces a firewall can have. */
#include "config/rules.h"

void firewalls_claim(const struct config *config, struct claims *claims)
{
        for (array_each(const struct firewall_config, firewall, &config->firewalls)) {
                const struct strings *interfaces = &firewall->firewall.interfaces;

                for (size_t i = 0; firewall->firewall.name && !firewall->opnsense && i < interfaces->count;
                        i++) {
                        bool is_again = false; /* which is told of the one section already */

                        for (size_t j = 0; j < i; j++)
                                is_again |= string_equal(interfaces->items[i], interfaces->items[j]);
                        if (is_again)
                                continue;
                        claims_take(claims,
                                (struct claim) {
                                        .scope = string_copy("firewall interface"),
                                        .thing = string_format("interface %s", interfaces->items[i]),
                                        .label = string_format("firewall \"%s\"", firewall->firewall.name),
                                        .hosts = &firewall->object.hosts,
                                        .place = firewall->object.place,
                                });
                }
        }
}

/* libvirt's dnsmasq is asked by the guests over the network's bridge: by DHCP, then for names. */
static void judge(const struct firewall_config *firewall, const struct network_config *network,
        struct problems *problems)
{
        if (firewall->opnsense || network->network.mode == NETWORK_BRIDGE || !network->network.bridge ||
                !network->network.name || !firewall->firewall.name ||
                !firewall_filters(&firewall->firewall, network->network.bridge) ||
                firewall_has_port(&firewall->firewall, PORT_UDP, 67) ||
                !hosts_meet(&firewall->object.hosts, &network->object.hosts))
                return;
        problems_add(problems, &firewall->object.place,
                "firewall \"%s\": interfaces: %s is the bridge of network \"%s\", whose guests would get no "
                "addresses any more: leave it out, or add at least \"53\", \"53/udp\" and \"67/udp\" to "
                "ports",
                firewall->firewall.name, network->network.bridge, network->network.name);
}

void firewalls_judge(const struct config *config, struct problems *problems)
{
        for (array_each(const struct firewall_config, firewall, &config->firewalls))
                for (array_each(const struct network_config, network, &config->networks))
                        judge(firewall, network, problems);
}
