/* Comparing two guests by what they mean. */
#include "topology/guest_differences.h"

#include <inttypes.h>

#include "base/text.h"

char *guest_memory_words(uint64_t kib)
{
        static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
        size_t unit = 0;

        while (unit + 1 < sizeof(units) / sizeof(units[0]) && kib && kib % 1024 == 0) {
                kib /= 1024;
                unit++;
        }
        return string_format("%" PRIu64 " %s", kib, units[unit]);
}

static struct guest_difference *add(struct guest_differences *differences, enum guest_part part, char *words)
{
        struct guest_difference *difference = array_add(&differences->list);

        difference->part = part;
        difference->words = words;
        return difference;
}

void guest_differences_add(struct guest_differences *differences, char *words)
{
        add(differences, GUEST_OTHER_PART, words);
}

/* ---- sizes ---- */

static void compare_memory(const char *what, enum guest_part part, uint64_t wanted, uint64_t found,
        struct guest_differences *differences)
{
        CLEANUP(string_free) char *found_words = guest_memory_words(found);
        CLEANUP(string_free) char *wanted_words = guest_memory_words(wanted);

        if (wanted != found)
                add(differences, part, string_format("%s is %s, wanted %s", what, found_words, wanted_words));
}

static void compare_numbers(const char *what, enum guest_part part, unsigned wanted, unsigned found,
        struct guest_differences *differences)
{
        if (wanted != found)
                add(differences, part, string_format("%s is %u, wanted %u", what, found, wanted));
}

static void compare_sizes(
        const struct guest *wanted, const struct guest *found, struct guest_differences *differences)
{
        compare_memory("memory", GUEST_MEMORY, wanted->memory_kib, found->memory_kib, differences);
        if (wanted->memory_max_kib != wanted->memory_kib || found->memory_max_kib != found->memory_kib)
                compare_memory("memory_max", GUEST_OTHER_PART, wanted->memory_max_kib, found->memory_max_kib,
                        differences);
        compare_numbers("vcpus", GUEST_VCPUS, wanted->vcpus, found->vcpus, differences);
        if (wanted->vcpus_max != wanted->vcpus || found->vcpus_max != found->vcpus)
                compare_numbers(
                        "vcpus_max", GUEST_OTHER_PART, wanted->vcpus_max, found->vcpus_max, differences);
}

/* ---- single values ---- */

static void compare_texts(const char *what, enum guest_part part, const char *wanted, const char *found,
        struct guest_differences *differences)
{
        if (!string_equal(wanted, found))
                add(differences, part,
                        string_format("%s is %s, wanted %s", what, found ? found : "none",
                                wanted ? wanted : "none"));
}

static char *boot_words(const struct guest *guest)
{
        struct text words = {0};

        for (size_t i = 0; i < guest->boot_count; i++)
                text_format(&words, "%s%s", i ? ", " : "", guest_boot_name(guest->boot[i]));
        return text_take(&words);
}

static void compare_boot(
        const struct guest *wanted, const struct guest *found, struct guest_differences *differences)
{
        CLEANUP(string_free) char *wanted_words = boot_words(wanted), *found_words = boot_words(found);

        compare_texts("firmware", GUEST_OTHER_PART, guest_firmware_name(wanted->firmware),
                guest_firmware_name(found->firmware), differences);
        compare_texts("kernel", GUEST_OTHER_PART, wanted->kernel, found->kernel, differences);
        compare_texts("initrd", GUEST_OTHER_PART, wanted->initrd, found->initrd, differences);
        compare_texts(
                "command_line", GUEST_OTHER_PART, wanted->command_line, found->command_line, differences);
        compare_texts("boot", GUEST_OTHER_PART, wanted_words, found_words, differences);
}

static void compare_files(
        const struct guest *wanted, const struct guest *found, struct guest_differences *differences)
{
        compare_texts("iso", GUEST_CD, wanted->iso, found->iso, differences);
        compare_texts("cloud-init's seed", GUEST_OTHER_PART, wanted->seed, found->seed, differences);
        compare_texts("ignition", GUEST_OTHER_PART, wanted->ignition, found->ignition, differences);
        compare_texts(
                "the console's log", GUEST_OTHER_PART, wanted->console_log, found->console_log, differences);
        if (wanted->is_emulated != found->is_emulated)
                add(differences, GUEST_OTHER_PART,
                        string_format("it is %s, wanted %s",
                                found->is_emulated ? "emulated (TCG)" : "run by KVM",
                                wanted->is_emulated ? "emulated (TCG)" : "run by KVM"));
}

