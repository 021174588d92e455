/* struct guest as libvirt's XML.
 *
 * The machine is what today's systems know: q35, everything paravirtual, a CD drive that is always there, so that a CD
 * can be put into it while the guest runs, and free slots for what is plugged in later. There is a screen, in case
 * somebody has to look, that only a socket on the machine leads to. */
#include "means/guest_xml.h"

#include "base/xml.h"
#include "means/guest_xml_words.h"
#include "means/owner.h"

#define SPARE_SLOTS 4 /* for nics and disks that come while it runs */
#define OWN_SLOTS   4 /* seed, agent's channel, balloon, random numbers */

struct writing {
        struct xml *xml;
        const struct guest *guest;
        const struct xml_node *found; /* <domain>, or NULL */
};

/* An element with nothing in it but up to two attributes; NULL: none. */
static void add_leaf(struct xml *xml, const char *element, const char *name, const char *value,
        const char *other_name, const char *other_value)
{
        xml_open(xml, element);
        xml_attribute(xml, name, value);
        xml_attribute(xml, other_name, other_value);
        xml_close(xml, element);
}

static void add_optional(struct xml *xml, const char *element, const char *content)
{
        if (content)
                xml_element(xml, element, content);
}

static void add_size(struct xml *xml, const char *element, uint64_t kib)
{
        CLEANUP(string_free) char *number = string_format("%llu", (unsigned long long)kib);

        xml_open(xml, element);
        xml_attribute(xml, "unit", "KiB");
        xml_content(xml, number);
        xml_close(xml, element);
}

/* ---- what is taken over ---- */

static void add_copy(struct xml *xml, const struct xml_node *node)
{
        xml_open(xml, node->name);
        for (array_each(const struct xml_property, property, &node->properties))
                xml_attribute(xml, property->name, property->value);
        if (node->text[strspn(node->text, " \t\r\n")])
                xml_content(xml, node->text);
        for (array_each(const struct xml_node, child, &node->children))
                add_copy(xml, child);
        xml_close(xml, node->name);
}

/* The found device of that kind whose part (<target>, <mac>) has that attribute. */
static const struct xml_node *find_device(const struct xml_node *found, const char *device, const char *part,
        const char *attribute, const char *value)
{
        const struct xml_node *devices = xml_node_child(found, "devices");

        for (size_t i = 0; devices && i < devices->children.count; i++) {
                const struct xml_node *child = &devices->children.items[i];

                if (string_equal(child->name, device) &&
                        string_equal(xml_node_property(xml_node_child(child, part), attribute), value))
                        return child;
        }
        return NULL;
}

static void add_address(struct xml *xml, const struct xml_node *device)
{
        const struct xml_node *address = xml_node_child(device, "address");

        if (address)
                add_copy(xml, address);
}

/* ---- devices ---- */

static void write_disk(struct xml *xml, const struct guest_disk *disk, const struct xml_node *found)
{
        xml_open(xml, "disk");
        xml_attribute(xml, "type", disk->is_block ? "block" : "file");
        xml_attribute(xml, "device", "disk");
        add_leaf(xml, "driver", "name", "qemu", "type", disk->is_raw ? "raw" : "qcow2");
        add_leaf(xml, "source", disk->is_block ? "dev" : "file", disk->path, NULL, NULL);
        add_leaf(xml, "target", "dev", disk->target, "bus", "virtio");
        add_address(xml, found);
        xml_close(xml, "disk");
}

static void write_cd(struct xml *xml, const char *target, const char *iso)
{
        xml_open(xml, "disk");
        xml_attribute(xml, "type", "file");
        xml_attribute(xml, "device", "cdrom");
        add_leaf(xml, "driver", "name", "qemu", "type", "raw");
        if (iso)
                add_leaf(xml, "source", "file", iso, NULL, NULL);
        add_leaf(xml, "target", "dev", target, "bus", "sata");
        add_leaf(xml, "readonly", NULL, NULL, NULL, NULL);
        xml_close(xml, "disk");
}

/* A disk, though it holds a CD's image: Debian's kernel for clouds has no driver for a drive on SATA. cloud-init goes by its
 * label only. */
static void write_seed(struct xml *xml, const char *seed, const struct xml_node *found)
{
        xml_open(xml, "disk");
        xml_attribute(xml, "type", "file");
        xml_attribute(xml, "device", "disk");
        add_leaf(xml, "driver", "name", "qemu", "type", "raw");
        add_leaf(xml, "source", "file", seed, NULL, NULL);
        add_leaf(xml, "target", "dev", GUEST_SEED_TARGET, "bus", "virtio");
        add_leaf(xml, "readonly", NULL, NULL, NULL, NULL);
        add_address(xml, found);
        xml_close(xml, "disk");
}

