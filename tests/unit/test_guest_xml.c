/* Guests in libvirt's XML: what is written is read back the same, also in what libvirt 9 and 11 make of it (their own words,
 * as virsh showed them), and what no guest of ours has is named. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "means/guest_uses.h"
#include "means/guest_xml.h"
#include "topology/guest_differences.h"

#define UUID "11111111-2222-8333-8444-555555555555"

/* A guest in few words; lists end with an empty item. */
struct wish_row {
        const char *title, *name;
        uint64_t memory_kib, memory_max_kib;
        unsigned vcpus, vcpus_max;
        enum guest_firmware firmware;
        size_t boot_count;
        enum guest_boot boot[BOOT_DEVICES];
        const char *kernel, *initrd, *command_line, *iso, *seed, *ignition, *console_log;
        bool is_emulated;
        struct {
                const char *target, *path, *pool, *volume;
                bool is_raw;
                bool is_block;
        } disks[3];
        struct {
                const char *mac, *network;
                bool is_down;
        } nics[3];
};

static void build(const struct wish_row *row, struct guest *ret_guest)
{
        struct error error = {0};
        struct guest guest = {
                .name = string_copy(row->name),
                .memory_kib = row->memory_kib,
                .memory_max_kib = row->memory_max_kib ? row->memory_max_kib : row->memory_kib,
                .vcpus = row->vcpus,
                .vcpus_max = row->vcpus_max ? row->vcpus_max : row->vcpus,
                .firmware = row->firmware,
                .boot_count = row->boot_count,
                .kernel = string_copy(row->kernel),
                .initrd = string_copy(row->initrd),
                .command_line = string_copy(row->command_line),
                .iso = string_copy(row->iso),
                .seed = string_copy(row->seed),
                .ignition = string_copy(row->ignition),
                .console_log = string_copy(row->console_log),
                .is_emulated = row->is_emulated,
        };

        memcpy(guest.boot, row->boot, sizeof(guest.boot));
        for (size_t i = 0; row->disks[i].target; i++)
                *array_add(&guest.disks) = (struct guest_disk) {
                        .target = string_copy(row->disks[i].target),
                        .pool = string_copy(row->disks[i].pool),
                        .volume = string_copy(row->disks[i].volume),
                        .path = string_copy(row->disks[i].path),
                        .is_raw = row->disks[i].is_raw,
                        .is_block = row->disks[i].is_block,
                };
        for (size_t i = 0; row->nics[i].mac; i++) {
                struct guest_nic *nic = array_add(&guest.nics);

                assert_int_equal(mac_address_parse(row->nics[i].mac, &nic->mac, &error), 0);
                nic->network = string_copy(row->nics[i].network);
                nic->link_is_up = !row->nics[i].is_down;
        }
        *ret_guest = guest;
}

