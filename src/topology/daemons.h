/* libvirt's daemons, as systemd knows them: one libvirtd, or one daemon a driver. A machine has one of the two kinds, or
 * the units of both. */
#pragma once

#include <stdbool.h>

struct daemon {
        const char *socket;
        const char *
                service; /* what the socket starts, and what must be stopped to start the socket; NULL: never */
        bool is_essential; /* without it nothing of phase kvm works; the others are wanted where they are packaged */
        bool keeps_pools;
};

/* End with one that has no socket. */
extern const struct daemon daemons_monolithic[], daemons_modular[];
