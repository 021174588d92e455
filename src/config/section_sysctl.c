/* sysctl: a kernel parameter, now and after a restart. */
#include "config/section.h"

ADD(sysctls)

static const struct key sysctl_title = {
        .name = "key",
        .rule = &name_of_sysctl,
        .parse = value_sysctl_key,
        .offset = offsetof(struct sysctl_config, key),
};

static const struct key sysctl_keys[] = {
        {.name = "value",
                .parse = value_sysctl,
                .offset = offsetof(struct sysctl_config, value),
                .form = "1",
                .is_required = true},
        HOSTS(struct sysctl_config),
};

const struct section_schema section_sysctl = {
        .name = "sysctl",
        .title = &sysctl_title,
        .keys = sysctl_keys,
        .key_count = COUNT(sysctl_keys),
        .add = add_sysctls,
};
