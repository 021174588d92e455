/* Which keys known_hosts files hold for a host, as `ssh-keygen -F` reads them: markers, hashes, patterns and
 * ports come out as for ssh itself. */
#pragma once

#include <stdbool.h>

#include "base/array.h"
#include "link/loop.h"

enum known_marker { KNOWN_KEY, KNOWN_REVOKED, KNOWN_AUTHORITY };

struct known_key {
        enum known_marker marker;
        char *type;  /* "ssh-ed25519" */
        char *key;   /* base64 */
        char *where; /* "FILE:LINE" */
};

struct known_keys {
        ARRAY(struct known_key) list;
};

enum known_verdict {
        KNOWN_SAME,    /* the key is known */
        KNOWN_NOTHING, /* no key is known for this host */
        KNOWN_OTHER,   /* other keys are: it was changed, or somebody is in between */
        KNOWN_BAD,     /* the key was revoked */
};

/* Lent *ret_entry: the entry that decided; not for KNOWN_NOTHING. */
enum known_verdict known_keys_judge(
        const struct known_keys *keys, const char *base64, const struct known_key **ret_entry);
/* The types of plain keys, for wire_prefer_host_keys. */
void known_keys_types(const struct known_keys *keys, struct strings *types);
void known_keys_done(struct known_keys *keys);

/* Reads what `ssh-keygen -F` printed. */
void known_keys_parse(const char *printed, const char *file, struct known_keys *keys);

/* How the files name a host: "h", "[h]:2222"; an alias as it is. Owned by the caller. */
char *known_hosts_name(const char *host, unsigned port, const char *alias);

struct known_lookup;

/* Looks the name up in those of the files that exist, all at once. Calls done once, later; keys are lent, and NULL
 * with the error. */
struct known_lookup *known_hosts_look_up(struct loop *loop, const char *name, const struct strings *files,
        void (*done)(void *context, struct known_keys *keys, const struct error *error), void *context);
/* NULL is allowed. Not after done was called. */
void known_lookup_cancel(struct known_lookup *lookup);

/* Adds a host's key to a file, which is made (0600, its directory 0700) where it is missing. One write under a
 * lock: whoever reads meanwhile sees all of it or nothing. */
int known_hosts_add(
        const char *file, const char *name, const char *type, const char *base64, struct error *error);
