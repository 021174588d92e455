#include "score_world.h"

#define MAC(last) ((struct mac_address) {{0x52, 0x54, 0, 0, 0, last}})

/* ---- wishes ---- */

static struct guest_config *add_guest(struct world *world, const char *name)
{
        struct guest_config *guest = array_add(&world->config.guests);
        struct nic_config *nic = array_add(&guest->nics);

        guest->name = string_copy(name);
        guest->memory_kib = guest->memory_max_kib = 1U << 20;
        guest->vcpus = guest->vcpus_max = 2;
        guest->boot[0] = BOOT_DISK;
        guest->boot_count = 1;
        guest->autostart = guest->is_running = guest->console_log = true;
        nic->name = string_copy("lan");
        nic->network = string_copy("lab");
        nic->mac = MAC(1);
        nic->link_is_up = true;
        return guest;
}

static struct guest_state *there(struct world *world)
{
        return &world->answers.guests.items[0];
}

static struct guest_config *wished(struct world *world)
{
        return &world->config.guests.items[0];
}

static void a_guest_is_wished(struct world *world)
{
        add_guest(world, "web");
}

static void a_hostile_guest_is_wished(struct world *world)
{
        add_guest(world, "a'b\"$(c)&<d>");
}

static void ten_guests_are_wished(struct world *world)
{
        for (int i = 1; i <= 10; i++) {
                CLEANUP(string_free) char *name = string_format("web-%d", i);

                add_guest(world, name)->autostart = false;
        }
}

static void it_has_a_disk(struct world *world)
{
        struct disk_config *disk = array_add(&wished(world)->disks);
        struct pool_config *pool = array_add(&world->config.pools);

        disk->name = string_copy("root");
        disk->pool = string_copy("images");
        disk->size_bytes = 1U << 30;
        pool->name = string_copy("images");
        pool->path = string_copy("/srv/images");
        volume_answer(world, "images", "web-root.qcow2")->path = string_copy("/srv/images/web-root.qcow2");
}

/* Before it is looked at what is there: a volume group holds raw volumes. */
static void in_a_volume_group(struct world *world)
{
        wished(world)->disks.items[0].is_raw = true;
        world->config.pools.items[0].type = POOL_LOGICAL;
        set(&world->config.pools.items[0].path, "/dev/vg0");
        set(&world->answers.volumes.items[0].name, "web-root.raw");
        set(&world->answers.volumes.items[0].path, "/dev/vg0/web-root.raw");
}

static void on_a_server(struct world *world)
{
        world->config.pools.items[0].type = POOL_NETFS;
}

static void its_disk_is_yet_to_be_made(struct world *world)
{
        string_replace(&world->answers.volumes.items[0].name, "another.qcow2");
}

static void its_disk_is_made_anew(struct world *world)
{
        set(&volume_answer(world, "images", "web-root.qcow2")->format, "raw");
        wished(world)->replace = true;
        world->may_restart = true;
}

static void nothing_may_be_restarted(struct world *world)
{
        world->may_restart = false;
}

static void it_may_grow(struct world *world)
{
        wished(world)->memory_max_kib = 4U << 20;
        wished(world)->vcpus_max = 4;
}

static void it_is_to_be_off(struct world *world)
{
        wished(world)->is_running = wished(world)->autostart = false;
}

static void without_autostart(struct world *world)
{
        wished(world)->autostart = false;
}

static void with_uefi(struct world *world)
{
        wished(world)->firmware = FIRMWARE_UEFI;
}

static void with_secure_boot(struct world *world)
{
        wished(world)->firmware = FIRMWARE_UEFI_SECURE;
}

static void everything_at_once(struct world *world)
{
        struct guest_config *guest = wished(world);

        guest->kernel = string_copy("/srv/vmlinuz");
        guest->initrd = string_copy("/srv/initrd");
        guest->command_line = string_copy("quiet");
        guest->iso = string_copy("/srv/a.iso");
        guest->cloud_init.is_wanted = true;
        guest->ignition = string_copy("{}");
}

static void a_kernel_of_its_own(struct world *world)
{
        wished(world)->kernel = string_copy("/srv/vmlinuz");
        file_answer(world, "/srv/vmlinuz")->exists = false;
}

static void which_is_a_directory(struct world *world)
{
        struct file_state *file = file_answer(world, "/srv/vmlinuz");

        file->exists = true;
        file->type = FILE_DIRECTORY;
}

