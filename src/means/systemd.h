/* The machine's systemd, through its D-Bus interface. Which way to take is unit.c's to decide. */
#pragma once

#include "means/parts.h"

struct systemd_way {
        const char *path;      /* of the socket */
        const char *bridge[3]; /* a command that speaks the same; NULL behind the last word */
        bool is_bus;           /* a message bus, which wants to be greeted; else process 1 itself */
};

/* Fills in the states that answers->units has, in two round trips however many they are. Negative errno when
 * the way leads nowhere or ends half-way; some states may be filled in then. */
int systemd_ask(
        struct link *link, const struct systemd_way *way, struct deadline deadline, struct answers *answers);

/* Carries out a STEP_UNIT and waits for its end. -1 with *ret_reached false: nobody was reached, nothing was
 * changed. */
int systemd_change(
        const struct work *work, const struct systemd_way *way, bool *ret_reached, struct error *error);
