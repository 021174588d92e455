#include "scores/firewalld.h"

#include <string.h>

#include "plan/firewalld.h"
#include "scores/firewall_conflicts.h"

void firewalld_ask(struct survey *survey)
{
        survey_ask(survey, ASK_TEXT, FIREWALLD_NOTE);
        survey_ask(survey, ASK_FILE, FIREWALLD_NOTE);
}

/* Those that we have made, as we noted them. */
static void read_note(const struct answers *answers, struct strings *openings)
{
        const struct text_state *note = answers_text(answers, FIREWALLD_NOTE);
        CLEANUP(string_free) char *copy = string_copy(note && note->text ? note->text : "");

        for (char *rest = copy, *line; (line = strsep(&rest, "\n"));)
                if (strchr(line, ' ') && !strings_has(openings, line))
                        strings_add(openings, line);
}

static void find_wanted(
        const struct answers *answers, const struct firewalls *wanted, struct strings *openings)
{
        for (array_each(const struct interface_zone, zone, &answers->firewall.zones)) {
                const struct firewall *firewall = firewalls_of(wanted, zone->interface);
                CLEANUP(strings_done) struct strings all = {0};

                if (firewall)
                        firewalld_openings(firewall, zone->zone, &all);
                for (array_each(char *const, opening, &all))
                        if (!strings_has(openings, *opening))
                                strings_add(openings, *opening);
        }
}

static char *openings_words(const struct strings *openings)
{
        CLEANUP(strings_done) struct strings words = {0};

        for (array_each(char *const, opening, openings))
                strings_take(&words, firewalld_words(*opening));
        return strings_join(&words, ", ");
}

/* What isn't there, now or at the next start; ours is what wasn't there to stay. */
static void plan_additions(const struct answers *answers, const struct strings *wanted,
        const struct strings *ours, struct plan *plan)
{
        const struct firewall_state *state = &answers->firewall;
        CLEANUP(strings_done) struct strings missing = {0};
        CLEANUP(string_free) char *words = NULL;
        struct step *step;

        for (array_each(char *const, opening, wanted))
                if (!strings_has(&state->runtime, *opening) || !strings_has(&state->permanent, *opening))
                        strings_add(&missing, *opening);
        if (missing.count == 0)
                return;
        words = openings_words(&missing);
        step = plan_add(plan, STEP_FIREWALLD_OPEN, "have firewalld let in %s", words);
        for (array_each(char *const, opening, &missing)) {
                bool is_permanent = strings_has(&state->permanent, *opening);

                if (!strings_has(&state->runtime, *opening))
                        strings_add(&step->firewalld.runtime, *opening);
                if (!is_permanent)
                        strings_add(&step->firewalld.permanent, *opening);
                if (!is_permanent && !strings_has(ours, *opening))
                        strings_add(&step->firewalld.ours, *opening);
        }
}

static void plan_removals(const struct answers *answers, const struct strings *removed, struct plan *plan)
{
        const struct firewall_state *state = &answers->firewall;
        CLEANUP(string_free) char *words = NULL;
        struct step *step;

        if (removed->count == 0)
                return;
        words = openings_words(removed);
        step = plan_add(plan, STEP_FIREWALLD_CLOSE, "have firewalld no longer let in %s", words);
        for (array_each(char *const, opening, removed)) {
                if (strings_has(&state->runtime, *opening))
                        strings_add(&step->firewalld.runtime, *opening);
                if (strings_has(&state->permanent, *opening) || !state->has_firewalld)
                        strings_add(&step->firewalld.permanent, *opening);
                strings_add(&step->firewalld.ours, *opening);
        }
}

void firewalld_plan(const struct wish *wish, const struct answers *answers, const struct firewalls *wanted,
        struct plan *plan)
{
        CLEANUP(strings_done) struct strings openings = {0}, ours = {0}, removed = {0};
        bool closes_ours = false;

        if (answers->firewall.zones.count == 0) {
                plan_add(plan, STEP_WAIT, "wait for firewalld, which doesn't answer yet")->unit.name = NULL;
                return;
        }
        find_wanted(answers, wanted, &openings);
        read_note(answers, &ours);
        for (array_each(char *const, opening, &ours)) {
                if (strings_has(&openings, *opening))
                        continue;
                strings_add(&removed, *opening);
                closes_ours |= firewalld_opens(*opening, answers->firewall.ssh_port);
        }
        if (closes_ours && firewall_plan_lockout(wish, answers, wanted, plan))
                return;
        plan_additions(answers, &openings, &ours, plan);
        plan_removals(answers, &removed, plan);
}

void firewalld_undo(const struct answers *answers, struct plan *plan)
{
        CLEANUP(strings_done) struct strings ours = {0};

        read_note(answers, &ours);
        plan_removals(answers, &ours, plan);
}
