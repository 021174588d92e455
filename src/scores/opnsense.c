/* What an OPNsense does for others is an aspect of the host that reaches it: services of load_balancer sections in its haproxy,
 * ports of firewall sections in its packet filter (plan/opnsense.h says by what ours are known, and what runs). Two that are a pair
 * have the same, or neither has it; and the backup's static mappings follow the primary's.
 *
 * One that doesn't answer may be a guest that this very run brings up: its steps look again before they do anything. */
#include "scores/opnsense_conflicts.h"
#include "scores/score.h"

#include "base/text.h"

/* One firewall, or a pair. */
struct site {
        const char *name; /* by which sections mean it */
        char *words;      /* "OPNsense fw1", "firewall pair edge" */
        const struct opnsense_config *members[OPNSENSE_MEMBERS];
        const struct opnsense_state *states[OPNSENSE_MEMBERS];
        size_t count;
};

struct sites {
        ARRAY(struct site) list;
};

static void sites_done(struct sites *sites)
{
        for (array_each(struct site, site, &sites->list))
                free(site->words);
        array_free(&sites->list);
}

static void add_member(const struct wish *wish, const char *name, struct site *site)
{
        for (array_each(const struct opnsense_config *, opnsense, &wish->opnsenses))
                if (string_equal((*opnsense)->name, name))
                        site->members[site->count++] = *opnsense;
}

static bool is_in_a_pair(const struct wish *wish, const char *name)
{
        for (array_each(const struct firewall_pair_config *, pair, &wish->firewall_pairs))
                if (string_equal((*pair)->primary, name) || string_equal((*pair)->backup, name))
                        return true;
        return false;
}

static void find_sites(const struct wish *wish, struct sites *ret_places)
{
        for (array_each(const struct firewall_pair_config *, pair, &wish->firewall_pairs)) {
                struct site *site = array_add(&ret_places->list);

                site->name = (*pair)->name;
                site->words = string_format("firewall pair %s", (*pair)->name);
                add_member(wish, (*pair)->primary, site);
                add_member(wish, (*pair)->backup, site);
        }
        for (array_each(const struct opnsense_config *, opnsense, &wish->opnsenses)) {
                struct site *site =
                        is_in_a_pair(wish, (*opnsense)->name) ? NULL : array_add(&ret_places->list);

                if (site)
                        *site = (struct site) {.name = (*opnsense)->name,
                                .words = string_format("OPNsense %s", (*opnsense)->name),
                                .members = {*opnsense},
                                .count = 1};
        }
}

/* ---- what is wished ---- */

static void add_services(const struct wish *wish, const char *name, struct opnsense_objects *wanted)
{
        for (array_each(const struct load_balancer_config *, balancer, &wish->opnsense_balancers))
                for (array_each(const struct service_config, service, &(*balancer)->services)) {
                        struct balanced_service wished;

                        if (!string_equal((*balancer)->opnsense, name))
                                continue;
                        balanced_service_copy(&wished, &service->service);
                        balanced_service_leave_out(&wished, &wish->retired);
                        opnsense_add_service(wanted, (*balancer)->name, &wished);
                        balanced_service_done(&wished);
                }
        if (wanted->list.count > 0)
                opnsense_add_general(wanted);
}

static void add_rules(const struct wish *wish, const char *name, struct opnsense_objects *wanted)
{
        for (array_each(const struct firewall_config *, firewall, &wish->opnsense_firewalls))
                if (string_equal((*firewall)->opnsense, name))
                        opnsense_add_rules(wanted, &(*firewall)->firewall);
}

/* The areas that sections are about, each with its step. */
static const struct {
        void (*add)(const struct wish *wish, const char *name, struct opnsense_objects *wanted);
        enum step_kind write;
        const char *words;
} areas[] = {
        [OPNSENSE_SERVICES] = {add_services, STEP_OPNSENSE_WRITE, "services"},
        [OPNSENSE_RULES] = {add_rules, STEP_OPNSENSE_RULES, "rules"},
};

#define AREAS (sizeof(areas) / sizeof(areas[0]))

