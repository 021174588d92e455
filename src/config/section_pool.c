/* pool: a directory in which libvirt keeps volumes. */
#include "config/section.h"

ADD(pools)

static const struct key pool_title = {
        .name = "name",
        .rule = &name_of_object,
        .parse = value_string,
        .offset = offsetof(struct pool_config, name),
};

static const struct key pool_keys[] = {
        {.name = "path",
                .parse = value_remote_path,
                .offset = offsetof(struct pool_config, path),
                .form = "\"/var/lib/libvirt/NAME\"",
                .is_required = true},
        {.name = "autostart",
                .parse = value_boolean,
                .offset = offsetof(struct pool_config, autostart),
                .form = "true or false",
                .standard = "true"},
        HOSTS(struct pool_config),
};

const struct section_schema section_pool = {
        .name = "pool",
        .title = &pool_title,
        .keys = pool_keys,
        .key_count = COUNT(pool_keys),
        .add = add_pools,
};
