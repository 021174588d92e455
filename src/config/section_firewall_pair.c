/* firewall_pair: two OPNsenses that are to be as one. */
#include "config/section.h"

ADD(firewall_pairs)

static void judge(const struct subject *subject, void *object)
{
        const struct firewall_pair_config *pair = object;

        if (pair->primary && string_equal(pair->primary, pair->backup))
                subject_problem(subject, "backup", "backup: %s is the primary already: name the other one",
                        pair->backup);
}

static const struct key firewall_pair_title = {
        .name = "name",
        .rule = &name_of_object,
        .parse = value_string,
        .offset = offsetof(struct firewall_pair_config, name),
};

static const struct key firewall_pair_keys[] = {
        {.name = "primary",
                .rule = &name_of_object,
                .parse = value_string,
                .offset = offsetof(struct firewall_pair_config, primary),
                .form = "\"fw1\"",
                .is_required = true},
        {.name = "backup",
                .rule = &name_of_object,
                .parse = value_string,
                .offset = offsetof(struct firewall_pair_config, backup),
                .form = "\"fw2\"",
                .is_required = true},
};

const struct section_schema section_firewall_pair = {
        .name = "firewall_pair",
        .title = &firewall_pair_title,
        .keys = firewall_pair_keys,
        .key_count = COUNT(firewall_pair_keys),
        .add = add_firewall_pairs,
        .judge = judge,
};
