#include "score_world.h"

static void a_reboot_is_required(struct world *world)
{
        world->answers.machine.reboot_required = true;
}

static void it_may_be_rebooted(struct world *world)
{
        world->host.reboot_if_needed = true;
}

static const struct row rows[] = {
        {"nothing asks for it", {a_kvm_host, it_may_be_rebooted}, ""},
        {"it is asked for and not wished", {a_kvm_host, a_reboot_is_required}, ""},
        {"it is asked for and wished", {a_kvm_host, a_reboot_is_required, it_may_be_rebooted},
                "reboot the machine: what was installed asks for it\n"},
};

int main(void)
{
        return RUN_ROWS(&score_reboot, NULL, rows);
}