static const struct wish_row wishes[] = {
        {.title = "the least there can be", .name = "tiny", .memory_kib = 16384, .vcpus = 1},
        {.title = "everything at once",
                .name = "web",
                .memory_kib = 2097152,
                .memory_max_kib = 4194304,
                .vcpus = 2,
                .vcpus_max = 8,
                .firmware = FIRMWARE_UEFI_SECURE,
                .boot_count = 3,
                .boot = {BOOT_NETWORK, BOOT_CDROM, BOOT_DISK},
                .kernel = "/srv/vmlinuz",
                .initrd = "/srv/initrd",
                .command_line = "console=ttyS0 quiet",
                .iso = "/srv/a.iso",
                .seed = "/srv/seed.iso",
                .ignition = "/srv/web.ign",
                .console_log = "/var/log/web.log",
                .is_emulated = true,
                .disks = {{.target = "vda", .path = "/srv/images/web-root.qcow2"},
                        {.target = "vdb", .path = "/dev/vg0/web-data.raw", .is_raw = true, .is_block = true}},
                .nics = {{.mac = "52:54:00:00:00:01", .network = "lab"},
                        {.mac = "52:54:00:00:00:02", .network = "wan", .is_down = true}}},
        {.title = "UEFI without secure boot, from the disk alone",
                .name = "efi",
                .memory_kib = 1048576,
                .vcpus = 1,
                .firmware = FIRMWARE_UEFI,
                .boot_count = 1,
                .boot = {BOOT_DISK},
                .disks = {{.target = "vda", .path = "/srv/efi.qcow2"}}},
        {.title = "files below /dev, which are no devices",
                .name = "fast",
                .memory_kib = 65536,
                .vcpus = 1,
                .disks = {{.target = "vda", .path = "/dev/shm/pool/fast-root.qcow2"},
                        {.target = "vdb", .path = "/dev/shm/pool/fast-data.raw", .is_raw = true}}},
        {.title = "only cloud-init's seed",
                .name = "c",
                .memory_kib = 65536,
                .vcpus = 1,
                .seed = "/srv/seed.iso"},
        {.title = "XML's own characters in every string",
                .name = "<a&b>'\"]]>",
                .memory_kib = 65536,
                .vcpus = 1,
                .kernel = "'/><kernel>",
                .initrd = "</initrd><initrd>",
                .command_line = "a=\"&amp;\" b='<![CDATA[x]]>'",
                .iso = "/srv/'/><target dev='vdz",
                .seed = "/srv/&lt;<!--",
                .ignition = "\"&name;\"",
                .console_log = "'/><serial>",
                .disks = {{.target = "vda", .path = "/srv/'/><source file='/etc/shadow"}},
                .nics = {{.mac = "52:54:00:00:00:01", .network = "'/><source network='other"}}},
        {.title = "blanks, tabs and line ends inside strings",
                .name = " a\tb\nc\r ",
                .memory_kib = 65536,
                .vcpus = 1,
                .command_line = " x\n y\t",
                .iso = "\n",
                .nics = {{.mac = "52:54:00:00:00:01", .network = " a\n"}}},
};

static void assert_same(const struct guest *wanted, const struct guest *found,
        const struct strings *unmodelled, const char *title, const char *xml)
{
        CLEANUP(guest_differences_done) struct guest_differences differences = {0};
        CLEANUP(string_free) char *words = NULL, *others = strings_join(unmodelled, ", ");

        guest_compare(wanted, found, &differences);
        words = guest_differences_words(&differences);
        if (differences.list.count || unmodelled->count || !string_equal(wanted->name, found->name))
                fail_msg("%s: %s; unmodelled: %s: %s", title, words, others, xml);
}

static void test_written_is_read_back(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
                CLEANUP(guest_done) struct guest wanted = {0}, found = {0};
                CLEANUP(strings_done) struct strings unmodelled = {0};
                CLEANUP(string_free) char *xml = NULL;
                struct error error = {0};

                build(&wishes[i], &wanted);
                xml = guest_xml_write(&wanted, UUID, NULL);
                if (guest_xml_read(xml, &found, &unmodelled, &error) < 0)
                        fail_msg("%s: %s: %s", wishes[i].title, error_text(&error), xml);
                assert_same(&wanted, &found, &unmodelled, wishes[i].title, xml);
        }
}

/* ---- what libvirt says ---- */

/* What libvirt 9 made of a guest that we defined, and 11 does not otherwise: the head of it up to its devices, */
#define HEAD(type, os)                                                                                   \
        "<domain type='" type "'>\n  <name>web</name>\n  <uuid>" UUID "</uuid>\n"                        \
        "  <metadata>\n    <provision:owner xmlns:provision=\"urn:provision:owner:1\" guest=\"web\"/>\n" \
        "  </metadata>\n  <memory unit='KiB'>131072</memory>\n"                                          \
        "  <currentMemory unit='KiB'>98304</currentMemory>\n"                                            \
        "  <vcpu placement='static' current='1'>2</vcpu>\n" os                                           \
        "  <features>\n    <acpi/>\n    <apic/>\n  </features>\n"                                        \
        "  <cpu mode='maximum' check='none'/>\n  <clock offset='utc'/>\n"                                \
        "  <on_poweroff>destroy</on_poweroff>\n  <on_reboot>restart</on_reboot>\n"                       \
        "  <on_crash>destroy</on_crash>\n  <devices>\n"                                                  \
        "    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"

