/* By which accelerator the throw-away guest boots. */
#pragma once

#include "means/libvirt_parts.h"

struct canary_trial {
        const char *name;    /* CANARY_NAME, until when it may run (seconds since 1970), "-" and anything */
        const char *image;   /* its disk's path, on the machine */
        bool has_kvm_device; /* /dev/kvm exists */
        bool has_hardware;   /* the processor says that it has what KVM needs */
};

/* Boots it by KVM if that really works, else by emulation. 0: it said that it is well under *ret_accelerator, and *ret_no_kvm
 * (owned by the caller, one line) tells why that isn't KVM; NULL: it is. The link must be libvirt's own. */
int canary_boot(struct libvirt *libvirt, struct link *link, const struct canary_trial *trial,
        struct deadline deadline, enum canary_accelerator *ret_accelerator, char **ret_no_kvm,
        struct error *error);
