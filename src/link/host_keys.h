/* Which keys a host is known by, for one connection: under its full name, and under its name without the port. */
#pragma once

#include "link/known_hosts.h"
#include "link/ssh_config.h"

struct look_up {
        struct host_keys *owner;
        struct known_lookup *lookup; /* NULL: not running */
        char *name;
        struct strings files;
        struct known_keys keys;
        bool has_keys;
};

struct host_keys {
        struct loop *loop;
        const char *file; /* instead of the configuration's, for the user's; or NULL */
        struct look_up full, without_port;
        struct error error; /* a file that can't be read */
        void (*changed)(void *context);
        void *context;
};

void host_keys_init(struct host_keys *keys, struct loop *loop, const char *file,
        void (*changed)(void *context), void *context);
void host_keys_done(struct host_keys *keys);

/* Begins to look up what the configuration names, unless that is what was begun already. */
void host_keys_look_up(struct host_keys *keys, const struct ssh_config *config);
bool host_keys_are_looked_up(const struct host_keys *keys);

/* NULL: not looked up yet. Lent. */
const struct known_keys *host_keys_full(const struct host_keys *keys);
/* What ssh believes, too, when it knows nothing better; begins to look it up when first asked. */
const struct known_keys *host_keys_without_port(struct host_keys *keys, const struct ssh_config *config);

/* How the files call the host, and the file that new keys go to. */
const char *host_keys_name(const struct host_keys *keys);
const char *host_keys_file(const struct host_keys *keys);
