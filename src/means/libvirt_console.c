/* What a session does with a guest from outside: reach its console, and learn its addresses. */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "means/libvirt_library.h"

/* clang-format off */
#define FUNCTIONS(X)                                                                   \
        X(virNetworkLookupByName) X(virNetworkFree) X(virNetworkGetDHCPLeases)         \
        X(virNetworkDHCPLeaseFree) X(virDomainLookupByName) X(virDomainFree)           \
        X(virDomainInterfaceAddresses) X(virDomainInterfaceFree) X(virDomainOpenConsole) \
        X(virStreamNew) X(virStreamRecv) X(virStreamSend) X(virStreamAbort) X(virStreamFree)
/* clang-format on */

LIBVIRT_PART(libvirt_console, FUNCTIONS);

/* ---- addresses ---- */

static void add_address(struct strings *addresses, int type, const char *address)
{
        bool is_usable = type == VIR_IP_ADDR_TYPE_IPV4 || strncmp(address, "fe80:", 5) != 0;

        if (is_usable && !strings_has(addresses, address))
                strings_add(addresses, address);
}

/* A system that was made anew may take another lease for the same MAC, and the old one stays in the list until it expires:
 * of each kind of address only the newest is the guest's. */
static void add_newest(virNetworkDHCPLeasePtr *leases, int count, int type, struct strings *addresses)
{
        const virNetworkDHCPLease *newest = NULL;

        for (int i = 0; i < count; i++)
                if (leases[i]->type == type && (!newest || leases[i]->expirytime > newest->expirytime))
                        newest = leases[i];
        if (newest)
                add_address(addresses, type, newest->ipaddr);
}

int session_leases(struct session *session, const char *network_name, const struct mac_address *mac,
        struct strings *ret_addresses, struct error *error)
{
        virNetworkDHCPLeasePtr *leases = NULL;
        char text[MAC_ADDRESS_TEXT];
        virNetworkPtr network;
        int count;

        network = virt.virNetworkLookupByName(session->connection, network_name);
        if (!network)
                return libvirt_fail(error, "find", "the network");
        count = virt.virNetworkGetDHCPLeases(network, mac_address_format(mac, text), &leases, 0);
        virt.virNetworkFree(network);
        if (count < 0)
                return libvirt_fail(error, "list", "the network's leases");
        add_newest(leases, count, VIR_IP_ADDR_TYPE_IPV4, ret_addresses);
        add_newest(leases, count, VIR_IP_ADDR_TYPE_IPV6, ret_addresses);
        for (int i = 0; i < count; i++)
                virt.virNetworkDHCPLeaseFree(leases[i]);
        free(leases);
        return 0;
}

int session_neighbours(
        struct session *session, const char *name, struct strings *ret_addresses, struct error *error)
{
        virDomainInterfacePtr *interfaces = NULL;
        virDomainPtr guest;
        int count;

        guest = virt.virDomainLookupByName(session->connection, name);
        if (!guest)
                return libvirt_fail(error, "find", "the guest");
        count = virt.virDomainInterfaceAddresses(
                guest, &interfaces, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP, 0);
        virt.virDomainFree(guest);
        /* Less than none: the guest has ended meanwhile, or libvirt finds the table empty, which it takes for a failure. */
        for (int i = 0; i < count; i++) {
                for (unsigned j = 0; j < interfaces[i]->naddrs; j++)
                        add_address(
                                ret_addresses, interfaces[i]->addrs[j].type, interfaces[i]->addrs[j].addr);
                virt.virDomainInterfaceFree(interfaces[i]);
        }
        free(interfaces);
        return 0;
}

/* ---- the console ---- */

struct console {
        virStreamPtr stream;
};

int console_open(struct session *session, const char *name, struct console **ret_console, struct error *error)
{
        struct console *console;
        virDomainPtr guest;
        int result = 0;

        guest = virt.virDomainLookupByName(session->connection, name);
        if (!guest)
                return libvirt_fail(error, "find", "the guest");
        console = memory_new(1, sizeof(*console));
        console->stream = virt.virStreamNew(session->connection, 0);
        if (!console->stream ||
                virt.virDomainOpenConsole(guest, NULL, console->stream, VIR_DOMAIN_CONSOLE_SAFE) < 0) {
                result = libvirt_fail(error, "open", "the guest's console");
                console_free(console);
        } else {
                *ret_console = console;
        }
        virt.virDomainFree(guest);
        return result;
}

int console_read(struct console *console, char *bytes, size_t size)
{
        return virt.virStreamRecv(console->stream, bytes, size);
}

int console_write(struct console *console, const char *bytes, size_t count)
{
        while (count) {
                int sent = virt.virStreamSend(console->stream, bytes, count);

                if (sent < 0)
                        return -1;
                bytes += sent;
                count -= (size_t)sent;
        }
        return 0;
}

void console_end(struct console *console)
{
        virt.virStreamAbort(console->stream);
}

void console_free(struct console *console)
{
        if (console->stream)
                virt.virStreamFree(console->stream);
        free(console);
}
