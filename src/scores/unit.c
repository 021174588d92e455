/* Units of the configuration: masked or not, enabled or not, running or not, and started later than the files
 * they read.
 *
 * A restart isn't remembered, it is seen: a file of restart_on that changed after the unit was started. So a
 * run cut off between writing the file and restarting finds the restart still to do. And a file that this
 * very plan is going to write plans the restart at once, so that --plan tells all of it. */
#include "scores/file_change.h"
#include "scores/others.h"
#include "scores/packages.h"
#include "scores/score.h"
#include "scores/unit_steps.h"
#include "topology/daemons.h"

/* Where systemd puts a unit's mask. */
static char *mask_path(const char *unit)
{
        return string_format("/etc/systemd/system/%s", unit);
}

static void unit_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct unit_config *, unit, &wish->units)) {
                CLEANUP(string_free) char *mask = mask_path((*unit)->name);

                survey_ask(survey, ASK_UNIT, (*unit)->name);
                if ((*unit)->masked)
                        survey_ask(survey, ASK_FILE, mask);
                for (array_each(char *, path, &(*unit)->restart_on))
                        survey_ask(survey, ASK_FILE, *path);
        }
        for (array_each(const struct file_config *, file, &wish->files))
                survey_ask(survey, ASK_FILE, (*file)->path);
        if (wish->units.count)
                packages_ask(wish, survey);
}

/* "/etc/systemd/system/x.service", or a file in a directory "x.service.d". */
static bool is_file_of(const char *path, const char *unit)
{
        const char *slash = strrchr(path, '/');
        CLEANUP(string_free) char *directory = slash ? string_copy_n(path, (size_t)(slash - path)) : NULL;
        CLEANUP(string_free) char *drop_ins = string_format("/%s.d", unit);

        if (!slash)
                return false;
        return string_equal(slash + 1, unit) || string_equal(strrchr(directory, '/'), drop_ins);
}

/* The configuration has a file that is a part of this unit, and it isn't written yet. */
static bool will_be_written(const struct wish *wish, const struct answers *answers, const char *unit)
{
        for (array_each(const struct file_config *, file, &wish->files))
                if (is_file_of((*file)->path, unit) && file_will_be_touched(wish, answers, (*file)->path))
                        return true;
        return false;
}

/* systemd masks only what has no file of its own there, now or after what this very plan does to files. */
static bool is_mask_in_the_way(const struct wish *wish, const struct answers *answers, const char *path,
        const struct unit_state *found)
{
        const struct file_state *file = answers_file(answers, path);
        const char *state = found && found->file_state ? found->file_state : "";

        for (array_each(const struct file_config *, wanted, &wish->files))
                if (string_equal((*wanted)->path, path))
                        return (*wanted)->type != FILE_ABSENT;
        if (!file || !file->exists)
                return false;
        return file->type != FILE_ABSENT || string_equal(state, "linked") || string_equal(state, "alias");
}

static void plan_masked(const struct wish *wish, const struct answers *answers,
        const struct unit_config *wanted, const struct unit_state *found, struct plan *plan)
{
        bool is_masked = found && string_equal(found->file_state, "masked");
        CLEANUP(string_free) char *path = mask_path(wanted->name);

        if (!is_masked && is_mask_in_the_way(wish, answers, path, found)) {
                plan_block(plan,
                        "unit %s can't be masked, because its own file %s is where the mask would be: let "
                        "that "
                        "be absent (file with type = absent), or write enabled = false and active = false "
                        "instead of masked = true",
                        wanted->name, path);
                return;
        }
        unit_plan_inactive(plan, wanted->name, found);
        if (!is_masked)
                unit_step(plan, wanted->name, UNIT_MASK, "");
}

/* What it is for is done when its processes have ended, and then it is inactive again. */
static bool ends_by_itself(const struct unit_state *found)
{
        return string_equal(found->service_type, "oneshot") && !found->active && !found->remains &&
               !found->stale;
}

static void plan_enabled(
        const struct unit_config *wanted, const struct unit_state *found, bool expected, struct plan *plan)
{
        if (wanted->enabled) {
                if (unit_is_static(found))
                        plan_warn(plan, "unit %s can't be enabled, it is %s: what needs it starts it",
                                wanted->name, *found->file_state ? found->file_state : "without a file");
                unit_plan_enabled(plan, wanted->name, found, expected);
                return;
        }
        if (unit_is_masked(found))
                unit_step(plan, wanted->name, UNIT_UNMASK, "");
        if (string_equal(found ? found->file_state : NULL, "enabled") ||
                string_equal(found ? found->file_state : NULL, "enabled-runtime"))
                unit_step(plan, wanted->name, UNIT_DISABLE, "");
}

/* A unit that is running and is to go on: with what it read when it was started, or with something newer? */
static void plan_restart(const struct wish *wish, const struct answers *answers,
        const struct unit_config *wanted, const struct unit_state *found, struct plan *plan)
{
        for (array_each(char *, path, &wanted->restart_on)) {
                const struct file_state *file = answers_file(answers, *path);
                bool is_newer = file && file->exists && file->modified_us > found->since_us;
                CLEANUP(string_free) char *why = NULL;

                if (!is_newer && !file_will_be_touched(wish, answers, *path))
                        continue;
                why = string_format(is_newer ? ": %s changed after it was started" : ": %s changes", *path);
                unit_step(plan, wanted->name, UNIT_RESTART, why);
                return;
        }
}

