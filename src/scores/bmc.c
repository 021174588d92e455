/* Bare machines behind their BMCs: each has the power that is wished. One that is to be installed is booted once from the network or
 * an ISO, when it is switched on for the first time; a note on the host says so from then on, because a second time would give up
 * what it has become since. What is on is left alone. */
#include <stdlib.h>

#include "plan/bmc.h"
#include "scores/score.h"

/* What is known of one. */
struct look {
        const struct machine_config *machine;
        const struct bmc_state *state;
        const char *note;
        const char *target;   /* what it is booted from for its installation; NULL: nothing */
        bool is_node;         /* its cluster has it */
        bool is_of_a_cluster; /* as the configuration says */
        bool is_retired;
        bool expected; /* all of this may turn out to be otherwise */
};

static const char *const targets[] = {[MACHINE_BOOTS_NETWORK] = "Pxe", [MACHINE_BOOTS_ISO] = "Cd"};
static const char *const words[] = {[MACHINE_BOOTS_NETWORK] = "the network", [MACHINE_BOOTS_ISO] = "its ISO"};

static void bmc_ask_all(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct machine_config *, machine, &wish->machines)) {
                CLEANUP(string_free) char *note = bmc_note_path((*machine)->name);

                survey_ask_bmc(survey, *machine, (*machine)->boot == MACHINE_BOOTS_ISO);
                survey_ask(survey, ASK_NOTE, note);
        }
}

static bool names(const struct cluster_config *cluster, const char *name)
{
        return string_equal(cluster->bootstrap, name) || strings_has(&cluster->nodes, name);
}

static struct look look_at(
        const struct wish *wish, const struct answers *answers, const struct machine_config *machine)
{
        CLEANUP(string_free) char *path = bmc_note_path(machine->name);
        const struct note_state *note = answers_note(answers, path);
        struct look look = {.machine = machine,
                .state = answers_bmc(answers, machine->name),
                .note = note ? note->text : NULL,
                .target = targets[machine->boot],
                .is_retired = strings_has(&wish->retired, machine->name)};

        for (array_each(const struct cluster_config *, cluster, &wish->clusters)) {
                const struct cluster_state *state;

                if (!names(*cluster, machine->name))
                        continue;
                state = answers_cluster(answers, (*cluster)->name);
                look.is_of_a_cluster = true;
                look.is_node = state && state->answers && cluster_find_node(state, machine->name);
        }
        return look;
}

static void add(struct plan *plan, const struct look *look, enum step_kind kind, char *sentence)
{
        struct step *step = plan_add(plan, kind, "%s", sentence);

        step->bmc.machine = look->machine;
        step->bmc.target = kind == STEP_BMC_BOOT && !look->note ? look->target : NULL;
        step->bmc.on = !look->machine->is_off && !look->is_retired;
        step->expected = look->expected;
        free(sentence);
}

static bool is_to_be_installed(const struct look *look)
{
        return look->target && !look->note && !look->is_node;
}

/* False: something is in the way, and was said. */
static bool plan_iso(const struct look *look, struct plan *plan)
{
        const struct machine_config *machine = look->machine;
        const struct bmc_state *state = look->state;

        if (machine->boot != MACHINE_BOOTS_ISO || (state && string_equal(state->drive.image, machine->iso)))
                return true;
        if (!look->expected && !state->drive.path)
                plan_block(plan, "machine %s: its BMC has no drive for CDs to boot from", machine->name);
        else if (!look->expected && state->drive.image)
                plan_block(plan, "machine %s: %s is in its BMC's drive, and isn't ours: eject it",
                        machine->name, state->drive.image);
        else
                add(plan, look, STEP_BMC_INSERT,
                        string_format("insert %s in the drive of machine %s", machine->iso, machine->name));
        return look->expected || (state->drive.path && !state->drive.image);
}

static void plan_note(const struct look *look, struct plan *plan)
{
        const struct machine_config *machine = look->machine;
        struct step *step = plan_add(plan, STEP_NOTE, "note that machine %s is booted from %s", machine->name,
                words[machine->boot]);

        step->note.path = bmc_note_path(machine->name);
        step->note.text = bmc_note_write(machine);
        step->expected = look->expected;
}

