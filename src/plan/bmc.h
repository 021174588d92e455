/* What a BMC says of its machine, and what is noted of it on the host that reaches it. Pure. */
#pragma once

#include "base/array.h"
#include "config/config.h"

enum bmc_power {
        BMC_POWER_UNKNOWN, /* it is on its way, or the BMC can't tell */
        BMC_POWER_OFF,
        BMC_POWER_ON,
};

/* A drive of the BMC's for CDs; path NULL: it has none, or nobody asked. */
struct bmc_drive {
        char *path;
        char *etag;           /* or NULL, as below */
        char *insert, *eject; /* where these are asked for; NULL: it can't */
        char *image;          /* what is in it, a URL as it was given; NULL: nothing */
};

struct bmc_state {
        const struct machine_config *config; /* lent by the question */
        bool answers;                        /* the BMC, to us */
        char *why;                           /* it doesn't; or NULL */
        bool is_refused;                     /* and asking again doesn't help */
        char *path;                          /* of the system */
        char *etag;
        enum bmc_power power;
        char *boot_target; /* "Pxe": what it boots from next, instead of as it is set; NULL: no such thing */
        bool boot_stays;   /* not only next, but from then on */
        struct strings boot_targets; /* that it can; none: it doesn't say */
        char *reset;                 /* where power is asked for; NULL: it can't */
        struct strings resets;       /* what can be asked for: "On", …; none: it doesn't say */
        char *drives;                /* a collection's path, or the manager's that has it; or NULL */
        char *interfaces;            /* the collection of its network interfaces; or NULL */
        struct bmc_drive drive;
};
void bmc_state_done(struct bmc_state *state);

/* It says so, or says nothing. */
bool bmc_can(const struct strings *allowed, const char *what);

#define BMC_NOTES "/var/lib/provision/machines"

/* The note about a machine: that we have booted it once, and from what; owned by the caller. */
char *bmc_note_path(const char *machine);
char *bmc_note_write(const struct machine_config *machine);
/* The ISO that the note tells of; NULL: none. Owned by the caller. */
char *bmc_note_iso(const char *note);
