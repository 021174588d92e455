/* Which ports the outside may reach is an aspect of its host: what the sections firewall say, in a table of nftables of our
 * own, which a unit of our own loads before there is a network (plan/nftables.h says how it is known to be there).
 *
 * Done is what the kernel lists: a table that somebody has flushed or changed is loaded again, whatever our file says. */
#include "scores/file_change.h"
#include "scores/firewall_conflicts.h"
#include "scores/firewalld.h"
#include "scores/score.h"
#include "scores/unit_steps.h"

/* The pipe is for SELinux, which lets nft write to no file. */
#define LOAD                                                             \
        "/bin/sh -c 'nft -f " NFTABLES_FILE " && mkdir -p " NFTABLES_RUN \
        " && nft list table " NFTABLES_TABLE " | cat >" NFTABLES_LOADED "'\n"

/* The distribution's own nftables.service empties the kernel's tables, ours, too, when it starts or is reloaded: so ours
 * comes after it, each time. */
#define UNIT_TEXT                                                                                     \
        "# Made by provision: what it loads is in " NFTABLES_FILE ".\n"                               \
        "[Unit]\n"                                                                                    \
        "Description=Firewall of the rules in " NFTABLES_FILE "\n"                                    \
        "DefaultDependencies=no\n"                                                                    \
        "Wants=network-pre.target\n"                                                                  \
        "Before=network-pre.target shutdown.target\n"                                                 \
        "Conflicts=shutdown.target\n"                                                                 \
        "After=nftables.service\n"                                                                    \
        "PartOf=nftables.service\n"                                                                   \
        "ReloadPropagatedFrom=nftables.service\n"                                                     \
        "\n"                                                                                          \
        "[Service]\n"                                                                                 \
        "Type=oneshot\n"                                                                              \
        "RemainAfterExit=yes\n"                                                                       \
        "ExecStart=" LOAD "ExecReload=" LOAD "ExecStop=-/bin/sh -c 'nft delete table " NFTABLES_TABLE \
        "; rm -rf " NFTABLES_RUN "'\n"                                                                \
        "\n"                                                                                          \
        "[Install]\n"                                                                                 \
        "WantedBy=sysinit.target\n"

static const struct file_config unit_file = {
        .path = (char *)NFTABLES_UNIT_FILE,
        .type = FILE_REGULAR,
        .content = (char *)UNIT_TEXT,
        .content_length = sizeof(UNIT_TEXT) - 1,
        .mode = 0644,
        .owner = (char *)"root",
        .group = (char *)"root",
};

/* What is wished, and how it is written. */
struct wanted {
        struct firewalls firewalls;
        char *text, *fingerprint;
};

static void wanted_done(struct wanted *wanted)
{
        array_free(&wanted->firewalls.list);
        free(wanted->text);
        free(wanted->fingerprint);
}

/* ---- asking ---- */

static void ask_about_ours(struct survey *survey)
{
        survey_ask(survey, ASK_UNIT, NFTABLES_UNIT);
        survey_ask(survey, ASK_FILE, NFTABLES_UNIT_FILE);
        survey_ask(survey, ASK_FILE, NFTABLES_FILE);
        survey_ask(survey, ASK_FIREWALL, NULL);
        firewalld_ask(survey);
}

static void firewall_ask(const struct wish *wish, struct survey *survey)
{
        if (wish->firewalls.count == 0)
                return;
        ask_about_ours(survey);
        survey_ask(survey, ASK_INTERFACES, NULL);
        for (array_each(const struct firewall_config *, firewall, &wish->firewalls))
                for (array_each(char *, interface, &(*firewall)->firewall.interfaces))
                        survey_ask(survey, ASK_ZONE, *interface);
}

/* ---- the table ---- */

/* The first line that only the one has; NULL: none. */
static const char *find_addition(const struct strings *lines, const struct strings *others)
{
        for (array_each(char *const, line, lines))
                if (!strings_has(others, *line))
                        return *line + strspn(*line, "\t ");
        return NULL;
}

/* What is loaded is what we have loaded, and that is what is wished. */
static bool is_loaded(const struct firewall_state *state, const struct wanted *wanted)
{
        bool is_ours = false;

        for (array_each(char *const, line, &state->listed))
                is_ours |= nftables_is_of(*line, wanted->fingerprint);
        return is_ours && strings_equal(&state->listed, &state->loaded);
}

/* "let in over eth0 only 22/tcp from 203.0.113.0/24; over eth1 nothing" */
static char *wish_words(const struct firewalls *firewalls)
{
        struct text words = {0};
        char subnet[SUBNET_TEXT];

        for (array_each(const struct firewall *const, at, &firewalls->list)) {
                const struct firewall *firewall = *at;
                CLEANUP(string_free) char *interfaces = strings_join(&firewall->interfaces, ", ");
                CLEANUP(string_free) char *ports = firewall_ports_words(firewall);

                text_format(&words, "%s over %s %s%s", at == firewalls->list.items ? "let in" : ";",
                        interfaces, firewall->ports.count ? "only " : "",
                        firewall->ports.count ? ports : "nothing");
                for (size_t i = 0; i < firewall->from.count; i++)
                        text_format(&words, "%s%s", i ? ", " : " from ",
                                subnet_format(&firewall->from.items[i], subnet));
        }
        return text_take(&words);
}

