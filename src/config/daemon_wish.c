/* What unit sections say about libvirt's daemons. */
#include "config/daemon_wish.h"

bool unit_turns_off(const struct unit_config *unit, const struct daemon *daemon)
{
        bool is_whole = !unit->masked && unit->enabled && unit->active;

        if (string_equal(unit->name, daemon->socket))
                return !is_whole;
        if (!string_equal(unit->name, daemon->service))
                return false;
        /* Whatever asks libvirt starts its service by the socket: one that isn't enabled is only one that doesn't start
         * objects with the machine. */
        return unit->masked || (daemon->is_essential && !is_whole);
}

bool unit_turns_off_kind(const struct unit_config *unit, const struct daemon *daemons)
{
        for (; daemons->socket; daemons++)
                if (daemons->is_essential && unit_turns_off(unit, daemons))
                        return true;
        return false;
}
