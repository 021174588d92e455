/* The story of a machine. */
#include "phases/story.h"
#include "phases/table.h"

/* What a Score needs or gives where it is nothing. */
#define NOTHING 0

/* clang-format off */

/* First it is somebody's Linux machine. It answers, and it can be administered. */
#define LINUX(SCORE)                                                                        \
        /*           score       needs             gives */                                 \
        SCORE(linux, machine,    NOTHING,          CAN_RUN_COMMANDS | CAN_ADMINISTER)

/* Then it becomes a KVM host. What an earlier run left under way comes first, for nothing can be planned on it. Then
 * packages, and a reboot where they want one, because users, groups, settings and units come with them; who owns a file
 * must exist before it, and a unit's files before the unit. Then libvirt answers and is given networks, at whose
 * addresses a load balancer can listen, and pools, and pools images and disks; a throw-away guest shows that guests run, and
 * the guests themselves come last, and are waited for. */
#define KVM(SCORE)                                                                          \
        /*           score       needs             gives */                                 \
        SCORE(kvm,   unfinished, CAN_ADMINISTER,   CAN_BE_CHANGED)                          \
        SCORE(kvm,   packages,   CAN_BE_CHANGED,   CAN_USE_PACKAGES)                        \
        SCORE(kvm,   reboot,     CAN_USE_PACKAGES, NOTHING)                                 \
        SCORE(kvm,   sysctl,     CAN_USE_PACKAGES, NOTHING)                                 \
        SCORE(kvm,   group,      CAN_USE_PACKAGES, NOTHING)                                 \
        SCORE(kvm,   file,       CAN_USE_PACKAGES, NOTHING)                                 \
        SCORE(kvm,   unit,       CAN_USE_PACKAGES, NOTHING)                                 \
        SCORE(kvm,   daemon,     CAN_USE_PACKAGES, CAN_USE_LIBVIRT)                         \
        SCORE(kvm,   network,    CAN_USE_LIBVIRT,  NOTHING)                                 \
        SCORE(kvm,   load_balancer, CAN_USE_LIBVIRT, NOTHING)                               \
        SCORE(kvm,   pool,       CAN_USE_LIBVIRT,  NOTHING)                                 \
        SCORE(kvm,   image,      CAN_USE_LIBVIRT,  NOTHING)                                 \
        SCORE(kvm,   volume,     CAN_USE_LIBVIRT,  NOTHING)                                 \
        SCORE(kvm,   seed,       CAN_USE_LIBVIRT,  NOTHING)                                 \
        SCORE(kvm,   canary,     CAN_USE_LIBVIRT,  CAN_RUN_GUESTS)                          \
        SCORE(kvm,   guest,      CAN_RUN_GUESTS,   NOTHING)                                 \
        SCORE(kvm,   ready,      CAN_RUN_GUESTS,   NOTHING)

/* clang-format on */

#define STORY(SCORE) LINUX(SCORE) KVM(SCORE)

STORY_HOLDS(STORY);

#define ENTRY(phase, name, needed, given) {.score = &score_##name, .needs = (needed), .gives = (given)},

static const struct phase_entry linux_entries[] = {LINUX(ENTRY)};
static const struct phase_entry kvm_entries[] = {KVM(ENTRY)};

#define OR_NEEDS(phase, name, needed, given) | (needed)
#define OR_GIVES(phase, name, needed, given) | (given)

/* Everything in a phase that follows from its Scores. */
#define OF_SCORES(SCORES, list)                                                             \
        .needs = (0 SCORES(OR_NEEDS)) & ~(0 SCORES(OR_GIVES)), .gives = 0 SCORES(OR_GIVES), \
        .entries = (list), .entry_count = sizeof(list) / sizeof((list)[0])

static const struct phase phases[] = {
        [PHASE_LINUX] =
                {
                        .name = PHASE_LINUX,
                        .summary = "a machine that answers and can be administered",
                        .deadline_s = 2 * 60,
                        OF_SCORES(LINUX, linux_entries),
                },
        [PHASE_KVM] =
                {
                        .name = PHASE_KVM,
                        .summary = "a machine that runs guests",
                        .deadline_s = 45 * 60,
                        OF_SCORES(KVM, kvm_entries),
                },
};
_Static_assert(sizeof(phases) / sizeof(phases[0]) == PHASE_COUNT, "every phase has its row");

const struct phase *phase_get(enum phase_name phase)
{
        return &phases[phase];
}
