#include "scores/unit_steps.h"

static const char *const action_words[UNIT_ACTIONS] = {
        [UNIT_ENABLE] = "enable",
        [UNIT_DISABLE] = "disable",
        [UNIT_MASK] = "mask",
        [UNIT_UNMASK] = "unmask",
        [UNIT_START] = "start",
        [UNIT_STOP] = "stop",
        [UNIT_RESTART] = "restart",
        [UNIT_RELOAD] = "reload",
};

static bool has_file_state(const struct unit_state *found, const char *const *states)
{
        for (; found && found->file_state && *states; states++)
                if (string_equal(found->file_state, *states))
                        return true;
        return false;
}

bool unit_is_there(const struct unit_state *found)
{
        return found && found->exists;
}

bool unit_is_masked(const struct unit_state *found)
{
        static const char *const masked[] = {"masked", "masked-runtime", NULL};

        return has_file_state(found, masked);
}

bool unit_is_static(const struct unit_state *found)
{
        static const char *const fixed[] = {"static", "generated", "transient", "", NULL};

        return unit_is_there(found) && has_file_state(found, fixed);
}

bool unit_is_enabled(const struct unit_state *found)
{
        static const char *const enabled[] = {"enabled", "alias", "indirect", NULL};

        return has_file_state(found, enabled) || unit_is_static(found);
}

struct step *unit_step(struct plan *plan, const char *name, enum unit_action action, const char *why)
{
        struct step *step = plan_add(plan, STEP_UNIT, "%s unit %s%s", action_words[action], name, why);

        step->unit.name = name;
        step->unit.action = action;
        return step;
}

void unit_plan_enabled(struct plan *plan, const char *name, const struct unit_state *found, bool expected)
{
        if (unit_is_masked(found)) {
                unit_step(plan, name, UNIT_UNMASK, "");
                expected = true; /* what it was before it was masked shows when it no longer is */
        }
        if (!unit_is_enabled(found))
                unit_step(plan, name, UNIT_ENABLE, "")->expected = expected;
}

static struct step *plan_wait(struct plan *plan, const struct unit_state *found)
{
        if (found->restarting)
                return plan_add(plan, STEP_WAIT,
                        "wait for unit %s, which has ended and is to be started again by systemd",
                        found->name);
        return plan_add(plan, STEP_WAIT, "wait for unit %s, which is %s", found->name, found->active_state);
}

void unit_plan_active(struct plan *plan, const char *name, const struct unit_state *found, bool expected)
{
        struct step *wait;

        if (found && found->active)
                return;
        if (found && found->changing) {
                wait = plan_wait(plan, found);
                wait->unit.name = name;
                wait->unit.action = UNIT_START;
        } else
                unit_step(plan, name, UNIT_START, found && found->failed ? ", which has failed" : "")
                        ->expected = expected;
}

void unit_plan_inactive(struct plan *plan, const char *name, const struct unit_state *found)
{
        if (found && found->changing && string_equal(found->active_state, "deactivating"))
                plan_wait(plan, found);
        else if (found && (found->active || found->changing))
                unit_step(plan, name, UNIT_STOP, "");
}