#define OS                                                                                   \
        "  <os>\n    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n"                  \
        "    <kernel>/srv/vmlinuz</kernel>\n    <boot dev='hd'/>\n    <boot dev='cdrom'/>\n" \
        "    <boot dev='network'/>\n  </os>\n"

/* and the rest, which says nothing about what the guest is. */
#define TAIL                                                                                  \
        "    <input type='mouse' bus='ps2'/>\n    <input type='keyboard' bus='ps2'/>\n"       \
        "    <graphics type='vnc'>\n      <listen type='socket'/>\n    </graphics>\n"         \
        "    <audio id='1' type='none'/>\n    <video>\n"                                      \
        "      <model type='vga' vram='16384' heads='1' primary='yes'/>\n"                    \
        "      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'/>\n" \
        "    </video>\n    <watchdog model='itco' action='reset'/>\n"                         \
        "    <memballoon model='virtio'>\n"                                                   \
        "      <address type='pci' domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>\n" \
        "    </memballoon>\n    <rng model='virtio'>\n"                                       \
        "      <backend model='random'>/dev/urandom</backend>\n    </rng>\n  </devices>\n"    \
        "</domain>\n"

#define NIC_DEFINED                                                                               \
        "    <interface type='network'>\n      <mac address='52:54:00:00:77:01'/>\n"              \
        "      <source network='lab'/>\n      <model type='virtio'/>\n      <link state='up'/>\n" \
        "      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>\n"     \
        "    </interface>\n"

struct dump_row {
        const char *title;
        const char *xml;
        struct wish_row meaning;
        const char *unmodelled; /* joined by ", " */
};

#define MEANING                                                                                   \
        .name = "web", .memory_kib = 98304, .memory_max_kib = 131072, .vcpus = 1, .vcpus_max = 2, \
        .is_emulated = true