static void plan_installation(const struct look *look, struct plan *plan)
{
        const struct machine_config *machine = look->machine;

        if (!look->expected && !bmc_can(&look->state->boot_targets, look->target)) {
                plan_block(plan, "machine %s: its BMC can't have it boot from %s", machine->name,
                        words[machine->boot]);
                return;
        }
        if (!plan_iso(look, plan))
                return;
        if (look->expected || !string_equal(look->state->boot_target, look->target))
                add(plan, look, STEP_BMC_BOOT,
                        string_format(
                                "have machine %s boot from %s once", machine->name, words[machine->boot]));
        plan_note(look, plan);
        add(plan, look, STEP_BMC_POWER, string_format("switch on machine %s", machine->name));
}

/* A BMC that makes "for good" of "once" would have it installed at each start. */
static void plan_reset(const struct look *look, struct plan *plan)
{
        if (look->note && look->target && look->state->boot_stays &&
                string_equal(look->state->boot_target, look->target))
                add(plan, look, STEP_BMC_BOOT,
                        string_format("have machine %s boot from its disk again: its BMC keeps %s for good",
                                look->machine->name, look->target));
}

static void plan_eject(const struct look *look, struct plan *plan)
{
        CLEANUP(string_free) char *iso = bmc_note_iso(look->note);

        if (look->is_node && iso && string_equal(look->state->drive.image, iso))
                add(plan, look, STEP_BMC_EJECT,
                        string_format("eject %s from the drive of machine %s, which is installed", iso,
                                look->machine->name));
}

static void plan_on(const struct look *look, struct plan *plan)
{
        const char *name = look->machine->name;

        if (!look->expected && look->state->power == BMC_POWER_ON) {
                if (is_to_be_installed(look))
                        plan_warn(plan,
                                "machine %s is on already: it is booted from %s only when it is off before",
                                name, words[look->machine->boot]);
                if (!look->is_of_a_cluster || look->is_node)
                        plan_reset(look, plan);
                plan_eject(look, plan);
        } else if (is_to_be_installed(look)) {
                plan_installation(look, plan);
        } else {
                if (!look->expected)
                        plan_reset(look, plan);
                add(plan, look, STEP_BMC_POWER, string_format("switch on machine %s", name));
        }
}

static void plan_off(const struct look *look, struct plan *plan)
{
        if (!look->expected && look->state->power == BMC_POWER_OFF)
                return;
        add(plan, look, STEP_BMC_POWER,
                string_format("switch off machine %s%s", look->machine->name,
                        look->is_retired ? ", which its cluster no longer needs" : ""));
}

static void plan_wait(const struct look *look, struct plan *plan)
{
        add(plan, look, STEP_BMC_WAIT,
                string_format("wait until the BMC of machine %s %s", look->machine->name,
                        look->state && look->state->answers ? "tells whether it is on" : "answers"));
}

static void bmc_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct machine_config *, machine, &wish->machines)) {
                struct look look = look_at(wish, answers, *machine);

                if (look.state && look.state->is_refused) {
                        plan_block(plan, "machine %s: %s", (*machine)->name, look.state->why);
                        continue;
                }
                if (!look.state || !look.state->answers || look.state->power == BMC_POWER_UNKNOWN) {
                        plan_wait(&look, plan);
                        look.expected = true;
                }
                if ((*machine)->is_off || look.is_retired)
                        plan_off(&look, plan);
                else
                        plan_on(&look, plan);
        }
}

/* ---- undoing: what we have put in a drive is taken out; power is left as it is ---- */

static void bmc_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)answers;
        for (array_each(const struct machine_config *, machine, &wish->machines)) {
                CLEANUP(string_free) char *note = bmc_note_path((*machine)->name);

                if ((*machine)->boot != MACHINE_BOOTS_ISO)
                        continue;
                survey_ask_bmc(survey, *machine, true);
                survey_ask(survey, ASK_NOTE, note);
        }
}

static void bmc_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct machine_config *, machine, &wish->machines)) {
                struct look look = look_at(wish, answers, *machine);
                CLEANUP(string_free) char *iso = bmc_note_iso(look.note);

                if (!iso || !look.state)
                        continue;
                if (!look.state->answers)
                        plan_block(plan, "machine %s: whether %s is in its drive still can't be told: %s",
                                (*machine)->name, iso, look.state->why);
                else if (string_equal(look.state->drive.image, iso))
                        add(plan, &look, STEP_BMC_EJECT,
                                string_format(
                                        "eject %s from the drive of machine %s", iso, (*machine)->name));
        }
}

const struct score score_bmc = {
        .name = "bmc",
        .summary =
                "machines behind a BMC are on or off as wished, and were booted once for their installation",
        .ask = bmc_ask_all,
        .plan = bmc_plan,
        .ask_undo = bmc_ask_undo,
        .undo = bmc_undo,
        .settle_s = 10,
};
