#include "score_world.h"

static struct unit_config *wish_unit(struct world *world, const char *name)
{
        struct unit_config *unit = array_add(&world->config.units);

        unit->name = string_copy(name);
        unit->enabled = unit->active = true;
        return unit;
}

static void nginx_is_wished(struct world *world)
{
        strings_add(&wish_unit(world, "nginx.service")->restart_on, "/etc/nginx/nginx.conf");
}

static void nginx_is_wished_off(struct world *world)
{
        struct unit_config *unit = wish_unit(world, "nginx.service");

        unit->enabled = unit->active = false;
}

static void nginx_is_wished_masked(struct world *world)
{
        nginx_is_wished_off(world);
        world->config.units.items[0].masked = true;
}

static void nginx_is_wished_on_demand(struct world *world)
{
        wish_unit(world, "nginx.service")->enabled = false;
}

static void its_directory_restarts_it(struct world *world)
{
        strings_add(&world->config.units.items[0].restart_on, "/etc/nginx");
}

static void a_hostile_unit_is_wished(struct world *world)
{
        wish_unit(world, "a'b\"$(c)&<d>.service");
        unit_is(world, "a'b\"$(c)&<d>.service", "disabled", false);
}

static void nginx_runs(struct world *world)
{
        world->now_us += 1000;
        unit_is(world, "nginx.service", "enabled", true);
}

static void nginx_is_stopped(struct world *world)
{
        unit_is(world, "nginx.service", "enabled", false);
}

static void nginx_is_disabled(struct world *world)
{
        unit_is(world, "nginx.service", "disabled", true);
}

static void nginx_is_off(struct world *world)
{
        unit_is(world, "nginx.service", "disabled", false);
}

static void nginx_has_failed(struct world *world)
{
        unit_is(world, "nginx.service", "enabled", false);
        unit_answer(world, "nginx.service")->failed = true;
}

static void nginx_is_masked(struct world *world)
{
        unit_is(world, "nginx.service", "masked", false);
}

static void nginx_is_masked_until_a_reboot(struct world *world)
{
        unit_is(world, "nginx.service", "masked-runtime", true);
}

static void nginx_is_enabled_until_a_reboot(struct world *world)
{
        unit_is(world, "nginx.service", "enabled-runtime", true);
}

static void nginx_is_activating(struct world *world)
{
        unit_is_changing(world, "nginx.service", "activating");
}

static void nginx_starts_again_and_again(struct world *world)
{
        unit_is_changing(world, "nginx.service", "activating");
        unit_answer(world, "nginx.service")->restarting = true;
}

static void nginx_is_deactivating(struct world *world)
{
        unit_is_changing(world, "nginx.service", "deactivating");
}

static void nginx_is_reloading(struct world *world)
{
        unit_is_changing(world, "nginx.service", "reloading");
}

static void nginx_is_static(struct world *world)
{
        unit_is(world, "nginx.service", "static", true);
}

static void nginx_is_broken(struct world *world)
{
        unit_is(world, "nginx.service", "bad", false);
        set(&unit_answer(world, "nginx.service")->load_error,
                "Unit nginx.service has a bad unit file setting.");
}

static struct file_config *wish_file(struct world *world, const char *path)
{
        struct file_config *file = array_add(&world->config.files);

        file->path = string_copy(path);
        file->content = string_copy("x");
        file->content_length = 1;
        file->mode = 0644;
        file->owner = string_copy("root");
        file->group = string_copy("root");
        return file;
}

static void its_file_is_wished(struct world *world)
{
        wish_file(world, "/etc/nginx/nginx.conf");
}

static void its_file_is_there(struct world *world)
{
        do_file(world, wish_file(world, "/etc/nginx/nginx.conf"));
}

static void its_file_changes(struct world *world)
{
        world->now_us += 1000;
        file_answer(world, "/etc/nginx/nginx.conf")->exists = true;
        file_answer(world, "/etc/nginx/nginx.conf")->modified_us = world->now_us;
}