static const struct dump_row dumps[] = {
        {.title = "libvirt 9: ours, as it is defined",
                .xml = HEAD("qemu",
                        OS) "    <disk type='file' device='cdrom'>\n"
                            "      <driver name='qemu' type='raw'/>\n"
                            "      <target dev='sda' bus='sata'/>\n"
                            "      <readonly/>\n"
                            "      <address type='drive' controller='0' bus='0' target='0' unit='0'/>\n"
                            "    </disk>\n"
                            "    <controller type='usb' index='0' model='none'/>\n"
                            "    <controller type='pci' index='0' model='pcie-root'/>\n"
                            "    <controller type='pci' index='1' model='pcie-root-port'>\n"
                            "      <model name='pcie-root-port'/>\n"
                            "      <target chassis='1' port='0x10'/>\n"
                            "    </controller>\n" NIC_DEFINED "    <serial type='pty'>\n"
                            "      <log file='/var/log/libvirt/qemu/web-console.log' append='on'/>\n"
                            "      <target type='isa-serial' port='0'>\n"
                            "        <model name='isa-serial'/>\n"
                            "      </target>\n"
                            "    </serial>\n"
                            "    <console type='pty'>\n"
                            "      <log file='/var/log/libvirt/qemu/web-console.log' append='on'/>\n"
                            "      <target type='serial' port='0'/>\n"
                            "    </console>\n" TAIL,
                .meaning = {MEANING, .boot_count = 3, .boot = {BOOT_DISK, BOOT_CDROM, BOOT_NETWORK},
                        .kernel = "/srv/vmlinuz", .console_log = "/var/log/libvirt/qemu/web-console.log",
                        .nics = {{.mac = "52:54:00:00:77:01", .network = "lab"}}},
                .unmodelled = ""},
        {.title = "libvirt 9: ours, as it runs",
                .xml = HEAD("qemu",
                        OS) "    <disk type='file' device='disk'>\n"
                            "      <driver name='qemu' type='qcow2' discard='unmap'/>\n"
                            "      <source file='/srv/images/web-root.qcow2' index='2'/>\n"
                            "      <backingStore type='file' index='3'>\n"
                            "        <format type='qcow2'/>\n"
                            "        <source file='/srv/images/debian.qcow2'/>\n"
                            "        <backingStore/>\n"
                            "      </backingStore>\n"
                            "      <target dev='vda' bus='virtio'/>\n"
                            "      <alias name='virtio-disk0'/>\n"
                            "    </disk>\n"
                            "    <disk type='file' device='cdrom'>\n"
                            "      <driver name='qemu'/>\n"
                            "      <target dev='sda' bus='sata' tray='open'/>\n"
                            "      <readonly/>\n"
                            "      <alias name='sata0-0-0'/>\n"
                            "    </disk>\n"
                            "    <disk type='file' device='disk'>\n"
                            "      <driver name='qemu' type='raw'/>\n"
                            "      <source file='/var/lib/libvirt/provision/web-seed.iso' index='1'/>\n"
                            "      <backingStore/>\n"
                            "      <target dev='vdz' bus='virtio'/>\n"
                            "      <readonly/>\n"
                            "    </disk>\n"
                            "    <interface type='network'>\n"
                            "      <mac address='52:54:00:00:77:01'/>\n"
                            "      <source network='lab' portid='64f1cceb-0999-4549-90d0-09c79401611f' "
                            "bridge='virbr-lab'/>\n"
                            "      <target dev='vnet0'/>\n"
                            "      <model type='virtio'/>\n"
                            "      <link state='down'/>\n"
                            "      <mtu size='1400'/>\n"
                            "      <alias name='net0'/>\n"
                            "    </interface>\n"
                            "    <channel type='unix'>\n"
                            "      <source mode='bind' "
                            "path='/var/lib/libvirt/qemu/channel/target/domain-1-web/a.0'/>\n"
                            "      <target type='virtio' name='org.qemu.guest_agent.0' "
                            "state='disconnected'/>\n"
                            "    </channel>\n" TAIL,
                .meaning = {MEANING, .boot_count = 3, .boot = {BOOT_DISK, BOOT_CDROM, BOOT_NETWORK},
                        .kernel = "/srv/vmlinuz", .seed = "/var/lib/libvirt/provision/web-seed.iso",
                        .disks = {{.target = "vda", .path = "/srv/images/web-root.qcow2"}},
                        .nics = {{.mac = "52:54:00:00:77:01", .network = "lab", .is_down = true}}},
                .unmodelled = ""},
        {.title = "its CD was taken out while it ran",
                .xml = HEAD("qemu", OS) "    <disk type='file' device='cdrom'>\n"
                                        "      <driver name='qemu'/>\n"
                                        "      <source index='3'/>\n"
                                        "      <target dev='sda' bus='sata' tray='open'/>\n"
                                        "      <readonly/>\n"
                                        "    </disk>\n" TAIL,
                .meaning = {MEANING, .boot_count = 3, .boot = {BOOT_DISK, BOOT_CDROM, BOOT_NETWORK},
                        .kernel = "/srv/vmlinuz"},
                .unmodelled = ""},
        {.title = "a CD that is no file",
                .xml = HEAD("qemu", OS) "    <disk type='block' device='cdrom'>\n"
                                        "      <source dev='/dev/sr0' index='3'/>\n"
                                        "      <target dev='sda' bus='sata'/>\n"
                                        "      <readonly/>\n"
                                        "    </disk>\n" TAIL,
                .meaning = {MEANING, .boot_count = 3, .boot = {BOOT_DISK, BOOT_CDROM, BOOT_NETWORK},
                        .kernel = "/srv/vmlinuz"},
                .unmodelled = "disk device='cdrom'"},
        {.title = "libvirt 9: UEFI as defined",
                .xml = HEAD("kvm",
                        "  <os firmware='efi'>\n    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n"
                        "    <firmware>\n      <feature enabled='no' name='secure-boot'/>\n"
                        "    </firmware>\n    <boot dev='hd'/>\n  </os>\n") TAIL,
                .meaning = {.name = "web",
                        .memory_kib = 98304,
                        .memory_max_kib = 131072,
                        .vcpus = 1,
                        .vcpus_max = 2,
                        .firmware = FIRMWARE_UEFI,
                        .boot_count = 1},
                .unmodelled = ""},
        {.title = "libvirt 11: UEFI with secure boot as it runs",
                .xml = HEAD("qemu",
                        "  <os firmware='efi'>\n    <type arch='x86_64' machine='pc-q35-10.0'>hvm</type>\n"
                        "    <firmware>\n      <feature enabled='yes' name='enrolled-keys'/>\n"
                        "      <feature enabled='yes' name='secure-boot'/>\n    </firmware>\n"
                        "    <loader readonly='yes' secure='yes' type='pflash' format='raw'>"
                        "/usr/share/OVMF/OVMF_CODE_4M.ms.fd</loader>\n"
                        "    <nvram template='/usr/share/OVMF/OVMF_VARS_4M.ms.fd' templateFormat='raw' "
                        "format='raw'>/var/lib/libvirt/qemu/nvram/web_VARS.fd</nvram>\n"
                        "    <boot dev='network'/>\n  </os>\n") TAIL,
                .meaning = {MEANING, .firmware = FIRMWARE_UEFI_SECURE, .boot_count = 1,
                        .boot = {BOOT_NETWORK}},
                .unmodelled = ""},
        {.title = "UEFI as people write it by hand",
                .xml = HEAD("qemu",
                        "  <os>\n    <type arch='x86_64' machine='q35'>hvm</type>\n"
                        "    <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>\n"
                        "    <boot dev='hd'/>\n  </os>\n") TAIL,
                .meaning = {MEANING, .firmware = FIRMWARE_UEFI, .boot_count = 1},
                .unmodelled = ""},
        {.title = "libvirt 9: in a network on the machine's own bridge, as it runs",
                .xml = HEAD("qemu", OS) "    <interface type='bridge'>\n"
                                        "      <mac address='52:54:00:00:77:01'/>\n"
                                        "      <source network='lan' "
                                        "portid='64f1cceb-0999-4549-90d0-09c79401611f' bridge='br0'/>\n"
                                        "      <target dev='vnet0'/>\n"
                                        "      <model type='virtio'/>\n"
                                        "    </interface>\n" TAIL,
                .meaning = {MEANING, .boot_count = 3, .boot = {BOOT_DISK, BOOT_CDROM, BOOT_NETWORK},
                        .kernel = "/srv/vmlinuz", .nics = {{.mac = "52:54:00:00:77:01", .network = "lan"}}},
                .unmodelled = ""},
        {.title = "a disk by its pool and volume, and one of a volume group",
                .xml = HEAD("qemu", OS) "    <disk type='volume' device='disk'>\n"
                                        "      <driver name='qemu' type='qcow2'/>\n"
                                        "      <source pool='images' volume='web-root.qcow2'/>\n"
                                        "      <target dev='vda' bus='virtio'/>\n"
                                        "    </disk>\n"
                                        "    <disk type='block' device='disk'>\n"
                                        "      <driver name='qemu' type='raw'/>\n"
                                        "      <source dev='/dev/vg0/web-data.raw'/>\n"
                                        "      <target dev='vdb' bus='virtio'/>\n"
                                        "    </disk>\n" TAIL,
                .meaning = {MEANING, .boot_count = 3, .boot = {BOOT_DISK, BOOT_CDROM, BOOT_NETWORK},
                        .kernel = "/srv/vmlinuz",
                        .disks = {{.target = "vda", .pool = "images", .volume = "web-root.qcow2"},
                                {.target = "vdb",
                                        .path = "/dev/vg0/web-data.raw",
                                        .is_raw = true,
                                        .is_block = true}}},
                .unmodelled = ""},
        {.title = "libvirt 9: disks of a volume group as they run",
                .xml = HEAD("qemu", OS) "    <disk type='block' device='disk'>\n"
                                        "      <driver name='qemu' type='raw'/>\n"
                                        "      <source dev='/dev/vg0/web-root.raw' index='2'/>\n"
                                        "      <backingStore/>\n"
                                        "      <target dev='vda' bus='virtio'/>\n"
                                        "      <alias name='virtio-disk0'/>\n"
                                        "    </disk>\n"
                                        "    <disk type='file' device='disk'>\n"
                                        "      <driver name='qemu' type='raw'/>\n"
                                        "      <source file='/dev/vg0/web-data.raw' index='1'/>\n"
                                        "      <backingStore/>\n"
                                        "      <target dev='vdb' bus='virtio'/>\n"
                                        "    </disk>\n" TAIL,
                .meaning = {MEANING, .boot_count = 3, .boot = {BOOT_DISK, BOOT_CDROM, BOOT_NETWORK},
                        .kernel = "/srv/vmlinuz",
                        .disks = {{.target = "vda",
                                          .path = "/dev/vg0/web-root.raw",
                                          .is_raw = true,
                                          .is_block = true},
                                {.target = "vdb", .path = "/dev/vg0/web-data.raw", .is_raw = true}}},
                .unmodelled = ""},
        {.title = "all that host.conf can't say",
                .xml = "<domain type='xen' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
                       "  <name>rich</name>\n"
                       "  <maxMemory slots='16' unit='KiB'>1524288</maxMemory>\n"
                       "  <memory unit='GiB'>x</memory>\n"
                       "  <vcpu placement='auto' cpuset='1-4'>many</vcpu>\n"
                       "  <memoryBacking><hugepages/></memoryBacking>\n"
                       "  <cputune><shares>2048</shares></cputune>\n"
                       "  <sysinfo type='smbios'><bios><entry name='vendor'>x</entry></bios></sysinfo>\n"
                       "  <os><type arch='aarch64' machine='virt'>hvm</type><loader type='rom'>/x</loader>\n"
                       "    <boot dev='fd'/><smbios mode='sysinfo'/></os>\n"
                       "  <devices>\n"
                       "    <disk type='network' device='disk'><source protocol='rbd' name='a'/>"
                       "<target dev='vda' bus='virtio'/></disk>\n"
                       "    <disk type='file' device='floppy'><source file='/f'/><target dev='fda'/></disk>\n"
                       "    <disk type='file' device='disk'><driver type='vmdk'/><source file='/v'/>"
                       "<target dev='vdb'/><readonly/></disk>\n"
                       "    <disk type='file' device='disk'><driver type='vmdk'/><source file='/v'/>"
                       "<target dev='vdc'/><boot order='1'/></disk>\n"
                       "    <disk type='file' device='cdrom'><target dev='sda'/></disk>\n"
                       "    <disk type='file' device='cdrom'><target dev='sdb'/></disk>\n"
                       "    <disk type='file' device='cdrom'><target dev='sdc'/></disk>\n"
                       "    <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/>"
                       "<model type='e1000'/><bandwidth/></interface>\n"
                       "    <interface type='network'><source network='lab' portgroup='a'/></interface>\n"
                       "    <interface type='network'><mac address='01:00:00:00:00:00'/></interface>\n"
                       "    <hostdev mode='subsystem'/><filesystem/><tpm/>\n"
                       "  </devices>\n"
                       "  <qemu:commandline/>\n"
                       "</domain>\n",
                .meaning = {.name = "rich",
                        .disks = {{.target = "vdc", .path = "/v"}},
                        .nics = {{.mac = "52:54:00:00:00:01", .network = ""}}},
                .unmodelled = "domain type='xen', maxMemory, memory unit='GiB', vcpu placement='auto', vcpu "
                              "cpuset='1-4', memoryBacking, cputune, sysinfo type='smbios', bios, type "
                              "arch='aarch64', smbios, source protocol='rbd', source name='a', boot, "
                              "bandwidth, interface type='bridge', model type='e1000', source portgroup='a', "
                              "hostdev, filesystem, tpm, qemu:commandline, memory, vcpu, loader, boot "
                              "dev='fd', disk type='network', disk device='floppy', readonly, driver "
                              "type='vmdk', disk device='cdrom', mac, mac address='01:00:00:00:00:00'"},
};

