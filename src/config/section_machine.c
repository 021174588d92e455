/* machine: one behind a BMC, which is told what to do by Redfish. */
#include "config/section.h"

ADD(machines)

static int parse_bmc(const struct value *value, void *target, struct error *error)
{
        struct bmc_url url = {0};

        if (bmc_url_parse(value->text, &url, error) < 0)
                return -1;
        bmc_url_done(target);
        *(struct bmc_url *)target = url;
        return 0;
}

static int parse_boot(const struct value *value, void *target, struct error *error)
{
        static const char *const words[] = {[MACHINE_BOOTS_ITSELF] = "disk",
                [MACHINE_BOOTS_NETWORK] = "network",
                [MACHINE_BOOTS_ISO] = "iso"};

        for (size_t i = 0; i < COUNT(words); i++)
                if (string_equal(words[i], value->text)) {
                        *(enum machine_boot *)target = (enum machine_boot)i;
                        return 0;
                }
        return error_set(error, ERROR_CONFIG, "\"%.80s\" is none of disk, network, iso", value->text);
}

static int parse_power(const struct value *value, void *target, struct error *error)
{
        bool *is_off = target;

        *is_off = string_equal(value->text, "off");
        if (!*is_off && !string_equal(value->text, "on"))
                return error_set(error, ERROR_CONFIG, "\"%.80s\" is neither on nor off", value->text);
        return 0;
}

static void judge(const struct subject *subject, void *object)
{
        struct machine_config *machine = object;

        machine->says_boot = subject_has(subject, "boot");
        if (machine->boot == MACHINE_BOOTS_ISO && !subject_has(subject, "iso"))
                subject_problem(subject, "boot",
                        "boot = iso needs one: add iso = \"http://...\", from where the BMC itself fetches "
                        "it");
        if (machine->boot != MACHINE_BOOTS_ISO && subject_has(subject, "iso") &&
                subject_knows(subject, "boot"))
                subject_problem(subject, "iso", "iso is for boot = iso: add that, or remove iso");
}

static const struct key machine_title = {
        .name = "name",
        .rule = &name_in_dns,
        .parse = value_string,
        .offset = offsetof(struct machine_config, name),
};

static const struct key machine_keys[] = {
        {.name = "bmc",
                .parse = parse_bmc,
                .offset = offsetof(struct machine_config, bmc),
                .form = "\"https://10.0.0.5/redfish/v1/Systems/1\"",
                .is_required = true},
        {.name = "credentials",
                .parse = value_local_path,
                .offset = offsetof(struct machine_config, credentials),
                .form = "\"bmc.login\"",
                .is_required = true},
        {.name = "ca",
                .parse = value_local_path,
                .offset = offsetof(struct machine_config, ca),
                .form = "\"bmc.pem\""},
        {.name = "pin",
                .parse = value_pin,
                .offset = offsetof(struct machine_config, pin),
                .form = "\"sha256//...\""},
        {.name = "mac",
                .parse = value_mac,
                .offset = offsetof(struct machine_config, mac),
                .form = "\"52:54:00:12:34:56\"",
                .is_required = true},
        {.name = "address",
                .parse = value_ip,
                .offset = offsetof(struct machine_config, address),
                .form = "\"192.168.150.20\""},
        {.name = "power",
                .parse = parse_power,
                .offset = offsetof(struct machine_config, is_off),
                .form = "on or off",
                .standard = "on"},
        {.name = "boot",
                .parse = parse_boot,
                .offset = offsetof(struct machine_config, boot),
                .form = "disk, network or iso",
                .standard = "disk"},
        {.name = "iso",
                .parse = value_url,
                .offset = offsetof(struct machine_config, iso),
                .form = "\"http://192.168.150.1/install.iso\""},
        HOSTS(struct machine_config),
};

const struct section_schema section_machine = {
        .name = "machine",
        .title = &machine_title,
        .keys = machine_keys,
        .key_count = COUNT(machine_keys),
        .add = add_machines,
        .judge = judge,
};
