/* Which keys a host is known by. */
#include <stdlib.h>

#include "base/memory.h"
#include "link/host_keys.h"

void host_keys_init(struct host_keys *keys, struct loop *loop, const char *file,
        void (*changed)(void *context), void *context)
{
        *keys = (struct host_keys) {.loop = loop, .file = file, .changed = changed, .context = context};
}

static void look_up_done(struct look_up *look_up)
{
        known_lookup_cancel(look_up->lookup);
        known_keys_done(&look_up->keys);
        strings_done(&look_up->files);
        free(look_up->name);
        *look_up = (struct look_up) {0};
}

void host_keys_done(struct host_keys *keys)
{
        look_up_done(&keys->full);
        look_up_done(&keys->without_port);
        error_done(&keys->error);
}

static void looked_up(void *context, struct known_keys *found, const struct error *error)
{
        struct look_up *look_up = context;
        struct host_keys *keys = look_up->owner;

        look_up->lookup = NULL;
        if (found) {
                look_up->keys = *found;
                *found = (struct known_keys) {0};
                look_up->has_keys = true;
        } else if (!error_is_set(&keys->error)) {
                error_set(&keys->error, error->kind, "%s", error_text(error));
        }
        keys->changed(keys->context);
}

static void begin(struct host_keys *keys, struct look_up *look_up)
{
        look_up->owner = keys;
        look_up->lookup = known_hosts_look_up(keys->loop, look_up->name, &look_up->files, looked_up, look_up);
}

static void list_files(const struct host_keys *keys, const struct ssh_config *config, struct strings *files)
{
        size_t first = 0;

        if (keys->file) {
                strings_add(files, keys->file);
                first = config->user_known_hosts;
        }
        for (size_t i = first; i < config->known_hosts.count; i++)
                strings_add(files, config->known_hosts.items[i]);
}

void host_keys_look_up(struct host_keys *keys, const struct ssh_config *config)
{
        CLEANUP(string_free)
        char *name = known_hosts_name(config->host_name, config->port, config->host_key_alias);
        CLEANUP(strings_done) struct strings files = {0};

        list_files(keys, config, &files);
        if (string_equal(name, keys->full.name) && strings_equal(&files, &keys->full.files))
                return;
        host_keys_done(keys);
        keys->full.name = STEAL(name);
        strings_copy(&keys->full.files, &files);
        begin(keys, &keys->full);
}

bool host_keys_are_looked_up(const struct host_keys *keys)
{
        return keys->full.lookup || keys->without_port.lookup;
}

const struct known_keys *host_keys_full(const struct host_keys *keys)
{
        return keys->full.has_keys ? &keys->full.keys : NULL;
}

const struct known_keys *host_keys_without_port(struct host_keys *keys, const struct ssh_config *config)
{
        struct look_up *look_up = &keys->without_port;

        if (!look_up->name) {
                look_up->name = known_hosts_name(config->host_name, 22, config->host_key_alias);
                strings_copy(&look_up->files, &keys->full.files);
                if (string_equal(look_up->name, keys->full.name))
                        look_up->has_keys = true; /* nothing new can come of it */
                else
                        begin(keys, look_up);
        }
        return look_up->has_keys ? &look_up->keys : NULL;
}

const char *host_keys_name(const struct host_keys *keys)
{
        return keys->full.name;
}

const char *host_keys_file(const struct host_keys *keys)
{
        return keys->full.files.count ? keys->full.files.items[0] : NULL;
}