static void write_nic(struct xml *xml, const struct guest_nic *nic, const struct xml_node *found)
{
        char mac[MAC_ADDRESS_TEXT];

        xml_open(xml, "interface");
        xml_attribute(xml, "type", "network");
        add_leaf(xml, "mac", "address", mac_address_format(&nic->mac, mac), NULL, NULL);
        add_leaf(xml, "source", "network", nic->network, NULL, NULL);
        add_leaf(xml, "model", "type", "virtio", NULL, NULL);
        add_leaf(xml, "link", "state", nic->link_is_up ? "up" : "down", NULL, NULL);
        add_address(xml, found);
        xml_close(xml, "interface");
}

char *guest_xml_write_disk(const struct guest_disk *disk)
{
        struct xml xml = {0};

        write_disk(&xml, disk, NULL);
        return xml_take(&xml);
}

char *guest_xml_write_nic(const struct guest_nic *nic)
{
        struct xml xml = {0};

        write_nic(&xml, nic, NULL);
        return xml_take(&xml);
}

char *guest_xml_write_cd(const char *iso)
{
        struct xml xml = {0};

        write_cd(&xml, GUEST_CD_TARGET, iso);
        return xml_take(&xml);
}

/* A slot can be plugged into while the guest runs only if it has a port of its own. */
static void write_controllers(const struct writing *writing)
{
        const struct xml_node *devices = xml_node_child(writing->found, "devices");
        size_t slots = writing->guest->disks.count + writing->guest->nics.count + OWN_SLOTS + SPARE_SLOTS;
        struct xml *xml = writing->xml;

        if (devices) {
                for (array_each(const struct xml_node, device, &devices->children))
                        if (string_equal(device->name, "controller"))
                                add_copy(xml, device);
                return;
        }
        add_leaf(xml, "controller", "type", "usb", "model", "none");
        add_leaf(xml, "controller", "type", "pci", "model", "pcie-root");
        for (size_t i = 0; i < slots; i++)
                add_leaf(xml, "controller", "type", "pci", "model", "pcie-root-port");
}

static void write_serial(struct xml *xml, const struct guest *guest)
{
        xml_open(xml, "serial");
        xml_attribute(xml, "type", "pty");
        if (guest->console_log)
                add_leaf(xml, "log", "file", guest->console_log, "append",
                        "off"); /* words of an earlier start would be taken for this one's */
        xml_close(xml, "serial");
}

static void write_helpers(struct xml *xml)
{
        xml_open(xml, "channel");
        xml_attribute(xml, "type", "unix");
        add_leaf(xml, "target", "type", "virtio", "name", "org.qemu.guest_agent.0");
        xml_close(xml, "channel");
        add_leaf(xml, "memballoon", "model", "virtio", NULL, NULL);
        xml_open(xml, "rng");
        xml_attribute(xml, "model", "virtio");
        xml_open(xml, "backend");
        xml_attribute(xml, "model", "random");
        xml_content(xml, "/dev/urandom");
        xml_close(xml, "backend");
        xml_close(xml, "rng");
        xml_open(xml, "graphics");
        xml_attribute(xml, "type", "vnc");
        add_leaf(xml, "listen", "type", "socket", NULL, NULL);
        xml_close(xml, "graphics");
        xml_open(xml, "video");
        add_leaf(xml, "model", "type", "vga", NULL, NULL);
        xml_close(xml, "video");
}

static void write_devices(const struct writing *writing)
{
        const struct guest *guest = writing->guest;
        struct xml *xml = writing->xml;
        char mac[MAC_ADDRESS_TEXT];

        xml_open(xml, "devices");
        for (array_each(const struct guest_disk, disk, &guest->disks))
                write_disk(xml, disk, find_device(writing->found, "disk", "target", "dev", disk->target));
        write_cd(xml, GUEST_CD_TARGET, guest->iso);
        if (guest->seed)
                write_seed(xml, guest->seed,
                        find_device(writing->found, "disk", "target", "dev", GUEST_SEED_TARGET));
        write_controllers(writing);
        for (array_each(const struct guest_nic, nic, &guest->nics))
                write_nic(xml, nic,
                        find_device(writing->found, "interface", "mac", "address",
                                mac_address_format(&nic->mac, mac)));
        write_serial(xml, guest);
        write_helpers(xml);
        xml_close(xml, "devices");
}

