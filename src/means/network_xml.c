/* struct network as libvirt's XML. */
#include "means/network_xml.h"

#include <sys/socket.h>

#include "base/xml.h"
#include "means/network_options.h"
#include "means/owner.h"

static void write_mark(struct xml *xml, const struct network *network)
{
        xml_open(xml, "metadata");
        xml_open(xml, OWNER_PREFIX ":owner");
        xml_attribute(xml, "xmlns:" OWNER_PREFIX, OWNER_NAMESPACE);
        xml_attribute(xml, "network", network->name);
        xml_close(xml, OWNER_PREFIX ":owner");
        xml_close(xml, "metadata");
}

/* Isolated is what libvirt calls a network without <forward>. */
static void write_forward(struct xml *xml, const struct network *network)
{
        static const char *const modes[NETWORK_MODES] = {
                [NETWORK_NAT] = "nat",
                [NETWORK_ROUTED] = "route",
                [NETWORK_BRIDGE] = "bridge",
        };

        if (!modes[network->mode])
                return;
        xml_open(xml, "forward");
        xml_attribute(xml, "mode", modes[network->mode]);
        xml_attribute(xml, "dev", network->uplink);
        if (network->mode == NETWORK_NAT && network->address.address.family == AF_INET6) {
                xml_open(xml, "nat");
                xml_attribute(xml, "ipv6", "yes");
                xml_close(xml, "nat");
        }
        xml_close(xml, "forward");
}

/* libvirt has the bridge and the MAC only where the bridge is its own. */
static void write_bridge(struct xml *xml, const struct network *network)
{
        CLEANUP(string_free) char *mac = owner_mac("network", network->name);

        if (network->bridge) {
                xml_open(xml, "bridge");
                xml_attribute(xml, "name", network->bridge);
                xml_close(xml, "bridge");
        }
        if (network->mtu) {
                xml_open(xml, "mtu");
                xml_attribute_format(xml, "size", "%u", network->mtu);
                xml_close(xml, "mtu");
        }
        if (network->mode != NETWORK_BRIDGE) {
                xml_open(xml, "mac");
                xml_attribute(xml, "address", mac);
                xml_close(xml, "mac");
        }
        if (network->domain) {
                xml_open(xml, "domain");
                xml_attribute(xml, "name", network->domain);
                xml_close(xml, "domain");
        }
}

static void write_range(struct xml *xml, const struct ip_range *range)
{
        char start[IP_TEXT], end[IP_TEXT];

        xml_open(xml, "range");
        xml_attribute(xml, "start", ip_address_format(&range->start, start));
        xml_attribute(xml, "end", ip_address_format(&range->end, end));
        xml_close(xml, "range");
}

static void write_lease(struct xml *xml, const struct fixed_lease *lease)
{
        char mac[MAC_ADDRESS_TEXT], address[IP_TEXT];

        xml_open(xml, "host");
        xml_attribute(xml, "mac", mac_address_format(&lease->mac, mac));
        xml_attribute(xml, "name", lease->name);
        xml_attribute(xml, "ip", ip_address_format(&lease->address, address));
        xml_close(xml, "host");
}

static void write_dns_host(struct xml *xml, const struct dns_host *dns)
{
        char address[IP_TEXT];

        xml_open(xml, "host");
        xml_attribute(xml, "ip", ip_address_format(&dns->address, address));
        for (array_each(char *, name, &dns->names))
                xml_element(xml, "hostname", *name);
        xml_close(xml, "host");
}

static void write_address(struct xml *xml, const struct network *network)
{
        char address[IP_TEXT];

        if (!network->address.address.family)
                return;
        xml_open(xml, "ip");
        xml_attribute(xml, "family", network->address.address.family == AF_INET6 ? "ipv6" : "ipv4");
        xml_attribute(xml, "address", ip_address_format(&network->address.address, address));
        xml_attribute_format(xml, "prefix", "%u", network->address.prefix);
        if (network->loaders) {
                xml_open(xml, "tftp");
                xml_attribute(xml, "root", network->loaders);
                xml_close(xml, "tftp");
        }
        if (network->ranges.count || network->leases.count || network->boot_file) {
                xml_open(xml, "dhcp");
                for (array_each(const struct ip_range, range, &network->ranges))
                        write_range(xml, range);
                for (array_each(const struct fixed_lease, lease, &network->leases))
                        write_lease(xml, lease);
                if (network->boot_file) {
                        xml_open(xml, "bootp");
                        xml_attribute(xml, "file", network->boot_file);
                        xml_close(xml, "bootp");
                }
                xml_close(xml, "dhcp");
        }
        xml_close(xml, "ip");
}

char *network_xml_write(const struct network *network, const char *uuid)
{
        struct xml xml = {0};

        xml_open(&xml, "network");
        if (network_has_options(network))
                xml_attribute(&xml, "xmlns:" OPTIONS_PREFIX, OPTIONS_NAMESPACE);
        xml_element(&xml, "name", network->name);
        xml_element(&xml, "uuid", uuid);
        write_mark(&xml, network);
        write_forward(&xml, network);
        write_bridge(&xml, network);
        if (network->dns.count) {
                xml_open(&xml, "dns");
                for (array_each(const struct dns_host, dns, &network->dns))
                        write_dns_host(&xml, dns);
                xml_close(&xml, "dns");
        }
        write_address(&xml, network);
        network_options_write(&xml, network);
        xml_close(&xml, "network");
        return xml_take(&xml);
}

char *network_xml_write_edit(const struct network_edit *edit)
{
        struct xml xml = {0};

        switch (edit->part) {
        case NETWORK_PART_RANGE:
                write_range(&xml, edit->range);
                break;
        case NETWORK_PART_LEASE:
                write_lease(&xml, edit->lease);
                break;
        case NETWORK_PART_DNS:
                write_dns_host(&xml, edit->dns);
                break;
        }
        return xml_take(&xml);
}
