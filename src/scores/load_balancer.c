/* What stands in front of a cluster is an aspect of its host: services of load_balancer sections, by a haproxy of our own
 * beside whatever haproxy the machine has (plan/haproxy.h says why).
 *
 * Done is what is seen to run: the configuration that the running haproxy was started or reloaded with, and its sockets.
 * So a run that was cut off between writing the file and the reload finds the reload still to do. */
#include "scores/balancer_conflicts.h"
#include "scores/file_change.h"
#include "scores/score.h"
#include "scores/unit_steps.h"

/* Networks that libvirt brings up when it starts may come after it: then it is tried again. */
#define UNIT_TEXT                                                                              \
        "# Made by provision: what it runs is in " HAPROXY_OURS ".\n"                          \
        "[Unit]\n"                                                                             \
        "Description=Load balancer of the services in " HAPROXY_OURS "\n"                      \
        "Wants=network-online.target\n"                                                        \
        "After=network-online.target libvirtd.service virtnetworkd.service\n"                  \
        "StartLimitIntervalSec=0\n"                                                            \
        "\n"                                                                                   \
        "[Service]\n"                                                                          \
        "Type=notify\n"                                                                        \
        "RuntimeDirectory=provision-haproxy\n"                                                 \
        "ExecStart=/usr/sbin/haproxy -Ws -f " HAPROXY_OURS " -p " HAPROXY_RUN "/haproxy.pid\n" \
        "ExecReload=/usr/sbin/haproxy -c -q -f " HAPROXY_OURS "\n"                             \
        "ExecReload=/bin/kill -USR2 $MAINPID\n"                                                \
        "KillMode=mixed\n"                                                                     \
        "SuccessExitStatus=143\n"                                                              \
        "Restart=always\n"                                                                     \
        "RestartSec=2\n"                                                                       \
        "\n"                                                                                   \
        "[Install]\n"                                                                          \
        "WantedBy=multi-user.target\n"

static const struct file_config unit_file = {
        .path = (char *)HAPROXY_UNIT_FILE,
        .type = FILE_REGULAR,
        .content = (char *)UNIT_TEXT,
        .content_length = sizeof(UNIT_TEXT) - 1,
        .mode = 0644,
        .owner = (char *)"root",
        .group = (char *)"root",
};

/* What is wished, and how it is written. */
struct wanted {
        struct haproxy services;
        char *text, *fingerprint;
};

static void wanted_done(struct wanted *wanted)
{
        haproxy_done(&wanted->services);
        free(wanted->text);
        free(wanted->fingerprint);
}

static void add_services(const struct wish *wish, struct haproxy *services)
{
        for (array_each(const struct load_balancer_config *, balancer, &wish->load_balancers))
                for (array_each(const struct service_config, service, &(*balancer)->services)) {
                        CLEANUP(string_free)
                        char *name = string_format("%s:%s", (*balancer)->name, service->service.name);

                        haproxy_add(services, name, &service->service);
                        balanced_service_leave_out(
                                &services->services.items[services->services.count - 1].service,
                                &wish->retired);
                }
}

/* ---- asking ---- */

static void ask_about_ours(struct survey *survey)
{
        survey_ask(survey, ASK_UNIT, HAPROXY_UNIT);
        survey_ask(survey, ASK_FILE, HAPROXY_UNIT_FILE);
        survey_ask(survey, ASK_FILE, HAPROXY_OURS);
}

static void load_balancer_ask(const struct wish *wish, struct survey *survey)
{
        if (wish->load_balancers.count == 0)
                return;
        ask_about_ours(survey);
        survey_ask(survey, ASK_TEXT, HAPROXY_OURS);
        survey_ask(survey, ASK_TEXT, HAPROXY_THEIRS);
        survey_ask(survey, ASK_BALANCER, NULL);
        survey_ask(survey, ASK_OWN_ADDRESSES, NULL);
        for (array_each(const struct load_balancer_config *, balancer, &wish->load_balancers))
                for (array_each(const struct service_config, service, &(*balancer)->services))
                        for (array_each(const struct socket_address, bind, &service->service.binds)) {
                                CLEANUP(string_free) char *port = string_format("%u", bind->port);

                                survey_ask(survey, ASK_LISTENERS, port);
                        }
}

/* ---- the files ---- */

