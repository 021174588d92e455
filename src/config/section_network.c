/* network: a virtual network, its fixed leases and its DNS names. */
#include "config/section.h"

ADD(networks)

static void *add_lease(void *parent, const struct place *place)
{
        (void)place;
        return array_add(&((struct network_config *)parent)->network.leases);
}

static void *add_dns(void *parent, const struct place *place)
{
        (void)place;
        return array_add(&((struct network_config *)parent)->network.dns);
}

static const struct key lease_title = {
        .name = "name",
        .rule = &name_in_dns,
        .parse = value_string,
        .offset = offsetof(struct fixed_lease, name),
};

static const struct key lease_keys[] = {
        {.name = "mac",
                .parse = value_mac,
                .offset = offsetof(struct fixed_lease, mac),
                .form = "\"52:54:00:12:34:56\"",
                .is_required = true},
        {.name = "address",
                .parse = value_ip,
                .offset = offsetof(struct fixed_lease, address),
                .form = "\"192.168.150.20\"",
                .is_required = true},
};

static const struct section_schema lease = {
        .name = "lease",
        .title = &lease_title,
        .keys = lease_keys,
        .key_count = COUNT(lease_keys),
        .add = add_lease,
        .judge = lease_judge,
};

static const struct key dns_title = {
        .name = "address",
        .parse = value_ip,
        .offset = offsetof(struct dns_host, address),
};

static const struct key dns_keys[] = {
        {.name = "names",
                .rule = &name_or_wildcard_in_dns,
                .parse = value_strings,
                .offset = offsetof(struct dns_host, names),
                .form = "{\"registry.lab\", \"*.apps.lab\", ...}",
                .is_required = true,
                .is_list = true},
};

static const struct section_schema dns = {
        .name = "dns",
        .title = &dns_title,
        .keys = dns_keys,
        .key_count = COUNT(dns_keys),
        .add = add_dns,
        .judge = dns_judge,
};

static const struct key network_title = {
        .name = "name",
        .rule = &name_of_object,
        .parse = value_string,
        .offset = offsetof(struct network_config, network.name),
};

static const struct key network_keys[] = {
        {.name = "mode",
                .parse = value_network,
                .offset = offsetof(struct network_config, network.mode),
                .form = "nat, isolated, routed or bridge",
                .is_required = true},
        {.name = "bridge",
                .rule = &name_of_interface,
                .parse = value_string,
                .offset = offsetof(struct network_config, network.bridge),
                .form = "\"virbr-lab\""},
        {.name = "uplink",
                .rule = &name_of_interface,
                .parse = value_string,
                .offset = offsetof(struct network_config, network.uplink),
                .form = "\"eth0\""},
        {.name = "address",
                .parse = value_subnet,
                .offset = offsetof(struct network_config, network.address),
                .form = "\"192.168.150.1/24\""},
        {.name = "dhcp",
                .parse = value_ranges,
                .offset = offsetof(struct network_config, network),
                .form = "\"192.168.150.10-192.168.150.99\"",
                .is_list = true},
        {.name = "domain",
                .rule = &name_in_dns,
                .parse = value_string,
                .offset = offsetof(struct network_config, network.domain),
                .form = "\"lab.test\""},
        {.name = "mtu",
                .parse = value_mtu,
                .offset = offsetof(struct network_config, network.mtu),
                .form = "1500"},
        {.name = "autostart",
                .parse = value_boolean,
                .offset = offsetof(struct network_config, autostart),
                .form = "true or false",
                .standard = "true"},
        HOSTS(struct network_config),
};

static const struct section_schema *const network_sections[] = {&lease, &dns, NULL};

const struct section_schema section_network = {
        .name = "network",
        .title = &network_title,
        .keys = network_keys,
        .key_count = COUNT(network_keys),
        .sections = network_sections,
        .add = add_networks,
        .judge = network_judge,
};
