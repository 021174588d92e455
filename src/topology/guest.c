/* Guests as plain data. */
#include "topology/guest.h"

static void disk_copy(struct guest_disk *to, const struct guest_disk *from)
{
        *to = (struct guest_disk) {
                .target = string_copy(from->target),
                .pool = string_copy(from->pool),
                .volume = string_copy(from->volume),
                .path = string_copy(from->path),
        };
}

void guest_copy(struct guest *to, const struct guest *from)
{
        *to = *from;
        to->name = string_copy(from->name);
        to->kernel = string_copy(from->kernel);
        to->initrd = string_copy(from->initrd);
        to->command_line = string_copy(from->command_line);
        to->iso = string_copy(from->iso);
        to->seed = string_copy(from->seed);
        to->ignition = string_copy(from->ignition);
        to->console_log = string_copy(from->console_log);
        memset(&to->disks, 0, sizeof(to->disks));
        memset(&to->nics, 0, sizeof(to->nics));
        for (array_each(const struct guest_disk, disk, &from->disks))
                disk_copy(array_add(&to->disks), disk);
        for (array_each(const struct guest_nic, nic, &from->nics)) {
                struct guest_nic *copy = array_add(&to->nics);

                *copy = *nic;
                copy->network = string_copy(nic->network);
        }
}

void guest_done(struct guest *guest)
{
        for (array_each(struct guest_disk, disk, &guest->disks)) {
                free(disk->target);
                free(disk->pool);
                free(disk->volume);
                free(disk->path);
        }
        for (array_each(struct guest_nic, nic, &guest->nics))
                free(nic->network);
        array_free(&guest->disks);
        array_free(&guest->nics);
        free(guest->name);
        free(guest->kernel);
        free(guest->initrd);
        free(guest->command_line);
        free(guest->iso);
        free(guest->seed);
        free(guest->ignition);
        free(guest->console_log);
        *guest = (struct guest) {0};
}