static void plan_unit(const struct wish *wish, const struct answers *answers,
        const struct unit_config *wanted, struct plan *plan)
{
        const struct unit_state *found = answers_unit(answers, wanted->name);
        bool is_missing = !unit_is_there(found);

        if (wanted->masked) {
                plan_masked(wish, answers, wanted, found, plan);
                return;
        }
        if (!is_missing && found->load_error && !unit_is_masked(found) &&
                !will_be_written(wish, answers, wanted->name)) {
                plan_block(plan, "unit %s can't be loaded: %s", wanted->name, found->load_error);
                return;
        }
        if (is_missing && !wanted->enabled && !wanted->active)
                return; /* what isn't there neither runs nor starts */
        if (is_missing && !packages_are_missing(wish, answers) &&
                !will_be_written(wish, answers, wanted->name)) {
                plan_block(plan,
                        "unit %s doesn't exist and no package or file that is still to come could bring it: "
                        "check "
                        "its name, or name its package",
                        wanted->name);
                return;
        }
        if (wanted->active && !is_missing && ends_by_itself(found) &&
                !will_be_written(wish, answers, wanted->name)) {
                plan_block(plan,
                        "unit %s can't stay active: it is of Type=oneshot without RemainAfterExit=yes, which "
                        "runs and is inactive again. Write active = false in its section (its timer, or what "
                        "needs it, starts it), or RemainAfterExit=yes in its file",
                        wanted->name);
                return;
        }
        plan_enabled(wanted, found, is_missing, plan);
        if (wanted->active && (is_missing || !found->active))
                unit_plan_active(plan, wanted->name, found, is_missing);
        else if (wanted->active)
                plan_restart(wish, answers, wanted, found, plan);
        else
                unit_plan_inactive(plan, wanted->name, found);
}

static void unit_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct unit_config *, wanted, &wish->units))
                plan_unit(wish, answers, *wanted, plan);
}

/* ---- undoing: units of the configuration and libvirt's ---- */

static void unit_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)wish;
        for (array_each(const struct owned_thing, thing, &answers->owned))
                if (string_equal(thing->kind, "unit"))
                        survey_ask(survey, ASK_UNIT, thing->name);
        packages_ask_undo(wish, answers, survey);
}

/* before: "enabled, active", as phases/step_things.c writes it. */
static void undo_unit(const struct unit_state *found, const char *before, struct plan *plan)
{
        bool was_active = strstr(before, ", active") != NULL;
        bool was_masked = strncmp(before, "masked", strlen("masked")) == 0;
        bool was_enabled = strncmp(before, "enabled", strlen("enabled")) == 0;

        if (unit_is_masked(found) && !was_masked)
                unit_step(plan, found->name, UNIT_UNMASK, ", as it was before");
        if (found->active && !was_active)
                unit_step(plan, found->name, UNIT_STOP, ", as it was before");
        if (string_equal(found->file_state, "enabled") && !was_enabled)
                unit_step(plan, found->name, UNIT_DISABLE, ", as it was before");
        if (string_equal(found->file_state, "disabled") && was_enabled)
                unit_step(plan, found->name, UNIT_ENABLE, ", as it was before");
        if (!found->active && was_active)
                unit_step(plan, found->name, UNIT_START, ", as it was before");
        if (!unit_is_masked(found) && was_masked)
                unit_step(plan, found->name, UNIT_MASK, ", as it was before");
}

/* Its file came with a package of ours, so that it had no state before us. */
static bool came_with_us(const struct answers *answers, const char *name)
{
        const char *at = strchr(name, '@'), *dot = strrchr(name, '.');
        CLEANUP(string_free) char *template = NULL;

        if (at && dot)
                template = string_format("%.*s@%s", (int)(at - name), name, dot);
        return strings_has(&answers->added_units, name) ||
               (template && strings_has(&answers->added_units, template));
}

/* The package takes all of it along but a mask, which hides the package's file with one of its own. */
static void undo_packaged(const struct answers *answers, const struct unit_state *found, struct plan *plan)
{
        CLEANUP(string_free) char *users = packages_users(answers);

        if (!users && unit_is_masked(found))
                unit_step(plan, found->name, UNIT_UNMASK, ", which goes with its package");
}

static bool is_libvirts(const char *name)
{
        const struct daemon *const kinds[] = {daemons_monolithic, daemons_modular};

        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
                for (const struct daemon *daemon = kinds[i]; daemon->socket; daemon++)
                        if (string_equal(daemon->socket, name) || string_equal(daemon->service, name))
                                return true;
        return false;
}

static void undo_one(const struct answers *answers, const struct unit_state *found, struct plan *plan)
{
        const struct owned_thing *ours = answers_owned(answers, "unit", found->name);
        CLEANUP(strings_done) struct strings users = {0};
        CLEANUP(string_free) char *words = NULL;

        if (is_libvirts(found->name))
                others_of_libvirt(answers, &users);
        if (came_with_us(answers, found->name)) {
                undo_packaged(answers, found, plan);
        } else if (users.count == 0) {
                undo_unit(found, ours->before ? ours->before : "no file, inactive", plan);
        } else {
                words = others_words(&users, "needs", "need");
                plan_warn(plan, "unit %s stays as it is: %s it", found->name, words);
        }
}

static void unit_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        (void)wish;
        for (array_each(const struct unit_state, found, &answers->units))
                if (answers_owned(answers, "unit", found->name) && unit_is_there(found))
                        undo_one(answers, found, plan);
}

const struct score score_unit = {
        .name = "unit",
        .summary = "units are enabled and running as the configuration has them, with the files they read",
        .ask = unit_ask,
        .plan = unit_plan,
        .ask_undo = unit_ask_undo,
        .undo = unit_undo,
        .settle_s = 10,
};