/* In what the services that are written there differ; nothing where the text differs only in its form. */
static void find_differences(const struct haproxy *wanted, const char *text, struct strings *ret_words)
{
        CLEANUP(haproxy_done) struct haproxy found = {0};

        haproxy_read(text, &found);
        for (array_each(const struct haproxy_service, service, &wanted->services)) {
                const struct haproxy_service *there = haproxy_find(&found, service->service.name);
                CLEANUP(strings_done) struct strings words = {0};
                CLEANUP(string_free) char *list = NULL;

                if (!there)
                        strings_add(&words, "comes");
                else
                        balanced_service_differences(&service->service, &there->service, &words);
                for (size_t i = 0; there && i < there->unmodelled.count; i++)
                        strings_take(&words, string_format("loses \"%s\"", there->unmodelled.items[i]));
                if (words.count == 0)
                        continue;
                list = strings_join(&words, ", ");
                strings_take(ret_words, string_format("service %s: %s", service->service.name, list));
        }
        for (array_each(const struct haproxy_service, service, &found.services))
                if (!haproxy_find(wanted, service->service.name))
                        strings_take(ret_words, string_format("service %s goes", service->service.name));
        for (array_each(const struct haproxy_skipped, skipped, &found.skipped))
                strings_take(ret_words, string_format("service %s: %s", skipped->name, skipped->why));
}

static char *differences_words(const struct answers *answers, const struct haproxy *wanted)
{
        const struct text_state *found = answers_text(answers, HAPROXY_OURS);
        CLEANUP(strings_done) struct strings words = {0};

        if (found && found->text)
                find_differences(wanted, found->text, &words);
        return words.count ? strings_join(&words, "; ")
                           : string_copy("its services are the same, other lines differ");
}

static char *names_words(const struct haproxy *services)
{
        CLEANUP(strings_done) struct strings names = {0};

        for (array_each(const struct haproxy_service, service, &services->services))
                strings_add(&names, service->service.name);
        return strings_join(&names, ", ");
}

static bool is_in_the_way(const struct file_config *wanted, const struct file_state *found,
        enum file_change change, struct plan *plan)
{
        if (change == FILE_IN_THE_WAY)
                plan_block(plan, "%s is a %s where a file is wanted: move it out of the way", wanted->path,
                        found->type == FILE_DIRECTORY ? "directory" : found->what);
        else if (change == FILE_TO_CREATE && found && found->obstacle)
                plan_block(plan,
                        "%s can't be written, because %s is there and is no directory: move that away",
                        wanted->path, found->obstacle);
        else
                return false;
        return true;
}

/* Whether haproxy has something new to read. */
static bool plan_configuration(const struct answers *answers, const struct wanted *wanted, struct plan *plan)
{
        const struct file_config file = {
                .path = (char *)HAPROXY_OURS,
                .type = FILE_REGULAR,
                .content = wanted->text,
                .content_length = strlen(wanted->text),
                .mode = 0644,
                .owner = (char *)"root",
                .group = (char *)"root",
        };
        const struct file_state *found = answers_file(answers, HAPROXY_OURS);
        enum file_change change = file_change(&file, found);
        CLEANUP(string_free) char *words = NULL;
        struct step *step;

        if (change == FILE_AS_WISHED || is_in_the_way(&file, found, change, plan))
                return false;
        words = change == FILE_TO_CREATE   ? names_words(&wanted->services)
                : change == FILE_TO_ADJUST ? string_copy("who may read and change it")
                                           : differences_words(answers, &wanted->services);
        step = plan_add(plan, STEP_BALANCER_WRITE, "%s %s: %s",
                change == FILE_TO_CREATE   ? "write"
                : change == FILE_TO_ADJUST ? "set right"
                                           : "rewrite",
                HAPROXY_OURS, words);
        step->balancer.text = string_copy(wanted->text);
        return change != FILE_TO_ADJUST;
}

static bool plan_unit_file(const struct answers *answers, struct plan *plan)
{
        const struct file_state *found = answers_file(answers, HAPROXY_UNIT_FILE);
        enum file_change change = file_change(&unit_file, found);

        if (change == FILE_AS_WISHED || is_in_the_way(&unit_file, found, change, plan))
                return false;
        plan_add(plan, STEP_FILE, "%s file %s", change == FILE_TO_CREATE ? "write" : "rewrite",
                HAPROXY_UNIT_FILE)
                ->file = &unit_file;
        return change != FILE_TO_ADJUST;
}

/* ---- what runs ---- */

/* Where it is wished to listen and doesn't; owned by the caller, NULL: everywhere. */
static char *silent_words(const struct answers *answers, const struct haproxy *services)
{
        CLEANUP(strings_done) struct strings words = {0};
        char at[SOCKET_TEXT];

        for (array_each(const struct haproxy_service, service, &services->services))
                for (array_each(const struct socket_address, bind, &service->service.binds))
                        if (!balancer_listens(answers, bind))
                                strings_take(&words,
                                        string_format("%s for service %s", socket_address_format(bind, at),
                                                service->service.name));
        return words.count ? strings_join(&words, ", ") : NULL;
}

