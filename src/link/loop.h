/* The I/O thread's loop: descriptors, timers, and jobs posted by other threads.
 *
 * Everything but loop_start, loop_stop, loop_post, loop_call and loop_wake is for the thread itself. Descriptors
 * are watched edge-triggered, for everything at once: whoever is told reads and writes until nothing more goes,
 * or remembers that there is more. So nothing has to be switched on and off, and nothing can spin. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/deadline.h"
#include "base/error.h"

struct loop;

struct watch {
        struct loop *loop; /* NULL: not watched */
        int fd;
        void (*ready)(void *context);
        void *context;
};

struct timer {
        struct loop *loop; /* NULL: not set */
        struct deadline at;
        void (*expired)(void *context);
        void *context;
        struct timer *next, *previous;
};

struct job {
        void (*run)(void *context);
        void *context;
        struct job *next;
        bool is_queued;
};

/* woken runs on the new thread after each loop_wake. */
int loop_start(void (*woken)(void *context), void *context, struct loop **ret_loop, struct error *error);
/* Ends the thread after the jobs posted so far, and frees. */
void loop_stop(struct loop *loop);
/* Safe in a signal handler. */
void loop_wake(struct loop *loop);

/* Runs the job on the I/O thread, soon; once, however often it is posted before. */
void loop_post(struct loop *loop, struct job *job, void (*run)(void *context), void *context);
/* The job won't run (any more). */
void loop_cancel(struct loop *loop, struct job *job);
/* Runs it on the I/O thread and waits for its end. */
void loop_call(struct loop *loop, void (*run)(void *context), void *context);

/* The descriptor must be non-blocking and stays the caller's. */
void watch_begin(struct watch *watch, struct loop *loop, int fd, void (*ready)(void *context), void *context);
void watch_end(struct watch *watch);

/* Takes notice of the child's end, whenever that is. */
void loop_reap(struct loop *loop, pid_t pid);

/* Sets the timer anew; a deadline of never only takes it away. */
void timer_set(struct timer *timer, struct loop *loop, struct deadline at, void (*expired)(void *context),
        void *context);
void timer_end(struct timer *timer);
