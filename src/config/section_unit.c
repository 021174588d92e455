/* unit: a systemd unit. */
#include "config/section.h"

ADD(units)

/* "getty@.service": a template, of which only instances run. */
static bool is_template(const char *unit)
{
        const char *at = unit ? strchr(unit, '@') : NULL;

        return at && at[1] == '.' && at + 1 == strrchr(unit, '.');
}

static void judge_masked(const struct subject *subject, struct unit_config *unit)
{
        const struct {
                const char *key;
                bool *wish;
        } wishes[] = {{"enabled", &unit->enabled}, {"active", &unit->active}};

        for (size_t i = 0; i < COUNT(wishes); i++) {
                if (*wishes[i].wish && subject_knows(subject, wishes[i].key))
                        subject_problem(subject, wishes[i].key,
                                "a masked unit can't be %s: remove masked or %s", wishes[i].key,
                                wishes[i].key);
                *wishes[i].wish = false;
        }
}

static void judge(const struct subject *subject, void *object)
{
        struct unit_config *unit = object;

        if (unit->masked)
                judge_masked(subject, unit);
        if (unit->active && is_template(unit->name))
                subject_problem(subject, "active",
                        "a template itself can't be active: name an instance, as in \"name@one.service\", or "
                        "add "
                        "active = false");
        if (subject_has(subject, "restart_on") && !unit->active &&
                (unit->masked || subject_knows(subject, "active")))
                subject_problem(subject, "restart_on",
                        "restart_on is for active units: remove it, or let the unit be active");
}

static const struct key unit_title = {
        .name = "name",
        .rule = &name_of_unit,
        .parse = value_string,
        .offset = offsetof(struct unit_config, name),
};

static const struct key unit_keys[] = {
        {.name = "enabled",
                .parse = value_boolean,
                .offset = offsetof(struct unit_config, enabled),
                .form = "true or false",
                .standard = "true"},
        {.name = "active",
                .parse = value_boolean,
                .offset = offsetof(struct unit_config, active),
                .form = "true or false",
                .standard = "true"},
        {.name = "masked",
                .parse = value_boolean,
                .offset = offsetof(struct unit_config, masked),
                .form = "true or false",
                .standard = "false"},
        {.name = "restart_on",
                .parse = value_remote_paths,
                .offset = offsetof(struct unit_config, restart_on),
                .form = "{\"/etc/nginx/nginx.conf\", ...}",
                .is_list = true},
        HOSTS(struct unit_config),
};

const struct section_schema section_unit = {
        .name = "unit",
        .title = &unit_title,
        .keys = unit_keys,
        .key_count = COUNT(unit_keys),
        .add = add_units,
        .judge = judge,
};
