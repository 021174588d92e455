/* What an OPNsense does for others is an aspect of the host that reaches it: services of load_balancer sections in its haproxy,
 * ports of firewall sections in its packet filter (plan/opnsense.h says by what ours are known, and what runs).
 *
 * One that doesn't answer may be a guest that this very run brings up: its steps look again before they do anything. */
#include "scores/opnsense_conflicts.h"
#include "scores/score.h"

#include "base/text.h"

/* ---- what is wished ---- */

static void add_services(
        const struct wish *wish, const struct opnsense_config *opnsense, struct opnsense_objects *wanted)
{
        for (array_each(const struct load_balancer_config *, balancer, &wish->opnsense_balancers))
                for (array_each(const struct service_config, service, &(*balancer)->services)) {
                        struct balanced_service wished;

                        if (!string_equal((*balancer)->opnsense, opnsense->name))
                                continue;
                        balanced_service_copy(&wished, &service->service);
                        balanced_service_leave_out(&wished, &wish->retired);
                        opnsense_add_service(wanted, (*balancer)->name, &wished);
                        balanced_service_done(&wished);
                }
        if (wanted->list.count > 0)
                opnsense_add_general(wanted);
}

static void add_rules(
        const struct wish *wish, const struct opnsense_config *opnsense, struct opnsense_objects *wanted)
{
        for (array_each(const struct firewall_config *, firewall, &wish->opnsense_firewalls))
                if (string_equal((*firewall)->opnsense, opnsense->name))
                        opnsense_add_rules(wanted, &(*firewall)->firewall);
}

/* The two areas, each with its steps. */
static const struct {
        void (*add)(const struct wish *wish, const struct opnsense_config *opnsense,
                struct opnsense_objects *wanted);
        enum step_kind write;
        const char *words;
} areas[OPNSENSE_AREAS] = {
        [OPNSENSE_SERVICES] = {add_services, STEP_OPNSENSE_WRITE, "services"},
        [OPNSENSE_RULES] = {add_rules, STEP_OPNSENSE_RULES, "rules"},
};

/* ---- asking ---- */

static void ask(const struct wish *wish, bool is_wanted, struct survey *survey)
{
        for (array_each(const struct opnsense_config *, opnsense, &wish->opnsenses)) {
                unsigned needs = 0;

                for (int area = 0; area < OPNSENSE_AREAS && is_wanted; area++) {
                        struct opnsense_objects wanted = {0};

                        areas[area].add(wish, *opnsense, &wanted);
                        needs |= wanted.list.count > 0 ? 1U << area : 0;
                        opnsense_objects_done(&wanted);
                }
                survey_ask_opnsense(survey, *opnsense, needs);
        }
}

static void opnsense_ask(const struct wish *wish, struct survey *survey)
{
        ask(wish, true, survey);
}

/* ---- planning ---- */

/* Takes the wanted objects. */
static void add_step(const struct opnsense_config *opnsense, enum step_kind kind,
        struct opnsense_objects *wanted, struct plan *plan, char *sentence)
{
        struct step *step = plan_add(plan, kind, "%s", sentence);

        step->opnsense.config = opnsense;
        step->opnsense.wanted = *wanted;
        *wanted = (struct opnsense_objects) {0};
        free(sentence);
}

static char *names_words(const struct opnsense_objects *wanted)
{
        CLEANUP(strings_done) struct strings names = {0};

        for (array_each(const struct opnsense_object, object, &wanted->list))
                if (object->kind == OPNSENSE_FRONTEND || object->kind == OPNSENSE_RULE)
                        strings_add(&names, opnsense_label(object));
        return strings_join(&names, ", ");
}

static void plan_look(
        const struct opnsense_config *opnsense, const struct opnsense_objects *services, struct plan *plan)
{
        struct opnsense_objects wanted = {0};
        CLEANUP(string_free) char *names = names_words(services);

        if (services->list.count == 0)
                return;
        for (array_each(const struct opnsense_object, object, &services->list))
                opnsense_copy(array_add(&wanted.list), object);
        add_step(opnsense, STEP_OPNSENSE_SEE, &wanted, plan,
                string_format("see the haproxy of OPNsense %s listen for %s", opnsense->name, names));
}

