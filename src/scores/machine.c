/* A machine that can be administered at all: what every other Score takes for granted. It plans nothing,
 * because none of this is ours to change. */
#include "scores/packages.h"
#include "scores/score.h"

static void machine_ask(const struct wish *wish, struct survey *survey)
{
        (void)wish;
        survey_ask(survey, ASK_MACHINE, NULL);
}

static const char *or_unknown(const char *word)
{
        return word && *word ? word : "unknown";
}

static void machine_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        const struct machine_facts *machine = &answers->machine;

        if (!machine->is_root && wish->host->become)
                plan_block(plan,
                        "sudo lets us in but not as root: allow root in sudoers, or connect to host %s as "
                        "root",
                        wish->host->name);
        else if (!machine->is_root)
                plan_block(plan,
                        "commands run as an ordinary user: connect to host %s as root, or set become = true "
                        "for it",
                        wish->host->name);
        if (!machine->has_systemd)
                plan_block(plan,
                        "process 1 is not systemd, through which units are asked about and changed: boot the "
                        "machine with systemd");
        if (machine->manager == PACKAGES_UNKNOWN)
                plan_block(plan,
                        "an unknown distribution: %s (ID %s), none of apt, dnf, zypper, pacman is there",
                        or_unknown(machine->os_name), or_unknown(machine->os_id));
        if (!packages_know_architecture(machine->arch))
                plan_block(plan, "the processor is %s, and QEMU's packages are known for %s only",
                        or_unknown(machine->arch), packages_architectures);
        if (machine->reboot_required && !wish->host->reboot_if_needed)
                plan_warn(plan,
                        "the machine waits for a reboot: what an update brought is not all in use yet "
                        "(reboot_if_needed = true lets it be rebooted)");
}

const struct score score_machine = {
        .name = "machine",
        .summary = "the machine answers, we are root, it runs systemd and a package manager we know",
        .ask = machine_ask,
        .plan = machine_plan,
};
