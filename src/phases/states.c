/* The transition table of a machine's states. */
#include "base/memory.h"
#include "phases/states.h"

/* What a happening does to the level. */
enum effect {
        KEEPS,  /* nothing */
        RAISES, /* the machine is at least at the phase */
        LOWERS, /* something of the phase is missing: it is below it at most */
};

/* clang-format off */

/* A row has a column for each state it can find the machine in, so that one can't be left out. */
#define TRANSITIONS(ROW)                                                                                       \
        /*                 words                  level   settled    promoting  waiting    failed     blocked */ \
        ROW(PHASE_BEGINS,  "a phase begins",      KEEPS,  PROMOTING, PROMOTING, PROMOTING, PROMOTING, PROMOTING) \
        ROW(STEP_BEGINS,   "a step begins",       LOWERS, PROMOTING, PROMOTING, PROMOTING, PROMOTING, PROMOTING) \
        ROW(STEP_ENDS,     "a step ends",         KEEPS,  SETTLED,   PROMOTING, PROMOTING, FAILED,    BLOCKED)   \
        ROW(WAIT_BEGINS,   "a wait begins",       KEEPS,  WAITING,   WAITING,   WAITING,   WAITING,   WAITING)   \
        ROW(PHASE_REACHED, "the phase is reached", RAISES, SETTLED,  SETTLED,   SETTLED,   SETTLED,   SETTLED)   \
        ROW(IN_THE_WAY,    "something is in the way", LOWERS, BLOCKED, BLOCKED, BLOCKED,   BLOCKED,   BLOCKED)   \
        ROW(FAILS,         "it fails",            LOWERS, FAILED,    FAILED,    FAILED,    FAILED,    FAILED)    \
        ROW(LOST,          "it isn't reached",    KEEPS,  FAILED,    FAILED,    FAILED,    FAILED,    FAILED)    \
        ROW(INTERRUPTED,   "somebody says stop",  KEEPS,  SETTLED,   SETTLED,   SETTLED,   FAILED,    BLOCKED)

/* clang-format on */

#define TRANSITION(name, words, level, settled, promoting, waiting, failed, blocked) \
        [HAPPENING_##name] = {words, level,                                          \
                {                                                                    \
                        [ACTIVITY_SETTLED] = ACTIVITY_##settled,                     \
                        [ACTIVITY_PROMOTING] = ACTIVITY_##promoting,                 \
                        [ACTIVITY_WAITING] = ACTIVITY_##waiting,                     \
                        [ACTIVITY_FAILED] = ACTIVITY_##failed,                       \
                        [ACTIVITY_BLOCKED] = ACTIVITY_##blocked,                     \
                }},

static const struct {
        const char *words;
        enum effect effect;
        enum machine_activity next[ACTIVITIES];
} transitions[] = {TRANSITIONS(TRANSITION)};

#define COUNT_ROW(...) +1
_Static_assert(0 TRANSITIONS(COUNT_ROW) == HAPPENINGS, "every happening has its row, and only one");
_Static_assert(sizeof(transitions) / sizeof(transitions[0]) == HAPPENINGS, "and the last one, too");
_Static_assert(ACTIVITIES == 5, "a new state of a machine is a new column of the table");

static const char *const level_names[LEVELS] = {
        [LEVEL_UNKNOWN] = "unknown",
        [LEVEL_LINUX] = "linux",
        [LEVEL_KVM] = "kvm",
        [LEVEL_CLUSTER] = "cluster",
        [LEVEL_PLATFORM] = "platform",
};

static const char *const activity_names[ACTIVITIES] = {
        [ACTIVITY_SETTLED] = "settled",
        [ACTIVITY_PROMOTING] = "promoting",
        [ACTIVITY_WAITING] = "waiting",
        [ACTIVITY_FAILED] = "failed",
        [ACTIVITY_BLOCKED] = "blocked",
};

/* The level that a phase leads to comes one after the level that it starts from. */
_Static_assert((int)LEVEL_LINUX == (int)PHASE_LINUX + 1 && (int)LEVEL_KVM == (int)PHASE_KVM + 1 &&
                       (int)LEVEL_CLUSTER == (int)PHASE_CLUSTER + 1 && (int)PHASE_COUNT < (int)LEVELS,
        "levels follow the phases");

struct machine_state machine_state_after(
        struct machine_state before, enum machine_happening happening, enum phase_name phase)
{
        const enum machine_level below = (enum machine_level)phase, reached = (enum machine_level)(phase + 1);
        struct machine_state after = {before.level, transitions[happening].next[before.activity]};

        if (transitions[happening].effect == RAISES && after.level < reached)
                after.level = reached;
        if (transitions[happening].effect == LOWERS && after.level > below)
                after.level = below;
        return after;
}

const char *machine_level_name(enum machine_level level)
{
        return level_names[level];
}

const char *machine_activity_name(enum machine_activity activity)
{
        return activity_names[activity];
}

const char *machine_happening_name(enum machine_happening happening)
{
        return transitions[happening].words;
}

enum machine_level machine_level_find(const char *name)
{
        for (int i = 0; i < LEVELS; i++)
                if (string_equal(level_names[i], name))
                        return (enum machine_level)i;
        return LEVEL_UNKNOWN;
}