/* Why haproxy has to read again what is written already; NULL: it hasn't. */
static char *running_words(const struct opnsense_objects *wanted, const struct opnsense_state *state)
{
        CLEANUP(strings_done) struct strings words = {0};

        if (wanted->list.count > 0 && !state->is_running)
                return string_copy("its haproxy doesn't run");
        opnsense_running_differences(wanted, state, &words);
        return words.count ? strings_join(&words, "; ") : NULL;
}

static void plan_area(const struct opnsense_config *opnsense, enum opnsense_area area,
        const struct opnsense_state *state, struct opnsense_objects *wanted, struct plan *plan)
{
        CLEANUP(opnsense_changes_done) struct opnsense_changes changes = {0};
        CLEANUP(string_free) char *words = NULL;

        opnsense_compare(area, wanted, &state->objects, &changes);
        if (changes.list.count > 0)
                words = opnsense_changes_words(&changes);
        else if (area == OPNSENSE_SERVICES)
                words = running_words(wanted, state);
        if (!words)
                return;
        if (area == OPNSENSE_SERVICES && opnsense_plan_conflicts(opnsense, state, wanted, plan))
                return;
        add_step(opnsense, areas[area].write, wanted, plan,
                changes.list.count > 0 ? string_format("bring the %s of OPNsense %s in line: %s",
                                                 areas[area].words, opnsense->name, words)
                                       : string_format("have OPNsense %s load its %s: %s", opnsense->name,
                                                 areas[area].words, words));
}

static void plan_unseen(const struct opnsense_config *opnsense, enum opnsense_area area, const char *why,
        struct opnsense_objects *wanted, struct plan *plan)
{
        CLEANUP(string_free) char *names = names_words(wanted);

        if (wanted->list.count > 0)
                add_step(opnsense, areas[area].write, wanted, plan,
                        string_format(
                                "bring the %s of OPNsense %s in line (%s), which can't be asked yet: %s",
                                areas[area].words, opnsense->name, names, why));
}

static void plan_for(const struct wish *wish, bool is_wanted, const struct opnsense_config *opnsense,
        const struct opnsense_state *state, struct plan *plan)
{
        for (int area = 0; area < OPNSENSE_AREAS; area++) {
                struct opnsense_objects wanted = {0}, services = {0};
                size_t steps = plan->steps.count;

                if (is_wanted)
                        areas[area].add(wish, opnsense, &wanted);
                for (array_each(const struct opnsense_object, object, &wanted.list))
                        opnsense_copy(array_add(&services.list), object);
                if (!state->answers)
                        plan_unseen(opnsense, (enum opnsense_area)area, state->why, &wanted, plan);
                else if (area == OPNSENSE_SERVICES && !state->has_haproxy && wanted.list.count > 0)
                        plan_block(plan,
                                "OPNsense %s has no haproxy: install its plugin os-haproxy (System: "
                                "Firmware: Plugins)",
                                opnsense->name);
                else if (state->is_known[area])
                        plan_area(opnsense, (enum opnsense_area)area, state, &wanted, plan);
                if (area == OPNSENSE_SERVICES && plan->steps.count > steps)
                        plan_look(opnsense, &services, plan);
                opnsense_objects_done(&wanted);
                opnsense_objects_done(&services);
        }
}

static void plan_all(
        const struct wish *wish, bool is_wanted, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct opnsense_config *, opnsense, &wish->opnsenses)) {
                const struct opnsense_state *state = answers_opnsense(answers, (*opnsense)->name);

                if (!state)
                        continue;
                if (state->is_refused)
                        plan_block(plan, "%s", state->why);
                else
                        plan_for(wish, is_wanted, *opnsense, state, plan);
        }
}

static void opnsense_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        plan_all(wish, true, answers, plan);
}

/* ---- undoing ---- */

static void opnsense_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)answers;
        ask(wish, false, survey);
}

static void opnsense_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        plan_all(wish, false, answers, plan);
}

const struct score score_opnsense = {
        .name = "opnsense",
        .summary = "firewalls that the machine reaches have the services and rules that are wished",
        .ask = opnsense_ask,
        .plan = opnsense_plan,
        .ask_undo = opnsense_ask_undo,
        .undo = opnsense_undo,
        .settle_s = 15,
};
