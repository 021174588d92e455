/* The states of a machine, for people who look at it from outside: how far it was promoted, and what is going on beside.
 * Pure. Nothing decides by it: what a machine can do is seen in every run. */
#pragma once

#include "topology/phase_name.h"

/* How far: the phases, and those that are to come. */
enum machine_level { LEVEL_UNKNOWN, LEVEL_LINUX, LEVEL_KVM, LEVEL_CLUSTER, LEVEL_PLATFORM, LEVELS };

/* Beside that. */
enum machine_activity {
        ACTIVITY_SETTLED,   /* nothing */
        ACTIVITY_PROMOTING, /* being looked at or worked on */
        ACTIVITY_WAITING,   /* for something, until a time */
        ACTIVITY_FAILED,    /* something went wrong, and was left at that */
        ACTIVITY_BLOCKED,   /* something is in the way that a person must decide about */
        ACTIVITIES
};

enum machine_happening {
        HAPPENING_PHASE_BEGINS,
        HAPPENING_STEP_BEGINS,
        HAPPENING_STEP_ENDS,
        HAPPENING_WAIT_BEGINS,
        HAPPENING_PHASE_REACHED,
        HAPPENING_IN_THE_WAY,
        HAPPENING_FAILS,
        HAPPENING_LOST,
        HAPPENING_INTERRUPTED,
        HAPPENINGS
};

struct machine_state {
        enum machine_level level;
        enum machine_activity activity;
};

/* What a happening in a phase makes of a state. Every happening in every state has its row in states.c. */
struct machine_state machine_state_after(
        struct machine_state before, enum machine_happening happening, enum phase_name phase);

/* "unknown", "linux", …; "settled", "promoting", …; "a step begins", …. */
const char *machine_level_name(enum machine_level level);
const char *machine_activity_name(enum machine_activity activity);
const char *machine_happening_name(enum machine_happening happening);

/* LEVEL_UNKNOWN for a name that is none, or NULL. */
enum machine_level machine_level_find(const char *name);
