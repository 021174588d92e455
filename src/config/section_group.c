/* group: who is a member. */
#include "config/section.h"

ADD(groups)

static const struct key group_title = {
        .name = "name",
        .rule = &name_of_account,
        .parse = value_string,
        .offset = offsetof(struct group_config, name),
};

static const struct key group_keys[] = {
        {.name = "members",
                .rule = &name_of_account,
                .parse = value_strings,
                .offset = offsetof(struct group_config, members),
                .form = "{\"USER\", ...}",
                .is_list = true},
        HOSTS(struct group_config),
};

const struct section_schema section_group = {
        .name = "group",
        .title = &group_title,
        .keys = group_keys,
        .key_count = COUNT(group_keys),
        .add = add_groups,
};
