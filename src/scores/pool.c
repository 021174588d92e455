/* Storage pools: directories, volume groups and NFS servers' directories that libvirt makes volumes in.
 *
 * A pool that stands elsewhere than wished is never moved, not even one of ours: its volumes would stay
 * behind, and guests would not find them. */
#include "scores/others.h"
#include "scores/pool_source.h"
#include "scores/score.h"
#include "scores/storage.h"

static void pool_ask(const struct wish *wish, struct survey *survey)
{
        if (wish->pools.count)
                survey_ask(survey, ASK_POOLS, NULL);
        for (array_each(const struct pool_config *, pool, &wish->pools)) {
                if ((*pool)->type != POOL_LOGICAL)
                        survey_ask(survey, ASK_FILE, (*pool)->path);
                pool_ask_source(wish, *pool, survey);
        }
}

static bool is_same_path(const char *a, const char *b)
{
        size_t a_length = a ? strlen(a) : 0, b_length = b ? strlen(b) : 0;

        while (a_length > 1 && a[a_length - 1] == '/')
                a_length--;
        while (b_length > 1 && b[b_length - 1] == '/')
                b_length--;
        return a_length == b_length && memcmp(a ? a : "", b ? b : "", a_length) == 0;
}

/* Another pool in the same directory: libvirt refuses the second. */
static const struct pool_state *find_rival(const struct answers *answers, const struct pool_config *wanted)
{
        for (array_each(const struct pool_state, other, &answers->pools))
                if (!string_equal(other->name, wanted->name) && is_same_path(other->path, wanted->path))
                        return other;
        return NULL;
}

static bool lies_in(const char *inner, const char *outer)
{
        size_t length = outer ? strlen(outer) : 0;

        while (length > 1 && outer[length - 1] == '/')
                length--;
        return inner && length && strncmp(inner, outer, length) == 0 && inner[length] == '/' &&
               inner[length + strspn(inner + length, "/")];
}

/* Its volumes are files of the directory. */
static bool has_files(const struct pool_state *pool)
{
        static const char *const types[] = {"dir", "fs", "netfs"};

        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
                if (string_equal(pool->type, types[i]))
                        return true;
        return false;
}

static bool is_wished(const struct wish *wish, const char *name)
{
        for (array_each(const struct pool_config *, pool, &wish->pools))
                if (string_equal((*pool)->name, name))
                        return true;
        return false;
}

/* libvirt lets pools lie in one another: the outer one then shows the inner one's directory as a volume, which can't be
 * deleted while there is anything in it. No harm is done, but nobody means it. */
static void warn_of_others(const struct wish *wish, const struct answers *answers,
        const struct pool_config *wanted, struct plan *plan)
{
        for (array_each(const struct pool_state, other, &answers->pools)) {
                if (!has_files(other) || is_wished(wish, other->name)) /* the configuration was checked */
                        continue;
                if (lies_in(wanted->path, other->path))
                        plan_warn(plan,
                                "pool %s: its path %s lies in that of pool %s (%s), which shows it as a "
                                "volume: "
                                "choose a path outside, or remove that pool",
                                wanted->name, wanted->path, other->name, other->path);
                else if (lies_in(other->path, wanted->path))
                        plan_warn(plan,
                                "pool %s: its path %s has that of pool %s (%s) in it and shows it as a "
                                "volume: "
                                "choose another path, or remove that pool",
                                wanted->name, wanted->path, other->name, other->path);
        }
}

/* "at /srv/images"; "of volume group vg0"; "at /srv/images, from server:/export". Owned by the caller. */
static char *place_words(const char *type, const char *path, const char *source)
{
        if (source && string_equal(type, pool_type_name(POOL_LOGICAL)))
                return string_format("of volume group %s", source);
        return string_format("at %s%s%s", path, source ? ", from " : "", source ? source : "");
}

static char *wanted_place(const struct pool_config *wanted)
{
        return place_words(pool_type_name(wanted->type), wanted->path, wanted->source);
}