static void which_is_written_first(struct world *world)
{
        array_add(&world->config.files)->path = string_copy("/srv/vmlinuz");
}

static void it_runs_with_that(struct world *world)
{
        set(&there(world)->defined.kernel, "/srv/vmlinuz");
        set(&there(world)->running.kernel, "/srv/vmlinuz");
}

static void restarts_are_allowed(struct world *world)
{
        world->may_restart = true;
}

/* ---- what is there ---- */

static void guests_run(struct world *world)
{
        a_kvm_host(world);
        world->answers.canary.proven = true;
        world->answers.canary.accelerator = CANARY_KVM;
}

/* As wished so far. */
static struct guest_state *it_is_there_shut_off(struct world *world)
{
        const struct guest_config *config = wished(world);
        struct guest_state *state = guest_answer(world, config->name);
        struct guest *guest = &state->defined;

        guest->memory_kib = config->memory_kib;
        guest->memory_max_kib = config->memory_max_kib;
        guest->vcpus = config->vcpus;
        guest->vcpus_max = config->vcpus_max;
        guest->boot[0] = BOOT_DISK;
        guest->boot_count = 1;
        guest->console_log = string_format("/var/log/libvirt/qemu/%s-console.log", config->name);
        for (array_each(const struct nic_config, nic, &config->nics))
                *array_add(&guest->nics) = (struct guest_nic) {string_copy(nic->network), nic->mac, true};
        for (array_each(const struct disk_config, disk, &config->disks))
                *array_add(&guest->disks) = (struct guest_disk) {.target = string_copy("vda"),
                        .path = string_format("/srv/images/%s-%s.qcow2", config->name, disk->name)};
        state->autostart = config->autostart;
        state->persistent = state->ours = true;
        return state;
}

static void it_is_there(struct world *world)
{
        guest_starts(it_is_there_shut_off(world));
}

static void it_is_off(struct world *world)
{
        guest_done(&there(world)->running);
}

static void it_is_theirs(struct world *world)
{
        there(world)->ours = false;
}

static void it_is_paused(struct world *world)
{
        there(world)->paused = true;
}

static void it_lost_autostart(struct world *world)
{
        there(world)->autostart = false;
}

static void it_was_undefined(struct world *world)
{
        there(world)->persistent = there(world)->autostart = false;
}

static void it_is_emulated(struct world *world)
{
        there(world)->defined.is_emulated = there(world)->running.is_emulated = true;
}

static void the_canary_is_to_prove_itself_again(struct world *world)
{
        world->answers.canary.proven = false;
}

static void it_has_a_usb_device(struct world *world)
{
        strings_add(&there(world)->unmodelled, "hostdev");
}

static void a_usb_device_was_plugged_in(struct world *world)
{
        strings_add(&there(world)->running_unmodelled, "hostdev");
}

static void another_has_its_mac(struct world *world)
{
        struct guest_state *other = guest_answer(world, "theirs");

        set(&other->defined.name, "theirs");
        *array_add(&other->defined.nics) = (struct guest_nic) {string_copy("lab"), MAC(1), true};
}

static void that_is_ours(struct world *world)
{
        guest_answer(world, "theirs")->ours = true;
}

static void only_while_it_runs(struct world *world)
{
        struct guest_state *other = guest_answer(world, "theirs");

        guest_starts(other);
        other->defined.nics.items[0].mac = MAC(3);
}

static void libvirt_is_silent(struct world *world)
{
        world->answers.libvirt = REACH_NOT_YET;
}

static void the_firmware_is_there(struct world *world)
{
        package_answer(world, "ovmf")->installed = true;
        world->answers.has_firmware[FIRMWARE_UEFI] = true;
}

static void its_package_is_there(struct world *world)
{
        package_answer(world, "ovmf")->installed = true;
}

static void the_pool_is_elsewhere(struct world *world)
{
        set(&pool_answer(world, "images")->path, "/mnt/images");
}

static void the_pool_is_known_to_nobody(struct world *world)
{
        string_free(&world->config.pools.items[0].path);
}

static void have_disk(struct guest *guest, const char *path, bool is_block)
{
        struct guest_disk *disk = &guest->disks.items[0];

        set(&disk->path, path);
        disk->is_raw = true;
        disk->is_block = is_block;
}