/* The order in which they are found is nobody's business. */
static char *sorted(const char *joined)
{
        CLEANUP(strings_done) struct strings list = {0};

        for (const char *at = joined; *at; at += strncmp(at, ", ", 2) == 0 ? 2 : 0) {
                const char *end = strstr(at, ", ");
                size_t length = end ? (size_t)(end - at) : strlen(at);

                strings_take(&list, string_copy_n(at, length));
                at += length;
        }
        strings_sort(&list);
        return strings_join(&list, ", ");
}

static void test_libvirts_words_are_understood(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(dumps) / sizeof(dumps[0]); i++) {
                CLEANUP(guest_done) struct guest wanted = {0}, found = {0};
                CLEANUP(strings_done) struct strings unmodelled = {0}, none = {0};
                CLEANUP(string_free) char *joined = NULL, *expected = sorted(dumps[i].unmodelled);
                struct error error = {0};

                build(&dumps[i].meaning, &wanted);
                if (guest_xml_read(dumps[i].xml, &found, &unmodelled, &error) < 0)
                        fail_msg("%s: %s", dumps[i].title, error_text(&error));
                assert_same(&wanted, &found, &none, dumps[i].title, dumps[i].xml);
                strings_sort(&unmodelled);
                joined = strings_join(&unmodelled, ", ");
                assert_string_equal(joined, expected);
        }
}

