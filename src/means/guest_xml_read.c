/* libvirt's XML as struct guest: the elements that it holds are read one by one; what else there is, is told by a table of
 * everything that is understood. */
#include "base/text.h"
#include "means/guest_xml.h"
#include "means/guest_xml_words.h"
#include "means/xml_understood.h"

const char *const guest_xml_boot_words[BOOT_DEVICES] = {
        [BOOT_DISK] = "hd",
        [BOOT_NETWORK] = "network",
        [BOOT_CDROM] = "cdrom",
};

#define DEVICE "devices/"

/* By path below <domain>. What is passed over is libvirt's own, or no part of what the guest is. */
static const struct xml_understood understood[] = {
        {"", "type", XML_ANY},
        {"", "id", XML_ANY},
        {"name", NULL, XML_ANY},
        {"uuid", NULL, XML_ANY},
        {"title", NULL, XML_ANY},
        {"description", NULL, XML_ANY},
        {"metadata", NULL, XML_SKIP},
        {"memory", NULL, XML_ANY},
        {"memory", "unit", "KiB"},
        {"currentMemory", NULL, XML_ANY},
        {"currentMemory", "unit", "KiB"},
        {"vcpu", NULL, XML_ANY},
        {"vcpu", "placement", "static"},
        {"vcpu", "current", XML_ANY},
        {"vcpus", NULL, XML_SKIP},
        {"resource", NULL, XML_SKIP},
        {"os", NULL, XML_ANY},
        {"os", "firmware", "efi"},
        {"os/type", NULL, XML_ANY},
        {"os/type", "arch", "x86_64"},
        {"os/type", "machine", XML_ANY},
        {"os/firmware", NULL, XML_SKIP},
        {"os/loader", NULL, XML_SKIP},
        {"os/nvram", NULL, XML_SKIP},
        {"os/kernel", NULL, XML_ANY},
        {"os/initrd", NULL, XML_ANY},
        {"os/cmdline", NULL, XML_ANY},
        {"os/boot", NULL, XML_ANY},
        {"os/boot", "dev", XML_ANY},
        {"sysinfo", NULL, XML_ANY},
        {"sysinfo", "type", "fwcfg"},
        {"sysinfo/entry", NULL, XML_ANY},
        {"sysinfo/entry", "name", GUEST_IGNITION_KEY},
        {"sysinfo/entry", "file", XML_ANY},
        {"features", NULL, XML_SKIP},
        {"cpu", NULL, XML_SKIP},
        {"clock", NULL, XML_SKIP},
        {"on_poweroff", NULL, XML_SKIP},
        {"on_reboot", NULL, XML_SKIP},
        {"on_crash", NULL, XML_SKIP},
        {"pm", NULL, XML_SKIP},
        {"seclabel", NULL, XML_SKIP},
        {"devices", NULL, XML_ANY},
        {DEVICE "emulator", NULL, XML_SKIP},
        {DEVICE "controller", NULL, XML_SKIP},
        {DEVICE "serial", NULL, XML_SKIP},
        {DEVICE "console", NULL, XML_SKIP},
        {DEVICE "channel", NULL, XML_SKIP},
        {DEVICE "input", NULL, XML_SKIP},
        {DEVICE "graphics", NULL, XML_SKIP},
        {DEVICE "audio", NULL, XML_SKIP},
        {DEVICE "sound", NULL, XML_SKIP},
        {DEVICE "video", NULL, XML_SKIP},
        {DEVICE "memballoon", NULL, XML_SKIP},
        {DEVICE "rng", NULL, XML_SKIP},
        {DEVICE "redirdev", NULL, XML_SKIP},
        {DEVICE "watchdog", NULL, XML_SKIP},
        {DEVICE "panic", NULL, XML_SKIP},
        {DEVICE "disk", NULL, XML_ANY},
        {DEVICE "disk", "type", XML_ANY},
        {DEVICE "disk", "device", XML_ANY},
        {DEVICE "disk/driver", NULL, XML_SKIP},
        {DEVICE "disk/source", NULL, XML_ANY},
        {DEVICE "disk/source", "file", XML_ANY},
        {DEVICE "disk/source", "dev", XML_ANY},
        {DEVICE "disk/source", "pool", XML_ANY},
        {DEVICE "disk/source", "volume", XML_ANY},
        {DEVICE "disk/source", "index", XML_ANY},
        {DEVICE "disk/backingStore", NULL, XML_SKIP},
        {DEVICE "disk/target", NULL, XML_ANY},
        {DEVICE "disk/target", "dev", XML_ANY},
        {DEVICE "disk/target", "bus", XML_ANY},
        {DEVICE "disk/target", "tray", XML_ANY},
        {DEVICE "disk/readonly", NULL, XML_ANY},
        {DEVICE "disk/alias", NULL, XML_SKIP},
        {DEVICE "disk/address", NULL, XML_SKIP},
        {DEVICE "interface", NULL, XML_ANY},
        {DEVICE "interface", "type", XML_ANY},
        {DEVICE "interface/mac", NULL, XML_ANY},
        {DEVICE "interface/mac", "address", XML_ANY},
        {DEVICE "interface/source", NULL, XML_ANY},
        {DEVICE "interface/source", "network", XML_ANY},
        {DEVICE "interface/source", "portid", XML_ANY},
        {DEVICE "interface/source", "bridge", XML_ANY},
        {DEVICE "interface/target", NULL, XML_SKIP},
        {DEVICE "interface/model", NULL, XML_ANY},
        {DEVICE "interface/model", "type", "virtio"},
        {DEVICE "interface/link", NULL, XML_ANY},
        {DEVICE "interface/link", "state", XML_ANY},
        {DEVICE "interface/mtu", NULL, XML_SKIP}, /* of a running one: its network's */
        {DEVICE "interface/alias", NULL, XML_SKIP},
        {DEVICE "interface/address", NULL, XML_SKIP},
};

