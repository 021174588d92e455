/* Files and directories of the configuration: there with this content, mode and owner, or not there. What
 * stands in their place and is of another type (a directory, a symbolic link) is never replaced. */
#include "scores/file_change.h"
#include "scores/packages.h"
#include "scores/score.h"
#include "scores/storage.h"

static void file_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct file_config *, file, &wish->files)) {
                survey_ask(survey, ASK_FILE, (*file)->path);
                if ((*file)->type == FILE_ABSENT)
                        continue;
                survey_ask(survey, ASK_USER, (*file)->owner);
                survey_ask(survey, ASK_GROUP, (*file)->group);
        }
        if (wish->files.count)
                packages_ask(wish, survey);
}

static const char *type_word(enum file_type type)
{
        return type == FILE_DIRECTORY ? "directory" : "file";
}

/* What a thing that was found is called: "directory", "symbolic link". */
static const char *found_word(const struct file_state *found)
{
        return found->type == FILE_ABSENT ? found->what : type_word(found->type);
}

/* Mode, owner and group, as far as they differ. */
static void find_differences(
        const struct file_config *wanted, const struct file_state *found, struct strings *ret_words)
{
        if (wanted->mode != found->mode)
                strings_take(ret_words, string_format("mode from %04o to %04o", (unsigned)found->mode,
                                                (unsigned)wanted->mode));
        if (!string_equal(wanted->owner, found->owner))
                strings_take(ret_words, string_format("owner from %s to %s", found->owner, wanted->owner));
        if (!string_equal(wanted->group, found->group))
                strings_take(ret_words, string_format("group from %s to %s", found->group, wanted->group));
}

static struct step *add_change(
        const struct file_config *wanted, const struct file_state *found, bool rewrite, struct plan *plan)
{
        CLEANUP(strings_done) struct strings differences = {0};
        CLEANUP(string_free) char *words = NULL;

        if (rewrite)
                strings_add(&differences, "its content differs");
        find_differences(wanted, found, &differences);
        words = strings_join(&differences, ", ");
        return plan_add(plan, STEP_FILE, "%s %s %s: %s", rewrite ? "rewrite" : "change",
                type_word(wanted->type), wanted->path, words);
}

static void plan_step(const struct file_config *wanted, const struct file_state *found,
        enum file_change change, struct plan *plan)
{
        struct step *step;

        if (change == FILE_TO_CREATE)
                step = plan_add(plan, STEP_FILE, "%s %s %s (mode %04o, owner %s, group %s)",
                        wanted->type == FILE_DIRECTORY ? "make" : "write", type_word(wanted->type),
                        wanted->path, (unsigned)wanted->mode, wanted->owner, wanted->group);
        else if (change == FILE_TO_REMOVE)
                step = plan_add(plan, STEP_FILE, "remove %s %s", found_word(found), wanted->path);
        else
                step = add_change(wanted, found, change == FILE_TO_REWRITE, plan);
        step->file = wanted;
}

/* A file can't be given to somebody who doesn't exist, unless the same plan may bring him. */
static bool has_owner(
        const struct wish *wish, const struct answers *answers, const struct file_config *wanted)
{
        const struct user_state *user = answers_user(answers, wanted->owner);

        return (user && user->exists) || packages_are_missing(wish, answers);
}

static bool has_group(
        const struct wish *wish, const struct answers *answers, const struct file_config *wanted)
{
        const struct group_state *group = answers_group(answers, wanted->group);

        for (array_each(const struct group_config *, made, &wish->groups))
                if (string_equal((*made)->name, wanted->group))
                        return true;
        return (group && group->exists) || packages_are_missing(wish, answers);
}

