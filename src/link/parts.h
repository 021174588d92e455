/* What the files of a link share: link.c (its life), run.c (commands), stream.c (sockets and ports), listen.c.
 *
 * Unless a comment says otherwise everything here is touched on the I/O thread only. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "link/entry.h"
#include "link/far.h"
#include "link/link.h"
#include "link/loop.h"
#include "link/session.h"

struct stream;
struct listener;

struct links {
        struct loop *loop;
        struct config_reader *reader;
        struct link *first;
        atomic_bool is_interrupted; /* from anywhere */
        pthread_mutex_t mutex;      /* of whatever is shared between threads below */
        char *socket_directory;     /* for listeners; NULL: not made yet */
        int socket_directory_fd;    /* locked for as long as we live */
        unsigned socket_count;
        struct job start_beating;
        struct timer heartbeat; /* where systemd wants to hear that we are alive */
};

enum link_state { LINK_OPENING, LINK_READY, LINK_FAILED };

struct stream_error {
        char *path;
        char *why;
};

struct link {
        struct links *links;
        struct link *next;
        struct link *through; /* what it is reached through, or NULL */
        const struct host_config *host;
        struct deadline connect_by;
        struct job job;

        struct session *session; /* NULL: local */
        bool is_up;              /* logged in: runs and streams may begin */
        bool is_proven;          /* commands were seen to run as who they should */
        enum become become;
        struct running *runs;
        struct stream *streams;
        struct listener *listeners;

        /* Under the mutex. */
        enum link_state state;
        struct error error;
        char *doing;
        bool is_root;
        ARRAY(struct stream_error) stream_errors;
        pthread_cond_t changed;
};

/* Nothing works any more on this link; takes the error over. Runs under way end with it. */
void link_fail(struct link *link, struct error *error);
void link_is_proven(struct link *link);
/* From any thread, with the mutex, which is given up meanwhile: 0, or ETIMEDOUT. It may wake for nothing. */
int link_wait_for_change(struct link *link, struct deadline deadline);

/* A command on the machine as a far end. */
struct far *link_command(struct link *link, const struct strings *argv, bool is_reserved,
        const struct far_user *user, void *context);

/* Begins what has waited for the link to be up, and the proof that commands run. */
void runs_begin(struct link *link);
/* Ends them all with a copy of the error; gently: what runs there is told to end first. */
void runs_end(struct link *link, const struct error *error, bool gently);

void streams_begin(struct link *link);
void streams_end(struct link *link, const struct error *error);
/* near is taken over; bridge is copied. */
void stream_to_socket(
        struct link *link, const char *path, const struct strings *bridge, bool is_library, int near);
/* A program's own stdin and stdout. */
void stream_to_program(struct link *link, const char *name, const struct strings *program, int near);
void stream_to_port(struct link *link, const char *host, unsigned port, int near);
/* From any thread; why is taken over, NULL: nothing is wrong with it (any more). */
void stream_tell(struct link *link, const char *path, char *why);

/* Makes the listener's socket, or finds the one that is there; port 0: path is a socket's. *ret_path is lent. */
int listener_new(struct link *link, const char *path, unsigned port, const struct strings *bridge,
        const char **ret_path, struct error *error);
void listeners_free(struct link *link);
/* Removes the directory of sockets. */
void listen_directory_remove(struct links *links);
