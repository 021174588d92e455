/* Sections that leave a machine none of libvirt's daemons. Each may be right by itself, on a machine that has the other
 * kind; no machine has a third. */
#include "config/daemon_wish.h"
#include "config/rules.h"

struct turning_off {
        const struct unit_config *unit;
        bool monolithic, modular; /* the kind that it turns off */
};

static bool leave_none(const struct turning_off *a, const struct turning_off *b)
{
        return ((a->monolithic && b->modular) || (a->modular && b->monolithic)) &&
               hosts_meet(&a->unit->object.hosts, &b->unit->object.hosts);
}

void daemons_judge(const struct config *config, struct problems *problems)
{
        ARRAY(struct turning_off) units = {0};

        for (array_each(const struct unit_config, unit, &config->units)) {
                const struct turning_off off = {.unit = unit,
                        .monolithic = unit_turns_off_kind(unit, daemons_monolithic),
                        .modular = unit_turns_off_kind(unit, daemons_modular)};

                if (off.monolithic || off.modular)
                        *array_add(&units) = off;
        }
        for (array_each(const struct turning_off, second, &units)) {
                const struct turning_off *first = units.items;
                CLEANUP(string_free) char *place = NULL;

                while (first < second && !leave_none(first, second))
                        first++;
                if (first == second)
                        continue;
                place = place_format(&first->unit->object.place);
                problems_add(problems, &second->unit->object.place,
                        "unit \"%s\": with unit \"%s\" at %s it leaves neither libvirtd nor virtqemud, and a "
                        "KVM host needs one of them: let one be enabled and active",
                        second->unit->name, first->unit->name, place);
        }
        array_free(&units);
}