static void plan_file(const struct wish *wish, const struct answers *answers,
        const struct file_config *wanted, struct plan *plan)
{
        const struct file_state *found = answers_file(answers, wanted->path);
        enum file_change change = file_change(wanted, found);

        if (change == FILE_AS_WISHED)
                return;
        if (change == FILE_TO_CREATE && found && found->obstacle)
                plan_block(plan,
                        "%s %s can't be made, because %s is there and is no directory: move that out of the "
                        "way, or choose another path",
                        type_word(wanted->type), wanted->path, found->obstacle);
        else if (change == FILE_IN_THE_WAY && wanted->type == FILE_ABSENT)
                plan_block(plan,
                        "%s is to be gone, but it is a directory, which is never removed: remove it by hand",
                        wanted->path);
        else if (change == FILE_IN_THE_WAY)
                plan_block(plan, "%s is a %s where a %s is wanted: move it out of the way", wanted->path,
                        found_word(found), type_word(wanted->type));
        else if (change == FILE_NOT_READABLE)
                plan_block(plan,
                        "file %s is there but can't be read, so it can't be compared: remove it, or leave it "
                        "out",
                        wanted->path);
        else if (wanted->type != FILE_ABSENT && !has_owner(wish, answers, wanted))
                plan_block(plan, "file %s is to belong to user %s, who doesn't exist: create the user first",
                        wanted->path, wanted->owner);
        else if (wanted->type != FILE_ABSENT && !has_group(wish, answers, wanted))
                plan_block(plan,
                        "file %s is to belong to group %s, which doesn't exist: add a group section for it",
                        wanted->path, wanted->group);
        else
                plan_step(wanted, found, change, plan);
}

static void file_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct file_config *, wanted, &wish->files))
                plan_file(wish, answers, *wanted, plan);
}

static void file_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        for (array_each(const struct owned_thing, thing, &answers->owned))
                if (string_equal(thing->kind, "file"))
                        survey_ask(survey, ASK_FILE, thing->name);
        storage_ask_undo(answers, "image", survey);
        storage_ask_undo(answers, "volume", survey);
        storage_ask_image_files(wish, answers, survey);
}

/* Somebody has written to it since, or put something else in its place. (What is in one that the configuration no longer
 * has can't be compared.) */
static bool has_changed_since(const struct wish *wish, const struct file_state *found)
{
        if (found->type == FILE_ABSENT)
                return true;
        for (array_each(const struct file_config *, wanted, &wish->files)) {
                enum file_change change;

                if (!string_equal((*wanted)->path, found->path))
                        continue;
                change = file_change(*wanted, found);
                return change != FILE_AS_WISHED && change != FILE_TO_ADJUST;
        }
        return false;
}

static void undo_file(const struct wish *wish, const struct answers *answers, const struct file_state *found,
        struct plan *plan)
{
        const struct owned_thing *ours = answers_owned(answers, "file", found->path);

        if (storage_keeps_path(wish, answers, found->path))
                plan_keep(plan, "file", found->path);
        else if (ours->before)
                plan_warn(plan, "%s stays: it was there before us (%s), and what was in it then isn't kept",
                        found->path, ours->before);
        else if (has_changed_since(wish, found))
                plan_warn(plan, "%s %s stays: somebody has changed it since", found_word(found), found->path);
        else
                plan_add(plan, STEP_FILE_REMOVE, "remove %s %s%s", found_word(found), found->path,
                        found->type == FILE_DIRECTORY ? ", if it is empty" : "")
                        ->path = found->path;
}

/* By their paths, backwards: what is in a directory goes before it. */
static void file_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        CLEANUP(strings_done) struct strings paths = {0};

        for (array_each(const struct file_state, found, &answers->files))
                if (found->exists && answers_owned(answers, "file", found->path))
                        strings_add(&paths, found->path);
        strings_sort(&paths);
        for (size_t i = paths.count; i-- > 0;)
                undo_file(wish, answers, answers_file(answers, paths.items[i]), plan);
}

const struct score score_file = {
        .name = "file",
        .summary = "files and directories are as the configuration has them",
        .ask = file_ask,
        .plan = file_plan,
        .ask_undo = file_ask_undo,
        .undo = file_undo,
};
