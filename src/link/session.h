/* One SSH connection: found, connected, verified, logged in; then channels on it, as many as are asked for. */
#pragma once

#include "config/config.h"
#include "link/config_reader.h"
#include "link/far.h"
#include "link/loop.h"

struct session;

struct session_target {
        const char *user;        /* "": as the configuration says */
        const char *host;        /* as the user calls it */
        unsigned port;           /* 0: as the configuration says */
        const char *identity;    /* or NULL */
        const char *known_hosts; /* or NULL */
        enum host_key_policy policy;
        struct config_reader *reader; /* one for all sessions */
        const char *jump;             /* "a,b" in front of what the configuration says; or NULL */
        int depth;                    /* how many jumps lead on from this one */
        /* Takes near over and makes it the near end of a connection, instead of all ways that the configuration knows;
         * NULL: as that says. */
        void (*connect)(void *context, const char *host, unsigned port, int near);
        void *connect_context;
};

struct session_events {
        void (*up)(void *context);
        /* What is being done, in words: "exchanging keys with h port 22". Lent until the next call. */
        void (*doing)(void *context, const char *what);
        /* The last call: never came up, or was lost. */
        void (*down)(void *context, const struct error *why);
};

/* The target's strings are copied. Events come later, never from within. */
struct session *session_new(struct loop *loop, const struct session_target *target,
        struct deadline connect_by, const struct session_events *events, void *context);
/* Every far end must have been closed. NULL is allowed. */
void session_free(struct session *session);

/* For how long nothing at all has come from the other end; 0: it isn't up. */
int session_silent_s(const struct session *session);
/* Of one that is up: a server that is there answers within moments. */
void session_ask_for_life(struct session *session);

/* As whom; valid once it is up. */
const char *session_user(const struct session *session);

/* Far ends, which come up when the session does. A command is text for the login shell there; reserved: it may take
 * the last place among the server's (MaxSessions), which others leave free. */
struct far *session_command(struct session *session, const char *text, bool is_reserved,
        const struct far_user *user, void *context);
struct far *session_socket(
        struct session *session, const char *path, const struct far_user *user, void *context);
struct far *session_tcp(
        struct session *session, const char *host, unsigned port, const struct far_user *user, void *context);
