/* Several machines, one exit status. */
#pragma once

#include "phases/engine.h"

/* The most serious of the machines' statuses: what needs a person first. Interrupted (8), a step failed (1), out of
 * time (6), blocked (5), not reached (4); then, if changes_count, that there is something to do (7); else 0. */
int outcome_exit_status(const struct engine_result *result, bool changes_count);
