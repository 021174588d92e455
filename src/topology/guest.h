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

struct guest_disk {
        char *target; /* "vda" */
        char *pool; /* libvirt's pool, and the volume in it; NULL where a found disk lies in none (see path) */
        char *volume; /* "web-root.qcow2" */
        char *path;   /* of a found disk, as its XML says it; NULL in a wish */
};

struct guest_nic {
        char *network; /* libvirt's network */
        struct mac_address mac;
        bool link_is_up;
};

struct guest {
        char *name;
        uint64_t memory_kib;
        unsigned vcpus;
        enum guest_firmware firmware;
        enum guest_boot boot[BOOT_DEVICES];
        size_t boot_count;
        char *kernel, *initrd, *command_line; /* paths on the machine, or NULL */
        char *iso;         /* in its CD drive: a path on the machine, or NULL: the drive is empty */
        char *seed;        /* a second CD, cloud-init's: a path on the machine, or NULL */
        char *ignition;    /* handed over by fw_cfg: a path on the machine, or NULL */
        char *console_log; /* where its first serial port is written to, on the machine; or NULL */
        bool is_emulated;  /* TCG rather than KVM */
        ARRAY(struct guest_disk) disks;
        ARRAY(struct guest_nic) nics;
};

/* to is overwritten: it is empty, or its content belongs to somebody else by now. */
void guest_copy(struct guest *to, const struct guest *from);
void guest_done(struct guest *guest);