/* Brings what runs to what is written; false: nothing to do. */
static bool plan_running(const struct answers *answers, const struct wanted *wanted, bool has_new_text,
        bool has_new_unit, struct plan *plan)
{
        const struct unit_state *unit = answers_unit(answers, HAPROXY_UNIT);
        CLEANUP(string_free) char *silent = silent_words(answers, &wanted->services), *why = NULL;
        bool is_up_to_date = strings_has(&answers->balancer_fingerprints, wanted->fingerprint);

        if (!unit || !unit->active) {
                if (unit && unit->changing && (has_new_text || has_new_unit))
                        unit_step(plan, HAPROXY_UNIT, UNIT_RESTART, "");
                else
                        unit_plan_active(plan, HAPROXY_UNIT, unit, false);
                return true;
        }
        if (has_new_unit) {
                unit_step(plan, HAPROXY_UNIT, UNIT_RESTART, ": its file changes");
        } else if (has_new_text) {
                unit_step(plan, HAPROXY_UNIT, UNIT_RELOAD, "");
        } else if (!is_up_to_date) {
                unit_step(plan, HAPROXY_UNIT, UNIT_RELOAD,
                        ", which runs with another configuration than " HAPROXY_OURS);
        } else if (silent) {
                why = string_format(", which doesn't listen at %s", silent);
                unit_step(plan, HAPROXY_UNIT, UNIT_RESTART, why);
        } else {
                return false;
        }
        return true;
}

static void plan_look(struct wanted *wanted, struct plan *plan)
{
        CLEANUP(string_free) char *names = names_words(&wanted->services);
        struct step *step = plan_add(plan, STEP_BALANCER_LISTEN, "see haproxy listen for %s", names);

        step->balancer.fingerprint = STEAL(wanted->fingerprint);
        step->balancer.wanted = memory_new(1, sizeof(*step->balancer.wanted));
        *step->balancer.wanted = wanted->services;
        wanted->services = (struct haproxy) {0};
}

static void load_balancer_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        CLEANUP(wanted_done) struct wanted wanted = {0};
        CLEANUP(error_done) struct error error = {0};
        bool has_new_text, has_new_unit;

        if (wish->load_balancers.count == 0)
                return;
        add_services(wish, &wanted.services);
        wanted.text = haproxy_write(&wanted.services, &wanted.fingerprint, &error);
        if (!wanted.text) {
                plan_block(plan, "%s", error_text(&error));
                return;
        }
        balancer_plan_conflicts(wish, answers, &wanted.services, plan);
        has_new_text = plan_configuration(answers, &wanted, plan);
        has_new_unit = plan_unit_file(answers, plan);
        unit_plan_enabled(plan, HAPROXY_UNIT, answers_unit(answers, HAPROXY_UNIT), false);
        if (plan_running(answers, &wanted, has_new_text, has_new_unit, plan))
                plan_look(&wanted, plan);
}

/* ---- undoing ---- */

static void load_balancer_ask_undo(
        const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)wish;
        (void)answers;
        ask_about_ours(survey);
}

static void undo_file(const struct answers *answers, const char *path, struct plan *plan)
{
        const struct file_state *found = answers_file(answers, path);

        if (found && found->exists && found->type == FILE_REGULAR && !answers_owned(answers, "file", path))
                plan_add(plan, STEP_FILE_REMOVE, "remove file %s", path)->path = path;
}

/* What the store knows of is taken back by the Scores of files and units. The rest is ours by its name: another controller
 * has made it. */
static void load_balancer_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        const struct unit_state *unit = answers_unit(answers, HAPROXY_UNIT);

        (void)wish;
        if (unit_is_there(unit) && !answers_owned(answers, "unit", HAPROXY_UNIT)) {
                unit_plan_inactive(plan, HAPROXY_UNIT, unit);
                if (string_equal(unit->file_state, "enabled"))
                        unit_step(plan, HAPROXY_UNIT, UNIT_DISABLE, "");
        }
        undo_file(answers, HAPROXY_UNIT_FILE, plan);
        undo_file(answers, HAPROXY_OURS, plan);
}

const struct score score_load_balancer = {
        .name = "load_balancer",
        .summary = "services that stand in front of others are as configured, and haproxy listens for them",
        .ask = load_balancer_ask,
        .plan = load_balancer_plan,
        .ask_undo = load_balancer_ask_undo,
        .undo = load_balancer_undo,
        .settle_s = 5,
};
