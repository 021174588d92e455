/* What the files of a session share: session.c (its life and its bytes), stages.c (from a connection to a login),
 * channel.c (its channels). */
#pragma once

#include "base/text.h"
#include "link/login.h"
#include "link/route.h"
#include "link/session.h"
#include "link/wire.h"

enum session_state {
        SESSION_CONNECTING,
        SESSION_HANDSHAKE,
        SESSION_VERIFY,
        SESSION_LOGIN,
        SESSION_UP,
        SESSION_DOWN
};

#define MOST_FIRST_WORDS 200

struct channel;

struct session {
        struct loop *loop;
        struct session_target target; /* its strings are owned */
        struct deadline connect_by;
        const struct session_events *events;
        void *context;

        enum session_state state;
        struct route *route;
        struct wire *wire;
        struct login *login;
        char *what; /* is being done */
        struct timer stage;
        struct error error; /* why it is down */
        bool was_down_told;
        struct job job;

        /* The connection's bytes: read but not decrypted yet, encrypted but not sent yet. */
        struct watch watch;
        struct text in, out;
        size_t in_taken, out_sent;
        struct text first; /* what came first, at least MOST_FIRST_WORDS of it */
        bool has_ended;
        int end_errno;      /* 0: closed by the other side */
        bool is_held;       /* libssh2 gets nothing to read until the known host keys are */
        bool has_left_some; /* the last reading stopped for want of room: nobody tells again that there is more */

        struct channel *channels;
        struct channel *opening; /* libssh2 can open one at a time */
        size_t commands_at_once; /* as many as the server is believed to allow */
        struct timer alive;
        size_t received, received_before; /* signs of life */
        int64_t received_ns;              /* when the last one came */
        int silent_ticks;
};

/* Goes as far as it can, soon. */
void session_touch(struct session *session);
/* Takes the error over. */
void session_fail(struct session *session, struct error *error);

/* There is a descriptor to speak on. */
void session_begin_wire(struct session *session);

/* One step towards a login; true when there was one. */
bool session_ascend(struct session *session);
/* True: the server has closed the connection with words in the place of its banner; the error is theirs. */
bool session_was_turned_away(const struct session *session, struct error *error);
/* What it is doing, owned by the caller, NULL: nothing that has a limit; 0 s: only connect_by. */
char *session_doing(const struct session *session, int *ret_limit_s);

/* One round over all channels; true when anything was moved. */
bool channels_advance(struct session *session);
void channels_fail(struct session *session);
void channels_free(struct session *session);
bool channels_exist(const struct session *session);