struct reading {
        struct guest *guest;
        struct strings *unmodelled;
        bool has_drive;
};

/* ---- sizes ---- */

static bool read_number(const char *text, uint64_t most, uint64_t *ret_number)
{
        char *end;
        unsigned long long number;

        if (!text || *text < '0' || *text > '9')
                return false;
        number = strtoull(text, &end, 10);
        if (*end || number > most)
                return false;
        *ret_number = number;
        return true;
}

/* Without a current size it has all there is. */
static void read_size(const struct xml_node *root, struct reading *reading)
{
        const char *most = xml_node_child_text(root, "memory");
        const char *now = xml_node_child_text(root, "currentMemory");
        const char *vcpus_most = xml_node_child_text(root, "vcpu");
        const char *vcpus = xml_node_property(xml_node_child(root, "vcpu"), "current");
        struct guest *guest = reading->guest;
        uint64_t number = 0;

        if (!read_number(most, UINT64_MAX >> 1, &guest->memory_max_kib))
                xml_add_unmodelled(reading->unmodelled, "memory", NULL, NULL);
        if (!read_number(now, UINT64_MAX >> 1, &guest->memory_kib))
                guest->memory_kib = guest->memory_max_kib;
        if (!read_number(vcpus_most, UINT32_MAX, &number))
                xml_add_unmodelled(reading->unmodelled, "vcpu", NULL, NULL);
        guest->vcpus_max = (unsigned)number;
        read_number(vcpus, UINT32_MAX, &number);
        guest->vcpus = (unsigned)number;
}

/* ---- what it boots from ---- */

/* A definition says what the firmware has to be able to do; one that runs, or was made by hand, which file it is. */
static void read_firmware(const struct xml_node *os, struct reading *reading)
{
        const struct xml_node *loader = xml_node_child(os, "loader");
        const struct xml_node *firmware = xml_node_child(os, "firmware");
        bool is_secure = string_equal(xml_node_property(loader, "secure"), "yes");

        for (size_t i = 0; firmware && i < firmware->children.count; i++) {
                const struct xml_node *feature = &firmware->children.items[i];

                is_secure |= string_equal(xml_node_property(feature, "name"), "secure-boot") &&
                             string_equal(xml_node_property(feature, "enabled"), "yes");
        }
        if (is_secure)
                reading->guest->firmware = FIRMWARE_UEFI_SECURE;
        else if (xml_node_property(os, "firmware") ||
                 string_equal(xml_node_property(loader, "type"), "pflash"))
                reading->guest->firmware = FIRMWARE_UEFI;
        else if (loader && string_equal(xml_node_property(loader, "type"), "rom"))
                xml_add_unmodelled(reading->unmodelled, "loader", NULL, NULL);
}

static void read_boot(const struct xml_node *boot, struct reading *reading)
{
        const char *word = xml_node_property(boot, "dev");
        struct guest *guest = reading->guest;

        for (enum guest_boot i = 0; i < BOOT_DEVICES; i++) {
                if (!string_equal(word, guest_xml_boot_words[i]) || guest->boot_count == BOOT_DEVICES)
                        continue;
                guest->boot[guest->boot_count++] = i;
                return;
        }
        xml_add_unmodelled(reading->unmodelled, "boot", word ? "dev" : NULL, word);
}

static void read_os(const struct xml_node *os, struct reading *reading)
{
        struct guest *guest = reading->guest;

        guest->kernel = string_copy(xml_node_child_text(os, "kernel"));
        guest->initrd = string_copy(xml_node_child_text(os, "initrd"));
        guest->command_line = string_copy(xml_node_child_text(os, "cmdline"));
        read_firmware(os, reading);
        for (size_t i = 0; os && i < os->children.count; i++)
                if (string_equal(os->children.items[i].name, "boot"))
                        read_boot(&os->children.items[i], reading);
}

/* ---- devices ---- */

/* libvirt leaves a number in <source> when a running guest's CD is taken out. */
static bool has_source(const struct xml_node *disk)
{
        const struct xml_node *source = xml_node_child(disk, "source");

        for (size_t i = 0; source && i < source->properties.count; i++)
                if (!string_equal(source->properties.items[i].name, "index"))
                        return true;
        return source && source->children.count;
}

