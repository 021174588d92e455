#include "score_world.h"

static void fedora(struct world *world)
{
        world->answers.machine.manager = PACKAGES_DNF;
}

static void opensuse(struct world *world)
{
        world->answers.machine.manager = PACKAGES_ZYPPER;
}

static void arch_linux(struct world *world)
{
        world->answers.machine.manager = PACKAGES_PACMAN;
}

static void debian_13(struct world *world)
{
        set(&world->answers.machine.os_version, "13");
}

static void debian_without_a_version(struct world *world)
{
        set(&world->answers.machine.os_version, "");
}

static void ubuntu_24(struct world *world)
{
        set(&world->answers.machine.os_id, "ubuntu");
        set(&world->answers.machine.os_version, "24.04");
}

static void ubuntu_25(struct world *world)
{
        set(&world->answers.machine.os_id, "ubuntu");
        set(&world->answers.machine.os_version, "25.10");
}

static void an_arm_processor(struct world *world)
{
        set(&world->answers.machine.arch, "aarch64");
}

static void an_unknown_manager(struct world *world)
{
        world->answers.machine.manager = PACKAGES_UNKNOWN;
}

static void dpkg_was_cut_off(struct world *world)
{
        world->answers.machine.package_db_interrupted = true;
}

static void qemu_was_removed(struct world *world)
{
        package_answer(world, "qemu-system-x86")->installed = false;
}

static void more_packages_are_wished(struct world *world)
{
        struct packages_config *packages = array_add(&world->config.packages);

        strings_add(&packages->names[PACKAGES_UNKNOWN], "curl");
        strings_add(&packages->names[PACKAGES_APT], "linux-perf");
        strings_add(&packages->names[PACKAGES_APT], "nftables"); /* also on our own list */
        strings_add(&packages->names[PACKAGES_DNF], "perf");
        packages = array_add(&world->config.packages);
        strings_add(&packages->names[PACKAGES_UNKNOWN], "curl");
        strings_add(&packages->names[PACKAGES_UNKNOWN], "a\"b'$(c)<&>");
}

static void curl_is_installed(struct world *world)
{
        package_answer(world, "curl")->installed = true;
}

static void a_guest_with_uefi_is_wished(struct world *world)
{
        struct guest_config *guest = array_add(&world->config.guests);

        guest->name = string_copy("web");
        guest->firmware = FIRMWARE_UEFI;
}

static void a_guest_with_a_bios_is_wished(struct world *world)
{
        array_add(&world->config.guests)->name = string_copy("web");
}

static void an_image_is_wished(struct world *world)
{
        struct image_config *image = array_add(&world->config.images);

        image->name = string_copy("debian");
        image->url = string_copy("https://images.example/debian.qcow2");
}

static void from_a_file_of_this_machine(struct world *world)
{
        string_free(&world->config.images.items[0].url);
        world->config.images.items[0].file = string_copy("/home/me/debian.qcow2");
}

static void a_small_curl_is_installed(struct world *world)
{
        package_answer(world, "curl-minimal")->installed = true;
}

static void everything_else_is_installed(struct world *world)
{
        static const char *const names[] = {
                "libvirt-daemon-kvm", "libvirt-client", "qemu-img", "dnsmasq", "nftables", "qemu-kvm"};

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                package_answer(world, names[i])->installed = true;
}

static void pools_of_all_types_are_wished(struct world *world)
{
        for (int type = 0; type < POOL_TYPES; type++) {
                struct pool_config *pool = array_add(&world->config.pools);

                pool->name = string_copy(pool_type_name((enum pool_type)type));
                pool->type = (enum pool_type)type;
        }
}

