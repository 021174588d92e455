/* What keeps our haproxy from listening where it is wished, as far as that shows before it tries. */
#pragma once

#include "config/wish.h"
#include "plan/plan.h"

/* Blocks for addresses that the machine neither has nor gets, for ports that another program has, and for those that an
 * existing haproxy.cfg listens at; warns of what in that one isn't understood. */
void balancer_plan_conflicts(const struct wish *wish, const struct answers *answers,
        const struct haproxy *wanted, struct plan *plan);

/* Our haproxy listens there. */
bool balancer_listens(const struct answers *answers, const struct socket_address *at);