static void its_disk_is_the_device(struct world *world)
{
        have_disk(&there(world)->defined, "/dev/vg0/web-root.raw", true);
        have_disk(&there(world)->running, "/dev/vg0/web-root.raw", true);
}

static void its_device_is_of_the_machines_own_group(struct world *world)
{
        struct pool_state *pool = pool_answer(world, "images");

        set(&pool->type, "logical");
        set(&pool->path, "/dev/vg0");
        the_pool_is_known_to_nobody(world);
        its_disk_is_the_device(world);
}

static void its_disk_is_the_device_as_a_file(struct world *world)
{
        have_disk(&there(world)->defined, "/dev/vg0/web-root.raw", false);
        have_disk(&there(world)->running, "/dev/vg0/web-root.raw", false);
}

/* ---- changed wishes, after it is there ---- */

static void less_memory(struct world *world)
{
        wished(world)->memory_kib = 1U << 19;
}

static void more_memory(struct world *world)
{
        wished(world)->memory_kib = 2U << 20;
        if (wished(world)->memory_max_kib < 2U << 20)
                wished(world)->memory_max_kib = 2U << 20;
}

static void more_vcpus(struct world *world)
{
        wished(world)->vcpus = 4;
        wished(world)->vcpus_max = 4;
}

static void fewer_vcpus(struct world *world)
{
        wished(world)->vcpus = 1;
}

static void another_nic(struct world *world)
{
        struct nic_config *nic = array_add(&wished(world)->nics);

        nic->name = string_copy("wan");
        nic->network = string_copy("wan");
        nic->mac = MAC(2);
        nic->link_is_up = true;
}

static void no_nic(struct world *world)
{
        free(wished(world)->nics.items[0].name);
        free(wished(world)->nics.items[0].network);
        wished(world)->nics.count = 0;
}

static void its_link_down(struct world *world)
{
        wished(world)->nics.items[0].link_is_up = false;
}

static void its_nic_elsewhere(struct world *world)
{
        set(&wished(world)->nics.items[0].network, "wan");
}

static void a_cd(struct world *world)
{
        wished(world)->iso = string_copy("/srv/a.iso");
}

static void another_boot_order(struct world *world)
{
        wished(world)->boot[0] = BOOT_NETWORK;
}

static void another_nic_and_boot_order(struct world *world)
{
        another_nic(world);
        another_boot_order(world);
}

/* What was defined is what is wished; the guest runs on as it was. */
static void the_definition_says_so_already(struct world *world)
{
        struct guest *defined = &there(world)->defined;
        const struct guest_config *config = wished(world);

        defined->memory_kib = config->memory_kib;
        defined->memory_max_kib = config->memory_max_kib;
        defined->boot[0] = config->boot[0];
        if (config->nics.count == 2)
                *array_add(&defined->nics) = (struct guest_nic) {string_copy("wan"), MAC(2), true};
}

static void its_definition_lacks_the_nic(struct world *world)
{
        string_free(&there(world)->defined.nics.items[0].network);
        there(world)->defined.nics.count = 0;
}

#define DEFINE    "define guest web (1 GiB, 2 vcpus)\n"
#define START     "start guest web\n"
#define AUTOSTART "let guest web start with the machine\n"
#define AGAIN     "define guest web again: "
#define LIVE      "change guest web while it runs: "

