/* In which order networks are changed, where one is to get what another has and gives up. */
#pragma once

#include "config/wish.h"
#include "plan/answers.h"
#include "plan/plan.h"

struct network_turn {
        const struct network_config *wanted;
        const struct network_state *stopped; /* it is only stopped now: */
        const struct network_config *gets;   /* this one is to have its address before; or both NULL */
};

struct network_turns {
        ARRAY(struct network_turn) items;
};

/* Every network of the wish once, after those that have what it is to get; before that one of those that are to have each
 * other's addresses is stopped. Adds a block where two are to have each other's bridges: libvirt keeps a bridge's name for
 * who is defined with it. The caller ends with network_turns_done. */
void network_turns_find(const struct wish *wish, const struct answers *answers, struct plan *plan,
        struct network_turns *ret_turns);
void network_turns_done(struct network_turns *turns);
