/* libvirt's XML as struct network: the elements that it holds are read one by one; what else there is, is told by a
 * table of everything that is understood. */
#include <sys/socket.h>

#include "base/text.h"
#include "means/network_options.h"
#include "means/network_xml.h"
#include "means/xml_understood.h"

/* By path below <network>. */
static const struct xml_understood understood[] = {
        {"", "connections", XML_ANY}, {"name", NULL, XML_ANY}, {"uuid", NULL, XML_ANY},
        {"title", NULL, XML_ANY}, {"description", NULL, XML_ANY}, {"metadata", NULL, XML_SKIP},
        {"forward", NULL, XML_ANY}, {"forward", "mode", XML_ANY}, {"forward", "dev", XML_ANY},
        {"forward/interface", NULL, XML_ANY}, /* the uplink again, if it is the only one */
        {"forward/interface", "dev", XML_ANY}, {"forward/interface", "connections", XML_ANY},
        {"forward/nat", NULL, XML_ANY}, {"forward/nat", "ipv6", XML_ANY}, {"forward/nat/port", NULL, XML_ANY},
        {"forward/nat/port", "start", "1024"}, {"forward/nat/port", "end", "65535"},
        {"bridge", NULL, XML_ANY}, {"bridge", "name", XML_ANY}, {"bridge", "stp", "on"},
        {"bridge", "delay", "0"}, {"bridge", "macTableManager", "kernel"}, {"mtu", NULL, XML_ANY},
        {"mtu", "size", XML_ANY}, {"mac", NULL, XML_ANY}, {"mac", "address", XML_ANY},
        {"domain", NULL, XML_ANY}, {"domain", "name", XML_ANY}, {"domain", "localOnly", "no"},
        {"domain", "register", "no"}, {"dns", NULL, XML_ANY}, {"dns", "enable", "yes"},
        {"dns", "forwardPlainNames", "yes"}, {"dns/host", NULL, XML_ANY}, {"dns/host", "ip", XML_ANY},
        {"dns/host/hostname", NULL, XML_ANY}, {"ip", NULL, XML_ANY}, {"ip", "address", XML_ANY},
        {"ip", "netmask", XML_ANY}, {"ip", "prefix", XML_ANY}, {"ip", "family", XML_ANY},
        {"ip", "localPtr", "no"}, {"ip/dhcp", NULL, XML_ANY}, {"ip/dhcp/range", NULL, XML_ANY},
        {"ip/dhcp/range", "start", XML_ANY}, {"ip/dhcp/range", "end", XML_ANY},
        {"ip/dhcp/host", NULL, XML_ANY}, {"ip/dhcp/host", "mac", XML_ANY}, {"ip/dhcp/host", "name", XML_ANY},
        {"ip/dhcp/host", "ip", XML_ANY}, {"ip/tftp", NULL, XML_ANY}, {"ip/tftp", "root", XML_ANY},
        {"ip/dhcp/bootp", NULL, XML_ANY}, {"ip/dhcp/bootp", "file", XML_ANY},
        {OPTIONS_PREFIX ":options", NULL, XML_SKIP}, /* by network_options_read */
};

struct reading {
        struct network *network;
        struct strings *unmodelled;
};

static void add_unmodelled(
        struct reading *reading, const char *element, const char *attribute, const char *value)
{
        xml_add_unmodelled(reading->unmodelled, element, attribute, value);
}

/* ---- what struct network holds ---- */

static bool read_address(const char *text, struct ip_address *ret_address)
{
        CLEANUP(error_done) struct error ignored = {0}; /* what isn't an address is unmodelled */

        return text && ip_address_parse(text, ret_address, &ignored) == 0;
}

static bool read_number(const char *text, unsigned long largest, unsigned *ret_number)
{
        char *end;
        unsigned long number;

        if (!text || *text < '0' || *text > '9')
                return false;
        number = strtoul(text, &end, 10);
        if (*end || number > largest)
                return false;
        *ret_number = (unsigned)number;
        return true;
}