/* ---- disks and nics ---- */

static char *disk_words(const struct guest_disk *disk)
{
        const char *format = disk->is_raw ? "raw" : "qcow2";

        if (disk->path)
                return string_format("%s%s (%s)", disk->is_block ? "block device " : "", disk->path, format);
        return string_format("volume %s of pool %s (%s)", disk->volume, disk->pool, format);
}

static void compare_disks(
        const struct guest *wanted, const struct guest *found, struct guest_differences *differences)
{
        for (array_each(const struct guest_disk, disk, &wanted->disks)) {
                const struct guest_disk *other = guest_find_disk(found, disk->target);
                CLEANUP(string_free) char *words = disk_words(disk), *other_words = NULL;

                if (!other) {
                        add(differences, GUEST_LACKS_DISK,
                                string_format("lacks disk %s, %s", disk->target, words))
                                ->disk = disk;
                } else if (!guest_disk_equal(disk, other)) {
                        other_words = disk_words(other);
                        guest_differences_add(differences,
                                string_format("disk %s is %s, wanted %s", disk->target, other_words, words));
                }
        }
        for (array_each(const struct guest_disk, disk, &found->disks)) {
                CLEANUP(string_free) char *words = disk_words(disk);

                if (!guest_find_disk(wanted, disk->target))
                        guest_differences_add(differences,
                                string_format("has disk %s, %s, not wanted", disk->target, words));
        }
}

static void compare_nic(
        const struct guest_nic *wanted, const struct guest_nic *found, struct guest_differences *differences)
{
        char mac[MAC_ADDRESS_TEXT];

        mac_address_format(&wanted->mac, mac);
        if (!string_equal(wanted->network, found->network))
                add(differences, GUEST_OTHER_NIC,
                        string_format(
                                "nic %s is in network %s, wanted %s", mac, found->network, wanted->network))
                        ->nic = wanted;
        else if (wanted->link_is_up != found->link_is_up)
                add(differences, GUEST_OTHER_NIC,
                        string_format("the link of nic %s is %s, wanted %s", mac,
                                found->link_is_up ? "up" : "down", wanted->link_is_up ? "up" : "down"))
                        ->nic = wanted;
}

static void compare_nics(
        const struct guest *wanted, const struct guest *found, struct guest_differences *differences)
{
        char mac[MAC_ADDRESS_TEXT];

        for (array_each(const struct guest_nic, nic, &found->nics))
                if (!guest_find_nic(wanted, &nic->mac))
                        add(differences, GUEST_HAS_NIC,
                                string_format("has nic %s in network %s, not wanted",
                                        mac_address_format(&nic->mac, mac), nic->network))
                                ->nic = nic;
        for (array_each(const struct guest_nic, nic, &wanted->nics)) {
                const struct guest_nic *other = guest_find_nic(found, &nic->mac);

                if (other)
                        compare_nic(nic, other, differences);
                else
                        add(differences, GUEST_LACKS_NIC,
                                string_format("lacks nic %s in network %s",
                                        mac_address_format(&nic->mac, mac), nic->network))
                                ->nic = nic;
        }
}

void guest_compare(
        const struct guest *wanted, const struct guest *found, struct guest_differences *ret_differences)
{
        compare_sizes(wanted, found, ret_differences);
        compare_boot(wanted, found, ret_differences);
        compare_files(wanted, found, ret_differences);
        compare_disks(wanted, found, ret_differences);
        compare_nics(wanted, found, ret_differences);
}

char *guest_differences_words(const struct guest_differences *differences)
{
        struct text words = {0};

        for (array_each(const struct guest_difference, difference, &differences->list))
                text_format(
                        &words, "%s%s", difference == differences->list.items ? "" : "; ", difference->words);
        return text_take(&words);
}

void guest_differences_done(struct guest_differences *differences)
{
        for (array_each(struct guest_difference, difference, &differences->list))
                free(difference->words);
        array_free(&differences->list);
}
