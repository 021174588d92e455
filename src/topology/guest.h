/* A guest as its owner means it: what host.conf wishes and what libvirt has are both brought into this form, and compared
 * in it. What libvirt adds by itself (addresses of devices, controllers, a machine type's version) has no place here. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"
#include "topology/mac_address.h"

enum guest_firmware { FIRMWARE_BIOS, FIRMWARE_UEFI, FIRMWARE_UEFI_SECURE, FIRMWARES };

/* From what it boots, in this order of trying. A kernel given directly goes before all of them. */
enum guest_boot { BOOT_DISK, BOOT_NETWORK, BOOT_CDROM, BOOT_DEVICES };

/* Where it lies is said by a path, or by a pool and a volume in it. A wish says both. */
struct guest_disk {
        char *target;  /* "vda" */
        char *pool;    /* or NULL */
        char *volume;  /* "web-root.qcow2"; or NULL */
        char *path;    /* on the machine; or NULL */
        bool is_raw;   /* else qcow2 */
        bool is_block; /* the path is a device's, else a file's */
};

struct guest_nic {
        char *network; /* libvirt's network */
        struct mac_address mac;
        bool link_is_up;
};

struct guest {
        char *name;
        uint64_t memory_kib, memory_max_kib; /* what it has, and what it can be given while it runs */
        unsigned vcpus, vcpus_max;
        enum guest_firmware firmware;
        enum guest_boot boot[BOOT_DEVICES];
        size_t boot_count;
        char *kernel, *initrd, *command_line; /* paths on the machine, or NULL */
        char *iso;         /* in its CD drive: a path on the machine, or NULL: the drive is empty */
        char *seed;        /* a disk that is only read, cloud-init's: a path on the machine, or NULL */
        char *ignition;    /* handed over by fw_cfg: a path on the machine, or NULL */
        char *console_log; /* where its first serial port is written to, on the machine; or NULL */
        bool is_emulated;  /* TCG rather than KVM */
        ARRAY(struct guest_disk) disks;
        ARRAY(struct guest_nic) nics;
};

/* What a guest is given by others, as its definition and what runs name it. */
struct guest_uses {
        struct strings networks; /* libvirt's */
        struct strings bridges;
        struct strings pools;   /* of its disks */
        struct strings volumes; /* "POOL/VOLUME" */
        struct strings paths;   /* of its disks, and of what those that run are based on */
};

/* "bios", "uefi", "uefi-secure"; "disk", "network", "cdrom". */
const char *guest_firmware_name(enum guest_firmware firmware);
const char *guest_boot_name(enum guest_boot boot);

/* What belongs to a guest of that name on its machine, owned by the caller. */
char *guest_seed_path(const char *guest); /* cloud-init's seed */
char *guest_ignition_path(const char *guest);
char *guest_console_path(const char *guest); /* what it said on its first serial port */

/* It lies at this path, or is this volume of this pool; what isn't known is NULL, and says nothing. */
bool guest_disk_is(const struct guest_disk *disk, const char *path, const char *pool, const char *volume);
/* A disk of the guest is that. */
bool guest_has_disk(const struct guest *guest, const char *path, const char *pool, const char *volume);

int guest_disk_equal(const struct guest_disk *a, const struct guest_disk *b);
int guest_nic_equal(const struct guest_nic *a, const struct guest_nic *b);

/* The one with that MAC, which tells a guest's nics apart; lent, or NULL. */
const struct guest_nic *guest_find_nic(const struct guest *guest, const struct mac_address *mac);
const struct guest_disk *guest_find_disk(const struct guest *guest, const char *target);

/* to is overwritten: it is empty, or its content belongs to somebody else by now. */
void guest_copy(struct guest *to, const struct guest *from);
void guest_done(struct guest *guest);
void guest_uses_done(struct guest_uses *uses);
