/* A guest's SSH host key: made here before the guest is, so that its first login is verified like any other. */
#pragma once

#include "base/locked.h"
#include "config/config.h"

struct guest_key {
        struct locked private_half; /* as OpenSSH keeps it */
        char *public_half;          /* "ssh-ed25519 AAAA…" */
};

/* "web@lab1": what the key's file is called, and the guest in known_hosts. Owned by the caller. */
char *guest_key_name(const struct host_config *host, const char *guest);

/* The key of the guest on that machine, made when there is none yet. */
int guest_key_read(const struct host_config *host, const struct guest_config *guest,
        struct guest_key *ret_key, struct error *error);
/* The name of a known_hosts file of ours that holds just this key ("ssh-ed25519 AAAA…"), for every name and address: it is
 * about this guest only. Owned by the caller. ERROR_FAILED when that is no key. */
int guest_known_hosts(const struct host_config *host, const struct guest_config *guest,
        const char *public_half, char **ret_path, struct error *error);

/* What the two before have left here of the guest of that name; nothing when there is nothing. */
int guest_key_forget(const struct host_config *host, const char *guest, struct error *error);

void guest_key_done(struct guest_key *key);
