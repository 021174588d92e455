/* file: a file, a directory, or the absence of one. */
#include "config/section.h"

ADD(files)

static void judge_content(const struct subject *subject, const struct file_config *file)
{
        bool has_content = subject_has(subject, "content"), has_from = subject_has(subject, "from");

        if (has_content && has_from)
                subject_problem(subject, "from", "content and from say the same thing twice: remove one");
        if (file->type == FILE_REGULAR && !has_content && !has_from)
                subject_problem(
                        subject, "", "a file needs its content: add content = \"...\" or from = \"FILE\"");
}

static void judge(const struct subject *subject, void *object)
{
        static const struct {
                const char *key;
                enum file_type forbidden;
        } rules[] = {
                {"content", FILE_DIRECTORY},
                {"from", FILE_DIRECTORY},
                {"content", FILE_ABSENT},
                {"from", FILE_ABSENT},
                {"mode", FILE_ABSENT},
                {"owner", FILE_ABSENT},
                {"group", FILE_ABSENT},
        };
        struct file_config *file = object;

        if (subject_has(subject, "type") && !subject_knows(subject, "type"))
                return;
        for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
                if (file->type == rules[i].forbidden && subject_has(subject, rules[i].key))
                        subject_problem(subject, rules[i].key, "%s makes no sense for type = %s",
                                rules[i].key, file->type == FILE_ABSENT ? "absent" : "directory");
        judge_content(subject, file);
        if (file->type == FILE_DIRECTORY && !subject_has(subject, "mode"))
                file->mode = 0755;
}

static const struct key file_title = {
        .name = "path",
        .parse = value_remote_path,
        .offset = offsetof(struct file_config, path),
};

static const struct key file_keys[] = {
        {.name = "type",
                .parse = value_file_type,
                .offset = offsetof(struct file_config, type),
                .form = "file, directory or absent",
                .standard = "file"},
        {.name = "content", .parse = value_content, .form = "\"TEXT\"", .is_text = true},
        {.name = "from", .parse = value_from, .form = "\"FILE\""},
        {.name = "mode",
                .parse = value_mode,
                .offset = offsetof(struct file_config, mode),
                .form = "\"0644\"",
                .standard = "0644"},
        {.name = "owner",
                .rule = &name_of_account,
                .parse = value_string,
                .offset = offsetof(struct file_config, owner),
                .form = "\"USER\"",
                .standard = "root"},
        {.name = "group",
                .rule = &name_of_account,
                .parse = value_string,
                .offset = offsetof(struct file_config, group),
                .form = "\"GROUP\"",
                .standard = "root"},
        HOSTS(struct file_config),
};

const struct section_schema section_file = {
        .name = "file",
        .title = &file_title,
        .keys = file_keys,
        .key_count = COUNT(file_keys),
        .add = add_files,
        .judge = judge,
};
