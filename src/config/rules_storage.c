/* The rules between pools, images and disks. A pool that the configuration doesn't have may be the machine's own; that
 * shows when it is looked at. */
#include "config/rules.h"
#include "config/storage.h"

/* Two disks of one guest with the same name are complained about already. */
static bool is_repeated(const struct guest_config *guest, const struct disk_config *disk)
{
        for (const struct disk_config *other = guest->disks.items; other < disk; other++)
                if (string_equal(other->name, disk->name))
                        return true;
        return false;
}

void storage_claim(const struct config *config, struct claims *claims)
{
        for (array_each(const struct guest_config, guest, &config->guests)) {
                for (array_each(const struct disk_config, disk, &guest->disks)) {
                        CLEANUP(string_free) char *volume = NULL;

                        if (!guest->name || !disk->name || !disk->pool || is_repeated(guest, disk))
                                continue;
                        volume = disk_volume_name(guest, disk);
                        claims_take(claims, (struct claim) {
                                                    .scope = string_format("volumes of pool %s", disk->pool),
                                                    .thing = string_format("the volume %s", volume),
                                                    .label = string_format("guest \"%s\"", guest->name),
                                                    .hosts = &guest->object.hosts,
                                                    .place = guest->object.place,
                                            });
                }
        }
}

/* The configuration's pool of that name for one of these hosts, or NULL. */
static const struct pool_config *find_pool(
        const struct config *config, const char *name, const struct strings *hosts)
{
        for (array_each(const struct pool_config, pool, &config->pools))
                if (name && string_equal(pool->name, name) && hosts_meet(&pool->object.hosts, hosts))
                        return pool;
        return NULL;
}

static void judge_disk(const struct config *config, const struct guest_config *guest,
        const struct disk_config *disk, struct problems *problems)
{
        const struct pool_config *pool = find_pool(config, disk->pool, &guest->object.hosts);

        if (pool && pool->type == POOL_LOGICAL && !disk->is_raw)
                problems_add(problems, &guest->object.place,
                        "guest \"%s\": disk \"%s\": pool \"%s\" is a volume group, which holds raw volumes "
                        "only: "
                        "add format = raw%s",
                        guest->name, disk->name, disk->pool,
                        disk->origin == DISK_BACKED ? " and copy = true" : "");
}

void storage_judge(const struct config *config, struct problems *problems)
{
        for (array_each(const struct image_config, image, &config->images)) {
                const struct pool_config *pool = find_pool(config, image->pool, &image->object.hosts);

                if (pool && pool->type == POOL_LOGICAL)
                        problems_add(problems, &image->object.place,
                                "image \"%s\": pool \"%s\" is a volume group, and an image is a file: keep "
                                "it in "
                                "a pool of type dir or netfs",
                                image->name, image->pool);
        }
        for (array_each(const struct guest_config, guest, &config->guests))
                for (array_each(const struct disk_config, disk, &guest->disks))
                        judge_disk(config, guest, disk, problems);
}
