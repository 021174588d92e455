/* A firewall whose machine has firewalld at work: its ports are let in by the zones of its interfaces. */
#pragma once

#include "config/wish.h"
#include "plan/plan.h"

void firewalld_ask(struct survey *survey);

/* Adds what brings firewalld, now and for its next start, to let in what is wished, and of ours nothing else. */
void firewalld_plan(const struct wish *wish, const struct answers *answers, const struct firewalls *wanted,
        struct plan *plan);

/* Takes away all that is ours. */
void firewalld_undo(const struct answers *answers, struct plan *plan);
