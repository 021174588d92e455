/* What would make libvirt refuse a network, or would take the machine's own connections away, found before
 * anything is defined. */
#pragma once

#include "plan/plan.h"

/* Adds a block for everything in the way of bringing this network up; true when there was any. */
bool network_has_conflicts(const struct answers *answers, const struct network *wanted, struct plan *plan);