/* ---- the rest ---- */

static void write_mark(struct xml *xml, const struct guest *guest)
{
        xml_open(xml, "metadata");
        xml_open(xml, OWNER_PREFIX ":owner");
        xml_attribute(xml, "xmlns:" OWNER_PREFIX, OWNER_NAMESPACE);
        xml_attribute(xml, "guest", guest->name);
        xml_close(xml, OWNER_PREFIX ":owner");
        xml_close(xml, "metadata");
}

static void write_size(struct xml *xml, const struct guest *guest)
{
        CLEANUP(string_free) char *most = string_format("%u", guest->vcpus_max);

        add_size(xml, "memory", guest->memory_max_kib);
        add_size(xml, "currentMemory", guest->memory_kib);
        xml_open(xml, "vcpu");
        if (guest->vcpus < guest->vcpus_max)
                xml_attribute_format(xml, "current", "%u", guest->vcpus);
        xml_content(xml, most);
        xml_close(xml, "vcpu");
}

/* Which file is the firmware is libvirt's to find, by what it has to be able to do. */
static void write_firmware(struct xml *xml, enum guest_firmware firmware)
{
        if (firmware == FIRMWARE_BIOS)
                return;
        xml_open(xml, "firmware");
        add_leaf(xml, "feature", "enabled", firmware == FIRMWARE_UEFI_SECURE ? "yes" : "no", "name",
                "secure-boot");
        if (firmware == FIRMWARE_UEFI_SECURE)
                add_leaf(xml, "feature", "enabled", "yes", "name", "enrolled-keys");
        xml_close(xml, "firmware");
}

static void write_os(const struct writing *writing)
{
        const struct guest *guest = writing->guest;
        const struct xml_node *found_type = xml_node_child(xml_node_child(writing->found, "os"), "type");
        const char *machine = xml_node_property(found_type, "machine");
        struct xml *xml = writing->xml;

        xml_open(xml, "os");
        xml_attribute(xml, "firmware", guest->firmware == FIRMWARE_BIOS ? NULL : "efi");
        xml_open(xml, "type");
        xml_attribute(xml, "arch", "x86_64");
        xml_attribute(xml, "machine", machine ? machine : "q35");
        xml_content(xml, "hvm");
        xml_close(xml, "type");
        write_firmware(xml, guest->firmware);
        add_optional(xml, "kernel", guest->kernel);
        add_optional(xml, "initrd", guest->initrd);
        add_optional(xml, "cmdline", guest->command_line);
        for (size_t i = 0; i < guest->boot_count; i++)
                add_leaf(xml, "boot", "dev", guest_xml_boot_words[guest->boot[i]], NULL, NULL);
        xml_close(xml, "os");
}

static void write_ignition(struct xml *xml, const char *path)
{
        if (!path)
                return;
        xml_open(xml, "sysinfo");
        xml_attribute(xml, "type", "fwcfg");
        add_leaf(xml, "entry", "name", GUEST_IGNITION_KEY, "file", path);
        xml_close(xml, "sysinfo");
}

static void write_features(struct xml *xml, enum guest_firmware firmware)
{
        xml_open(xml, "features");
        add_leaf(xml, "acpi", NULL, NULL, NULL, NULL);
        add_leaf(xml, "apic", NULL, NULL, NULL, NULL);
        if (firmware == FIRMWARE_UEFI_SECURE)
                add_leaf(xml, "smm", "state", "on", NULL, NULL);
        xml_close(xml, "features");
}

char *guest_xml_write(const struct guest *guest, const char *uuid, const struct xml_node *found)
{
        struct xml xml = {0};
        const struct writing writing = {.xml = &xml, .guest = guest, .found = found};

        xml_open(&xml, "domain");
        xml_attribute(&xml, "type", guest->is_emulated ? "qemu" : "kvm");
        xml_element(&xml, "name", guest->name);
        xml_element(&xml, "uuid", uuid);
        write_mark(&xml, guest);
        write_size(&xml, guest);
        write_os(&writing);
        write_ignition(&xml, guest->ignition);
        write_features(&xml, guest->firmware);
        add_leaf(&xml, "cpu", "mode", guest->is_emulated ? "maximum" : "host-passthrough", NULL, NULL);
        add_leaf(&xml, "clock", "offset", "utc", NULL, NULL);
        write_devices(&writing);
        xml_close(&xml, "domain");
        return xml_take(&xml);
}
