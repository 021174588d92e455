/* What a pool needs of the machine before it can be started. */
#include "scores/pool_source.h"

#include "scores/packages.h"

#define MOUNT_NFS "/sbin/mount.nfs" /* where mount(8) looks for it, on every distribution */

static void ask_group(const struct wish *wish, const struct pool_config *pool, struct survey *survey)
{
        (void)wish;
        survey_ask_volume_group(survey, pool->name, pool->source);
        for (array_each(char *const, device, &pool->devices))
                survey_ask(survey, ASK_PRESENCE, *device);
}

static bool is_missing(const struct answers *answers, const char *path)
{
        const struct file_state *file = answers_file(answers, path);

        return file && !file->exists;
}

/* Unknown while LVM isn't there. */
static bool lacks_group(const struct wish *wish, const struct answers *answers,
        const struct pool_config *wanted, struct plan *plan)
{
        (void)wish;
        if (!strings_has(&answers->missing_groups, wanted->source))
                return false;
        if (wanted->devices.count == 0) {
                plan_block(plan,
                        "pool %s is to be of volume group %s, which this machine doesn't have: make it by "
                        "vgcreate, or say by devices what it is to be made of",
                        wanted->name, wanted->source);
                return true;
        }
        for (array_each(char *const, device, &wanted->devices)) {
                if (!is_missing(answers, *device))
                        continue;
                plan_block(plan,
                        "pool %s: volume group %s isn't there, nor is %s, of which it is to be made: attach "
                        "that device, or correct devices",
                        wanted->name, wanted->source, *device);
                return true;
        }
        return false;
}

static void ask_mount(const struct wish *wish, const struct pool_config *pool, struct survey *survey)
{
        (void)pool;
        packages_ask(wish, survey);
        survey_ask(survey, ASK_PRESENCE, MOUNT_NFS);
}

/* The packages that are wanted bring it. */
static bool lacks_mount(const struct wish *wish, const struct answers *answers,
        const struct pool_config *wanted, struct plan *plan)
{
        if (!is_missing(answers, MOUNT_NFS) || packages_are_missing(wish, answers))
                return false;
        plan_block(plan,
                "pool %s is to be mounted from %s, and there is no " MOUNT_NFS
                ", although its package is installed: "
                "install that again",
                wanted->name, wanted->source);
        return true;
}

static const struct {
        void (*ask)(const struct wish *wish, const struct pool_config *pool, struct survey *survey);
        bool (*lacks)(const struct wish *wish, const struct answers *answers,
                const struct pool_config *wanted, struct plan *plan);
} sources[POOL_TYPES] = {
        [POOL_LOGICAL] = {ask_group, lacks_group},
        [POOL_NETFS] = {ask_mount, lacks_mount},
};

void pool_ask_source(const struct wish *wish, const struct pool_config *pool, struct survey *survey)
{
        if (sources[pool->type].ask)
                sources[pool->type].ask(wish, pool, survey);
}

bool pool_lacks_source(const struct wish *wish, const struct answers *answers,
        const struct pool_config *wanted, struct plan *plan)
{
        return sources[wanted->type].lacks && sources[wanted->type].lacks(wish, answers, wanted, plan);
}