static void test_what_is_no_guest_is_an_error(void **state)
{
        static const char *const texts[] = {"", "<domain", "<network><name>x</name></network>",
                "<domain type='kvm'/>",
                "<!DOCTYPE domain [<!ENTITY x 'y'>]><domain><name>&x;</name></domain>"};

        (void)state;
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                CLEANUP(guest_done) struct guest guest = {0};
                CLEANUP(strings_done) struct strings unmodelled = {0};
                CLEANUP(error_done) struct error error = {0};

                assert_int_equal(guest_xml_read(texts[i], &guest, &unmodelled, &error), -1);
                assert_int_equal(error.kind, ERROR_FAILED);
        }
}

/* ---- defined again ---- */

/* What the guest's system knows its devices by stays: the machine's version and where they sit. */
static void test_defined_again_it_keeps_its_places(void **state)
{
        static const struct wish_row row = {
                .name = "web",
                .memory_kib = 65536,
                .vcpus = 1,
                .nics = {{.mac = "52:54:00:00:00:09", .network = "new"},
                        {.mac = "52:54:00:00:77:01", .network = "lab"}},
        };
        CLEANUP(guest_done) struct guest guest = {0};
        CLEANUP(xml_node_done) struct xml_node found = {0}, again = {0};
        CLEANUP(string_free) char *xml = NULL;
        const struct xml_node *devices;
        struct error error = {0};
        size_t controllers = 0;

        (void)state;
        build(&row, &guest);
        assert_int_equal(xml_node_parse(dumps[0].xml, &found, &error), 0);
        xml = guest_xml_write(&guest, UUID, &found);
        assert_int_equal(xml_node_parse(xml, &again, &error), 0);
        assert_string_equal(
                xml_node_property(xml_node_child(xml_node_child(&again, "os"), "type"), "machine"),
                "pc-q35-7.2");
        devices = xml_node_child(&again, "devices");
        for (array_each(const struct xml_node, device, &devices->children)) {
                const char *mac = xml_node_property(xml_node_child(device, "mac"), "address");

                controllers += string_equal(device->name, "controller");
                if (string_equal(mac, "52:54:00:00:00:09"))
                        assert_null(xml_node_child(device, "address"));
                if (string_equal(mac, "52:54:00:00:77:01"))
                        assert_string_equal(
                                xml_node_property(xml_node_child(device, "address"), "bus"), "0x01");
        }
        assert_int_equal(controllers, 3);
}

