/* The addresses of guests that run, as they are shown to people: what leases and the machine's neighbours tell. */
#include "means/guest_xml.h"
#include "means/libvirt_parts.h"

static int read_leases(
        struct session *session, const struct guest *guest, struct strings *addresses, struct error *error)
{
        for (array_each(const struct guest_nic, nic, &guest->nics))
                if (session_leases(session, nic->network, &nic->mac, addresses, error) < 0)
                        return -1;
        return 0;
}

int guest_addresses_read(struct session *session, struct inventory *inventory, struct error *error)
{
        for (array_each(struct listed, listed, &inventory->kinds[LIBVIRT_GUEST])) {
                CLEANUP(guest_done) struct guest guest = {0};
                CLEANUP(strings_done) struct strings unmodelled = {0};

                if (!listed->running)
                        continue;
                if (guest_xml_read(listed->running, &guest, &unmodelled, error) < 0 ||
                        read_leases(session, &guest, &listed->addresses, error) < 0)
                        return error_prefix(error, "guest %s", listed->name);
                if (listed->addresses.count == 0 &&
                        session_neighbours(session, listed->name, &listed->addresses, error) < 0)
                        return -1;
        }
        return 0;
}
