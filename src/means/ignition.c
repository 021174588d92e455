/* Writing the Ignition that a machine starts with: the user's, or what openshift-install has made for its cluster. */
#include <string.h>

#include "base/memory.h"
#include "means/installer.h"
#include "means/seed_parts.h"

/* From then on machines may start with it. Takes the path. */
static int write_made(const struct work *work, const struct cluster_config *cluster, enum cluster_role role,
        char *path, mode_t mode, struct error *error)
{
        CLEANUP(locked_done) struct locked ignition = {0};
        CLEANUP(string_free) char *owned = path;

        if (installer_read(cluster, role, &ignition, error) < 0 || installer_note_begun(cluster, error) < 0)
                return -1;
        return seed_put(work, STEAL(owned), mode, ignition.bytes, ignition.length, error);
}

int ignition_write(const struct work *work, struct error *error)
{
        const struct guest_config *guest = work->step->seed.guest;

        if (seed_make_directory(work, error) < 0)
                return -1;
        if (guest->cluster)
                return write_made(
                        work, guest->cluster, guest->role, guest_ignition_path(guest->name), 0600, error);
        return seed_put(work, guest_ignition_path(guest->name), 0600, guest->ignition,
                strlen(guest->ignition), error);
}

/* Its directory keeps others away. */
int ignition_serve(const struct work *work, struct error *error)
{
        const struct made_ignition *made = work->step->made_ignition;

        return write_made(work, made->cluster, made->role, string_copy(made->path), 0644, error);
}
