/* What the parts of one machine's run share: where it is on its way, and how it tells about it. Internal to
 * phases. */
#pragma once

#include "means/means.h"
#include "means/run_lock.h"
#include "phases/host_run.h"
#include "phases/round.h"
#include "phases/watch.h"
#include "report/report.h"
#include "topology/machine.h"

/* What became of one entry of the table (a Score in a phase) so far. */
struct progress {
        char *last_sentences;    /* what it had to do when its steps were last carried out */
        struct deadline settled; /* until when it may still say the same */
        int attempts;
};

struct way {
        const struct host_run *run;
        struct host_result *result;
        struct wish wish;
        enum phase_name
                last; /* where it is to go: the wanted phase, or the last before it that is for such a machine */
        char *machine; /* whose things are in the store: /etc/machine-id, or the name; NULL: not known yet */
        struct linux_host host;
        struct means *means;
        struct run_lock *lock;     /* NULL: not taken */
        const struct phase *phase; /* the one under way */
        struct deadline phase_end;
        bool phase_is_kept;      /* the end of this phase is on the disk */
        bool phase_is_continued; /* a run before this one began it and was cut off */
        bool had_grace;          /* in this phase */
        int silence_s; /* that the last look has spent on a libvirt that says nothing; see limits.c */
        struct deadline reach_end; /* until when a machine that wasn't reached yet is tried again */
        bool was_connected;
        unsigned losses;  /* of the connection, since the last step done */
        char *boot_id;    /* of the last look; NULL: none yet */
        bool is_rebooted; /* since the look that a plan was made from */
        int64_t began_ns, phase_began_ns;
        size_t phase_steps;        /* carried out in it */
        struct progress *progress; /* one an entry, in a round's order */
        size_t progress_count;
        ARRAY(struct watched) watched; /* services that are still to show that they stay up */
        const char *note;              /* what is worth knowing of a machine that is done */
};

/* Milliseconds since a point of the monotonic clock. */
int64_t elapsed_ms(int64_t since_ns);

/* Reports an event with the machine and the phase filled in. more may be NULL. */
void way_tell(const struct way *way, enum event_kind kind, const struct event *more);

/* An event about a step. */
struct event way_step_event(const struct step *step);

void way_tell_warnings(const struct way *way, const struct round *round);

/* -1 (ERROR_BLOCKED) when anything is in the way of any entry, after reporting it all. */
int way_tell_blocks(const struct way *way, const struct round *round, struct error *error);

/* The plan's steps; before them what is in the way, and then -1. */
int way_tell_plan(struct way *way, const struct round *round, struct error *error);

/* Lets that much time pass, or less when somebody asks to stop. */
void way_pause(const struct way *way, int ms);

/* -1 (ERROR_INTERRUPTED) once somebody has asked to stop. */
int way_stop_if_interrupted(const struct way *way, struct error *error);

/* What the phase under way may take, in seconds; grace not counted. */
int way_phase_s(const struct way *way);
void way_begin_phase(struct way *way, enum phase_name name);
/* With a libvirt that says nothing, as means_set_patience. */
int way_patience_s(const struct way *way);
/* Has the survey answered, within the time of a look and of the phase under way. */
int way_ask(struct way *way, const struct survey *survey, struct answers *ret_answers, struct error *error);
/* From the first step on, a phase that is cut off has what it left when it is begun again. */
int way_keep_phase(struct way *way, struct error *error);

/* One look back and what follows from it: see undo.c. 1: there is more to do; 0: nothing of ours is left. */
int way_undo(struct way *way, struct error *error);

/* Begins to connect; and lets go of the machine: its lock, its means, its link. */
void way_connect(struct way *way);
void way_disconnect(struct way *way);
/* After *error: 1 with another link when the machine was lost and has been reached again, within the phase's time (or,
 * one that never was there, within the time of --wait); the error has been dealt with. -1 with the error, perhaps another. */
int way_recover(struct way *way, struct error *error);
/* Waits until it is reached again, on another boot. */
int way_await_boot(struct way *way, struct deadline deadline, struct error *error);
/* What a look has read. ERROR_BLOCKED when another host of this run is the same machine. */
int way_note_look(struct way *way, const struct answers *answers, struct error *error);

/* Before anything is changed: the machine is this run's. 1: it is, and what the round saw still holds; 0: look again. */
int way_lock(struct way *way, const struct round *round, struct error *error);

/* Carries out what is ready in the phase under way. 1: something was done; 0: only waiting for its effect is
 * left. */
int way_apply(struct way *way, struct round *round, struct error *error);

/* Waits a moment for what was done to take effect. */
void way_settle(const struct way *way, const struct round *round);

/* A step was carried out: a service that it started, or waits for, is watched. */
void way_watch(struct way *way, const struct step *step);
void way_watch_none(struct way *way);
/* -1: a service that was started hasn't stayed up; 1: one is still to show that it does; 0: there is none. */
int way_check_watched(struct way *way, const struct answers *answers, struct error *error);
/* Gives it a moment. */
void way_await_watched(const struct way *way);

/* The sentences of a plan with "; " between them, owned by the caller. */
char *way_sentences(const struct plan *plan);