/* Why what is wished has to be loaded again; "" where the wish is new. */
static char *drift_words(
        const struct firewall_state *state, const struct wanted *wanted, enum file_change change)
{
        const char *line;

        if (change == FILE_TO_ADJUST)
                return string_copy(": set right who may read and change " NFTABLES_FILE);
        if (change != FILE_AS_WISHED)
                return string_copy("");
        if (state->listed.count == 0)
                return string_copy(": the kernel has nothing of it");
        line = find_addition(&state->listed, &state->loaded);
        if (line && state->loaded.count > 0)
                return string_format(": its table has been given \"%s\"", line);
        line = find_addition(&state->loaded, &state->listed);
        if (line)
                return string_format(": its table has lost \"%s\"", line);
        (void)wanted;
        return string_copy(": its table was loaded by somebody else");
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

static void plan_table(const struct wish *wish, const struct answers *answers, const struct wanted *wanted,
        struct plan *plan)
{
        const struct file_config file = {
                .path = (char *)NFTABLES_FILE,
                .type = FILE_REGULAR,
                .content = wanted->text,
                .content_length = strlen(wanted->text),
                .mode = 0644,
                .owner = (char *)"root",
                .group = (char *)"root",
        };
        const struct file_state *found = answers_file(answers, NFTABLES_FILE);
        enum file_change change = file_change(&file, found);
        CLEANUP(string_free) char *words = NULL, *why = NULL;

        if ((change == FILE_AS_WISHED && is_loaded(&answers->firewall, wanted)) ||
                is_in_the_way(&file, found, change, plan) ||
                firewall_plan_lockout(wish, answers, &wanted->firewalls, plan))
                return;
        words = wish_words(&wanted->firewalls);
        why = drift_words(&answers->firewall, wanted, change);
        plan_add(plan, STEP_FIREWALL_LOAD, "%s%s", words, why)->firewall.text = string_copy(wanted->text);
}

/* ---- the unit ---- */

static bool plan_unit_file(const struct answers *answers, struct plan *plan)
{
        const struct file_state *found = answers_file(answers, NFTABLES_UNIT_FILE);
        enum file_change change = file_change(&unit_file, found);

        if (change == FILE_AS_WISHED || is_in_the_way(&unit_file, found, change, plan))
                return false;
        plan_add(plan, STEP_FILE, "%s file %s", change == FILE_TO_CREATE ? "write" : "rewrite",
                NFTABLES_UNIT_FILE)
                ->file = &unit_file;
        return change != FILE_TO_ADJUST;
}

static void plan_unit(const struct answers *answers, struct plan *plan)
{
        const struct unit_state *unit = answers_unit(answers, NFTABLES_UNIT);
        bool has_new_file = plan_unit_file(answers, plan);

        unit_plan_enabled(plan, NFTABLES_UNIT, unit, false);
        if (unit && unit->active && has_new_file)
                unit_step(plan, NFTABLES_UNIT, UNIT_RESTART, ": its file changes");
        else
                unit_plan_active(plan, NFTABLES_UNIT, unit, false);
}

static void plan_unit_at_rest(const struct unit_state *unit, struct plan *plan)
{
        if (!unit_is_there(unit))
                return;
        unit_plan_inactive(plan, NFTABLES_UNIT, unit);
        if (string_equal(unit->file_state, "enabled"))
                unit_step(plan, NFTABLES_UNIT, UNIT_DISABLE, "");
}

/* The unit takes the table with it; one that is there without it goes by itself. */
static void plan_no_table(const struct answers *answers, struct plan *plan)
{
        const struct unit_state *unit = answers_unit(answers, NFTABLES_UNIT);

        if (answers->firewall.listed.count > 0 && !(unit && unit->active))
                plan_add(plan, STEP_FIREWALL_REMOVE, "take away table " NFTABLES_TABLE);
}

static void firewall_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        CLEANUP(wanted_done) struct wanted wanted = {0};
        CLEANUP(error_done) struct error error = {0};

        if (wish->firewalls.count == 0)
                return;
        for (array_each(const struct firewall_config *, firewall, &wish->firewalls))
                *array_add(&wanted.firewalls.list) = &(*firewall)->firewall;
        wanted.text = nftables_write(&wanted.firewalls, &wanted.fingerprint, &error);
        if (!wanted.text) {
                plan_block(plan, "%s", error_text(&error));
                return;
        }
        firewall_plan_warnings(wish, answers, &wanted.firewalls, plan);
        if (answers->firewall.has_firewalld) {
                firewalld_plan(wish, answers, &wanted.firewalls, plan);
                plan_unit_at_rest(answers_unit(answers, NFTABLES_UNIT), plan);
                plan_no_table(answers, plan);
                return;
        }
        plan_table(wish, answers, &wanted, plan);
        plan_unit(answers, plan);
}

/* ---- undoing ---- */

static void firewall_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
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

/* What the store knows of is taken back by the Scores of files and units; the rest is ours by its name. */
static void firewall_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        (void)wish;
        firewalld_undo(answers, plan);
        if (!answers_owned(answers, "unit", NFTABLES_UNIT))
                plan_unit_at_rest(answers_unit(answers, NFTABLES_UNIT), plan);
        plan_no_table(answers, plan);
        undo_file(answers, NFTABLES_UNIT_FILE, plan);
        undo_file(answers, NFTABLES_FILE, plan);
}

const struct score score_firewall = {
        .name = "firewall",
        .summary = "the outside reaches the ports that are wished, and no others",
        .ask = firewall_ask,
        .plan = firewall_plan,
        .ask_undo = firewall_ask_undo,
        .undo = firewall_undo,
        .settle_s = 5,
};
