#include "score_world.h"

#define CONFIGURATION "/etc/nginx/provision-boot-lab.conf"
#define UNIT          BOOT_UNIT
#define UNIT_FILE     "/etc/systemd/system/" UNIT

static void add_file(struct boot_server_config *config, const char *path, char *content)
{
        struct file_config *file = array_add(&config->files);

        file->path = string_copy(path);
        file->content = content;
        file->content_length = strlen(content);
        file->mode = 0644;
        file->owner = string_copy("root");
        file->group = string_copy("root");
}

static void a_server_is_wished(struct world *world)
{
        struct boot_server_config *config = array_add(&world->config.boot_servers);

        config->server.name = string_copy("lab");
        config->server.network = string_copy("lab");
        config->server.port = 8080;
        config->unit = boot_server_unit(&config->server);
        add_file(config, CONFIGURATION, boot_server_write_nginx(&config->server));
        add_file(config, UNIT_FILE, boot_server_write_unit(&config->server));
}

static void its_files_are_there(struct world *world)
{
        for (array_each(struct file_config, file, &world->config.boot_servers.items[0].files))
                do_file(world, file);
}

static void it_runs(struct world *world)
{
        world->now_us += 1000;
        unit_is(world, UNIT, "enabled", true);
        boot_server_reads(world);
}

static void it_is_stopped(struct world *world)
{
        unit_is(world, UNIT, "enabled", false);
}

static void it_is_disabled(struct world *world)
{
        set(&unit_answer(world, UNIT)->file_state, "disabled");
}

static void it_is_masked(struct world *world)
{
        unit_is(world, UNIT, "masked", false);
}

static void changes(struct world *world, const char *path)
{
        world->now_us += 1000;
        file_answer(world, path)->modified_us = world->now_us;
}

static void its_configuration_changes(struct world *world)
{
        changes(world, CONFIGURATION);
}

static void its_unit_file_changes(struct world *world)
{
        changes(world, UNIT_FILE);
}

static void its_configuration_was_edited(struct world *world)
{
        set(&file_answer(world, CONFIGURATION)->sha256, "00");
}

static void nothing_says_that_it_has_read(struct world *world)
{
        file_answer(world, BOOT_LOADED)->exists = false;
}

static const struct row rows[] = {
        {"no server is wished", {a_kvm_host}, ""},
        {"a host without one", {a_kvm_host, a_server_is_wished, its_files_are_there},
                "enable unit " UNIT "\nstart unit " UNIT "\n"},
        {"it runs", {a_kvm_host, a_server_is_wished, its_files_are_there, it_runs}, ""},
        {"it was stopped", {a_kvm_host, a_server_is_wished, its_files_are_there, it_is_stopped},
                "start unit " UNIT "\n"},
        {"it is disabled", {a_kvm_host, a_server_is_wished, its_files_are_there, it_runs, it_is_disabled},
                "enable unit " UNIT "\n"},
        {"it is masked", {a_kvm_host, a_server_is_wished, its_files_are_there, it_is_masked},
                "unmask unit " UNIT "\n? enable unit " UNIT "\nstart unit " UNIT "\n"},
        {"cut off after its configuration was written",
                {a_kvm_host, a_server_is_wished, its_files_are_there, it_runs, its_configuration_changes},
                "reload unit " UNIT ": " CONFIGURATION " changed after it was read\n"},
        {"cut off after its unit was written: the restart reads the configuration, too",
                {a_kvm_host, a_server_is_wished, its_files_are_there, it_runs, its_configuration_changes,
                        its_unit_file_changes},
                "restart unit " UNIT ": " UNIT_FILE " changed after it was read\n"},
        {"its configuration was edited, and is about to be written",
                {a_kvm_host, a_server_is_wished, its_files_are_there, it_runs, its_configuration_was_edited},
                "reload unit " UNIT ": " CONFIGURATION " changes\n"},
        {"nothing says that it has read anything",
                {a_kvm_host, a_server_is_wished, its_files_are_there, it_runs, nothing_says_that_it_has_read},
                "reload unit " UNIT ": " CONFIGURATION " changed after it was read\n"},
};

int main(void)
{
        return RUN_ROWS(&score_boot_server, &score_file, rows);
}
