/* expect: phase kvm: network needs what nothing before it gives */
#include "phases/story.h"
#include "topology/capabilities.h"

/* Nobody installs libvirt here. */
#define STORY(SCORE)                                                                                         \
        SCORE(linux, machine, 0, CAN_RUN_COMMANDS | CAN_ADMINISTER)                                          \
        SCORE(kvm, packages, CAN_ADMINISTER, CAN_USE_PACKAGES)                                               \
        SCORE(kvm, network, CAN_USE_LIBVIRT, 0)

STORY_HOLDS(STORY);

int main(void)
{
        return 0;
}
