/* What host.conf says about a guest as the guest that its machine is to have. */
#include "scores/guest_wish.h"

#include "config/storage.h"

/* Where the volume lies, if that is known yet: in a directory a file, in a volume group a device. */
static void find_place(const struct wish *wish, const struct answers *answers, struct guest_disk *disk)
{
        const struct pool_state *found = answers_pool(answers, disk->pool);
        const char *path = found ? found->path : NULL, *type = found ? found->type : NULL;

        for (array_each(const struct pool_config *, pool, &wish->pools)) {
                if (found || !string_equal((*pool)->name, disk->pool))
                        continue;
                path = (*pool)->path;
                type = pool_type_name((*pool)->type);
        }
        disk->path = path ? volume_path(path, disk->volume) : NULL;
        disk->is_block = string_equal(type, pool_type_name(POOL_LOGICAL));
}

static void add_disks(const struct guest_config *config, const struct wish *wish,
        const struct answers *answers, struct guest *guest)
{
        char letter = 'a';

        for (array_each(const struct disk_config, wanted, &config->disks)) {
                struct guest_disk *disk = array_add(&guest->disks);

                disk->target = string_format("vd%c", letter++);
                disk->pool = string_copy(wanted->pool);
                disk->volume = disk_volume_name(config, wanted);
                disk->is_raw = wanted->is_raw;
                find_place(wish, answers, disk);
        }
}

static bool is_emulated(const struct guest_config *config, const struct answers *answers)
{
        const struct guest_state *found = answers_guest(answers, config->name);

        if (answers->canary.proven)
                return answers->canary.accelerator == CANARY_TCG;
        return found ? found->defined.is_emulated : !answers->machine.has_kvm_device;
}

struct guest *guest_wish(
        const struct guest_config *config, const struct wish *wish, const struct answers *answers)
{
        struct guest *guest = memory_new(1, sizeof(*guest));

        *guest = (struct guest) {
                .name = string_copy(config->name),
                .memory_kib = config->memory_kib,
                .memory_max_kib = config->memory_max_kib,
                .vcpus = config->vcpus,
                .vcpus_max = config->vcpus_max,
                .firmware = config->firmware,
                .boot_count = config->boot_count,
                .kernel = string_copy(config->kernel),
                .initrd = string_copy(config->initrd),
                .command_line = string_copy(config->command_line),
                .iso = string_copy(config->iso),
                .seed = config->cloud_init.is_wanted ? guest_seed_path(config->name) : NULL,
                .ignition = config->ignition || config->cluster ? guest_ignition_path(config->name) : NULL,
                .console_log = config->console_log ? guest_console_path(config->name) : NULL,
                .is_emulated = is_emulated(config, answers),
        };
        memcpy(guest->boot, config->boot, sizeof(guest->boot));
        add_disks(config, wish, answers, guest);
        for (array_each(const struct nic_config, wanted, &config->nics)) {
                struct guest_nic *nic = array_add(&guest->nics);

                nic->network = string_copy(wanted->network);
                nic->mac = wanted->mac;
                nic->link_is_up = wanted->link_is_up;
        }
        return guest;
}
