/* This one compiles: what its neighbours get wrong, done right. If it doesn't, their failures prove nothing. */
#include <stddef.h>

#include "means/load_balancer.h"
#include "phases/story.h"
#include "topology/kvm_host_literal.h"
#include "topology/machine.h"

#define STORY(SCORE)                                                                                         \
        SCORE(linux, machine, 0, CAN_RUN_COMMANDS | CAN_ADMINISTER)                                          \
        SCORE(kvm, packages, CAN_ADMINISTER, CAN_USE_PACKAGES)                                               \
        SCORE(kvm, daemon, CAN_USE_PACKAGES, CAN_USE_LIBVIRT)                                                \
        SCORE(kvm, network, CAN_USE_LIBVIRT, 0)

STORY_HOLDS(STORY);

static int other_write_services(const struct work *work, struct error *error)
{
        (void)work;
        return error_set(error, ERROR_FAILED, "never run");
}

#define other_see_services      other_write_services
#define other_ensure_wan_access other_write_services

LOAD_BALANCER(other);

void start_guests(struct kvm_host *host);

int main(void)
{
        struct linux_host host = {.name = "lab1", .can = CAN_RUN_GUESTS};
        struct kvm_host *kvm_host = NULL;
        struct error error = {0};

        if (kvm_host_promote(&host, &kvm_host, &error) == 0)
                start_guests(kvm_host);
        (void)KVM_HOST("local");
        (void)KVM_HOST("root@hypervisor1");
        (void)KVM_HOST("ssh://root@hypervisor1:2222");
        (void)KVM_HOST("qemu+ssh://root@hypervisor1/system");
        return 0;
}
