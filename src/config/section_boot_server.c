/* boot_server: what machines of a network boot from. */
#include "config/section.h"
#include "topology/ignition.h"

static void *add_boot_server(void *parent, const struct place *place)
{
        struct boot_server_config *config = array_add(&((struct loading *)parent)->config.boot_servers);

        config->object.place = *place;
        return config;
}

static void *add_machine(void *parent, const struct place *place)
{
        (void)place;
        return array_add(&((struct boot_server_config *)parent)->server.machines);
}

static int parse_mac(const struct value *value, void *target, struct error *error)
{
        struct boot_machine *machine = target;

        machine->has_mac = true;
        return value_mac(value, &machine->mac, error);
}

/* ---- machine ---- */

/* With a URL it gets a configuration that leads there. */
static void judge_pointer(const struct subject *subject, struct boot_machine *machine)
{
        if (subject_has(subject, "ignition") && subject_has(subject, "ignition_url"))
                subject_problem(subject, "ignition_url",
                        "a machine has ignition, or ignition_url to fetch it from: remove one of them");
        else if (subject_has(subject, "ignition_ca") && !subject_has(subject, "ignition_url"))
                subject_problem(subject, "ignition_ca",
                        "ignition_ca is for an ignition_url: add it, or let the ignition say what is "
                        "trusted");
        else if (machine->ignition_ca && machine->ignition_url &&
                 strncmp(machine->ignition_url, "https://", 8) != 0)
                subject_problem(subject, "ignition_ca",
                        "ignition_ca is for https://, and ignition_url has none: write https://, or remove "
                        "it");
        else if (machine->ignition_url)
                machine->ignition = ignition_write_pointer(machine->ignition_url, machine->ignition_ca);
}

static void judge_machine(const struct subject *subject, void *object)
{
        const struct boot_machine *machine = object;
        char mac[MAC_ADDRESS_TEXT];

        if (machine->name)
                subject_claim(subject, "title", "the name %s", machine->name);
        if (subject_knows(subject, "mac"))
                subject_claim(subject, "mac", "MAC address %s", mac_address_format(&machine->mac, mac));
        judge_pointer(subject, object);
}

static const struct key machine_title = {
        .name = "name",
        .rule = &name_of_object,
        .parse = value_string,
        .offset = offsetof(struct boot_machine, name),
};

static const struct key machine_keys[] = {
        {.name = "mac", .parse = parse_mac, .form = "\"52:54:00:12:34:56\""},
        {.name = "ignition",
                .parse = value_ignition_from,
                .offset = offsetof(struct boot_machine, ignition),
                .form = "\"FILE\""},
        {.name = "ignition_url",
                .parse = value_ignition_url,
                .offset = offsetof(struct boot_machine, ignition_url),
                .form = "\"https://api-int.lab.example:22623/config/worker\""},
        {.name = "ignition_ca",
                .parse = value_authorities_from,
                .offset = offsetof(struct boot_machine, ignition_ca),
                .form = "\"FILE\""},
        {.name = "arguments",
                .parse = value_string,
                .offset = offsetof(struct boot_machine, arguments),
                .form = "\"coreos.inst.install_dev=/dev/vda\""},
};

static const struct section_schema machine = {
        .name = "machine",
        .title = &machine_title,
        .keys = machine_keys,
        .key_count = COUNT(machine_keys),
        .add = add_machine,
        .judge = judge_machine,
};

/* ---- boot_server ---- */

static void judge_arguments(const struct subject *subject, const struct boot_server *server)
{
        static const struct boot_machine any = {.ignition = (char *)""};
        CLEANUP(error_done) struct error error = {0};

        if (server->arguments && boot_arguments_check(server, &any, server->arguments, &error) < 0)
                subject_problem(subject, "arguments", "arguments: %s", error_text(&error));
}

static void judge(const struct subject *subject, void *object)
{
        struct boot_server_config *config = object;
        struct boot_server *server = &config->server;

        server->has_initramfs = subject_has(subject, "initramfs");
        server->has_root_image = subject_has(subject, "root_image");
        judge_arguments(subject, server);
        if (server->machines.count == 0)
                subject_problem(subject, "",
                        "there is no machine in it: add machine \"NAME\" { } with a guest's name, or with a "
                        "mac");
}

static const struct key title = {
        .name = "name",
        .rule = &name_of_service,
        .parse = value_string,
        .offset = offsetof(struct boot_server_config, server.name),
};

static const struct key keys[] = {
        {.name = "network",
                .rule = &name_of_object,
                .parse = value_string,
                .offset = offsetof(struct boot_server_config, server.network),
                .form = "\"NETWORK\"",
                .is_required = true},
        {.name = "port",
                .parse = value_port,
                .offset = offsetof(struct boot_server_config, server.port),
                .form = "8080",
                .standard = "8080"},
        {.name = "kernel",
                .parse = value_blob_from,
                .offset = offsetof(struct boot_server_config, kernel),
                .form = "\"FILE\"",
                .is_required = true},
        {.name = "initramfs",
                .parse = value_blob_from,
                .offset = offsetof(struct boot_server_config, initramfs),
                .form = "\"FILE\""},
        {.name = "root_image",
                .parse = value_blob_from,
                .offset = offsetof(struct boot_server_config, root_image),
                .form = "\"FILE\""},
        {.name = "arguments",
                .parse = value_string,
                .offset = offsetof(struct boot_server_config, server.arguments),
                .form = "\"console=ttyS0 coreos.inst.ignition_url={ignition}\""},
        {.name = "loaders",
                .parse = value_remote_path,
                .offset = offsetof(struct boot_server_config, server.loaders),
                .form = "\"/usr/lib/ipxe\""},
        HOSTS(struct boot_server_config),
};

static const struct section_schema *const sections[] = {&machine, NULL};

const struct section_schema section_boot_server = {
        .name = "boot_server",
        .title = &title,
        .keys = keys,
        .key_count = COUNT(keys),
        .sections = sections,
        .add = add_boot_server,
        .judge = judge,
};
