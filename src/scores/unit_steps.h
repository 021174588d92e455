/* What systemd's words about a unit mean, and a unit's steps with their sentences; shared by the Scores that
 * tell units what to be. */
#pragma once

#include "plan/plan.h"

/* found may be NULL everywhere: it doesn't exist. */

bool unit_is_there(const struct unit_state *found);
bool unit_is_masked(const struct unit_state *found);

/* It starts with the machine, or needs nothing to: as `systemctl is-enabled` counts, but only what outlives a
 * reboot. */
bool unit_is_enabled(const struct unit_state *found);

/* It can't be enabled: it has no [Install] section, or no file at all. */
bool unit_is_static(const struct unit_state *found);

/* Adds a step: "start unit NAME" and why, which may be "". name is lent to the step. */
struct step *unit_step(struct plan *plan, const char *name, enum unit_action action, const char *why);

/* Adds what brings the unit from masked or disabled to enabled. */
void unit_plan_enabled(struct plan *plan, const char *name, const struct unit_state *found, bool expected);

/* Adds what brings it from not running to running. One that is on its way to somewhere is waited for: it may get
 * there by itself, and only where it ends tells what to do. */
void unit_plan_active(struct plan *plan, const char *name, const struct unit_state *found, bool expected);

/* Adds what brings it to rest. */
void unit_plan_inactive(struct plan *plan, const char *name, const struct unit_state *found);
