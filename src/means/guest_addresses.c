/* The addresses of guests that run, as they are shown to people: what leases and the machine's neighbours tell. Where libvirt
 * can't tell (a network that is gone, a guest that ends just now) there are none, and the rest is shown all the same. */
#include "means/guest_xml.h"
#include "means/libvirt_parts.h"

static void read_addresses(struct session *session, const struct guest *guest, struct strings *addresses)
{
        CLEANUP(error_done) struct error unknown = {0};

        for (array_each(const struct guest_nic, nic, &guest->nics)) {
                session_leases(session, nic->network, &nic->mac, addresses, &unknown);
                error_done(&unknown);
        }
        if (addresses->count == 0)
                session_neighbours(session, guest->name, addresses, &unknown);
}

int guest_addresses_read(struct session *session, struct inventory *inventory, struct error *error)
{
        for (array_each(struct listed, listed, &inventory->kinds[LIBVIRT_GUEST])) {
                CLEANUP(guest_done) struct guest guest = {0};
                CLEANUP(strings_done) struct strings unmodelled = {0};

                if (!listed->running)
                        continue;
                if (guest_xml_read(listed->running, &guest, &unmodelled, error) < 0)
                        return error_prefix(error, "guest %s", listed->name);
                read_addresses(session, &guest, &listed->addresses);
        }
        return 0;
}