static void test_new_it_has_room_for_more(void **state)
{
        CLEANUP(guest_done) struct guest guest = {0};
        CLEANUP(string_free) char *xml = NULL;
        size_t ports = 0;

        (void)state;
        build(&wishes[1], &guest);
        xml = guest_xml_write(&guest, UUID, NULL);
        for (const char *at = xml; (at = strstr(at, "pcie-root-port")); at++)
                ports++;
        assert_int_equal(ports, 2 + 2 + 4 + 4);
}

/* Whatever else a guest has: what it leads to is found, in a network, in a pool and behind its disks. */
static void test_what_it_uses_is_found(void **state)
{
        static const char xml[] =
                "<domain><name>n</name><metadata><source file='/not/this'/></metadata><devices>"
                "<disk type='file'><source file='/a/top'/><backingStore type='file'>"
                "<source file='/a/base'/><backingStore/></backingStore></disk>"
                "<disk type='block' device='lun'><source dev='/dev/vg/x'/></disk>"
                "<disk type='volume'><source pool='p' volume='v'/></disk><disk><source/></disk>"
                "<interface type='network'><source network='lab' portgroup='g'/></interface>"
                "<interface type='bridge'><source bridge='virbr0'/></interface></devices></domain>";
        struct guest_uses uses = {0};
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(string_free) char *paths = NULL;

        (void)state;
        assert_int_equal(guest_uses_read(xml, &uses, &error), 0);
        assert_int_equal(guest_uses_read(xml, &uses, &error), 0); /* nothing twice */
        paths = strings_join(&uses.paths, " ");
        assert_string_equal(paths, "/a/top /a/base /dev/vg/x");
        assert_int_equal(uses.networks.count, 1);
        assert_string_equal(uses.networks.items[0], "lab");
        assert_string_equal(uses.bridges.items[0], "virbr0");
        assert_string_equal(uses.pools.items[0], "p");
        assert_string_equal(uses.volumes.items[0], "p/v");
        guest_uses_done(&uses);
        assert_int_equal(guest_uses_read("<domain>", &uses, &error), -1);
}

