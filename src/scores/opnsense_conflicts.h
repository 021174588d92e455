/* Who else listens on an OPNsense, and what of it makes no sense. For the Score opnsense. */
#pragma once

#include "plan/plan.h"

/* Blocks for each address that another's frontend has; warns of frontends with addresses that are none, which are left out of
 * account. Returns whether it has blocked. */
bool opnsense_plan_conflicts(const struct opnsense_config *opnsense, const struct opnsense_state *state,
        const struct opnsense_objects *wanted, struct plan *plan);