static bool is_of_type(const struct pool_state *found, enum pool_type type)
{
        return string_equal(found->type, pool_type_name(type));
}

static void plan_blocked(const struct pool_config *wanted, const struct pool_state *found, struct plan *plan)
{
        CLEANUP(string_free)
        char *there = place_words(found->type, found->path, found->source), *place = wanted_place(wanted);

        if (!is_of_type(found, wanted->type))
                plan_block(plan,
                        "pool %s is there as a pool of type %s, wanted %s %s: rename the wanted pool, or "
                        "remove "
                        "the one that is there",
                        wanted->name, found->type, pool_type_name(wanted->type), place);
        else if (found->ours)
                plan_block(plan,
                        "pool %s is %s, wanted %s: its volumes are not moved; keep the path, or "
                        "undefine the "
                        "pool (its files stay) and run again",
                        wanted->name, there, place);
        else
                plan_block(plan,
                        "pool %s is there, is not ours and is %s, wanted %s: rename the wanted pool, "
                        "or make "
                        "the configuration say the same",
                        wanted->name, there, place);
}

static void fill(
        struct step *step, const struct pool_config *wanted, const struct pool_state *found, bool expected)
{
        step->pool.wanted = wanted;
        step->pool.found = found;
        step->expected = expected;
}

static void plan_autostart(
        const struct pool_config *wanted, const struct pool_state *found, bool expected, struct plan *plan)
{
        if (wanted->autostart == (found && found->autostart))
                return;
        fill(plan_add(plan, STEP_POOL_AUTOSTART, "%s pool %s start with the machine",
                     wanted->autostart ? "let" : "don't let", wanted->name),
                wanted, found, expected);
}

/* Ours, and nothing that was ever used: the run that defined it could not start it. */
static bool is_half_made(const struct pool_state *found)
{
        return found->ours && !found->active && !found->autostart;
}

/* Something that isn't a directory stands where the pool is to be. */
static bool is_in_the_way(const struct answers *answers, const struct pool_config *wanted, struct plan *plan)
{
        const struct file_state *there = answers_file(answers, wanted->path);

        if (there && there->obstacle) {
                plan_block(plan,
                        "pool %s is to be at %s, but %s is there and is no directory: choose another path, "
                        "or "
                        "move it away",
                        wanted->name, wanted->path, there->obstacle);
                return true;
        }
        if (!there || !there->exists || there->type == FILE_DIRECTORY ||
                (there->type == FILE_ABSENT && string_equal(there->what, "symbolic link")))
                return false;
        plan_block(plan,
                "pool %s is to be at %s, which is no directory: choose another path, or move it away",
                wanted->name, wanted->path);
        return true;
}

static void plan_define(const struct pool_config *wanted, const struct pool_state *found, bool is_elsewhere,
        bool expected, struct plan *plan)
{
        CLEANUP(string_free) char *place = wanted_place(wanted), *there = NULL;

        if (found)
                there = place_words(found->type, found->path, found->source);
        if (!found)
                fill(plan_add(plan, STEP_POOL_DEFINE, "define pool %s %s", wanted->name, place), wanted,
                        found, expected);
        else if (is_elsewhere)
                fill(plan_add(plan, STEP_POOL_DEFINE, "define pool %s again, %s: %s it was never started",
                             wanted->name, place, there),
                        wanted, found, expected);
        else if (!found->persistent)
                fill(plan_add(plan, STEP_POOL_DEFINE,
                             "define pool %s, which is active but would be gone after a reboot",
                             wanted->name),
                        wanted, found, expected);
}

static void plan_start(
        const struct pool_config *wanted, const struct pool_state *found, bool expected, struct plan *plan)
{
        CLEANUP(string_free) char *devices = NULL;

        if (found && found->active)
                return;
        if (wanted->devices.count == 0) {
                fill(plan_add(plan, STEP_POOL_START, "start pool %s", wanted->name), wanted, found, expected);
                return;
        }
        devices = strings_join(&wanted->devices, ", ");
        fill(plan_add(plan, STEP_POOL_START,
                     "start pool %s; if there is no volume group %s, make it of %s, should nothing be on "
                     "them",
                     wanted->name, wanted->source, devices),
                wanted, found, expected);
}

