/* guest: a virtual machine. */
#include "config/section.h"

ADD(guests)

static const struct key guest_title = {
        .name = "name",
        .rule = &name_of_object,
        .parse = value_string,
        .offset = offsetof(struct guest_config, name),
};

#define TEXT(key, member, right)                                                                     \
        {                                                                                            \
                .name = key, .parse = value_string, .offset = offsetof(struct guest_config, member), \
                .form = right,                                                                       \
        }
#define PATH(key, right)                                                                                \
        {                                                                                               \
                .name = #key, .parse = value_remote_path, .offset = offsetof(struct guest_config, key), \
                .form = right,                                                                          \
        }
#define FLAG(key, member, otherwise)                                                                  \
        {                                                                                             \
                .name = key, .parse = value_boolean, .offset = offsetof(struct guest_config, member), \
                .form = "true or false", .standard = otherwise,                                       \
        }

static const struct key guest_keys[] = {
        {.name = "memory",
                .parse = value_memory,
                .offset = offsetof(struct guest_config, memory_kib),
                .form = "\"2GiB\"",
                .is_required = true},
        {.name = "memory_max",
                .parse = value_memory,
                .offset = offsetof(struct guest_config, memory_max_kib),
                .form = "\"4GiB\""},
        {.name = "vcpus",
                .parse = value_count,
                .offset = offsetof(struct guest_config, vcpus),
                .form = "2",
                .standard = "1"},
        {.name = "vcpus_max",
                .parse = value_count,
                .offset = offsetof(struct guest_config, vcpus_max),
                .form = "4"},
        {.name = "count", .parse = value_count, .offset = offsetof(struct guest_config, count), .form = "3"},
        {.name = "firmware",
                .parse = value_firmware,
                .offset = offsetof(struct guest_config, firmware),
                .form = "bios, uefi or uefi-secure",
                .standard = "bios"},
        {.name = "boot", .parse = value_boot, .form = "{disk, network, cdrom}", .is_list = true},
        PATH(kernel, "\"/srv/vmlinuz\""),
        PATH(initrd, "\"/srv/initrd\""),
        TEXT("command_line", command_line, "\"console=ttyS0\""),
        PATH(iso, "\"/srv/install.iso\""),
        {.name = "ignition",
                .parse = value_ignition_from,
                .offset = offsetof(struct guest_config, ignition),
                .form = "\"FILE\""},
        FLAG("console_log", console_log, "true"),
        FLAG("autostart", autostart, "true"),
        FLAG("running", is_running, "true"),
        FLAG("replace", replace, "false"),
        HOSTS(struct guest_config),
};

static const struct section_schema *const guest_sections[] = {
        &section_disk, &section_nic, &section_cloud_init, &section_ready, NULL};

const struct section_schema section_guest = {
        .name = "guest",
        .title = &guest_title,
        .keys = guest_keys,
        .key_count = COUNT(guest_keys),
        .sections = guest_sections,
        .add = add_guests,
        .judge = guest_judge,
};
