/* What the files that know systemd's library share. Internal to means. */
#pragma once

#include "means/systemd.h"

struct sd_bus;

#define NAME           "org.freedesktop.systemd1"
#define PATH           "/org/freedesktop/systemd1"
#define UNIT_PATH      PATH "/unit"
#define UNIT_INTERFACE NAME ".Unit"

/* The arguments of a call to the manager itself. */
#define MANAGER NAME, PATH, NAME ".Manager"

/* A connection that is on its way up. Negative errno. */
int systemd_open(
        struct link *link, const struct systemd_way *way, struct deadline deadline, struct sd_bus **ret_bus);

/* Lets the bus work until *is_done. Negative errno; -ETIMEDOUT for the deadline. */
int systemd_work(struct sd_bus *bus, struct deadline deadline, const bool *is_done);
