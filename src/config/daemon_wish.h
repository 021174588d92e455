/* What unit sections say about libvirt's daemons: which of the two kinds a machine has isn't known here, so a section
 * that turns one kind off chooses the other. */
#pragma once

#include "config/config.h"
#include "topology/daemons.h"

/* With the unit as the section wants it, the daemon doesn't listen, or its objects don't start with the machine. */
bool unit_turns_off(const struct unit_config *unit, const struct daemon *daemon);

/* The unit turns off one of the kind without which nothing works. */
bool unit_turns_off_kind(const struct unit_config *unit, const struct daemon *daemons);