static void read_forward(const struct xml_node *forward, struct reading *reading)
{
        static const struct {
                const char *word;
                enum network_mode mode;
        } modes[] = {
                {"none", NETWORK_ISOLATED},
                {"nat", NETWORK_NAT},
                {"route", NETWORK_ROUTED},
                {"bridge", NETWORK_BRIDGE},
        };
        const char *word = xml_node_property(forward, "mode");
        const char *uplink = xml_node_property(forward, "dev");
        bool known = false;

        reading->network->mode = NETWORK_ISOLATED;
        if (!forward)
                return;
        for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
                if (string_equal(word ? word : "nat", modes[i].word)) {
                        reading->network->mode = modes[i].mode;
                        known = true;
                }
        if (!known)
                add_unmodelled(reading, "forward", "mode", word);
        for (array_each(const struct xml_node, child, &forward->children)) {
                const char *device = xml_node_property(child, "dev");

                if (!string_equal(child->name, "interface"))
                        continue;
                if (!uplink)
                        uplink = device;
                if (!string_equal(device, uplink))
                        add_unmodelled(reading, "interface", "dev", device ? device : "");
        }
        reading->network->uplink = string_copy(uplink);
}

/* On a bridge of the machine's own libvirt neither routes nor serves, and says so by a name alone. */
static void read_bridge(const struct xml_node *root, struct reading *reading)
{
        struct network *network = reading->network;
        const char *bridge = xml_node_property(xml_node_child(root, "bridge"), "name");
        const char *mtu = xml_node_property(xml_node_child(root, "mtu"), "size");

        network->bridge = string_copy(bridge);
        if (!bridge && network->mode == NETWORK_BRIDGE) {
                network->bridge = string_copy("");
                add_unmodelled(reading, "forward", "mode", "bridge");
        }
        if (mtu && !read_number(mtu, 1U << 20, &network->mtu))
                add_unmodelled(reading, "mtu", "size", mtu);
        network->domain = string_copy(xml_node_property(xml_node_child(root, "domain"), "name"));
}

static void read_range(const struct xml_node *node, struct reading *reading)
{
        const char *start = xml_node_property(node, "start");
        struct ip_range range;

        if (read_address(start, &range.start) && read_address(xml_node_property(node, "end"), &range.end))
                *array_add(&reading->network->ranges) = range;
        else
                add_unmodelled(reading, "range", "start", start ? start : "");
}

static void read_lease(const struct xml_node *node, struct reading *reading)
{
        CLEANUP(error_done) struct error ignored = {0}; /* a lease by anything but a MAC is unmodelled */
        const char *mac = xml_node_property(node, "mac"), *address = xml_node_property(node, "ip");
        struct fixed_lease lease = {0};

        if (!mac || mac_address_parse(mac, &lease.mac, &ignored) < 0) {
                const char *name = xml_node_property(node, "name");

                add_unmodelled(reading, "host", mac ? "mac" : "name", mac ? mac : (name ? name : ""));
                return;
        }
        if (!read_address(address, &lease.address)) {
                add_unmodelled(reading, "host", "mac", mac);
                return;
        }
        lease.name = string_copy(xml_node_property(node, "name"));
        *array_add(&reading->network->leases) = lease;
}

static void read_dns(const struct xml_node *dns, struct reading *reading)
{
        if (!dns)
                return;
        for (array_each(const struct xml_node, node, &dns->children)) {
                const char *text = xml_node_property(node, "ip");
                struct ip_address address;
                struct dns_host *host;

                if (!string_equal(node->name, "host"))
                        continue;
                if (!read_address(text, &address)) {
                        add_unmodelled(reading, "host", "ip", text ? text : "");
                        continue;
                }
                host = array_add(&reading->network->dns);
                host->address = address;
                for (array_each(const struct xml_node, name, &node->children))
                        if (string_equal(name->name, "hostname"))
                                strings_add(&host->names, name->text);
        }
}

/* A netmask's ones, or none when they aren't all in front. */
static bool netmask_prefix(const struct ip_address *mask, unsigned *ret_prefix)
{
        uint32_t bits = (uint32_t)mask->bytes[0] << 24 | (uint32_t)mask->bytes[1] << 16 |
                        (uint32_t)mask->bytes[2] << 8 | mask->bytes[3];
        unsigned prefix = bits ? (unsigned)__builtin_popcount(bits) : 0;

        if (mask->family != AF_INET || (prefix < 32 && (uint32_t)(bits << prefix) != 0))
                return false;
        *ret_prefix = prefix;
        return true;
}

