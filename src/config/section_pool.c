/* pool: where libvirt keeps volumes: a directory, a volume group, an NFS server's directory. */
#include "config/section.h"
#include "config/storage.h"

ADD(pools)

static void judge_group(const struct subject *subject, struct pool_config *pool)
{
        CLEANUP(error_done) struct error error = {0};

        if (!pool->source)
                return;
        if (name_check(&name_of_object, pool->source, &error) < 0)
                subject_problem(subject, "source", "source: %s", error_text(&error));
        else
                pool->path = string_format("/dev/%s", pool->source);
}

static void judge_export(const struct subject *subject, const struct pool_config *pool)
{
        CLEANUP(string_free) char *host = NULL, *path = NULL;

        if (pool->source && !pool_source_split(pool->source, &host, &path))
                subject_problem(subject, "source",
                        "source: \"%.80s\" is no directory of a server: write \"SERVER:/DIRECTORY\"",
                        pool->source);
}

/* What each type needs, and what makes no sense for it. */
static void judge(const struct subject *subject, void *object)
{
        static const struct {
                const char *key;
                const char *form;
                bool needed[POOL_TYPES];
                bool allowed[POOL_TYPES];
        } rules[] = {
                {"path", "\"/var/lib/libvirt/NAME\"", {[POOL_DIR] = true, [POOL_NETFS] = true},
                        {[POOL_DIR] = true, [POOL_NETFS] = true}},
                {"source", "\"VOLUME-GROUP\" or \"SERVER:/DIRECTORY\"",
                        {[POOL_LOGICAL] = true, [POOL_NETFS] = true},
                        {[POOL_LOGICAL] = true, [POOL_NETFS] = true}},
                {"devices", "", {false}, {[POOL_LOGICAL] = true}},
        };
        struct pool_config *pool = object;

        if (subject_has(subject, "type") && !subject_knows(subject, "type"))
                return;
        for (size_t i = 0; i < COUNT(rules); i++) {
                if (rules[i].needed[pool->type] && !subject_has(subject, rules[i].key))
                        subject_problem(subject, "", "%s is missing: add %s = %s", rules[i].key, rules[i].key,
                                rules[i].form);
                if (!rules[i].allowed[pool->type] && subject_has(subject, rules[i].key))
                        subject_problem(subject, rules[i].key, "%s makes no sense for type = %s",
                                rules[i].key, pool_type_name(pool->type));
        }
        if (pool->type == POOL_LOGICAL && !subject_has(subject, "path"))
                judge_group(subject, pool);
        if (pool->type == POOL_NETFS)
                judge_export(subject, pool);
}

static const struct key pool_title = {
        .name = "name",
        .rule = &name_of_object,
        .parse = value_string,
        .offset = offsetof(struct pool_config, name),
};

static const struct key pool_keys[] = {
        {.name = "type",
                .parse = value_pool_type,
                .offset = offsetof(struct pool_config, type),
                .form = "dir, logical or netfs",
                .standard = "dir"},
        {.name = "path",
                .parse = value_remote_path,
                .offset = offsetof(struct pool_config, path),
                .form = "\"/var/lib/libvirt/NAME\""},
        {.name = "source",
                .parse = value_string,
                .offset = offsetof(struct pool_config, source),
                .form = "\"VOLUME-GROUP\" or \"SERVER:/DIRECTORY\""},
        {.name = "devices",
                .parse = value_remote_paths,
                .offset = offsetof(struct pool_config, devices),
                .form = "{\"/dev/DEVICE\", ...}",
                .is_list = true},
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
        .judge = judge,
};
