/* What libvirt can change in a network while guests use it: DHCP ranges, leases, DNS names. */
#pragma once

#include "plan/plan.h"

/* wanted and found differ in nothing but what can be edited, and no edit on the way would be ambiguous to
 * libvirt, which finds an entry by any one of its values. */
bool network_is_editable(const struct network *wanted, const struct network *found);

/* Adds one step an edit, removals before changes before additions. A network that runs otherwise than it is defined
 * (found->running) is edited as it runs, and its definition left alone. */
void network_plan_edits(
        const struct network_config *wanted, const struct network_state *found, struct plan *plan);
