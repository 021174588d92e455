/* Writing the Ignition that a guest starts with: the user's, or what openshift-install has made for its cluster. */
#include <string.h>

#include "base/memory.h"
#include "means/installer.h"
#include "means/seed_parts.h"

/* From then on the guest may start with it. */
static int write_made(const struct work *work, const struct guest_config *guest, struct error *error)
{
        CLEANUP(locked_done) struct locked ignition = {0};

        if (installer_read(guest->cluster, guest->role, &ignition, error) < 0 ||
                installer_note_begun(guest->cluster, error) < 0)
                return -1;
        return seed_put(work, guest_ignition_path(guest->name), 0600, ignition.bytes, ignition.length, error);
}

int ignition_write(const struct work *work, struct error *error)
{
        const struct guest_config *guest = work->step->seed.guest;

        if (seed_make_directory(work, error) < 0)
                return -1;
        if (guest->cluster)
                return write_made(work, guest, error);
        return seed_put(work, guest_ignition_path(guest->name), 0600, guest->ignition,
                strlen(guest->ignition), error);
}
