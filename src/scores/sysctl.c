/* Kernel settings: the running value, and the same after a reboot. */
#include "scores/packages.h"
#include "scores/score.h"

/* Docker and Kubernetes set these for themselves, each to its own need, and whoever overrides them breaks
 * guests or containers: a difference is reported and left alone. They aren't there at all before br_netfilter
 * is loaded, and then bridged packets aren't filtered anyway. */
static bool is_contested(const char *key)
{
        static const char with_dots[] = "net.bridge.bridge-nf-call-",
                          with_slashes[] = "net/bridge/bridge-nf-call-";

        return strncmp(key, with_dots, strlen(with_dots)) == 0 ||
               strncmp(key, with_slashes, strlen(with_slashes)) == 0;
}

static void sysctl_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct sysctl_config *, sysctl, &wish->sysctls))
                survey_ask(survey, ASK_SYSCTL, (*sysctl)->key);
        if (wish->sysctls.count)
                packages_ask(wish, survey);
}

/* The kernel separates fields with tabs, people with blanks. */
static bool is_same_value(const char *a, const char *b)
{
        static const char blank[] = " \t\n";

        if (!a || !b)
                return false;
        for (;;) {
                size_t a_length, b_length;

                a += strspn(a, blank);
                b += strspn(b, blank);
                a_length = strcspn(a, blank);
                b_length = strcspn(b, blank);
                if (a_length != b_length || memcmp(a, b, a_length) != 0)
                        return false;
                if (a_length == 0)
                        return true;
                a += a_length;
                b += b_length;
        }
}

/* "0x20" and "32" */
static bool is_same_number(const char *a, const char *b)
{
        char *a_end, *b_end;
        long long first = strtoll(a, &a_end, 0), second = strtoll(b, &b_end, 0);

        return a_end > a && b_end > b && !*a_end && !*b_end && first == second;
}

static void plan_missing(const struct wish *wish, const struct answers *answers,
        const struct sysctl_config *wanted, struct plan *plan)
{
        struct step *step;

        if (!packages_are_missing(wish, answers)) {
                plan_block(plan,
                        "sysctl %s doesn't exist on this machine: check its name, or load the module that "
                        "brings it",
                        wanted->key);
                return;
        }
        step = plan_add(plan, STEP_SYSCTL, "set sysctl %s to %s", wanted->key, wanted->value);
        step->sysctl = wanted;
        step->expected = true;
}

static void plan_sysctl(const struct wish *wish, const struct answers *answers,
        const struct sysctl_config *wanted, struct plan *plan)
{
        const struct sysctl_state *found = answers_sysctl(answers, wanted->key);
        bool exists = found && found->exists;
        struct step *step = NULL;

        if (found && found->is_mute) {
                plan_block(plan,
                        "sysctl %s can only be written, and has no value to keep: take it out of the "
                        "configuration",
                        wanted->key);
                return;
        }
        if (exists && !is_same_value(wanted->value, found->value) &&
                is_same_number(wanted->value, found->value)) {
                plan_block(plan, "sysctl %s: the kernel shows %s as %s: write value = \"%s\"", wanted->key,
                        wanted->value, found->value, found->value);
                return;
        }
        if (exists && is_same_value(wanted->value, found->value) &&
                is_same_value(wanted->value, found->persistent_value))
                return;
        if (is_contested(wanted->key) && exists && !is_same_value(wanted->value, found->value))
                plan_warn(plan,
                        "sysctl %s is %s, wanted %s: left alone, because Docker or Kubernetes may rely on it",
                        wanted->key, found->value, wanted->value);
        if (is_contested(wanted->key))
                return;
        if (!exists)
                plan_missing(wish, answers, wanted, plan);
        else if (is_same_value(wanted->value, found->value))
                step = plan_add(
                        plan, STEP_SYSCTL, "keep sysctl %s at %s after a reboot", wanted->key, wanted->value);
        else
                step = plan_add(plan, STEP_SYSCTL, "set sysctl %s to %s (it is %s)", wanted->key,
                        wanted->value, found->value);
        if (step)
                step->sysctl = wanted;
}

static void sysctl_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct sysctl_config *, wanted, &wish->sysctls))
                plan_sysctl(wish, answers, *wanted, plan);
}

static void sysctl_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)wish;
        for (array_each(const struct owned_thing, thing, &answers->owned))
                if (string_equal(thing->kind, "sysctl"))
                        survey_ask(survey, ASK_SYSCTL, thing->name);
}

/* It has the value that we gave it: what we keep for the next boot, or would have kept. */
static bool has_our_value(const struct wish *wish, const struct sysctl_state *found)
{
        if (is_same_value(found->value, found->persistent_value))
                return true;
        for (array_each(const struct sysctl_config *, wanted, &wish->sysctls))
                if (string_equal((*wanted)->key, found->key) && is_same_value((*wanted)->value, found->value))
                        return true;
        return false;
}

static void undo_sysctl(
        const struct wish *wish, const struct sysctl_state *found, const char *before, struct plan *plan)
{
        bool differs = found->exists && before && !is_same_value(before, found->value);
        bool is_set_back = differs && has_our_value(wish, found);
        struct step *step;

        if (differs && !is_set_back)
                plan_warn(plan, "sysctl %s stays %s: somebody has changed it since (before us it was %s)",
                        found->key, found->value, before);
        if (is_set_back)
                step = plan_add(plan, STEP_SYSCTL_FORGET, "set sysctl %s back to %s", found->key, before);
        else if (found->persistent_value)
                step = plan_add(plan, STEP_SYSCTL_FORGET, "no longer keep sysctl %s at %s after a reboot",
                        found->key, found->persistent_value);
        else
                return;
        step->forget.key = found->key;
        step->forget.value = is_set_back ? before : NULL;
}

static void sysctl_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct sysctl_state, found, &answers->sysctls)) {
                const struct owned_thing *ours = answers_owned(answers, "sysctl", found->key);

                if (ours)
                        undo_sysctl(wish, found, ours->before, plan);
        }
}

const struct score score_sysctl = {
        .name = "sysctl",
        .summary = "kernel settings have the configuration's values, now and after a reboot",
        .ask = sysctl_ask,
        .plan = sysctl_plan,
        .ask_undo = sysctl_ask_undo,
        .undo = sysctl_undo,
};
