/* What the Scores of images and volumes have in common. */
#include "scores/storage.h"

#include "base/path.h"
#include "scores/others.h"

static const struct pool_config *find_wished(const struct wish *wish, const char *name)
{
        for (array_each(const struct pool_config *, pool, &wish->pools))
                if (string_equal((*pool)->name, name))
                        return *pool;
        return NULL;
}

void storage_ask(const struct wish *wish, const char *pool, const char *volume, struct survey *survey)
{
        const struct pool_config *wished = find_wished(wish, pool);

        survey_ask(survey, ASK_POOLS, NULL);
        survey_ask_volume(survey, pool, wished ? wished->path : NULL, volume);
}

static bool find_type(const char *word, enum pool_type *ret_type)
{
        for (int type = 0; type < POOL_TYPES; type++) {
                if (string_equal(pool_type_name((enum pool_type)type), word)) {
                        *ret_type = (enum pool_type)type;
                        return true;
                }
        }
        return false;
}

bool storage_find(const struct wish *wish, const struct answers *answers, const char *pool,
        struct storage_place *ret_place, char **ret_why)
{
        const struct pool_config *wished = find_wished(wish, pool);
        const struct pool_state *found = answers_pool(answers, pool);

        *ret_place = (struct storage_place) {.is_ready = found && found->active};
        if (wished) { /* the pool's own Score blocks where the machine's is another */
                ret_place->path = wished->path;
                ret_place->type = wished->type;
                return true;
        }
        if (!found && answers->libvirt != REACH_ANSWERED)
                return true;
        if (!found) {
                *ret_why =
                        string_format("pool %s is neither in the configuration nor on the machine: add pool "
                                      "\"%s\" { ... }",
                                pool, pool);
                return false;
        }
        if (!find_type(found->type, &ret_place->type)) {
                *ret_why = string_format(
                        "pool %s of the machine is of type %s, which we don't work with: use one of "
                        "type dir, logical or netfs",
                        pool, found->type);
                return false;
        }
        ret_place->path = found->path;
        if (!found->active) {
                *ret_why = string_format(
                        "pool %s of the machine isn't active: start it, or add pool \"%s\" { ... }", pool,
                        pool);
                return false;
        }
        return true;
}

/* ---- undoing ---- */

void storage_ask_undo(const struct answers *answers, const char *kind, struct survey *survey)
{
        survey_ask(survey, ASK_POOLS, NULL);
        survey_ask(survey, ASK_GUESTS, NULL);
        survey_ask(survey, ASK_VOLUME_USES, NULL);
        for (array_each(const struct owned_thing, thing, &answers->owned)) {
                const char *volume;
                CLEANUP(string_free) char *pool = volume_split(thing->name, &volume);

                if (pool && string_equal(thing->kind, kind))
                        survey_ask_volume(survey, pool, NULL, volume);
        }
}

static void plan_stays(
        const struct volume_state *found, const char *kind, const char *name, struct plan *plan)
{
        CLEANUP(string_free) char *users = others_words(&found->users, "needs", "need");

        plan_warn(plan, "%s %s of pool %s stays: %s it; remove that and undo again", kind, found->name,
                found->pool, users);
        plan_keep(plan, kind, name);
}

void storage_undo(const struct answers *answers, const char *kind, struct plan *plan)
{
        for (array_each(const struct volume_state, found, &answers->volumes)) {
                CLEANUP(string_free) char *name = string_format("%s/%s", found->pool, found->name);

                if (!answers_owned(answers, kind, name))
                        continue;
                if (found->users.count)
                        plan_stays(found, kind, name, plan);
                else
                        plan_add(plan, STEP_VOLUME_REMOVE, "delete %s %s of pool %s, with everything in it",
                                kind, found->name, found->pool)
                                ->doomed = found;
        }
}

static bool is_owned(const struct answers *answers, const char *kind, const struct volume_state *found)
{
        CLEANUP(string_free) char *name = string_format("%s/%s", found->pool, found->name);

        return answers_owned(answers, kind, name) != NULL;
}

bool storage_is_needed(const struct answers *answers, const struct volume_state *found)
{
        return found->users.count &&
               (is_owned(answers, "image", found) || is_owned(answers, "volume", found));
}

static bool is_at_or_above(const char *path, const char *kept)
{
        return string_equal(path, kept) || path_is_below(kept, path);
}

/* Where an image lies when there is no pool to tell: where the configuration has that. NULL: nowhere. Owned by the caller. */
static char *image_file(const struct wish *wish, const struct owned_thing *thing)
{
        const char *volume;
        CLEANUP(string_free) char *pool = volume_split(thing->name, &volume);
        const struct pool_config *wished = pool ? find_wished(wish, pool) : NULL;

        if (!wished || !wished->path || !thing->is_made || !string_equal(thing->kind, "image"))
                return NULL;
        return volume_path(wished->path, volume);
}

void storage_ask_image_files(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        for (array_each(const struct owned_thing, thing, &answers->owned)) {
                CLEANUP(string_free) char *file = image_file(wish, thing);

                if (file)
                        survey_ask(survey, ASK_PRESENCE, file);
        }
}

bool storage_image_is_gone(
        const struct wish *wish, const struct answers *answers, const struct owned_thing *thing)
{
        CLEANUP(string_free) char *file = image_file(wish, thing);
        const struct file_state *found = file ? answers_file(answers, file) : NULL;

        return found && !found->exists;
}

/* One that was kept, and whose pool is gone. */
static bool is_of_kept_image(const struct wish *wish, const struct answers *answers,
        const struct owned_thing *thing, const char *path)
{
        const char *volume;
        CLEANUP(string_free) char *pool = volume_split(thing->name, &volume), *file = image_file(wish, thing);

        return file && !answers_pool(answers, pool) && !storage_image_is_gone(wish, answers, thing) &&
               is_at_or_above(path, file);
}

bool storage_keeps_path(const struct wish *wish, const struct answers *answers, const char *path)
{
        for (array_each(const struct volume_state, found, &answers->volumes)) {
                CLEANUP(string_free) char *note = disk_note_path(found->pool, found->name);

                if (!storage_is_needed(answers, found) &&
                        !(wish->keep_images && is_owned(answers, "image", found)))
                        continue;
                if (is_at_or_above(path, found->path) || is_at_or_above(path, note))
                        return true;
        }
        for (array_each(const struct owned_thing, thing, &answers->owned))
                if (is_of_kept_image(wish, answers, thing, path))
                        return true;
        return false;
}
