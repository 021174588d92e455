/* What a machine can do: earned in this run by looking, never read from disk, never assumed.
 *
 * The list is an X macro because each capability is three things at once: a bit, a word for people, and a
 * number that the phase table's compile-time checks can add up. */
#pragma once

#include <stdint.h>

typedef uint32_t capabilities;

/*        bit                    what a machine that has it can do */
#define CAPABILITIES(X)                                                                   \
        X(CAN_RUN_COMMANDS, "run commands")                                               \
        X(CAN_ADMINISTER, "be administered: root, systemd and a package manager we know") \
        X(CAN_BE_CHANGED, "be changed: nothing that an earlier run began is under way")   \
        X(CAN_USE_PACKAGES, "use its packages: all that are needed are installed")        \
        X(CAN_USE_LIBVIRT, "use libvirt: its daemons answer")                             \
        X(CAN_IGNITE, "start its clusters' machines: their Ignition is made")             \
        X(CAN_RUN_GUESTS, "run guests: one was booted")                                   \
        X(CAN_ASK_CLUSTER, "ask its cluster: the API answers")                            \
        X(CAN_RUN_WORKLOADS, "run workloads: its cluster is installed")

enum capability_index {
#define CAPABILITY(bit, words) bit##_INDEX,
        CAPABILITIES(CAPABILITY)
#undef CAPABILITY
                CAPABILITY_COUNT
};

enum capability {
#define CAPABILITY(bit, words) bit = 1 << bit##_INDEX,
        CAPABILITIES(CAPABILITY)
#undef CAPABILITY
};

/* "run commands", …; NULL for a number that is no single capability. */
const char *capability_words(enum capability capability);

/* "run commands, use libvirt" in the table's order, owned by the caller; "nothing" for none. */
char *capabilities_describe(capabilities set);