static void its_file_was_edited(struct world *world)
{
        set(&file_answer(world, "/etc/nginx/nginx.conf")->sha256, "00");
}

static void its_file_has_another_mode(struct world *world)
{
        file_answer(world, "/etc/nginx/nginx.conf")->mode = 0600;
}

static void a_file_of_its_directory_is_wished_gone(struct world *world)
{
        wish_file(world, "/etc/nginx/extra.conf")->type = FILE_ABSENT;
        file_answer(world, "/etc/nginx/extra.conf")->exists = true;
}

static void a_file_deeper_down_is_wished(struct world *world)
{
        wish_file(world, "/etc/nginx/sites/a.conf");
}

static void its_unit_file_is_wished(struct world *world)
{
        wish_file(world, "/etc/systemd/system/nginx.service");
}

static void its_own_file_is_in_etc(struct world *world)
{
        struct file_state *file = file_answer(world, "/etc/systemd/system/nginx.service");

        file->exists = true;
        file->type = FILE_REGULAR;
}

static void a_link_is_in_etc(struct world *world)
{
        its_own_file_is_in_etc(world);
        file_answer(world, "/etc/systemd/system/nginx.service")->type = FILE_ABSENT;
}

static void nginx_is_linked(struct world *world)
{
        unit_is(world, "nginx.service", "linked", true);
        a_link_is_in_etc(world);
}

static void its_unit_file_is_wished_gone(struct world *world)
{
        wish_file(world, "/etc/systemd/system/nginx.service")->type = FILE_ABSENT;
}

static void a_drop_in_is_wished(struct world *world)
{
        wish_file(world, "/etc/systemd/system/nginx.service.d/remain.conf");
}

static void nginx_ends_by_itself(struct world *world)
{
        unit_is(world, "nginx.service", "enabled", false);
        set(&unit_answer(world, "nginx.service")->service_type, "oneshot");
}

static void nginx_remains(struct world *world)
{
        nginx_ends_by_itself(world);
        unit_answer(world, "nginx.service")->remains = true;
}

static void its_file_is_newer_than_what_systemd_knows(struct world *world)
{
        unit_answer(world, "nginx.service")->stale = true;
}

#define CANT_BE_MASKED                                                                                     \
        "! unit nginx.service can't be masked, because its own file /etc/systemd/system/nginx.service is " \
        "where the mask would be: let that be absent (file with type = absent), or write enabled = false " \
        "and "                                                                                             \
        "active = false instead of masked = true\n"

#define CANT_STAY                                                                                           \
        "! unit nginx.service can't stay active: it is of Type=oneshot without RemainAfterExit=yes, which " \
        "runs and is inactive again. Write active = false in its section (its timer, or what needs it, "    \
        "starts it), or RemainAfterExit=yes in its file\n"

