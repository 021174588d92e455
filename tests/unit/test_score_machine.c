#include "score_world.h"

static void an_ordinary_user(struct world *world)
{
        world->answers.machine.is_root = false;
}

static void become_is_set(struct world *world)
{
        world->host.become = true;
}

static void another_init(struct world *world)
{
        world->answers.machine.has_systemd = false;
}

static void no_package_manager(struct world *world)
{
        world->answers.machine.manager = PACKAGES_UNKNOWN;
        set(&world->answers.machine.os_name, "Plan \"9\" <from> $(bell) & labs");
        set(&world->answers.machine.os_id, "plan9");
}

static void no_os_release(struct world *world)
{
        world->answers.machine.manager = PACKAGES_UNKNOWN;
        set(&world->answers.machine.os_name, "");
        set(&world->answers.machine.os_id, NULL);
}

static void an_unknown_processor(struct world *world)
{
        set(&world->answers.machine.arch, "riscv64");
}

static void an_arm_processor(struct world *world)
{
        set(&world->answers.machine.arch, "aarch64");
}

static void a_reboot_is_required(struct world *world)
{
        world->answers.machine.reboot_required = true;
}

static void it_may_be_rebooted(struct world *world)
{
        world->host.reboot_if_needed = true;
}

static const struct row rows[] = {
        {"a fresh host has nothing to do", {a_fresh_host}, ""},
        {"an ARM host has nothing to do", {a_fresh_host, an_arm_processor}, ""},
        {"an ordinary user can't administer", {a_fresh_host, an_ordinary_user},
                "! commands run as an ordinary user: connect to host lab1 as root, or set become = true for "
                "it\n"},
        {"sudo that gives no root", {a_fresh_host, an_ordinary_user, become_is_set},
                "! sudo lets us in but not as root: allow root in sudoers, or connect to host lab1 as "
                "root\n"},
        {"a machine without systemd", {a_fresh_host, another_init},
                "! process 1 is not systemd, through which units are asked about and changed: boot the "
                "machine with "
                "systemd\n"},
        {"an unknown distribution is named as it names itself", {a_fresh_host, no_package_manager},
                "! an unknown distribution: Plan \"9\" <from> $(bell) & labs (ID plan9), none of apt, dnf, "
                "zypper, pacman is "
                "there\n"},
        {"a distribution without a name", {a_fresh_host, no_os_release},
                "! an unknown distribution: unknown (ID unknown), none of apt, dnf, zypper, pacman is "
                "there\n"},
        {"an unknown processor", {a_fresh_host, an_unknown_processor},
                "! the processor is riscv64, and QEMU's packages are known for x86_64 and aarch64 only\n"},
        {"all that is wrong is said at once",
                {a_fresh_host, an_ordinary_user, another_init, an_unknown_processor},
                "! commands run as an ordinary user: connect to host lab1 as root, or set become = true for "
                "it\n"
                "! process 1 is not systemd, through which units are asked about and changed: boot the "
                "machine with "
                "systemd\n"
                "! the processor is riscv64, and QEMU's packages are known for x86_64 and aarch64 only\n"},
        {"a reboot that is waited for is in nobody's way", {a_fresh_host, a_reboot_is_required},
                "~ the machine waits for a reboot: what an update brought is not all in use yet "
                "(reboot_if_needed = true lets it be rebooted)\n"},
        {"a reboot that will be made is no warning", {a_fresh_host, a_reboot_is_required, it_may_be_rebooted},
                ""},
};

int main(void)
{
        return RUN_ROWS(&score_machine, NULL, rows);
}
