/* Steps that may take long: a script of ours run as a transient unit of the machine's systemd, so that neither a lost
 * connection nor a killed controller ends it or starts it twice.
 *
 * Theory of operation. Everything about such a step is in a directory, /run/provision/steps/NAME, named as its unit is:
 * after the kind of step and what exactly it does. In it are the script, the environment that the connection had, what
 * the script says (out, err) and, when it has ended, its status. One command begins the unit and follows what it says
 * from the beginning; when the status has been handed over the directory goes. What a lost run has left there, whether it
 * still goes on or has ended meanwhile, is seen by the next look (the probe prints "=step NAME WORDS"), and taken up
 * before anything else is done: followed from the beginning, and its status taken.
 *
 * The follower is tail(1), which is told of every byte by inotify and looks for the end of the unit's main process 50
 * times a second. When the step's time is up two samples tell slow from stuck: see pace.h.
 *
 * A machine without systemd-run, or with no room in /run, runs the script directly, as part of the connection. */
#pragma once

#include "means/parts.h"

struct long_step {
        const char *kind;     /* letters, digits and dots: "packages.install" */
        const char *content;  /* what exactly it does: another is another step */
        const char *sentence; /* for whoever finds it, one line */
        const char *
                script; /* text for sh. It travels on stdin and in a file that only root can read: it may hold secrets */
        const char *
                leavings; /* text for sh that removes what the script leaves when it is ended in the middle: what is
                                 newer than $1/script; or NULL */
        size_t keep; /* as in struct command */
};

/* As link_run: 0 when it has ended, whatever its status. Lines that it prints go to work->progress. ERROR_DEADLINE says
 * whether it was slow or stuck, and then, as after ERROR_INTERRUPTED, the unit has been ended. */
int long_step_run(const struct work *work, const struct long_step *step, struct output *ret_output,
        struct error *error);

/* The same for one that an earlier run began. */
int long_step_take_up(
        const struct work *work, const char *name, struct output *ret_output, struct error *error);

/* ---- its parts, for the probe and the tests ---- */

extern const char long_step_probe[];

/* "provision-packages.install-0123456789ab"; owned by the caller. */
char *long_step_name(const struct long_step *step);

/* It is a name of ours, and no more than a name. */
bool long_step_is_name(const char *name);

/* Begins it, or goes on following where it has begun already. */
void long_step_add_begin(
        struct text *script, const char *name, const char *sentence, const char *leavings, int limit_s);
/* Follows one that has begun. */
void long_step_add_follow(struct text *script, const char *name);
/* Ends it and forgets it. */
void long_step_add_end(struct text *script, const char *name);
/* Two samples for pace.h, nothing where there is no such step. */
void long_step_add_samples(struct text *script, const char *name);
