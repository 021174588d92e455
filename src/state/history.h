/* What runs did: for people, afterwards. Nothing here decides anything.
 *
 * The same structs are written and read. Strings may be NULL where a comment says so; milliseconds count from the
 * beginning of the run, on a clock that nobody sets. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"
#include "state/store.h"

#define NOT_YET (-1) /* a took_ms of what hasn't ended, or was cut off; an exit_status of such a run */

struct history_note {
        int64_t id;  /* 0: not written yet; as in all of these */
        char *kind;  /* "warning", "blocked" */
        char *phase; /* or NULL */
        char *score; /* or NULL */
        char *text;
        int64_t at_ms;
};

struct history_step {
        int64_t id;
        char *phase, *score, *sentence;
        char *kind; /* step_kind_name() */
        int64_t began_ms, took_ms;
        char *outcome; /* "done", or the error's kind; NULL: not ended, or cut off */
        char *error;   /* or NULL */
        char *output;  /* its last lines, or NULL */
};

struct history_phase {
        int64_t id;
        char *name;
        int64_t began_ms, took_ms;
        int64_t steps_done;
        char *outcome;   /* as a step's */
        bool is_changed; /* since it was written */
};

struct history_host {
        int64_t id;
        int64_t run;
        char *name;
        char *address;      /* how it was reached: "root@10.77.1.2" */
        char *machine;      /* whose it is in ownership and deadlines; NULL: it wasn't reached yet */
        char *level;        /* as far as is known: "unknown", "linux", "kvm", … */
        char *activity;     /* "settled", "promoting", "waiting", "failed", "blocked" */
        char *why;          /* what is being done or waited for, why it failed, what is in the way; or NULL */
        int64_t until_us;   /* CLOCK_REALTIME: when a wait gives up; 0: never */
        int64_t changed_us; /* CLOCK_REALTIME: since when it is so */
        int64_t began_ms, took_ms;
        int64_t steps_done;
        char *outcome; /* "unchanged", "changed", or the error's kind; NULL: not ended, or cut off */
        char *error;   /* or NULL */
        char *note;    /* "guests run by KVM", or NULL */
        ARRAY(struct history_phase) phases;
        ARRAY(struct history_step) steps;
        ARRAY(struct history_note) notes;
};

struct history_run {
        int64_t id;
        int64_t began_us; /* CLOCK_REALTIME */
        int64_t took_ms;
        char *controller; /* the machine it was started on */
        char *user;
        int64_t pid;
        char *command; /* without what --set says */
        char *verb;
        char *phase; /* the last one wanted */
        int64_t exit_status;
        int64_t host_count, hosts_changed, hosts_failed;
        bool is_running; /* only read: its process is alive. Without an end and not running: it was cut off. */
        ARRAY(struct history_host) hosts;
};

struct history_runs {
        ARRAY(struct history_run) runs;
};

void history_host_done(struct history_host *host);
void history_step_done(struct history_step *step);
void history_run_done(struct history_run *run);
void history_runs_done(struct history_runs *runs);

/* ---- writing ---- */

/* A new run: sets its id, and until the store is closed it counts as running. Those too old to be kept go. */
int history_add_run(struct store *store, struct history_run *run, struct error *error);

/* What changes of a run: how long it took, its exit status, the counts. */
int history_save_run(struct store *store, const struct history_run *run, struct error *error);

/* The machine (run set), its new and changed phases and its new notes; and the step, unless it is NULL. What is
 * new gets its id. The machine's own list of steps is not looked at. */
int history_save_host(
        struct store *store, struct history_host *host, struct history_step *step, struct error *error);

/* ---- reading; a NULL store has nothing in it ---- */

/* All runs, newest first, without their machines. */
int history_list(struct store *store, struct history_runs *ret_runs, struct error *error);

/* One run with everything; number 0: the last. 1: there it is; 0: there is no such run. */
int history_read(struct store *store, int64_t number, struct history_run *ret_run, struct error *error);

/* The last run before this one that had a machine in common with it. 1 or 0 as above. */
int history_read_before(
        struct store *store, const struct history_run *run, struct history_run *ret_run, struct error *error);

/* What is known last of the machine of that name and address, with the run it is from (its hosts are left out), and
 * without phases, steps and notes. 1 or 0 as above. */
int history_last_of(struct store *store, const char *name, const char *address, struct history_host *ret_host,
        struct history_run *ret_run, struct error *error);
