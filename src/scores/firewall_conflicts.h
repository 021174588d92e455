/* What a firewall's rules would do to this very run and to others, and others to them. */
#pragma once

#include "config/wish.h"
#include "plan/plan.h"

/* True when a block was added: with these rules the run itself could not connect again. */
bool firewall_plan_lockout(const struct wish *wish, const struct answers *answers,
        const struct firewalls *wanted, struct plan *plan);

/* Warnings: interfaces that aren't there, chains of others that drop, services of load balancers that nobody reaches. */
void firewall_plan_warnings(const struct wish *wish, const struct answers *answers,
        const struct firewalls *wanted, struct plan *plan);