/* What libvirt takes when an address says nothing about its network: the classes of old. */
static unsigned default_prefix(const struct ip_address *address)
{
        if (address->family == AF_INET6)
                return 64;
        return address->bytes[0] < 128 ? 8 : address->bytes[0] < 192 ? 16 : 24;
}

static bool read_subnet(const struct xml_node *ip, struct subnet *ret_subnet)
{
        const char *prefix = xml_node_property(ip, "prefix"), *netmask = xml_node_property(ip, "netmask");
        struct subnet subnet;
        struct ip_address mask;

        if (!read_address(xml_node_property(ip, "address"), &subnet.address))
                return false;
        subnet.prefix = default_prefix(&subnet.address);
        if (prefix && !read_number(prefix, subnet.address.family == AF_INET6 ? 128 : 32, &subnet.prefix))
                return false;
        if (!prefix && netmask && (!read_address(netmask, &mask) || !netmask_prefix(&mask, &subnet.prefix)))
                return false;
        *ret_subnet = subnet;
        return true;
}

/* One address is what struct network has; whatever hangs on a second goes by its name. */
static void read_ip(const struct xml_node *ip, struct reading *reading)
{
        const char *address = xml_node_property(ip, "address");
        const struct xml_node *dhcp = xml_node_child(ip, "dhcp");

        if (reading->network->address.address.family || !read_subnet(ip, &reading->network->address)) {
                add_unmodelled(reading, "ip", "address", address ? address : "");
                return;
        }
        reading->network->loaders = string_copy(xml_node_property(xml_node_child(ip, "tftp"), "root"));
        for (size_t i = 0; dhcp && i < dhcp->children.count; i++) {
                const struct xml_node *child = &dhcp->children.items[i];

                if (string_equal(child->name, "range"))
                        read_range(child, reading);
                else if (string_equal(child->name, "host"))
                        read_lease(child, reading);
                else if (string_equal(child->name, "bootp") && !reading->network->boot_file)
                        reading->network->boot_file = string_copy(xml_node_property(child, "file"));
        }
}

/* NAT of an IPv6 network is an option of libvirt's, and what host.conf means by nat. */
static void check_nat(const struct xml_node *forward, struct reading *reading)
{
        const char *option = xml_node_property(xml_node_child(forward, "nat"), "ipv6");
        bool is_on = string_equal(option, "yes");
        bool is_meant =
                reading->network->mode == NETWORK_NAT && reading->network->address.address.family == AF_INET6;

        if (is_on != is_meant)
                add_unmodelled(reading, "nat", "ipv6", is_on ? "yes" : "no");
}

int network_xml_read(
        const char *xml, struct network *ret_network, struct strings *ret_unmodelled, struct error *error)
{
        CLEANUP(xml_node_done) struct xml_node root = {0};
        struct network network = {0};
        struct reading reading = {.network = &network, .unmodelled = ret_unmodelled};
        const char *name;

        if (xml_node_parse(xml, &root, error) < 0)
                return -1;
        name = xml_node_child_text(&root, "name");
        if (!string_equal(root.name, "network") || !name)
                return error_set(error, ERROR_FAILED, "XML of no network: <%s>", root.name);
        network.name = string_copy(name);
        xml_find_unmodelled(&root, understood, sizeof(understood) / sizeof(understood[0]), ret_unmodelled);
        read_forward(xml_node_child(&root, "forward"), &reading);
        read_bridge(&root, &reading);
        read_dns(xml_node_child(&root, "dns"), &reading);
        for (array_each(const struct xml_node, child, &root.children))
                if (string_equal(child->name, "ip"))
                        read_ip(child, &reading);
        check_nat(xml_node_child(&root, "forward"), &reading);
        network_options_read(&root, &network, ret_unmodelled);
        *ret_network = network;
        return 0;
}