static const struct row rows[] = {
        {"a KVM host has nothing to do", {a_kvm_host}, ""},
        {"a fresh Debian host", {a_fresh_host},
                "install packages libvirt-daemon-system, libvirt-clients, qemu-utils, dnsmasq-base, "
                "nftables, "
                "qemu-system-x86\n"},
        {"a fresh Debian host on ARM", {a_fresh_host, an_arm_processor},
                "install packages libvirt-daemon-system, libvirt-clients, qemu-utils, dnsmasq-base, "
                "nftables, "
                "qemu-system-arm\n"},
        {"a fresh Fedora host", {a_fresh_host, fedora},
                "install packages libvirt-daemon-kvm, libvirt-client, qemu-img, dnsmasq, nftables, "
                "qemu-kvm\n"},
        {"a fresh openSUSE host", {a_fresh_host, opensuse},
                "install packages libvirt-daemon-qemu, libvirt-client, qemu-img, dnsmasq, nftables, "
                "qemu-x86\n"},
        {"a fresh Arch host on ARM", {a_fresh_host, arch_linux, an_arm_processor},
                "install packages libvirt, qemu-img, dnsmasq, nftables, qemu-system-aarch64\n"},
        {"a guest with UEFI on Debian", {a_kvm_host, a_guest_with_uefi_is_wished}, "install package ovmf\n"},
        {"a guest with UEFI on a fresh Fedora host", {a_fresh_host, fedora, a_guest_with_uefi_is_wished},
                "install packages libvirt-daemon-kvm, libvirt-client, qemu-img, dnsmasq, nftables, "
                "qemu-kvm, edk2-ovmf\n"},
        {"a guest with UEFI on a fresh openSUSE host", {a_fresh_host, opensuse, a_guest_with_uefi_is_wished},
                "install packages libvirt-daemon-qemu, libvirt-client, qemu-img, dnsmasq, nftables, "
                "qemu-x86, qemu-ovmf-x86_64\n"},
        {"a guest with UEFI on a fresh Arch host on ARM",
                {a_fresh_host, arch_linux, an_arm_processor, a_guest_with_uefi_is_wished},
                "install packages libvirt, qemu-img, dnsmasq, nftables, qemu-system-aarch64, edk2-aarch64\n"},
        {"a guest with a BIOS needs no firmware", {a_kvm_host, a_guest_with_a_bios_is_wished}, ""},
        {"an unknown manager is the machine Score's to complain of", {a_fresh_host, an_unknown_manager}, ""},
        {"one package was removed", {a_kvm_host, qemu_was_removed}, "install package qemu-system-x86\n"},
        {"dpkg was cut off after it had unpacked everything", {a_kvm_host, dpkg_was_cut_off},
                "finish what an interrupted run of apt left half-installed\n"},
        {"an earlier run's transaction is under way: what it leaves is seen when it has ended",
                {a_kvm_host, a_transaction_is_under_way, qemu_was_removed},
                "? install package qemu-system-x86\n"},
        {"dpkg was cut off half-way", {a_kvm_host, dpkg_was_cut_off, qemu_was_removed},
                "finish what an interrupted run of apt left half-installed\n"
                "install package qemu-system-x86\n"},
        {"packages of the configuration, each once, for this manager only",
                {a_kvm_host, more_packages_are_wished, qemu_was_removed},
                "install packages qemu-system-x86, curl, linux-perf, a\"b'$(c)<&>\n"},
        {"an image that the machine fetches", {a_kvm_host, an_image_is_wished}, "install package curl\n"},
        {"an image that is sent to it", {a_kvm_host, an_image_is_wished, from_a_file_of_this_machine}, ""},
        {"an image for a machine with a small curl, which is in the way of the large one",
                {a_kvm_host, fedora, everything_else_is_installed, an_image_is_wished,
                        a_small_curl_is_installed},
                ""},
        {"an image for a machine with another package manager",
                {a_kvm_host, fedora, everything_else_is_installed, an_image_is_wished},
                "install package curl\n"},
        {"volume groups and NFS", {a_kvm_host, pools_of_all_types_are_wished},
                "install packages lvm2, nfs-common\n"},
        {"volume groups where each driver has its package",
                {a_kvm_host, debian_13, pools_of_all_types_are_wished},
                "install packages lvm2, libvirt-daemon-driver-storage-logical, nfs-common\n"},
        {"volume groups on Debian that has no number yet",
                {a_kvm_host, debian_without_a_version, pools_of_all_types_are_wished},
                "install packages lvm2, libvirt-daemon-driver-storage-logical, nfs-common\n"},
        {"volume groups on an older Ubuntu", {a_kvm_host, ubuntu_24, pools_of_all_types_are_wished},
                "install packages lvm2, nfs-common\n"},
        {"volume groups on a newer Ubuntu", {a_kvm_host, ubuntu_25, pools_of_all_types_are_wished},
                "install packages lvm2, libvirt-daemon-driver-storage-logical, nfs-common\n"},
        {"volume groups where all drivers come with the daemon",
                {a_kvm_host, fedora, everything_else_is_installed, pools_of_all_types_are_wished},
                "install packages lvm2, nfs-utils\n"},
        {"what is there already isn't installed again",
                {a_kvm_host, more_packages_are_wished, curl_is_installed},
                "install packages linux-perf, a\"b'$(c)<&>\n"},
};

int main(void)
{
        return RUN_ROWS(&score_packages, NULL, rows);
}