static void test_devices_alone(void **state)
{
        const struct guest_nic nic = {.network = (char *)"a'b", .mac = {{0x52, 0x54, 0, 0, 0, 1}}};
        const struct guest_disk disk = {.target = (char *)"vdb", .path = (char *)"/srv/<x>"};
        const struct guest_disk volume = {.target = (char *)"vdc",
                .path = (char *)"/dev/vg0/web-data.raw",
                .is_raw = true,
                .is_block = true};
        CLEANUP(string_free) char *volume_xml = guest_xml_write_disk(&volume);
        CLEANUP(string_free)
        char *nic_xml = guest_xml_write_nic(&nic), *disk_xml = guest_xml_write_disk(&disk);
        CLEANUP(string_free) char *cd = guest_xml_write_cd("/srv/a&b.iso"), *empty = guest_xml_write_cd(NULL);

        (void)state;
        assert_string_equal(nic_xml,
                "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='a&apos;b'/>"
                "<model type='virtio'/><link state='down'/></interface>");
        assert_string_equal(disk_xml,
                "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
                "<source file='/srv/&lt;x&gt;'/><target dev='vdb' bus='virtio'/></disk>");
        assert_string_equal(volume_xml,
                "<disk type='block' device='disk'><driver name='qemu' type='raw'/>"
                "<source dev='/dev/vg0/web-data.raw'/><target dev='vdc' bus='virtio'/></disk>");
        assert_string_equal(cd,
                "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>"
                "<source file='/srv/a&amp;b.iso'/><target dev='sda' bus='sata'/><readonly/></disk>");
        assert_null(strstr(empty, "source"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_written_is_read_back),
                cmocka_unit_test(test_libvirts_words_are_understood),
                cmocka_unit_test(test_what_is_no_guest_is_an_error),
                cmocka_unit_test(test_defined_again_it_keeps_its_places),
                cmocka_unit_test(test_new_it_has_room_for_more),
                cmocka_unit_test(test_devices_alone),
                cmocka_unit_test(test_what_it_uses_is_found),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