/* ---- asking ---- */

static void ask(const struct wish *wish, bool is_wanted, struct survey *survey)
{
        CLEANUP(sites_done) struct sites sites = {0};

        find_sites(wish, &sites);
        for (array_each(struct site, site, &sites.list)) {
                unsigned needs = is_wanted && site->count > 1 ? 1U << OPNSENSE_MAPPINGS : 0;

                for (size_t area = 0; area < AREAS && is_wanted; area++) {
                        CLEANUP(opnsense_objects_done) struct opnsense_objects wanted = {0};

                        areas[area].add(wish, site->name, &wanted);
                        needs |= wanted.list.count > 0 ? 1U << area : 0;
                }
                for (size_t i = 0; i < site->count; i++)
                        survey_ask_opnsense(survey, site->members[i], needs);
        }
}

static void opnsense_ask(const struct wish *wish, struct survey *survey)
{
        ask(wish, true, survey);
}

/* ---- planning ---- */

static void add_step(const struct site *site, enum step_kind kind, const struct opnsense_objects *wanted,
        struct plan *plan, char *sentence)
{
        struct step *step = plan_add(plan, kind, "%s", sentence);

        for (size_t i = 0; i < site->count; i++)
                step->opnsense.members[i] = site->members[i];
        for (array_each(const struct opnsense_object, object, &wanted->list))
                opnsense_copy(array_add(&step->opnsense.wanted.list), object);
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

static void plan_look(const struct site *site, const struct opnsense_objects *wanted, struct plan *plan)
{
        CLEANUP(string_free) char *names = names_words(wanted);

        if (wanted->list.count > 0)
                add_step(site, STEP_OPNSENSE_SEE, wanted, plan,
                        string_format("see the haproxy of %s listen for %s", site->words, names));
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

/* What is to be done on one of them; NULL: nothing. */
static char *member_words(
        enum opnsense_area area, const struct opnsense_objects *wanted, const struct opnsense_state *state)
{
        CLEANUP(opnsense_changes_done) struct opnsense_changes changes = {0};

        if (!state->answers || !state->is_known[area])
                return NULL;
        opnsense_compare(area, wanted, &state->objects, &changes);
        if (changes.list.count > 0)
                return opnsense_changes_words(&changes);
        return area == OPNSENSE_SERVICES ? running_words(wanted, state) : NULL;
}

static char *site_words(
        const struct site *site, enum opnsense_area area, const struct opnsense_objects *wanted)
{
        CLEANUP(string_free) char *first = member_words(area, wanted, site->states[0]), *second = NULL;

        if (site->count == 1)
                return STEAL(first);
        second = member_words(area, wanted, site->states[1]);
        if (!first && !second)
                return NULL;
        if (string_equal(first, second))
                return STEAL(first);
        if (first && second)
                return string_format(
                        "on %s %s; on %s %s", site->members[0]->name, first, site->members[1]->name, second);
        return string_format("on %s %s", site->members[first ? 0 : 1]->name, first ? first : second);
}

/* One of those that don't answer; NULL: all do. */
static const struct opnsense_state *find_silent(const struct site *site, size_t *ret_count)
{
        const struct opnsense_state *silent = NULL;

        *ret_count = 0;
        for (size_t i = 0; i < site->count; i++)
                if (!site->states[i]->answers) {
                        silent = site->states[i];
                        ++*ret_count;
                }
        return silent;
}

static bool plan_obstacles(const struct site *site, enum opnsense_area area,
        const struct opnsense_objects *wanted, struct plan *plan)
{
        bool has_blocked = false;

        for (size_t i = 0; i < site->count && area == OPNSENSE_SERVICES; i++) {
                const struct opnsense_state *state = site->states[i];

                if (!state->answers)
                        continue;
                if (!state->has_haproxy && wanted->list.count > 0) {
                        plan_add(plan, STEP_OPNSENSE_PLUGIN, "install plugin os-haproxy on OPNsense %s",
                                site->members[i]->name)
                                ->opnsense.members[0] = site->members[i];
                        continue;
                }
                has_blocked |= opnsense_plan_conflicts(site->members[i], state, wanted, plan);
        }
        return has_blocked;
}

static void plan_area(const struct site *site, enum opnsense_area area, const struct opnsense_objects *wanted,
        struct plan *plan)
{
        CLEANUP(string_free) char *words = NULL, *names = names_words(wanted);
        size_t silent_count;
        const struct opnsense_state *silent = find_silent(site, &silent_count);

        if (silent_count == site->count) {
                if (wanted->list.count > 0)
                        add_step(site, areas[area].write, wanted, plan,
                                string_format("bring the %s of %s in line (%s), which can't be asked yet: %s",
                                        areas[area].words, site->words, names, silent->why));
        } else if ((words = site_words(site, area, wanted))) {
                if (plan_obstacles(site, area, wanted, plan))
                        return;
                add_step(site, areas[area].write, wanted, plan,
                        string_format("bring the %s of %s in line: %s%s%s", areas[area].words, site->words,
                                words, silent ? "; one of them can't be asked yet: " : "",
                                silent ? silent->why : ""));
        } else {
                return;
        }
        if (area == OPNSENSE_SERVICES)
                plan_look(site, wanted, plan);
}

/* A difference is told as it is, and mended. */
static void plan_mirror(const struct site *site, struct plan *plan)
{
        CLEANUP(opnsense_objects_done) struct opnsense_objects wanted = {0};
        CLEANUP(opnsense_changes_done) struct opnsense_changes changes = {0};
        CLEANUP(strings_done) struct strings problems = {0}, words = {0};
        const char *primary = site->members[0]->name, *backup = site->members[1]->name;
        struct step *step;

        opnsense_mirror(site->states[0], site->states[1], &wanted, &problems);
        opnsense_compare(OPNSENSE_MAPPINGS, &wanted, &site->states[1]->objects, &changes);
        opnsense_mirror_words(&changes, primary, backup, &words);
        for (size_t i = 0; i < words.count; i++)
                plan_warn(plan, "%s: %s", site->words, words.items[i]);
        for (size_t i = 0; i < problems.count; i++)
                plan_warn(plan, "%s: %s lacks a static mapping of %s's: %s", site->words, backup, primary,
                        problems.items[i]);
        if (changes.list.count == 0)
                return;
        step = plan_add(plan, STEP_OPNSENSE_MIRROR, "bring the static mappings of OPNsense %s to those of %s",
                backup, primary);
        step->opnsense.members[0] = site->members[1];
        step->opnsense.from = site->members[0];
}

static void plan_site(const struct wish *wish, bool is_wanted, const struct site *site, struct plan *plan)
{
        size_t silent_count;
        const struct opnsense_state *silent = find_silent(site, &silent_count);

        if (silent && silent_count < site->count)
                plan_warn(plan, "one of %s is down: %s", site->words, silent->why);
        for (size_t area = 0; area < AREAS; area++) {
                CLEANUP(opnsense_objects_done) struct opnsense_objects wanted = {0};

                if (is_wanted)
                        areas[area].add(wish, site->name, &wanted);
                plan_area(site, (enum opnsense_area)area, &wanted, plan);
        }
        if (is_wanted && site->count > 1 && !silent)
                plan_mirror(site, plan);
}

static bool find_states(const struct answers *answers, struct site *site, struct plan *plan)
{
        bool is_refused = false;

        for (size_t i = 0; i < site->count; i++) {
                site->states[i] = answers_opnsense(answers, site->members[i]->name);
                if (!site->states[i])
                        return false;
                if (site->states[i]->is_refused)
                        plan_block(plan, "%s", site->states[i]->why);
                is_refused |= site->states[i]->is_refused;
        }
        return !is_refused;
}

static void plan_all(
        const struct wish *wish, bool is_wanted, const struct answers *answers, struct plan *plan)
{
        CLEANUP(sites_done) struct sites sites = {0};

        find_sites(wish, &sites);
        for (array_each(struct site, site, &sites.list))
                if (find_states(answers, site, plan))
                        plan_site(wish, is_wanted, site, plan);
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