static const struct row rows[] = {
        {"nothing is wished", {a_kvm_host}, ""},
        {"it runs", {a_kvm_host, nginx_is_wished, nginx_runs}, ""},
        {"it was stopped", {a_kvm_host, nginx_is_wished, nginx_is_stopped}, "start unit nginx.service\n"},
        {"it was disabled", {a_kvm_host, nginx_is_wished, nginx_is_disabled}, "enable unit nginx.service\n"},
        {"cut off between installing and enabling", {a_kvm_host, nginx_is_wished, nginx_is_off},
                "enable unit nginx.service\nstart unit nginx.service\n"},
        {"it has failed", {a_kvm_host, nginx_is_wished, nginx_has_failed},
                "start unit nginx.service, which has failed\n"},
        {"it is activating", {a_kvm_host, nginx_is_wished, nginx_is_activating},
                "wait for unit nginx.service, which is activating\n"},
        {"it starts again and again", {a_kvm_host, nginx_is_wished, nginx_starts_again_and_again},
                "wait for unit nginx.service, which has ended and is to be started again by systemd\n"},
        {"it is reloading", {a_kvm_host, nginx_is_wished, nginx_is_reloading},
                "wait for unit nginx.service, which is reloading\n"},
        {"it is deactivating", {a_kvm_host, nginx_is_wished, nginx_is_deactivating},
                "wait for unit nginx.service, which is deactivating\n"},
        {"it is disabled and activating", {a_kvm_host, nginx_is_wished, nginx_is_off, nginx_is_activating},
                "enable unit nginx.service\nwait for unit nginx.service, which is activating\n"},
        {"it is to be off and is deactivating",
                {a_kvm_host, nginx_is_wished_off, nginx_is_off, nginx_is_deactivating},
                "wait for unit nginx.service, which is deactivating\n"},
        {"it is to be off and is activating",
                {a_kvm_host, nginx_is_wished_off, nginx_is_off, nginx_is_activating},
                "stop unit nginx.service\n"},
        {"it is to be masked and is reloading", {a_kvm_host, nginx_is_wished_masked, nginx_is_reloading},
                "stop unit nginx.service\nmask unit nginx.service\n"},
        {"it was masked", {a_kvm_host, nginx_is_wished, nginx_is_masked},
                "unmask unit nginx.service\n? enable unit nginx.service\nstart unit nginx.service\n"},
        {"it runs, masked until a reboot", {a_kvm_host, nginx_is_wished, nginx_is_masked_until_a_reboot},
                "unmask unit nginx.service\n? enable unit nginx.service\n"},
        {"it is enabled until a reboot only", {a_kvm_host, nginx_is_wished, nginx_is_enabled_until_a_reboot},
                "enable unit nginx.service\n"},
        {"it can't be enabled", {a_kvm_host, nginx_is_wished, nginx_is_static},
                "~ unit nginx.service can't be enabled, it is static: what needs it starts it\n"},
        {"it can't be loaded", {a_kvm_host, nginx_is_wished, nginx_is_broken},
                "! unit nginx.service can't be loaded: Unit nginx.service has a bad unit file setting.\n"},
        {"it can't be loaded and its file is about to be written",
                {a_kvm_host, nginx_is_wished, nginx_is_broken, its_unit_file_is_wished},
                "enable unit nginx.service\nstart unit nginx.service\n"},
        {"it is to be off and is", {a_kvm_host, nginx_is_wished_off, nginx_is_off}, ""},
        {"it is to be off and runs", {a_kvm_host, nginx_is_wished_off, nginx_runs},
                "disable unit nginx.service\nstop unit nginx.service\n"},
        {"it is to be off and doesn't exist", {a_kvm_host, nginx_is_wished_off}, ""},
        {"it is to be off and is masked", {a_kvm_host, nginx_is_wished_off, nginx_is_masked},
                "unmask unit nginx.service\n"},
        {"it is to run and not to be enabled", {a_kvm_host, nginx_is_wished_on_demand, nginx_is_stopped},
                "disable unit nginx.service\nstart unit nginx.service\n"},
        {"it is to be masked and runs", {a_kvm_host, nginx_is_wished_masked, nginx_runs},
                "stop unit nginx.service\nmask unit nginx.service\n"},
        {"it is to be masked and is until a reboot",
                {a_kvm_host, nginx_is_wished_masked, nginx_is_masked_until_a_reboot},
                "stop unit nginx.service\nmask unit nginx.service\n"},
        {"it is to be masked and is", {a_kvm_host, nginx_is_wished_masked, nginx_is_masked}, ""},
        {"it is to be masked and doesn't exist", {a_kvm_host, nginx_is_wished_masked},
                "mask unit nginx.service\n"},
        {"it is to be masked, runs, and has its own file where the mask would be",
                {a_kvm_host, nginx_is_wished_masked, nginx_runs, its_own_file_is_in_etc}, CANT_BE_MASKED},
        {"it is to be masked and is linked", {a_kvm_host, nginx_is_wished_masked, nginx_is_linked},
                CANT_BE_MASKED},
        {"it is to be masked and this plan writes its file there",
                {a_kvm_host, nginx_is_wished_masked, its_unit_file_is_wished}, CANT_BE_MASKED},
        {"it is to be masked and this plan removes its file there",
                {a_kvm_host, nginx_is_wished_masked, nginx_runs, its_own_file_is_in_etc,
                        its_unit_file_is_wished_gone},
                "stop unit nginx.service\nmask unit nginx.service\n"},
        {"it is to be masked, and systemd hasn't noticed yet that it is",
                {a_kvm_host, nginx_is_wished_masked, nginx_is_off, a_link_is_in_etc},
                "mask unit nginx.service\n"},
        {"it ends by itself", {a_kvm_host, nginx_is_wished, nginx_ends_by_itself}, CANT_STAY},
        {"it ends by itself and stays active all the same", {a_kvm_host, nginx_is_wished, nginx_remains},
                "start unit nginx.service\n"},
        {"it ends by itself, and so it is wished", {a_kvm_host, nginx_is_wished_off, nginx_ends_by_itself},
                "disable unit nginx.service\n"},
        {"it ends by itself, and a drop-in is about to be written",
                {a_kvm_host, nginx_is_wished, nginx_ends_by_itself, a_drop_in_is_wished},
                "start unit nginx.service\n"},
        {"it ends by itself, and was just given another file",
                {a_kvm_host, nginx_is_wished, nginx_ends_by_itself,
                        its_file_is_newer_than_what_systemd_knows},
                "start unit nginx.service\n"},
        {"it doesn't exist", {a_kvm_host, nginx_is_wished},
                "! unit nginx.service doesn't exist and no package or file that is still to come could bring "
                "it: check its "
                "name, or name its package\n"},
        {"it doesn't exist yet on a fresh host", {a_fresh_host, nginx_is_wished},
                "? enable unit nginx.service\n? start unit nginx.service\n"},
        {"its unit file isn't written yet", {a_kvm_host, nginx_is_wished, its_unit_file_is_wished},
                "? enable unit nginx.service\n? start unit nginx.service\n"},
        {"cut off between writing its file and restarting it",
                {a_kvm_host, nginx_is_wished, nginx_runs, its_file_changes},
                "restart unit nginx.service: /etc/nginx/nginx.conf changed after it was started\n"},
        {"its file changed before it was started",
                {a_kvm_host, nginx_is_wished, its_file_changes, nginx_runs}, ""},
        {"its file changed and it doesn't run: no restart, a start",
                {a_kvm_host, nginx_is_wished, nginx_is_stopped, its_file_changes},
                "start unit nginx.service\n"},
        {"this plan writes its file",
                {a_kvm_host, nginx_is_wished, its_file_is_there, nginx_runs, its_file_was_edited},
                "restart unit nginx.service: /etc/nginx/nginx.conf changes\n"},
        {"this plan changes its file's mode only",
                {a_kvm_host, nginx_is_wished, its_file_is_there, nginx_runs, its_file_has_another_mode}, ""},
        {"this plan creates its file", {a_kvm_host, nginx_is_wished, nginx_runs, its_file_is_wished},
                "restart unit nginx.service: /etc/nginx/nginx.conf changes\n"},
        {"this plan removes a file of a directory that it reads",
                {a_kvm_host, nginx_is_wished, its_directory_restarts_it, nginx_runs,
                        a_file_of_its_directory_is_wished_gone},
                "restart unit nginx.service: /etc/nginx changes\n"},
        {"a file deeper down doesn't touch the directory",
                {a_kvm_host, nginx_is_wished, its_directory_restarts_it, nginx_runs,
                        a_file_deeper_down_is_wished},
                ""},
        {"a hostile name", {a_kvm_host, a_hostile_unit_is_wished},
                "enable unit a'b\"$(c)&<d>.service\nstart unit a'b\"$(c)&<d>.service\n"},
};

int main(void)
{
        return RUN_ROWS(&score_unit, &score_file, rows);
}
