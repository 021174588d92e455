/* What would make libvirt refuse a network, or would take the machine's own connections away, found before
 * anything is defined. */
#pragma once

#include "config/wish.h"
#include "plan/answers.h"
#include "plan/plan.h"

/* Its bridge is there although it isn't active: libvirt was killed while it started it. Told by the bridge's address, which
 * only ours has. */
bool network_has_leftover(const struct answers *answers, const struct network_state *network);

/* The interface is the bridge of a network that libvirt made it for: of the wanted one (NULL: none), or of one
 * that is compared by its definition. */
bool network_owns_interface(
        const struct answers *answers, const struct network *wanted, const char *interface);

/* Adds a block for everything in the way of bringing this network up, in its turn (network_order.h); true when there was any. */
bool network_has_conflicts(const struct wish *wish, const struct answers *answers,
        const struct network *wanted, struct plan *plan);
