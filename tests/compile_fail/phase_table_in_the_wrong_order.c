/* expect: phase kvm: pool needs what nothing before it gives */
#include "phases/story.h"
#include "topology/capabilities.h"

/* The daemon comes, but too late for the pool. */
#define STORY(SCORE)                                                                                         \
        SCORE(linux, machine, 0, CAN_RUN_COMMANDS | CAN_ADMINISTER)                                          \
        SCORE(kvm, packages, CAN_ADMINISTER, CAN_USE_PACKAGES)                                               \
        SCORE(kvm, pool, CAN_USE_LIBVIRT, 0)                                                                 \
        SCORE(kvm, daemon, CAN_USE_PACKAGES, CAN_USE_LIBVIRT)

STORY_HOLDS(STORY);

int main(void)
{
        return 0;
}
