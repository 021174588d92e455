/* Guests as plain data. */
#include "topology/guest.h"

/* libvirt's own directories: what protects a machine from its guests (SELinux, AppArmor) knows them. */
#define FILES_DIRECTORY   "/var/lib/libvirt/provision"
#define CONSOLE_DIRECTORY "/var/log/libvirt/qemu"

const char *guest_firmware_name(enum guest_firmware firmware)
{
        static const char *const names[FIRMWARES] = {
                [FIRMWARE_BIOS] = "bios",
                [FIRMWARE_UEFI] = "uefi",
                [FIRMWARE_UEFI_SECURE] = "uefi-secure",
        };

        return names[firmware];
}

const char *guest_boot_name(enum guest_boot boot)
{
        static const char *const names[BOOT_DEVICES] = {
                [BOOT_DISK] = "disk",
                [BOOT_NETWORK] = "network",
                [BOOT_CDROM] = "cdrom",
        };

        return names[boot];
}

char *guest_seed_path(const char *guest)
{
        return string_format(FILES_DIRECTORY "/%s-seed.iso", guest);
}

char *guest_ignition_path(const char *guest)
{
        return string_format(FILES_DIRECTORY "/%s.ign", guest);
}

char *guest_console_path(const char *guest)
{
        return string_format(CONSOLE_DIRECTORY "/%s-console.log", guest);
}

bool guest_disk_is(const struct guest_disk *disk, const char *path, const char *pool, const char *volume)
{
        return (path && string_equal(disk->path, path)) ||
               (pool && volume && string_equal(disk->pool, pool) && string_equal(disk->volume, volume));
}

bool guest_has_disk(const struct guest *guest, const char *path, const char *pool, const char *volume)
{
        for (array_each(const struct guest_disk, disk, &guest->disks))
                if (guest_disk_is(disk, path, pool, volume))
                        return true;
        return false;
}

int guest_disk_equal(const struct guest_disk *a, const struct guest_disk *b)
{
        if (!string_equal(a->target, b->target) || a->is_raw != b->is_raw)
                return 0;
        if (a->path && b->path)
                return a->is_block == b->is_block && string_equal(a->path, b->path);
        return string_equal(a->pool, b->pool) && string_equal(a->volume, b->volume);
}

int guest_nic_equal(const struct guest_nic *a, const struct guest_nic *b)
{
        return mac_address_equal(&a->mac, &b->mac) && a->link_is_up == b->link_is_up &&
               string_equal(a->network, b->network);
}

const struct guest_nic *guest_find_nic(const struct guest *guest, const struct mac_address *mac)
{
        for (array_each(const struct guest_nic, nic, &guest->nics))
                if (mac_address_equal(&nic->mac, mac))
                        return nic;
        return NULL;
}

const struct guest_disk *guest_find_disk(const struct guest *guest, const char *target)
{
        for (array_each(const struct guest_disk, disk, &guest->disks))
                if (string_equal(disk->target, target))
                        return disk;
        return NULL;
}

static void disk_copy(struct guest_disk *to, const struct guest_disk *from)
{
        *to = (struct guest_disk) {
                .target = string_copy(from->target),
                .pool = string_copy(from->pool),
                .volume = string_copy(from->volume),
                .path = string_copy(from->path),
                .is_raw = from->is_raw,
                .is_block = from->is_block,
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

void guest_uses_done(struct guest_uses *uses)
{
        strings_done(&uses->networks);
        strings_done(&uses->bridges);
        strings_done(&uses->pools);
        strings_done(&uses->volumes);
        strings_done(&uses->paths);
}