static const struct row rows[] = {
        {"nothing is wished", {guests_run}, ""},
        {"all is as wished", {guests_run, a_guest_is_wished, it_has_a_disk, it_is_there}, ""},
        {"nothing is there", {guests_run, a_guest_is_wished}, DEFINE AUTOSTART START},
        {"a fresh host", {a_fresh_host, a_guest_is_wished}, "? " DEFINE "? " AUTOSTART "? " START},
        {"libvirt doesn't answer just now", {guests_run, a_guest_is_wished, it_is_there, libvirt_is_silent},
                "? " DEFINE "? " AUTOSTART "? " START},
        {"nothing is there and it isn't to start by itself",
                {guests_run, a_guest_is_wished, without_autostart}, DEFINE START},
        {"nothing is there and it is to be off", {guests_run, a_guest_is_wished, it_is_to_be_off}, DEFINE},
        {"many start in one step", {guests_run, ten_guests_are_wished},
                "define guest web-1 (1 GiB, 2 vcpus)\ndefine guest web-2 (1 GiB, 2 vcpus)\n"
                "define guest web-3 (1 GiB, 2 vcpus)\ndefine guest web-4 (1 GiB, 2 vcpus)\n"
                "define guest web-5 (1 GiB, 2 vcpus)\ndefine guest web-6 (1 GiB, 2 vcpus)\n"
                "define guest web-7 (1 GiB, 2 vcpus)\ndefine guest web-8 (1 GiB, 2 vcpus)\n"
                "define guest web-9 (1 GiB, 2 vcpus)\ndefine guest web-10 (1 GiB, 2 vcpus)\n"
                "start guests web-1, web-2, web-3, web-4, web-5, web-6, web-7, web-8, web-9, web-10\n"},
        {"everything that a guest can have",
                {guests_run, a_guest_is_wished, it_has_a_disk, everything_at_once}, DEFINE AUTOSTART START},
        {"the pool of its disk lies where libvirt says",
                {guests_run, a_guest_is_wished, it_has_a_disk, it_is_there, the_pool_is_elsewhere},
                AGAIN "disk vda is /srv/images/web-root.qcow2 (qcow2), wanted /mnt/images/web-root.qcow2 "
                      "(qcow2)\n"
                      "~ guest web goes on as it is until it is started again (disk vda is "
                      "/srv/images/web-root.qcow2 (qcow2), wanted /mnt/images/web-root.qcow2 (qcow2)); "
                      "--allow-restart would do that now\n"},
        {"its disk is a file on a server",
                {guests_run, a_guest_is_wished, it_has_a_disk, on_a_server, it_is_there}, ""},
        {"its disk is in a volume group",
                {guests_run, a_guest_is_wished, it_has_a_disk, in_a_volume_group, it_is_there,
                        its_disk_is_the_device},
                ""},
        {"its disk is in a volume group that only the machine knows of",
                {guests_run, a_guest_is_wished, it_has_a_disk, in_a_volume_group, it_is_there,
                        its_device_is_of_the_machines_own_group},
                ""},
        {"its disk is in a volume group, and another one gave it out as a file",
                {guests_run, a_guest_is_wished, it_has_a_disk, in_a_volume_group, it_is_there,
                        its_disk_is_the_device_as_a_file},
                AGAIN "disk vda is /dev/vg0/web-root.raw (raw), wanted block device /dev/vg0/web-root.raw "
                      "(raw)\n"
                      "~ guest web goes on as it is until it is started again (disk vda is "
                      "/dev/vg0/web-root.raw (raw), wanted block device /dev/vg0/web-root.raw (raw)); "
                      "--allow-restart would do that now\n"},
        {"hostile names", {guests_run, a_hostile_guest_is_wished, without_autostart},
                "define guest a'b\"$(c)&<d> (1 GiB, 2 vcpus)\nstart guest a'b\"$(c)&<d>\n"},

        /* cut off, and drift */
        {"cut off after the definition",
                {guests_run, a_guest_is_wished, it_is_there, it_is_off, it_lost_autostart}, AUTOSTART START},
        {"it was switched off", {guests_run, a_guest_is_wished, it_is_there, it_is_off}, START},
        {"it is off and to be off", {guests_run, a_guest_is_wished, it_is_to_be_off, it_is_there, it_is_off},
                ""},
        {"it runs and is to be off", {guests_run, a_guest_is_wished, it_is_there, it_is_to_be_off},
                "shut guest web down\ndon't let guest web start with the machine\n"},
        {"it stands still", {guests_run, a_guest_is_wished, it_is_there, it_is_paused},
                "let guest web go on, which is paused\n"},
        {"it stands still and is to be off",
                {guests_run, a_guest_is_wished, it_is_there, it_is_paused, it_is_to_be_off},
                "shut guest web down\ndon't let guest web start with the machine\n"},
        {"it doesn't start with the machine any more",
                {guests_run, a_guest_is_wished, it_is_there, it_lost_autostart}, AUTOSTART},
        {"it was undefined while it ran", {guests_run, a_guest_is_wished, it_is_there, it_was_undefined},
                "define guest web, which runs but would be gone once it is off\n" AUTOSTART},
        {"it has what host.conf can't say, and is off",
                {guests_run, a_guest_is_wished, it_is_there, it_is_off, it_has_a_usb_device},
                AGAIN "has a device of the machine's (<hostdev>), which host.conf can't say\n" START},
        {"something was plugged into it while it ran",
                {guests_run, a_guest_is_wished, it_is_there, a_usb_device_was_plugged_in},
                "~ guest web goes on as it is until it is started again (runs with a device of the machine's "
                "(<hostdev>), which its "
                "definition hasn't); --allow-restart would do that now\n"},
        {"it is emulated, though KVM works",
                {guests_run, a_guest_is_wished, it_is_there, it_is_off, it_is_emulated},
                AGAIN "it is emulated (TCG), wanted run by KVM\n" START},
        {"whether KVM works isn't known yet",
                {guests_run, a_guest_is_wished, it_is_there, it_is_emulated,
                        the_canary_is_to_prove_itself_again},
                ""},

        /* changes while it is off */
        {"more memory, off", {guests_run, a_guest_is_wished, it_is_there, it_is_off, more_memory},
                AGAIN "memory is 1 GiB, wanted 2 GiB\n" START},

        /* changes while it runs */
        {"memory grows", {guests_run, a_guest_is_wished, it_may_grow, it_is_there, more_memory},
                LIVE "memory is 1 GiB, wanted 2 GiB\n" AGAIN "memory is 1 GiB, wanted 2 GiB\n"},
        {"memory shrinks", {guests_run, a_guest_is_wished, it_may_grow, it_is_there, less_memory},
                LIVE "memory is 1 GiB, wanted 512 MiB\n" AGAIN "memory is 1 GiB, wanted 512 MiB\n"},
        {"memory was to shrink, and its system keeps it",
                {guests_run, a_guest_is_wished, it_may_grow, it_is_there, less_memory,
                        the_definition_says_so_already},
                ""},
        {"cut off before the guest got its memory",
                {guests_run, a_guest_is_wished, it_may_grow, it_is_there, more_memory,
                        the_definition_says_so_already},
                LIVE "memory is 1 GiB, wanted 2 GiB\n"},
        {"memory beyond its most", {guests_run, a_guest_is_wished, it_is_there, more_memory},
                AGAIN "memory is 1 GiB, wanted 2 GiB\n"
                      "~ guest web goes on as it is until it is started again (memory is 1 GiB, wanted 2 "
                      "GiB); --allow-restart would do that now\n"},
        {"more processors", {guests_run, a_guest_is_wished, it_may_grow, it_is_there, more_vcpus},
                LIVE "vcpus is 2, wanted 4\n" AGAIN "vcpus is 2, wanted 4\n"},
        {"fewer processors", {guests_run, a_guest_is_wished, it_may_grow, it_is_there, fewer_vcpus},
                AGAIN "vcpus is 2, wanted 1\n"
                      "~ guest web goes on as it is until it is started again (vcpus is 2, wanted 1); "
                      "--allow-restart would do that now\n"},
        {"another nic", {guests_run, a_guest_is_wished, it_is_there, another_nic},
                LIVE "lacks nic 52:54:00:00:00:02 in network wan\n" AGAIN
                     "lacks nic 52:54:00:00:00:02 in network wan\n"},
        {"cut off after the nic was defined",
                {guests_run, a_guest_is_wished, it_is_there, another_nic, the_definition_says_so_already},
                LIVE "lacks nic 52:54:00:00:00:02 in network wan\n"},
        {"a nic less", {guests_run, a_guest_is_wished, it_is_there, no_nic},
                LIVE "has nic 52:54:00:00:00:01 in network lab, not wanted\n" AGAIN
                     "has nic 52:54:00:00:00:01 in network lab, not wanted\n"},
        {"its cable pulled", {guests_run, a_guest_is_wished, it_is_there, its_link_down},
                LIVE "the link of nic 52:54:00:00:00:01 is up, wanted down\n" AGAIN
                     "the link of nic 52:54:00:00:00:01 is up, wanted down\n"},
        {"its system didn't let go of a nic",
                {guests_run, a_guest_is_wished, it_is_there, no_nic, its_definition_lacks_the_nic},
                "~ guest web goes on as it is until it is started again (has nic 52:54:00:00:00:01 in "
                "network "
                "lab, not wanted); --allow-restart would do that now\n"},
        {"it has to, where it may be restarted",
                {guests_run, a_guest_is_wished, it_is_there, no_nic, its_definition_lacks_the_nic,
                        restarts_are_allowed},
                "restart guest web: has nic 52:54:00:00:00:01 in network lab, not wanted\n"},
        {"its nic in another network", {guests_run, a_guest_is_wished, it_is_there, its_nic_elsewhere},
                LIVE "nic 52:54:00:00:00:01 is in network lab, wanted wan\n" AGAIN
                     "nic 52:54:00:00:00:01 is in network lab, wanted wan\n"},
        {"a CD in its drive", {guests_run, a_guest_is_wished, it_is_there, a_cd},
                LIVE "iso is none, wanted /srv/a.iso\n" AGAIN "iso is none, wanted /srv/a.iso\n"},
        {"its kernel isn't there", {guests_run, a_guest_is_wished, a_kernel_of_its_own},
                "! guest web: its kernel, /srv/vmlinuz, isn't on the machine: put it there, or correct "
                "kernel\n"},
        {"its kernel isn't there, and it is off",
                {guests_run, a_guest_is_wished, it_is_there, it_is_off, a_kernel_of_its_own},
                "! guest web: its kernel, /srv/vmlinuz, isn't on the machine: put it there, or correct "
                "kernel\n"},
        {"its kernel isn't there any more, and it runs",
                {guests_run, a_guest_is_wished, it_is_there, a_kernel_of_its_own, it_runs_with_that}, ""},
        {"its kernel is a directory",
                {guests_run, a_guest_is_wished, a_kernel_of_its_own, which_is_a_directory},
                "! guest web: its kernel, /srv/vmlinuz, is a directory: put a file there, or correct "
                "kernel\n"},
        {"its kernel isn't there, and is a file of the configuration",
                {guests_run, a_guest_is_wished, a_kernel_of_its_own, which_is_written_first},
                DEFINE AUTOSTART START},
        {"somebody else's guest has its MAC", {guests_run, a_guest_is_wished, another_has_its_mac},
                "! nic lan of guest web: MAC address 52:54:00:00:00:01 is that of guest theirs, which is "
                "there and is "
                "not ours: give one of them another\n"},
        {"another one of ours has its MAC, and isn't wished any more",
                {guests_run, a_guest_is_wished, another_has_its_mac, that_is_ours},
                "! nic lan of guest web: MAC address 52:54:00:00:00:01 is that of guest theirs, which is "
                "there: give "
                "one of them another\n"},
        {"somebody else's guest has its MAC for as long as it runs",
                {guests_run, a_guest_is_wished, another_has_its_mac, only_while_it_runs},
                "! nic lan of guest web: MAC address 52:54:00:00:00:01 is that of guest theirs, which is "
                "there and is "
                "not ours: give one of them another\n"},
        {"both have had the same MAC for long",
                {guests_run, a_guest_is_wished, it_is_there, another_has_its_mac},
                "~ guests web and theirs both have a nic with MAC address 52:54:00:00:00:01: in one network "
                "neither is "
                "reached reliably; give one of them another\n"},
        {"its disk is yet to be made",
                {guests_run, a_guest_is_wished, it_has_a_disk, its_disk_is_yet_to_be_made},
                "? " DEFINE "? " AUTOSTART "? " START},
        {"its disk is to be made anew, for which it is shut down",
                {guests_run, a_guest_is_wished, it_has_a_disk, it_is_there, its_disk_is_made_anew},
                "? start guest web\n"},
        {"its disk would be made anew, and it may not be shut down for that",
                {guests_run, a_guest_is_wished, it_has_a_disk, it_is_there, its_disk_is_made_anew,
                        nothing_may_be_restarted},
                ""},
        {"another disk", {guests_run, a_guest_is_wished, it_is_there, it_has_a_disk},
                LIVE "lacks disk vda, /srv/images/web-root.qcow2 (qcow2)\n" AGAIN
                     "lacks disk vda, /srv/images/web-root.qcow2 (qcow2)\n"},
        {"another disk, in a pool that isn't there yet",
                {guests_run, a_guest_is_wished, it_is_there, it_has_a_disk, the_pool_is_known_to_nobody},
                "? " LIVE "lacks disk vda, volume web-root.qcow2 of pool images (qcow2)\n"
                "? " AGAIN "lacks disk vda, volume web-root.qcow2 of pool images (qcow2)\n"},

        /* changes that need another start */
        {"another boot order", {guests_run, a_guest_is_wished, it_is_there, another_boot_order},
                AGAIN "boot is disk, wanted network\n"
                      "~ guest web goes on as it is until it is started again (boot is disk, wanted "
                      "network); --allow-restart would do that now\n"},
        {"what waits for another start is no step",
                {guests_run, a_guest_is_wished, it_is_there, another_boot_order,
                        the_definition_says_so_already},
                "~ guest web goes on as it is until it is started again (boot is disk, wanted network); "
                "--allow-restart would do that now\n"},
        {"a restart is allowed",
                {guests_run, a_guest_is_wished, it_is_there, another_boot_order, restarts_are_allowed},
                AGAIN "boot is disk, wanted network\nrestart guest web: boot is disk, wanted network\n"},
        {"cut off before the restart",
                {guests_run, a_guest_is_wished, it_is_there, another_boot_order,
                        the_definition_says_so_already, restarts_are_allowed},
                "restart guest web: boot is disk, wanted network\n"},
        {"what could change while it runs comes with the restart",
                {guests_run, a_guest_is_wished, it_is_there, another_nic_and_boot_order,
                        restarts_are_allowed},
                AGAIN "boot is disk, wanted network; lacks nic 52:54:00:00:00:02 in network wan\n"
                      "restart guest web: boot is disk, wanted network; lacks nic 52:54:00:00:00:02 in "
                      "network wan\n"},
        {"what can change while it runs doesn't wait for what can't",
                {guests_run, a_guest_is_wished, it_is_there, another_nic_and_boot_order},
                LIVE "lacks nic 52:54:00:00:00:02 in network wan\n" AGAIN
                     "boot is disk, wanted network; lacks nic 52:54:00:00:00:02 in network wan\n"
                     "~ guest web goes on as it is until it is started again (boot is disk, wanted "
                     "network); --allow-restart would do that now\n"},
        {"one that stands still and is otherwise goes on all the same",
                {guests_run, a_guest_is_wished, it_is_there, it_is_paused, another_boot_order,
                        the_definition_says_so_already},
                "let guest web go on, which is paused\n"
                "~ guest web goes on as it is until it is started again (boot is disk, wanted network); "
                "--allow-restart would do that now\n"},

        /* not ours */
        {"not ours and the same: used as it is", {guests_run, a_guest_is_wished, it_is_there, it_is_theirs},
                ""},
        {"not ours, the same, off and without autostart",
                {guests_run, a_guest_is_wished, it_is_there, it_is_theirs, it_is_off, it_lost_autostart},
                AUTOSTART START},
        {"not ours and otherwise in every way",
                {guests_run, a_guest_is_wished, it_is_there, it_is_theirs, another_nic_and_boot_order,
                        it_has_a_usb_device},
                "! guest web is there, is not ours and differs (boot is disk, wanted network; lacks nic "
                "52:54:00:00:00:02 in network wan; has a device of the machine's (<hostdev>), which "
                "host.conf can't say): rename the "
                "wanted guest, make the configuration say the same, or remove the one that is there\n"},
        {"not ours, and runs otherwise than it is defined",
                {guests_run, a_guest_is_wished, it_is_there, it_is_theirs, a_usb_device_was_plugged_in,
                        restarts_are_allowed},
                "~ guest web is not ours and runs otherwise than it is defined: runs with a device of the "
                "machine's (<hostdev>), which "
                "its definition hasn't\n"},

        /* firmware */
        {"UEFI, and the machine has it", {guests_run, a_guest_is_wished, with_uefi, the_firmware_is_there},
                DEFINE AUTOSTART START},
        {"UEFI, whose package is still to come", {guests_run, a_guest_is_wished, with_uefi},
                DEFINE AUTOSTART START},
        {"UEFI, and there is none", {guests_run, a_guest_is_wished, with_uefi, its_package_is_there},
                "! guest web: libvirt finds no UEFI firmware for guests on the machine: install one, or say "
                "firmware = bios\n"},
        {"secure boot, and there is none",
                {guests_run, a_guest_is_wished, with_secure_boot, the_firmware_is_there},
                "! guest web: the machine's UEFI firmware for guests has no secure boot: say firmware = "
                "uefi\n"},
};

int main(void)
{
        return RUN_ROWS(&score_guest, NULL, rows);
}
