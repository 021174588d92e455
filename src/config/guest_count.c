/* From guests as they are written to guests as they are: numbered, and each nic with a MAC. */
#include "config/guest_count.h"

#include <stdio.h>

#include "base/sha256.h"

/* What no other names of a guest and a nic give: a name holds no blank. */
#define MAC_OF "urn:provision:mac:1 %s %s"

const struct section *section_nth(const struct section *section, const char *name, size_t n)
{
        for (array_each(const struct section, inner, &section->sections))
                if (string_equal(inner->name, name) && n-- == 0)
                        return inner;
        return NULL;
}

char *nic_label(const struct guest_config *guest, const struct nic_config *nic)
{
        return string_format("guest \"%s\": nic \"%s\"", guest->name, nic->name);
}

const struct place *nic_place(const struct guest_origin *origin, const struct guest_config *guest,
        const struct nic_config *nic, const char *key)
{
        const struct section *section =
                section_nth(origin->section, "nic", (size_t)(nic - guest->nics.items));
        const struct setting *setting = section ? section_setting(section, key) : NULL;

        return setting ? &setting->place : section ? &section->place : &origin->section->place;
}

/* ---- copies ---- */

static void copy_parts(struct guest_config *to, const struct guest_config *from)
{
        memset(&to->disks, 0, sizeof(to->disks));
        memset(&to->nics, 0, sizeof(to->nics));
        for (array_each(const struct disk_config, disk, &from->disks)) {
                struct disk_config *copy = array_add(&to->disks);

                *copy = *disk;
                copy->name = string_copy(disk->name);
                copy->pool = string_copy(disk->pool);
                copy->image = string_copy(disk->image);
        }
        for (array_each(const struct nic_config, nic, &from->nics)) {
                struct nic_config *copy = array_add(&to->nics);

                *copy = *nic;
                copy->name = string_copy(nic->name);
                copy->network = string_copy(nic->network);
        }
}

static void copy_settings(struct guest_config *to, const struct guest_config *from)
{
        struct cloud_init_config *cloud_init = &to->cloud_init;

        cloud_init->user_data = string_copy(from->cloud_init.user_data);
        cloud_init->network_config = string_copy(from->cloud_init.network_config);
        cloud_init->user = string_copy(from->cloud_init.user);
        memset(&cloud_init->ssh_keys, 0, sizeof(cloud_init->ssh_keys));
        strings_copy(&cloud_init->ssh_keys, &from->cloud_init.ssh_keys);
        to->ready.ssh_user = string_copy(from->ready.ssh_user);
        to->ready.http = string_copy(from->ready.http);
        to->ready.console = string_copy(from->ready.console);
}

static void guest_config_copy(struct guest_config *to, const struct guest_config *from)
{
        *to = *from;
        memset(&to->object.hosts, 0, sizeof(to->object.hosts));
        strings_copy(&to->object.hosts, &from->object.hosts);
        to->name = string_copy(from->name);
        to->kernel = string_copy(from->kernel);
        to->initrd = string_copy(from->initrd);
        to->command_line = string_copy(from->command_line);
        to->iso = string_copy(from->iso);
        to->ignition = string_copy(from->ignition);
        copy_parts(to, from);
        copy_settings(to, from);
}

/* ---- counting up ---- */

/* Adds to a number of so many bytes; false when it has no room. */
static bool count_up(uint8_t *bytes, size_t count, unsigned by)
{
        unsigned carry = by;

        for (size_t i = count; i-- > 0 && carry;) {
                carry += bytes[i];
                bytes[i] = (uint8_t)carry;
                carry >>= 8;
        }
        return carry == 0;
}

static bool has_mac(const struct nic_config *nic)
{
        static const struct mac_address none;

        return !mac_address_equal(&nic->mac, &none);
}

/* In the range that QEMU's guests have. */
static void make_mac(const struct guest_config *guest, struct nic_config *nic)
{
        CLEANUP(string_free) char *subject = string_format(MAC_OF, guest->name, nic->name);
        CLEANUP(string_free) char *hex = sha256_hex(subject, strlen(subject));
        unsigned bytes[3] = {0};

        sscanf(hex, "%2x%2x%2x", &bytes[0], &bytes[1], &bytes[2]);
        nic->mac = (struct mac_address) {
                {0x52, 0x54, 0x00, (uint8_t)bytes[0], (uint8_t)bytes[1], (uint8_t)bytes[2]}};
}

struct numbering {
        struct guest_config *guest;
        const struct guest_origin *origin;
        struct problems *problems;
};

__attribute__((format(printf, 4, 5))) static void complain(const struct numbering *numbering,
        const struct nic_config *nic, const char *key, const char *format, ...)
{
        CLEANUP(string_free) char *label = nic_label(numbering->guest, nic), *text = NULL;
        va_list arguments;

        va_start(arguments, format);
        text = string_vformat(format, arguments);
        va_end(arguments);
        problems_add(numbering->problems, nic_place(numbering->origin, numbering->guest, nic, key), "%s: %s",
                label, text);
}

/* The last three bytes of a MAC are counted: those in front say whose it is. */
static void number_nic(const struct numbering *numbering, struct nic_config *nic)
{
        unsigned number = numbering->origin->number;
        size_t length = nic->address.family ? 4 : 0; /* IPv6 was complained about */
        char address[IP_TEXT], mac[MAC_ADDRESS_TEXT];

        mac_address_format(&nic->mac, mac);
        ip_address_format(&nic->address, address);
        if (!has_mac(nic))
                make_mac(numbering->guest, nic);
        else if (!count_up(nic->mac.bytes + 3, 3, number))
                complain(
                        numbering, nic, "mac", "mac: counted up from %s, the last three bytes run over", mac);
        if (length && !count_up(nic->address.bytes, length, number))
                complain(numbering, nic, "address", "address: there is none %u after %s", number, address);
}

static void add_guest(const struct guest_config *written, const struct guest_origin *origin,
        struct config *config, struct problems *problems)
{
        struct guest_config *guest = array_add(&config->guests);
        struct numbering numbering = {.guest = guest, .origin = origin, .problems = problems};

        guest_config_copy(guest, written);
        if (written->count) {
                free(guest->name);
                guest->name = string_format("%s-%u", written->name, origin->number + 1);
        }
        for (array_each(struct nic_config, nic, &guest->nics))
                if (nic->name)
                        number_nic(&numbering, nic);
}

void guests_number(const struct section *root, struct config *config, struct guest_origins *ret_origins,
        struct problems *problems)
{
        struct config written = {.guests = config->guests};
        const struct section *section = root->sections.items;

        memset(&config->guests, 0, sizeof(config->guests));
        for (array_each(const struct guest_config, guest, &written.guests)) {
                while (!string_equal(section->name, "guest"))
                        section++;
                for (unsigned i = 0; guest->name && i < (guest->count ? guest->count : 1); i++) {
                        struct guest_origin *origin = array_add(&ret_origins->list);

                        *origin = (struct guest_origin) {.section = section, .number = i};
                        add_guest(guest, origin, config, problems);
                }
                section++;
        }
        config_done(&written);
}

void guest_origins_done(struct guest_origins *origins)
{
        array_free(&origins->list);
}
