/* What ~/.ssh/config and its kin say about a host, as `ssh -G` reads them. */
#pragma once

#include <stdbool.h>

#include "base/array.h"
#include "link/loop.h"

struct ssh_config {
        char *host_name;
        unsigned port;
        char *user;
        struct strings identities; /* paths, in order */
        bool identities_only;
        char *agent;                /* the agent's socket; NULL: none */
        char *jump;                 /* "user@host:port,…"; NULL: none */
        char *proxy_command;        /* ready for sh; NULL: none */
        struct strings known_hosts; /* files: the user's, then the machine's */
        size_t user_known_hosts;    /* how many of them are the user's */
        char *host_key_alias;       /* or NULL */
        int family;                 /* AF_UNSPEC, … */
        int connect_s;              /* 0: not set */
        int alive_s;                /* ServerAliveInterval, 0: not set */
};

/* Reads what `ssh -G` printed about a host that the user called original. */
int ssh_config_parse(
        const char *printed, const char *original, struct ssh_config *ret_config, struct error *error);
void ssh_config_done(struct ssh_config *config);

/* What most hosts turn out to have: for a start before `ssh -G` has answered. */
void ssh_config_guess(const char *host, unsigned port, struct ssh_config *ret_config);
