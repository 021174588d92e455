/* What one look at a machine showed, for people. */
#include "cli/probe_words.h"
#include "report/visible.h"

static void add_label(struct text *text, const char *label)
{
        text_format(text, "    %-11s ", label);
}

static void add_line(struct text *text, const char *label, const char *value)
{
        add_label(text, label);
        visible_add(text, value);
        text_add(text, "\n");
}

static void add_size(struct text *text, const struct machine_facts *machine)
{
        add_label(text, "machine");
        text_format(text, "%u processor%s, %u MiB of memory, %u MiB free in /var/lib\n", machine->cpus,
                machine->cpus == 1 ? "" : "s", machine->memory_mib, machine->root_free_mib);
}

static void add_system(struct text *text, const struct machine_facts *machine)
{
        add_label(text, "system");
        text_add(text, machine->has_systemd ? "systemd" : "no systemd");
        if (machine->manager == PACKAGES_UNKNOWN)
                text_add(text, ", no package manager that we know");
        else
                text_format(text, ", packages by %s", package_manager_name(machine->manager));
        if (machine->package_db_interrupted)
                text_add(text, " (interrupted)");
        if (machine->reboot_required)
                text_add(text, ", wants a reboot");
        text_add(text, "\n");
}

static void add_libvirt(struct text *text, const struct answers *answers)
{
        bool is_there = answers->libvirt == REACH_ANSWERED;
        const char *detail = is_there ? answers->libvirt_version : answers->libvirt_why;

        add_label(text, "libvirt");
        text_add(text, is_there ? "answers" : "not there yet");
        if (detail) {
                text_add(text, is_there ? ", version " : ": ");
                visible_add(text, detail);
        }
        text_add(text, "\n");
}

/* ", name (active, ours)" */
static void add_object(struct text *text, const char *name, bool active, bool ours)
{
        if (text->length)
                text_add(text, ", ");
        text_format(text, "%s (%s%s)", name, active ? "active" : "inactive", ours ? ", ours" : "");
}

static void add_objects(struct text *text, const struct answers *answers)
{
        CLEANUP(text_done) struct text networks = {0};
        CLEANUP(text_done) struct text pools = {0};

        for (array_each(const struct network_state, network, &answers->networks))
                add_object(&networks, network->network.name, network->active, network->ours);
        for (array_each(const struct pool_state, pool, &answers->pools))
                add_object(&pools, pool->name, pool->active, pool->ours);
        if (networks.length)
                add_line(text, "networks", text_string(&networks));
        if (pools.length)
                add_line(text, "pools", text_string(&pools));
}

static void add_guests(struct text *text, const struct canary_state *canary)
{
        add_label(text, "guests");
        if (canary->proven)
                text_format(text, "run by %s", canary->accelerator == CANARY_KVM ? "KVM" : "TCG");
        else
                text_add(text, "not proven yet");
        if (canary->why) {
                text_add(text, ": ");
                visible_add(text, canary->why);
        }
        text_add(text, "\n");
}

void probe_add_words(struct text *text, const struct engine_probe *probe)
{
        const struct machine_facts *machine = &probe->answers->machine;
        CLEANUP(string_free) char *can = capabilities_describe(probe->can);
        CLEANUP(string_free)
        char *title = string_format("%s: %s, %s, kernel %s", probe->host->name,
                machine->os_name ? machine->os_name : "an unknown system",
                machine->arch ? machine->arch : "?", machine->kernel ? machine->kernel : "?");

        visible_add(text, title);
        text_add(text, "\n");
        add_size(text, machine);
        add_system(text, machine);
        add_libvirt(text, probe->answers);
        add_objects(text, probe->answers);
        add_guests(text, &probe->answers->canary);
        add_line(text, "can", can);
        for (array_each(char *, block, probe->blocks))
                add_line(text, "in the way", *block);
}
