/* firewall: which ports of the machine the outside may reach. */
#include "config/section.h"

#define MOST_INTERFACES 64
#define MOST_PORTS      500
#define MOST_SUBNETS    500

ADD(firewalls)

static int parse_interface(const struct value *value, void *target, struct error *error)
{
        struct firewall *firewall = target;

        if (firewall->interfaces.count == MOST_INTERFACES)
                return error_set(
                        error, ERROR_CONFIG, "a firewall has %d interfaces at most", MOST_INTERFACES);
        return value_strings(value, &firewall->interfaces, error);
}

static int parse_port(const struct value *value, void *target, struct error *error)
{
        struct firewall *firewall = target;
        struct port_range range;

        if (port_range_parse(value->text, &range, error) < 0)
                return -1;
        if (firewall->ports.count == MOST_PORTS)
                return error_set(
                        error, ERROR_CONFIG, "a firewall has %d ports and ranges at most", MOST_PORTS);
        *array_add(&firewall->ports) = range;
        return 0;
}

/* Bits behind the prefix would be taken for a machine that is meant, and let in all of its network. */
static int parse_from(const struct value *value, void *target, struct error *error)
{
        struct firewall *firewall = target;
        struct subnet subnet, network;
        char text[SUBNET_TEXT], address[IP_TEXT];

        if (subnet_parse(value->text, &subnet, error) < 0)
                return -1;
        subnet_network(&subnet, &network);
        if (!subnet_equal(&subnet, &network))
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" has bits behind its prefix: write \"%s\" for all of that network, or "
                        "\"%s/%u\" for the one machine",
                        value->text, subnet_format(&network, text),
                        ip_address_format(&subnet.address, address), ip_address_bits(&subnet.address));
        if (firewall->from.count == MOST_SUBNETS)
                return error_set(error, ERROR_CONFIG, "a firewall has %d subnets at most", MOST_SUBNETS);
        *array_add(&firewall->from) = subnet;
        return 0;
}

static void judge_interfaces(const struct subject *subject, const struct strings *interfaces)
{
        for (size_t i = 1; i < interfaces->count; i++)
                for (size_t j = 0; j < i; j++)
                        if (string_equal(interfaces->items[i], interfaces->items[j]))
                                subject_problem(subject, "interfaces", "interfaces: %s is in there twice",
                                        interfaces->items[i]);
}

static void judge_ports(const struct subject *subject, const struct firewall *firewall)
{
        char text[PORT_RANGE_TEXT], other[PORT_RANGE_TEXT];

        for (size_t i = 1; i < firewall->ports.count; i++) {
                const struct port_range *range = &firewall->ports.items[i];

                for (size_t j = 0; j < i; j++) {
                        const struct port_range *before = &firewall->ports.items[j];

                        if (port_range_equal(range, before))
                                subject_problem(subject, "ports", "ports: %s is in there twice",
                                        port_range_format(range, text));
                        else if (port_range_meets(range, before))
                                subject_problem(subject, "ports",
                                        "ports: %s and %s have ports in common: make one range of them",
                                        port_range_format(before, other), port_range_format(range, text));
                }
        }
}

static void judge_from(const struct subject *subject, const struct firewall *firewall)
{
        char text[SUBNET_TEXT], other[SUBNET_TEXT];

        for (size_t i = 1; i < firewall->from.count; i++) {
                const struct subnet *subnet = &firewall->from.items[i];

                for (size_t j = 0; j < i; j++) {
                        const struct subnet *before = &firewall->from.items[j];

                        if (!subnet_overlaps(subnet, before))
                                continue;
                        if (subnet_equal(subnet, before))
                                subject_problem(subject, "from", "from: %s is in there twice",
                                        subnet_format(subnet, text));
                        else
                                subject_problem(subject, "from",
                                        "from: %s and %s have addresses in common: leave out the smaller",
                                        subnet_format(before, other), subnet_format(subnet, text));
                }
        }
}

static void judge(const struct subject *subject, void *object)
{
        const struct firewall_config *firewall = object;

        judge_interfaces(subject, &firewall->firewall.interfaces);
        judge_ports(subject, &firewall->firewall);
        judge_from(subject, &firewall->firewall);
}

static const struct key firewall_title = {
        .name = "name",
        .rule = &name_of_firewall,
        .parse = value_string,
        .offset = offsetof(struct firewall_config, firewall.name),
};

static const struct key firewall_keys[] = {
        {.name = "opnsense",
                .rule = &name_of_object,
                .parse = value_string,
                .offset = offsetof(struct firewall_config, opnsense),
                .form = "\"fw1\""},
        {.name = "interfaces",
                .rule = &name_of_interface,
                .parse = parse_interface,
                .offset = offsetof(struct firewall_config, firewall),
                .form = "{\"eth0\", ...}",
                .is_required = true,
                .is_list = true},
        {.name = "ports",
                .parse = parse_port,
                .offset = offsetof(struct firewall_config, firewall),
                .form = "{\"22\", \"8000-8010\", \"51820/udp\", ...}",
                .is_list = true},
        {.name = "from",
                .parse = parse_from,
                .offset = offsetof(struct firewall_config, firewall),
                .form = "{\"203.0.113.0/24\", ...}",
                .is_list = true},
        HOSTS(struct firewall_config),
};

const struct section_schema section_firewall = {
        .name = "firewall",
        .title = &firewall_title,
        .keys = firewall_keys,
        .key_count = COUNT(firewall_keys),
        .add = add_firewalls,
        .judge = judge,
};
