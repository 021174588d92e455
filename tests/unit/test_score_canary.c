#include "score_world.h"

static void without_kvm(struct world *world)
{
        world->answers.machine.has_kvm_device = false;
}

static void proven_with_kvm(struct world *world)
{
        world->answers.canary.proven = true;
        world->answers.canary.accelerator = CANARY_KVM;
}

static void proven_with_tcg(struct world *world)
{
        world->answers.canary.proven = true;
        world->answers.canary.accelerator = CANARY_TCG;
}

static void kvm_refused(struct world *world)
{
        set(&world->answers.canary.why, "KVM said \"Operation <not> permitted\" & $(c)");
}

static void qemu_changed(struct world *world)
{
        set(&world->answers.canary.why, "QEMU was 7.2.0 then and is 7.2.18 now");
}

static const struct row rows[] = {
        {"a guest was booted with KVM", {a_kvm_host, proven_with_kvm}, ""},
        {"none was booted yet", {a_kvm_host}, "boot a throw-away guest (KVM if it works, else TCG)\n"},
        {"a fresh host", {a_fresh_host}, "boot a throw-away guest (KVM if it works, else TCG)\n"},
        {"none was booted yet and there is no KVM", {a_kvm_host, without_kvm},
                "boot a throw-away guest (TCG, because there is no /dev/kvm)\n"},
        {"what was proven holds no longer", {a_kvm_host, qemu_changed},
                "boot a throw-away guest (KVM if it works, else TCG): QEMU was 7.2.0 then and is 7.2.18 "
                "now\n"},
        {"a guest was booted by emulation", {a_kvm_host, without_kvm, proven_with_tcg},
                "~ guests run by emulation (TCG), many times slower than with KVM\n"},
        {"a guest was booted by emulation and we know why", {a_kvm_host, proven_with_tcg, kvm_refused},
                "~ guests run by emulation (TCG), many times slower than with KVM: KVM said \"Operation "
                "<not> permitted\" & "
                "$(c)\n"},
};

int main(void)
{
        return RUN_ROWS(&score_canary, NULL, rows);
}
