/* disk, nic, cloud_init, ready: what stands in a guest. */
#include "config/section.h"

static void *add_disk(void *parent, const struct place *place)
{
        (void)place;
        return array_add(&((struct guest_config *)parent)->disks);
}

static void *add_nic(void *parent, const struct place *place)
{
        (void)place;
        return array_add(&((struct guest_config *)parent)->nics);
}

static void *add_cloud_init(void *parent, const struct place *place)
{
        struct cloud_init_config *cloud_init = &((struct guest_config *)parent)->cloud_init;

        (void)place;
        cloud_init->is_wanted = true;
        return cloud_init;
}

static void *add_ready(void *parent, const struct place *place)
{
        (void)place;
        return &((struct guest_config *)parent)->ready;
}

#define NAME(type, key, right)                                                                               \
        {                                                                                                    \
                .name = #key, .rule = &name_of_object, .parse = value_string, .offset = offsetof(type, key), \
                .form = right,                                                                               \
        }

/* ---- disk ---- */

static const struct key disk_title = NAME(struct disk_config, name, "");

/* The first word is for all but those that have an image. */
static int parse_copy(const struct value *value, void *target, struct error *error)
{
        struct disk_config *disk = target;
        bool is_copy;

        if (value_boolean(value, &is_copy, error) < 0)
                return -1;
        disk->origin = is_copy ? DISK_COPIED : DISK_BACKED;
        return 0;
}

static int parse_format(const struct value *value, void *target, struct error *error)
{
        struct disk_config *disk = target;

        disk->is_raw = string_equal(value->text, "raw");
        if (!disk->is_raw && !string_equal(value->text, "qcow2"))
                return error_set(error, ERROR_CONFIG, "\"%.80s\" is neither qcow2 nor raw", value->text);
        return 0;
}

static const struct key disk_keys[] = {
        {.name = "pool",
                .rule = &name_of_object,
                .parse = value_string,
                .offset = offsetof(struct disk_config, pool),
                .form = "\"NAME\"",
                .is_required = true},
        {.name = "size",
                .parse = value_size,
                .offset = offsetof(struct disk_config, size_bytes),
                .form = "\"20GiB\""},
        NAME(struct disk_config, image, "\"NAME\""),
        {.name = "copy", .parse = parse_copy, .form = "true or false"},
        {.name = "format", .parse = parse_format, .form = "qcow2 or raw", .standard = "qcow2"},
};

const struct section_schema section_disk = {
        .name = "disk",
        .title = &disk_title,
        .keys = disk_keys,
        .key_count = COUNT(disk_keys),
        .add = add_disk,
        .judge = disk_judge,
};

/* ---- nic ---- */

static const struct key nic_title = NAME(struct nic_config, name, "");

static const struct key nic_keys[] = {
        {.name = "network",
                .rule = &name_of_object,
                .parse = value_string,
                .offset = offsetof(struct nic_config, network),
                .form = "\"NAME\"",
                .is_required = true},
        {.name = "mac",
                .parse = value_mac,
                .offset = offsetof(struct nic_config, mac),
                .form = "\"52:54:00:12:34:56\""},
        {.name = "address",
                .parse = value_ip,
                .offset = offsetof(struct nic_config, address),
                .form = "\"192.168.150.20\""},
        {.name = "link",
                .parse = value_link,
                .offset = offsetof(struct nic_config, link_is_up),
                .form = "up or down",
                .standard = "up"},
};

const struct section_schema section_nic = {
        .name = "nic",
        .title = &nic_title,
        .keys = nic_keys,
        .key_count = COUNT(nic_keys),
        .add = add_nic,
        .judge = nic_judge,
};

/* ---- cloud_init ---- */

#define FROM(key, member, right)                                                                             \
        {                                                                                                    \
                .name = key, .parse = value_text_from, .offset = offsetof(struct cloud_init_config, member), \
                .form = right,                                                                               \
        }
#define INLINE(key)                                                                                     \
        {                                                                                               \
                .name = #key, .parse = value_string, .offset = offsetof(struct cloud_init_config, key), \
                .form = "\"TEXT\"", .is_text = true,                                                    \
        }

static const struct key cloud_init_keys[] = {
        INLINE(user_data),
        FROM("user_data_from", user_data, "\"FILE\""),
        INLINE(network_config),
        FROM("network_config_from", network_config, "\"FILE\""),
        {.name = "user",
                .rule = &name_of_account,
                .parse = value_string,
                .offset = offsetof(struct cloud_init_config, user),
                .form = "\"NAME\""},
        {.name = "ssh_keys",
                .parse = value_ssh_keys,
                .offset = offsetof(struct cloud_init_config, ssh_keys),
                .form = "{\"ssh-ed25519 ...\", ...}",
                .is_list = true},
        {.name = "ssh_keys_from",
                .parse = value_ssh_keys_from,
                .offset = offsetof(struct cloud_init_config, ssh_keys),
                .form = "{\"~/.ssh/id_ed25519.pub\", ...}",
                .is_list = true},
};

const struct section_schema section_cloud_init = {
        .name = "cloud_init",
        .keys = cloud_init_keys,
        .key_count = COUNT(cloud_init_keys),
        .is_single = true,
        .add = add_cloud_init,
        .judge = cloud_init_judge,
};

/* ---- ready ---- */

static const struct key ready_keys[] = {
        {.name = "address",
                .parse = value_boolean,
                .offset = offsetof(struct ready_config, wanted[READY_ADDRESS]),
                .form = "true or false",
                .standard = "false"},
        {.name = "ssh",
                .rule = &name_of_account,
                .parse = value_string,
                .offset = offsetof(struct ready_config, ssh_user),
                .form = "\"USER\""},
        {.name = "tcp",
                .parse = value_port,
                .offset = offsetof(struct ready_config, tcp_port),
                .form = "443"},
        {.name = "http",
                .parse = value_string,
                .offset = offsetof(struct ready_config, http),
                .form = "\"http://ADDRESS:PORT/PATH\", \":PORT/PATH\" or \"/PATH\""},
        {.name = "console",
                .parse = value_string,
                .offset = offsetof(struct ready_config, console),
                .form = "\"login:\""},
        {.name = "within",
                .parse = value_duration,
                .offset = offsetof(struct ready_config, within_s),
                .form = "\"5min\""},
};

const struct section_schema section_ready = {
        .name = "ready",
        .keys = ready_keys,
        .key_count = COUNT(ready_keys),
        .is_single = true,
        .add = add_ready,
        .judge = ready_judge,
};