static void plan_pool(const struct wish *wish, const struct answers *answers,
        const struct pool_config *wanted, struct plan *plan)
{
        bool expected = answers->libvirt != REACH_ANSWERED; /* what is there can't be seen yet */
        const struct pool_state *found = expected ? NULL : answers_pool(answers, wanted->name);
        const struct pool_state *rival = expected ? NULL : find_rival(answers, wanted);
        bool is_elsewhere;

        if (is_in_the_way(answers, wanted, plan))
                return;
        is_elsewhere = found && (!is_same_path(found->path, wanted->path) ||
                                        !string_equal(found->source, wanted->source));
        if (found && (!is_of_type(found, wanted->type) || (is_elsewhere && !is_half_made(found)))) {
                plan_blocked(wanted, found, plan);
                return;
        }
        if ((!found || is_elsewhere) && rival) {
                plan_block(plan,
                        "pool %s is to be at %s, where pool %s is: choose another path, or use that pool",
                        wanted->name, wanted->path, rival->name);
                return;
        }
        if (!(found && found->active) && pool_lacks_source(wish, answers, wanted, plan))
                return;
        plan_define(wanted, found, is_elsewhere, expected, plan);
        plan_start(wanted, found, expected, plan);
        plan_autostart(wanted, found, expected, plan);
}

static void pool_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct pool_config *, wanted, &wish->pools))
                plan_pool(wish, answers, *wanted, plan);
        for (array_each(const struct pool_config *, wanted, &wish->pools))
                warn_of_others(wish, answers, *wanted, plan);
}

static void pool_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)wish;
        storage_ask_undo(answers, "image", survey);
        storage_ask_undo(answers, "volume", survey);
}

static bool has_needed_volume(const struct answers *answers, const struct pool_state *pool)
{
        for (array_each(const struct volume_state, volume, &answers->volumes))
                if (string_equal(volume->pool, pool->name) && storage_is_needed(answers, volume))
                        return true;
        return false;
}

#define NAMED 5

/* Theirs were there before the pool, or came without a word to us: without the pool they are as good as with it. */
static void warn_of_files(const struct pool_state *found, struct plan *plan)
{
        CLEANUP(strings_done) struct strings names = {0};
        CLEANUP(string_free) char *list = NULL;

        for (size_t i = 0; i < found->others.count && i < NAMED; i++)
                strings_add(&names, found->others.items[i]);
        if (found->others.count > NAMED)
                strings_take(&names, string_format("and %zu more", found->others.count - NAMED));
        list = strings_join(&names, ", ");
        if (names.count)
                plan_warn(plan, "not ours, as far as is known here, and staying in %s of pool %s: %s",
                        found->path, found->name, list);
}

static void plan_removal(const struct answers *answers, const struct pool_state *found, struct plan *plan)
{
        CLEANUP(string_free) char *users = others_in_pool(answers, found);

        warn_of_files(found, plan);
        if (users)
                plan_warn(plan, "pool %s stays: %s; remove that and undo again", found->name, users);
        else if (has_needed_volume(answers, found))
                plan_warn(plan, "pool %s stays: others need what is in it", found->name);
        else
                plan_add(plan, STEP_POOL_REMOVE, "remove pool %s (what is in %s stays)", found->name,
                        found->path)
                        ->pool.found = found;
}

static void pool_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        (void)wish;
        for (array_each(const struct pool_state, found, &answers->pools))
                if (found->ours)
                        plan_removal(answers, found, plan);
}

const struct score score_pool = {
        .name = "pool",
        .summary = "storage pools are defined, active and start with the machine as configured",
        .ask = pool_ask,
        .plan = pool_plan,
        .ask_undo = pool_ask_undo,
        .undo = pool_undo,
        .settle_s = 5,
};