/* There is one, for whatever CD is wanted. */
static void read_drive(const struct xml_node *disk, struct reading *reading)
{
        const char *path = xml_node_property(xml_node_child(disk, "source"), "file");

        if (reading->has_drive || (!path && has_source(disk))) {
                xml_add_unmodelled(reading->unmodelled, "disk", "device", "cdrom");
                return;
        }
        reading->has_drive = true;
        reading->guest->iso = string_copy(path);
}

static void read_disk(const struct xml_node *node, struct reading *reading)
{
        const struct xml_node *source = xml_node_child(node, "source");
        const char *device = xml_node_property(node, "device"), *type = xml_node_property(node, "type");
        const char *file = xml_node_property(source, "file"), *block = xml_node_property(source, "dev");
        const char *format = xml_node_property(xml_node_child(node, "driver"), "type");
        const char *target = xml_node_property(xml_node_child(node, "target"), "dev");
        struct guest_disk disk = {.target = string_copy(target)};

        if (string_equal(device, "cdrom")) {
                read_drive(node, reading);
        } else if ((device && !string_equal(device, "disk")) || !target) {
                xml_add_unmodelled(reading->unmodelled, "disk", "device", device ? device : "");
        } else if (xml_node_child(node, "readonly") && string_equal(target, GUEST_SEED_TARGET) && file) {
                string_replace(&reading->guest->seed, file);
        } else if (xml_node_child(node, "readonly")) {
                xml_add_unmodelled(reading->unmodelled, "readonly", NULL, NULL);
        } else if (!file && !block && !xml_node_property(source, "volume")) {
                xml_add_unmodelled(reading->unmodelled, "disk", "type", type ? type : "");
        } else {
                disk.pool = string_copy(xml_node_property(source, "pool"));
                disk.volume = string_copy(xml_node_property(source, "volume"));
                disk.path = string_copy(file ? file : block);
                disk.is_block = !file && block;
                disk.is_raw = !format || string_equal(format, "raw");
                if (format && !disk.is_raw && !string_equal(format, "qcow2"))
                        xml_add_unmodelled(reading->unmodelled, "driver", "type", format);
                *array_add(&reading->guest->disks) = disk;
                return;
        }
        free(disk.target);
}

static void read_nic(const struct xml_node *node, struct reading *reading)
{
        CLEANUP(error_done) struct error ignored = {0}; /* a nic without a MAC is unmodelled */
        const char *mac = xml_node_property(xml_node_child(node, "mac"), "address");
        const char *network = xml_node_property(xml_node_child(node, "source"), "network");
        const char *link = xml_node_property(xml_node_child(node, "link"), "state");
        const char *type = xml_node_property(node, "type");
        struct guest_nic nic = {.link_is_up = !string_equal(link, "down")};

        if (!mac || mac_address_parse(mac, &nic.mac, &ignored) < 0) {
                xml_add_unmodelled(reading->unmodelled, "mac", mac ? "address" : NULL, mac);
                return;
        }
        /* One that runs in a network on the machine's own bridge is a "bridge", and names its network still. */
        if (!string_equal(type, "network") && !(string_equal(type, "bridge") && network))
                xml_add_unmodelled(reading->unmodelled, "interface", "type", type ? type : "");
        nic.network = string_copy(network ? network : "");
        *array_add(&reading->guest->nics) = nic;
}

static void read_devices(const struct xml_node *devices, struct reading *reading)
{
        const struct xml_node *serial = xml_node_child(devices, "serial");

        for (size_t i = 0; devices && i < devices->children.count; i++) {
                const struct xml_node *device = &devices->children.items[i];

                if (string_equal(device->name, "disk"))
                        read_disk(device, reading);
                else if (string_equal(device->name, "interface"))
                        read_nic(device, reading);
        }
        reading->guest->console_log = string_copy(xml_node_property(xml_node_child(serial, "log"), "file"));
}

int guest_xml_read(
        const char *xml, struct guest *ret_guest, struct strings *ret_unmodelled, struct error *error)
{
        CLEANUP(xml_node_done) struct xml_node root = {0};
        struct guest guest = {0};
        struct reading reading = {.guest = &guest, .unmodelled = ret_unmodelled};
        const struct xml_node *entry;
        const char *name, *type;

        if (xml_node_parse(xml, &root, error) < 0)
                return -1;
        name = xml_node_child_text(&root, "name");
        if (!string_equal(root.name, "domain") || !name)
                return error_set(error, ERROR_FAILED, "XML of no guest: <%s>", root.name);
        guest.name = string_copy(name);
        type = xml_node_property(&root, "type");
        guest.is_emulated = string_equal(type, "qemu");
        if (!guest.is_emulated && !string_equal(type, "kvm"))
                xml_add_unmodelled(ret_unmodelled, "domain", "type", type ? type : "");
        xml_find_unmodelled(&root, understood, sizeof(understood) / sizeof(understood[0]), ret_unmodelled);
        read_size(&root, &reading);
        read_os(xml_node_child(&root, "os"), &reading);
        read_devices(xml_node_child(&root, "devices"), &reading);
        entry = xml_node_child(xml_node_child(&root, "sysinfo"), "entry");
        guest.ignition = string_copy(xml_node_property(entry, "file"));
        *ret_guest = guest;
        return 0;
}
