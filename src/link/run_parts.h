/* What the files of a command under way share: run.c (its life and its caller's side), run_streams.c (what it says
 * and is told), run_end.c (ending it before it ends). */
#pragma once

#include "link/capture.h"
#include "link/parts.h"

struct running {
        struct link *link;
        struct running *next;
        const struct command *command;
        struct deadline deadline;
        struct job job;
        struct timer limit;
        struct deadline life_by; /* its time is up; by this a machine that is there has said something */
        void (*done)(struct running *run); /* of our own commands; NULL: somebody waits */

        struct far *far; /* NULL: not begun, or over */
        bool is_open;
        struct entry entry;
        struct mark out_end, err_end;
        struct capture out, err;
        bool out_ended, err_ended;
        struct text first_input; /* of a script that came on stdin */
        size_t input_sent;       /* of both inputs together */
        bool input_ended;
        struct running *killer;
        struct running *killed; /* by this one */
        struct error ending;    /* why it is being ended */
        struct text script;     /* of our own commands */
        struct command own_command;

        /* Under the mutex. */
        struct text pending; /* for on_output */
        bool is_done;
        struct error error;
        struct output output;
};

/* Reads, writes and judges. */
extern const struct far_user run_user;

void run_free(struct running *run);
/* It is over. error: taken over; not set: it has ended by itself. */
void run_finish(struct running *run, struct error *error);
void run_finish_with(struct running *run, enum error_kind kind, const char *text);
/* A command of our own, of which the script is taken over; done frees it. */
struct running *run_begin_own(
        struct link *link, struct text *script, struct deadline deadline, void (*done)(struct running *run));
/* A timer's: its time is up. */
void run_expired(void *context);
