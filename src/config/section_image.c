/* image: what guests' disks are made from. */
#include "config/section.h"

ADD(images)

static void judge(const struct subject *subject, void *object)
{
        bool has_file = subject_has(subject, "file"), has_url = subject_has(subject, "url");

        (void)object;
        if (has_file && has_url)
                subject_problem(subject, "url", "file and url say the same thing twice: remove one");
        if (!has_file && !has_url)
                subject_problem(subject, "",
                        "an image comes from somewhere: add file = \"FILE\" or url = \"https://...\"");
        if (has_url && !subject_has(subject, "sha256"))
                subject_problem(subject, "url",
                        "what comes from a url needs its checksum: add sha256 = \"64 HEX DIGITS\"");
}

static const struct key image_title = {
        .name = "name",
        .rule = &name_of_object,
        .parse = value_string,
        .offset = offsetof(struct image_config, name),
};

static const struct key image_keys[] = {
        {.name = "file",
                .parse = value_local_path,
                .offset = offsetof(struct image_config, file),
                .form = "\"FILE\""},
        {.name = "url",
                .parse = value_url,
                .offset = offsetof(struct image_config, url),
                .form = "\"https://HOST/FILE\""},
        {.name = "sha256",
                .parse = value_sha256,
                .offset = offsetof(struct image_config, sha256),
                .form = "\"64 HEX DIGITS\""},
        {.name = "format",
                .parse = value_image_format,
                .offset = offsetof(struct image_config, is_raw),
                .form = "qcow2 or raw",
                .standard = "qcow2"},
        {.name = "pool",
                .rule = &name_of_object,
                .parse = value_string,
                .offset = offsetof(struct image_config, pool),
                .form = "\"POOL\"",
                .is_required = true},
        HOSTS(struct image_config),
};

const struct section_schema section_image = {
        .name = "image",
        .title = &image_title,
        .keys = image_keys,
        .key_count = COUNT(image_keys),
        .add = add_images,
        .judge = judge,
};
