/* What one look at a machine showed, for programs. */
#include "cli/probe_words.h"
#include "base/record.h"

static void add_machine(struct record *record, const struct machine_facts *machine)
{
        record_string(record, "hostname", machine->hostname);
        record_string(record, "os_id", machine->os_id);
        record_string(record, "os_version", machine->os_version);
        record_string(record, "os_name", machine->os_name);
        record_string(record, "kernel", machine->kernel);
        record_string(record, "arch", machine->arch);
        record_string(record, "boot_id", machine->boot_id);
        record_string(record, "machine_id", machine->machine_id);
        record_string(record, "package_manager", package_manager_name(machine->manager));
        record_boolean(record, "package_db_interrupted", machine->package_db_interrupted);
        record_boolean(record, "reboot_required", machine->reboot_required);
        record_boolean(record, "is_root", machine->is_root);
        record_boolean(record, "has_systemd", machine->has_systemd);
        record_boolean(record, "has_kvm_device", machine->has_kvm_device);
        record_integer(record, "cpus", machine->cpus);
        record_integer(record, "memory_mib", machine->memory_mib);
        record_integer(record, "free_mib", machine->root_free_mib);
}

static void add_libvirt(struct record *record, const struct answers *answers)
{
        struct record *networks, *pools;

        record_boolean(record, "answers", answers->libvirt == REACH_ANSWERED);
        record_string(record, "version", answers->libvirt_version);
        record_string(record, "why", answers->libvirt_why);
        networks = record_list(record, "networks");
        for (array_each(const struct network_state, network, &answers->networks)) {
                struct record *object = record_list_object(networks);

                record_string(object, "name", network->network.name);
                record_string(object, "uuid", network->uuid);
                record_string(object, "mode", network_mode_name(network->network.mode));
                record_boolean(object, "active", network->active);
                record_boolean(object, "autostart", network->autostart);
                record_boolean(object, "ours", network->ours);
        }
        pools = record_list(record, "pools");
        for (array_each(const struct pool_state, pool, &answers->pools)) {
                struct record *object = record_list_object(pools);

                record_string(object, "name", pool->name);
                record_string(object, "uuid", pool->uuid);
                record_string(object, "type", pool->type);
                record_string(object, "path", pool->path);
                record_boolean(object, "active", pool->active);
                record_boolean(object, "autostart", pool->autostart);
                record_boolean(object, "ours", pool->ours);
        }
}

void probe_add_json(struct text *text, const struct engine_probe *probe)
{
        static const char *const accelerators[] = {
                [CANARY_NONE] = NULL,
                [CANARY_KVM] = "kvm",
                [CANARY_TCG] = "tcg",
        };
        const struct canary_state *canary = &probe->answers->canary;
        struct record *record = record_new();
        struct record *inner;
        CLEANUP(string_free) char *line = NULL;

        record_string(record, "host", probe->host->name);
        add_machine(record_object(record, "machine"), &probe->answers->machine);
        add_libvirt(record_object(record, "libvirt"), probe->answers);
        inner = record_object(record, "guests");
        record_boolean(inner, "proven", canary->proven);
        record_string(inner, "accelerator", accelerators[canary->accelerator]);
        record_string(inner, "why", canary->why);
        inner = record_list(record, "can");
        for (int i = 0; i < CAPABILITY_COUNT; i++)
                if (probe->can & ((capabilities)1 << i))
                        record_list_string(inner, capability_words((enum capability)(1 << i)));
        inner = record_list(record, "blocks");
        for (array_each(char *, block, probe->blocks))
                record_list_string(inner, *block);
        line = record_take(record);
        text_add(text, line);
        text_add(text, "\n");
}
