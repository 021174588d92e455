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
 * must exist before it, and a unit's files before the unit. What the outside reaches is narrowed before more is there to be
 * reached. Then libvirt answers and is given networks, which tell the names that machines boot by, at whose addresses a boot
 * server and a load balancer can listen; what is no longer needed behind that goes; and pools, and pools images and disks; what a
 * cluster's machines start with is made, as late as it can be, for it doesn't last; a throw-away guest shows that guests run, and
 * the guests themselves come last, and are waited for. A firewall that the host reaches may be one of them. */
#define KVM(SCORE)                                                                          \
        /*           score       needs             gives */                                 \
        SCORE(kvm,   unfinished, CAN_ADMINISTER,   CAN_BE_CHANGED)                          \
        SCORE(kvm,   packages,   CAN_BE_CHANGED,   CAN_USE_PACKAGES)                        \
        SCORE(kvm,   reboot,     CAN_USE_PACKAGES, NOTHING)                                 \
        SCORE(kvm,   sysctl,     CAN_USE_PACKAGES, NOTHING)                                 \
        SCORE(kvm,   group,      CAN_USE_PACKAGES, NOTHING)                                 \
        SCORE(kvm,   file,       CAN_USE_PACKAGES, NOTHING)                                 \
        SCORE(kvm,   unit,       CAN_USE_PACKAGES, NOTHING)                                 \
        SCORE(kvm,   firewall,   CAN_USE_PACKAGES, NOTHING)                                 \
        SCORE(kvm,   daemon,     CAN_USE_PACKAGES, CAN_USE_LIBVIRT)                         \
        SCORE(kvm,   network,    CAN_USE_LIBVIRT,  NOTHING)                                 \
        SCORE(kvm,   names,      CAN_USE_LIBVIRT,  NOTHING)                                 \
        SCORE(kvm,   boot_server, CAN_USE_LIBVIRT, NOTHING)                                 \
        SCORE(kvm,   load_balancer, CAN_USE_LIBVIRT, NOTHING)                               \
        SCORE(kvm,   retired,    CAN_USE_LIBVIRT,  NOTHING)                                 \
        SCORE(kvm,   pool,       CAN_USE_LIBVIRT,  NOTHING)                                 \
        SCORE(kvm,   image,      CAN_USE_LIBVIRT,  NOTHING)                                 \
        SCORE(kvm,   volume,     CAN_USE_LIBVIRT,  NOTHING)                                 \
        SCORE(kvm,   installer,  CAN_USE_LIBVIRT,  CAN_IGNITE)                              \
        SCORE(kvm,   seed,       CAN_IGNITE,       NOTHING)                                 \
        SCORE(kvm,   boot_ignition, CAN_IGNITE,    NOTHING)                                 \
        SCORE(kvm,   canary,     CAN_USE_LIBVIRT,  CAN_RUN_GUESTS)                          \
        SCORE(kvm,   guest,      CAN_RUN_GUESTS | CAN_IGNITE, NOTHING)                      \
        SCORE(kvm,   ready,      CAN_RUN_GUESTS,   NOTHING)                                 \
        SCORE(kvm,   opnsense,   CAN_RUN_GUESTS,   NOTHING)

/* clang-format on */

/* Then bare machines are switched on; they and the guests become a cluster, or a cluster is there that it leads to: the API answers;
 * a cluster that is being made does without its bootstrap machine, and has its nodes, without those that left; and it is
 * installed. */
#define CLUSTER(SCORE)                                                      \
        /*             score       needs           gives */                 \
        SCORE(cluster, bmc, CAN_RUN_GUESTS, NOTHING)                        \
        SCORE(cluster, cluster_api, CAN_RUN_GUESTS, CAN_ASK_CLUSTER)        \
        SCORE(cluster, cluster_bootstrap, CAN_ASK_CLUSTER, NOTHING)         \
        SCORE(cluster, cluster_nodes, CAN_ASK_CLUSTER, NOTHING)             \
        SCORE(cluster, cluster_members, CAN_ASK_CLUSTER, NOTHING)           \
        SCORE(cluster, cluster_install, CAN_ASK_CLUSTER, CAN_RUN_WORKLOADS) \
        SCORE(cluster, cluster_access, CAN_RUN_WORKLOADS, NOTHING)

#define STORY(SCORE) LINUX(SCORE) KVM(SCORE) CLUSTER(SCORE)

STORY_HOLDS(STORY);

#define ENTRY(phase, name, needed, given) {.score = &score_##name, .needs = (needed), .gives = (given)},

static const struct phase_entry linux_entries[] = {LINUX(ENTRY)};
static const struct phase_entry kvm_entries[] = {KVM(ENTRY)};
static const struct phase_entry cluster_entries[] = {CLUSTER(ENTRY)};

static bool has_cluster_or_machines(const struct wish *wish)
{
        return wish->clusters.count > 0 || wish->machines.count > 0;
}

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
        [PHASE_CLUSTER] =
                {
                        .name = PHASE_CLUSTER,
                        .summary = "a machine whose guests are a cluster, or by which one is reached",
                        .deadline_s = 90 * 60,
                        .is_for = has_cluster_or_machines,
                        OF_SCORES(CLUSTER, cluster_entries),
                },
};
_Static_assert(sizeof(phases) / sizeof(phases[0]) == PHASE_COUNT, "every phase has its row");

enum phase_name phase_last(const struct wish *wish, enum phase_name wanted)
{
        while (phases[wanted].is_for && !phases[wanted].is_for(wish))
                wanted--;
        return wanted;
}

enum phase_name phase_furthest(const struct config *config, enum phase_name wanted)
{
        enum phase_name furthest = PHASE_LINUX;

        for (array_each(const struct host_config, host, &config->hosts)) {
                CLEANUP(wish_done) struct wish wish;
                enum phase_name last;

                wish_init(&wish, config, host);
                last = phase_last(&wish, wanted);
                if (furthest < last)
                        furthest = last;
        }
        return furthest;
}

const struct phase *phase_get(enum phase_name phase)
{
        return &phases[phase];
}
