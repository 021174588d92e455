/* The way back: what is owned and what is there in, steps that take away out. Nothing that isn't ours is in any of them. */
#include "phases/step_things.h"
#include "score_world.h"

struct undo_row {
        const struct score *score;
        struct row row;
};

/* ---- what is ours ---- */

static void own(struct world *world, const char *kind, const char *name, const char *before)
{
        struct owned_thing *thing = array_add(&world->answers.owned);

        thing->kind = string_copy(kind);
        thing->name = string_copy(name);
        thing->before = string_copy(before);
}

static void disown(struct world *world, const char *kind, const char *name)
{
        for (array_each(struct owned_thing, thing, &world->answers.owned)) {
                if (!string_equal(thing->kind, kind) || !string_equal(thing->name, name))
                        continue;
                free(thing->kind);
                free(thing->name);
                free(thing->before);
                *thing = world->answers.owned.items[--world->answers.owned.count];
                return;
        }
}

/* ---- what steps do ---- */

static void remove_string(struct strings *strings, const char *string)
{
        for (size_t i = 0; i < strings->count; i++) {
                if (!string_equal(strings->items[i], string))
                        continue;
                free(strings->items[i]);
                strings->items[i] = strings->items[--strings->count];
                return;
        }
        fail_msg("there is no %s", string);
}

static bool is_empty(const struct world *world, const char *directory)
{
        size_t length = strlen(directory);

        for (array_each(const struct file_state, file, &world->answers.files))
                if (file->exists && strncmp(file->path, directory, length) == 0 && file->path[length] == '/')
                        return false;
        return true;
}

static void remove_network(struct world *world, const struct network_state *found)
{
        struct network_state *state = network_answer(world, found->network.name);

        assert_true(state->ours);
        network_done(&state->network);
        free(state->uuid);
        free(state->bridge_mac);
        *state = world->answers.networks.items[--world->answers.networks.count];
}

static void remove_pool(struct world *world, const struct pool_state *found)
{
        struct pool_state *state = pool_answer(world, found->name);

        assert_true(state->ours);
        strings_done(&state->others);
        free(state->name);
        free(state->uuid);
        free(state->type);
        free(state->path);
        *state = world->answers.pools.items[--world->answers.pools.count];
}

static void remove_volume(struct world *world, const struct volume_state *doomed)
{
        struct volume_state *state = NULL;

        for (array_each(struct volume_state, volume, &world->answers.volumes))
                if (string_equal(volume->pool, doomed->pool) && string_equal(volume->name, doomed->name))
                        state = volume;
        assert_non_null(state);
        assert_int_equal(state->users.count, 0);
        free(state->pool);
        free(state->name);
        free(state->path);
        *state = world->answers.volumes.items[--world->answers.volumes.count];
}

static void forget_sysctl(struct world *world, const struct step *step)
{
        struct sysctl_state *sysctl = sysctl_answer(world, step->forget.key);

        string_free(&sysctl->persistent_value);
        if (step->forget.value)
                set(&sysctl->value, step->forget.value);
}

static void undo_step(struct world *world, const struct step *step)
{
        switch (step->kind) {
        case STEP_PACKAGES_REMOVE:
                assert_false(world->answers.machine.package_db_interrupted);
                assert_int_equal(world->answers.long_steps.count, 0);
                for (array_each(char *, name, &step->packages.names))
                        remove_string(&world->answers.added_packages, *name);
                break;
        case STEP_SYSCTL_FORGET:
                forget_sysctl(world, step);
                break;
        case STEP_GROUP_LEAVE:
                remove_string(&group_answer(world, step->group.name)->members, step->group.member);
                break;
        case STEP_GROUP_DELETE:
                assert_int_equal(group_answer(world, step->group.name)->members.count, 0);
                group_answer(world, step->group.name)->exists = false;
                break;
        case STEP_FILE_REMOVE:
                if (strings_has(&world->answers.parts, step->path))
                        remove_string(&world->answers.parts, step->path);
                else if (is_empty(world, step->path))
                        file_answer(world, step->path)->exists = false;
                break;
        case STEP_NETWORK_REMOVE:
                remove_network(world, step->network.found);
                break;
        case STEP_POOL_REMOVE:
                remove_pool(world, step->pool.found);
                break;
        case STEP_NOTES_FORGET:
                file_answer(world, step->path)->exists = false;
                break;
        case STEP_KEY_FORGET:
                assert_string_equal(step->key.host->name, "lab1");
                break;
        case STEP_VOLUME_REMOVE:
                remove_volume(world, step->doomed);
                break;
        default:
                do_step(world, step);
        }
}

/* As the engine does: what was taken away is nobody's. */
static size_t take_away(struct world *world, struct plan *plan)
{
        CLEANUP(owned_list_done) struct owned_list gone = {0};
        size_t done = 0;

        for (array_each(const struct step, step, &plan->steps)) {
                if (step->expected)
                        continue;
                step_unmakes(step, &gone);
                undo_step(world, step);
                done++;
        }
        for (array_each(const struct owned, thing, &gone.items))
                disown(world, thing->kind, thing->name);
        return done;
}

static void run_undo_row(void **state)
{
        const struct undo_row *undo = *state;
        CLEANUP(world_done) struct world world = {.now_us = 1000000};
        size_t done = 1;

        world.host.name = string_copy("lab1");
        for (size_t i = 0; i < GIVENS && undo->row.given[i]; i++)
                undo->row.given[i](&world);
        for (int rounds = 0; done; rounds++) {
                CLEANUP(plan_done) struct plan plan = {0};
                CLEANUP(string_free) char *lines = NULL;

                assert_true(rounds < 5);
                look_either_way(&world, undo->score, true, &plan);
                lines = plan_lines(&plan);
                if (rounds == 0)
                        assert_string_equal(lines, undo->row.then);
                if (plan.blocks.count)
                        return;
                done = take_away(&world, &plan);
                if (!done)
                        assert_true(plan_is_empty(&plan));
        }
}

/* ---- units ---- */

#define UNIT "a-b@1.service"

static void unit_is_ours(struct world *world, const char *before, const char *file_state, bool active)
{
        own(world, "unit", UNIT, before);
        unit_is(world, UNIT, file_state, active);
}

static void unit_enabled_since_disabled(struct world *world)
{
        unit_is_ours(world, "disabled, inactive", "enabled", true);
}

static void unit_enabled_since_running(struct world *world)
{
        unit_is_ours(world, "disabled, active", "enabled", true);
}

static void unit_disabled_since_enabled(struct world *world)
{
        unit_is_ours(world, "enabled, active", "disabled", false);
}

static void unit_unmasked(struct world *world)
{
        unit_is_ours(world, "masked, inactive", "enabled", true);
}

static void unit_masked_since_enabled(struct world *world)
{
        unit_is_ours(world, "enabled, active", "masked", false);
}

static void unit_masked_that_was_not_there(struct world *world)
{
        unit_is_ours(world, NULL, "masked", false);
}

static void unit_static_started(struct world *world)
{
        unit_is_ours(world, "static, inactive", "static", true);
}

static void unit_restarted(struct world *world)
{
        unit_is_ours(world, "enabled, active", "enabled", true);
}

static void unit_is_gone(struct world *world)
{
        own(world, "unit", UNIT, "disabled, inactive");
        unit_answer(world, UNIT)->exists = false;
}

static void a_foreign_guest(struct world *world)
{
        guest_answer(world, "web")->persistent = true;
}

static void its_package_came_with_us(struct world *world)
{
        strings_add(&world->answers.added_packages, "libvirt-daemon-system");
        strings_add(&world->answers.added_units, "a-b@.service");
        world->answers.machine.manager = PACKAGES_APT;
}

static void libvirtd_is_ours(struct world *world)
{
        own(world, "unit", "libvirtd.socket", "disabled, inactive");
        unit_is(world, "libvirtd.socket", "enabled", true);
}

static void unit_of_others(struct world *world)
{
        unit_is(world, UNIT, "enabled", true);
}

static void unit_enabled_and_not_started(struct world *world)
{
        unit_is_ours(world, "disabled, inactive", "enabled", false);
}

/* ---- kernel settings ---- */

#define KEY "net.ipv4.ip_forward"

static void sysctl_is(struct world *world, const char *value, const char *persistent)
{
        struct sysctl_state *sysctl = sysctl_answer(world, KEY);

        sysctl->exists = true;
        set(&sysctl->value, value);
        set(&sysctl->persistent_value, persistent);
}

static void forwarding_was_off(struct world *world)
{
        own(world, "sysctl", KEY, "0");
}

static void forwarding_was_on(struct world *world)
{
        own(world, "sysctl", KEY, "1");
}

static void forwarding_was_several(struct world *world)
{
        own(world, "sysctl", KEY, "4096\t131072 6291456");
}

static void forwarding_is_several(struct world *world)
{
        sysctl_is(world, "4096 131072   6291456", NULL);
}

static void forwarding_is_on_and_kept(struct world *world)
{
        sysctl_is(world, "1", "1");
}

static void forwarding_is_on_without_a_drop_in(struct world *world)
{
        sysctl_is(world, "1", NULL);
}

static void forwarding_is_off(struct world *world)
{
        sysctl_is(world, "0", NULL);
}

static void forwarding_is_two_and_kept_at_one(struct world *world)
{
        sysctl_is(world, "2", "1");
}

static void forwarding_is_two(struct world *world)
{
        sysctl_is(world, "2", NULL);
}

static void forwarding_is_gone_but_kept(struct world *world)
{
        sysctl_is(world, NULL, "1");
        sysctl_answer(world, KEY)->exists = false;
}

static void forwarding_is_wished(struct world *world)
{
        struct sysctl_config *sysctl = array_add(&world->config.sysctls);

        sysctl->key = string_copy(KEY);
        sysctl->value = string_copy("1");
}

/* ---- groups ---- */

static void a_group_with_ann(struct world *world)
{
        group_answer(world, "lab")->exists = true;
        strings_add(&group_answer(world, "lab")->members, "ann");
}

static void bob_is_in_it(struct world *world)
{
        strings_add(&group_answer(world, "lab")->members, "bob");
}

static void the_group_is_ours(struct world *world)
{
        own(world, "group", "lab", NULL);
}

static void ann_is_ours(struct world *world)
{
        own(world, "group-member", "lab/ann", NULL);
}

static void the_group_is_gone(struct world *world)
{
        group_answer(world, "lab")->exists = false;
        strings_done(&group_answer(world, "lab")->members);
}

static void a_hostile_group(struct world *world)
{
        own(world, "group", "-g$(id)'\"", NULL);
        own(world, "group-member", "-g$(id)'\"/a b;&", NULL);
        group_answer(world, "-g$(id)'\"")->exists = true;
        strings_add(&group_answer(world, "-g$(id)'\"")->members, "a b;&");
}

/* ---- files ---- */

static void wish_file(struct world *world, const char *path, const char *content)
{
        struct file_config *file = array_add(&world->config.files);

        file->path = string_copy(path);
        file->type = content ? FILE_REGULAR : FILE_DIRECTORY;
        file->content = string_copy(content);
        file->content_length = content ? strlen(content) : 0;
        file->mode = 0644;
        file->owner = string_copy("root");
        file->group = string_copy("root");
}

static void a_file_is_wished(struct world *world)
{
        wish_file(world, "/etc/motd", "hello\n");
}

static void it_is_written(struct world *world)
{
        do_file(world, &world->config.files.items[0]);
}

static void it_is_ours(struct world *world)
{
        own(world, "file", "/etc/motd", NULL);
}

static void it_was_there_before(struct world *world)
{
        own(world, "file", "/etc/motd", "regular file, mode 0644, owner root, group root, sha256 unknown");
}

static void it_was_changed(struct world *world)
{
        set(&file_answer(world, "/etc/motd")->sha256, "0123");
}

static void its_mode_was_changed(struct world *world)
{
        file_answer(world, "/etc/motd")->mode = 0600;
}

static void it_cannot_be_read(struct world *world)
{
        string_free(&file_answer(world, "/etc/motd")->sha256);
}

static void a_link_is_in_its_place(struct world *world)
{
        file_answer(world, "/etc/motd")->type = FILE_ABSENT;
        set(&file_answer(world, "/etc/motd")->what, "symbolic link");
}

static void a_directory_is_in_its_place(struct world *world)
{
        file_answer(world, "/etc/motd")->type = FILE_DIRECTORY;
}

static void it_is_no_longer_wished(struct world *world)
{
        strings_take(&world->kept, world->config.files.items[0].path); /* the answers have it still */
        world->config.files.items[0].path = string_copy("/etc/another");
}

static void there(struct world *world, const char *path, enum file_type type)
{
        file_answer(world, path)->exists = true;
        file_answer(world, path)->type = type;
}

static void directories_are_ours(struct world *world)
{
        own(world, "file", "/srv/lab", NULL);
        own(world, "file", "/srv/lab/deep/conf", NULL);
        own(world, "file", "/srv/lab/deep", NULL);
        own(world, "file", "/srv/lab-2", NULL);
        there(world, "/srv/lab", FILE_DIRECTORY);
        there(world, "/srv/lab/deep", FILE_DIRECTORY);
        there(world, "/srv/lab/deep/conf", FILE_REGULAR);
        there(world, "/srv/lab-2", FILE_DIRECTORY);
}

static void a_foreign_file_is_in_one(struct world *world)
{
        there(world, "/srv/lab/theirs", FILE_REGULAR);
}

static void a_hostile_file(struct world *world)
{
        own(world, "file", "/srv/-rf * $(x)'\"", NULL);
        there(world, "/srv/-rf * $(x)'\"", FILE_REGULAR);
}

static void foreign_files(struct world *world)
{
        there(world, "/etc/motd", FILE_REGULAR);
        there(world, "/srv/lab", FILE_DIRECTORY);
}

/* ---- libvirt ---- */

static void network_is(struct world *world, const char *name, bool ours, bool active)
{
        struct network_state *state = network_answer(world, name);

        state->ours = ours;
        state->active = active;
        state->persistent = true;
}

static void our_networks(struct world *world)
{
        network_is(world, "lab", true, true);
        network_is(world, "half-made", true, false);
}

static struct interface_state *answers_interface_of(struct world *world, const char *name)
{
        return (struct interface_state *)answers_interface(&world->answers, name);
}

static void a_start_was_cut_off(struct world *world)
{
        struct network_state *state = network_answer(world, "half-made");

        set(&state->network.bridge, "virbr-half");
        set(&state->bridge_mac, "52:54:00:01:02:03");
        interface_comes(world, "virbr-half", true);
        set(&answers_interface_of(world, "virbr-half")->mac, "52:54:00:01:02:03");
}

static void a_foreign_network(struct world *world)
{
        network_is(world, "theirs", false, true);
}

static void the_default_network(struct world *world)
{
        network_is(world, "default", false, true);
}

/* It said the same as the wish and was used. */
static void an_adopted_network(struct world *world)
{
        own(world, "network", "theirs", "11111111-2222-3333-4444-555555555555");
        network_is(world, "theirs", false, true);
}

static void a_network_is_owned(struct world *world)
{
        own(world, "network", "lab", NULL);
}

static void a_guest_is_owned(struct world *world)
{
        own(world, "guest", "db", NULL);
}

static void a_pool_is_owned(struct world *world)
{
        own(world, "pool", "images", NULL);
}

static void libvirt_is_silent(struct world *world)
{
        world->answers.libvirt = REACH_NOT_YET;
        set(&world->answers.libvirt_why, "connection refused");
}

static void libvirt_is_not_there(struct world *world)
{
        world->answers.libvirt = REACH_NOT_YET;
}

static void pool_is(struct world *world, const char *name, bool ours)
{
        struct pool_state *state = pool_answer(world, name);

        set(&state->path, "/srv/a b");
        state->ours = ours;
        state->active = state->persistent = true;
}

static void our_pool(struct world *world)
{
        pool_is(world, "images", true);
}

static void a_foreign_pool(struct world *world)
{
        pool_is(world, "theirs", false);
}

static void a_foreign_guest_is_in_ours(struct world *world)
{
        a_foreign_guest(world);
        strings_add(&guest_answer(world, "web")->uses.networks, "lab");
        strings_add(&guest_answer(world, "web")->uses.paths, "/srv/a b/web.qcow2");
}

static void a_foreign_guest_names_the_bridge_and_the_pool(struct world *world)
{
        a_foreign_guest(world);
        set(&network_answer(world, "lab")->network.bridge, "virbr-lab");
        strings_add(&guest_answer(world, "web")->uses.bridges, "virbr-lab");
        strings_add(&guest_answer(world, "web")->uses.pools, "images");
}

static void a_foreign_guest_is_elsewhere(struct world *world)
{
        a_foreign_guest(world);
        strings_add(&guest_answer(world, "web")->uses.networks, "lab-2");
        strings_add(&guest_answer(world, "web")->uses.bridges, "virbr-half");
        strings_add(&guest_answer(world, "web")->uses.paths, "/srv/a b c/web.qcow2");
        strings_add(&guest_answer(world, "web")->uses.pools, "image");
}

static void our_guests(struct world *world)
{
        guest_answer(world, "db")->ours = true;
        guest_answer(world, "half-made")->ours = true;
        set(&guest_answer(world, "db")->running.name, "db");
}

static void a_guest_with_a_key_of_ours(struct world *world)
{
        own(world, "guest-key", "db", NULL);
        our_guests(world);
        guest_answer(world, "db")->defined.seed = guest_seed_path("db");
}

static void a_key_whose_guest_is_gone(struct world *world)
{
        own(world, "guest-key", "db", NULL);
}

static void volume_is(struct world *world, const char *name)
{
        struct volume_state *volume = array_add(&world->answers.volumes);

        volume->pool = string_copy("images");
        volume->name = string_copy(name);
        volume->path = string_format("/srv/a b/%s", name);
}

static void a_disk_of_ours(struct world *world)
{
        own(world, "volume", "images/db.qcow2", NULL);
        volume_is(world, "db.qcow2");
}

static void an_image_of_ours(struct world *world)
{
        own(world, "image", "images/debian-0123", NULL);
        volume_is(world, "debian-0123");
}

static void a_disk_that_was_never_made(struct world *world)
{
        own(world, "volume", "images/web.qcow2", NULL);
}

static void a_foreign_volume(struct world *world)
{
        volume_is(world, "theirs.qcow2");
}

static void others_need_the_image(struct world *world)
{
        for (array_each(struct volume_state, volume, &world->answers.volumes))
                if (string_equal(volume->name, "debian-0123"))
                        strings_add(&volume->users, "volume theirs.qcow2 of pool images");
}

static void images_are_kept(struct world *world)
{
        world->keep_images = true;
}

static void an_image_was_kept(struct world *world)
{
        own(world, "image", "images/debian-0123", NULL);
        world->answers.owned.items[0].is_made = true;
}

static void its_pool_is_wished(struct world *world)
{
        struct pool_config *pool = array_add(&world->config.pools);

        pool->name = string_copy("images");
        pool->path = string_copy("/srv/a b");
}

static void its_file_is_gone(struct world *world)
{
        file_answer(world, "/srv/a b/debian-0123")->exists = false;
}

static void its_file_is_there(struct world *world)
{
        file_answer(world, "/srv/a b/debian-0123")->exists = true;
}

static void a_transfer_was_cut_off(struct world *world)
{
        own(world, "image", "images/debian-0123", NULL);
        strings_add(&world->answers.parts, "/srv/a b/debian-0123.part");
}

static void others_have_files_in_the_pool(struct world *world)
{
        static const char *const names[] = {"a", "b c", "d", "e", "f", "g", "h"};

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                strings_add(&pool_answer(world, "images")->others, names[i]);
}

static void the_pools_directory_and_a_note_are_ours(struct world *world)
{
        own(world, "file", "/srv/a b", NULL);
        own(world, "file", "/srv/a", NULL);
        own(world, "file", "/var/lib/provision/volumes/images", NULL);
        own(world, "file", "/var/lib/provision/volumes/images/debian-0123", NULL);
        own(world, "file", "/var/lib/provision/volumes/images/db.qcow2", NULL);
        there(world, "/srv/a b", FILE_DIRECTORY);
        there(world, "/srv/a", FILE_DIRECTORY);
        there(world, "/var/lib/provision/volumes/images", FILE_DIRECTORY);
        there(world, "/var/lib/provision/volumes/images/debian-0123", FILE_REGULAR);
        there(world, "/var/lib/provision/volumes/images/db.qcow2", FILE_REGULAR);
}

static void the_machine_has_notes(struct world *world)
{
        there(world, "/run/provision/canary", FILE_DIRECTORY);
        there(world, "/run/provision/ready", FILE_DIRECTORY);
}

/* ---- packages ---- */

static void one_package_came(struct world *world)
{
        strings_add(&world->answers.added_packages, "nginx");
}

static void libvirt_came(struct world *world)
{
        strings_add(&world->answers.added_packages, "libvirt0:amd64");
        strings_add(&world->answers.added_packages, "qemu-utils");
}

static void another_needs_libvirt0(struct world *world)
{
        strings_add(&world->answers.needed_packages, "libvirt0:amd64");
        strings_add(&world->answers.needing_packages, "virt-viewer");
}

static void others_need_both_packages(struct world *world)
{
        strings_add(&world->answers.needing_packages, "sandbox");
        another_needs_libvirt0(world);
        strings_add(&world->answers.needed_packages, "qemu-utils");
}

static void its_configuration_was_changed(struct world *world)
{
        strings_add(&world->answers.changed_files, "/etc/libvirt/libvirtd.conf");
}

static void haproxy_came(struct world *world)
{
        strings_add(&world->answers.added_packages, "haproxy");
}

static void haproxy_has_what_it_came_with(struct world *world)
{
        set(&text_answer(world, HAPROXY_THEIRS)->text, "global\n daemon\ndefaults\n mode http\n");
}

static void haproxy_is_used_by_others(struct world *world)
{
        set(&text_answer(world, HAPROXY_THEIRS)->text,
                "listen theirs\n bind :80\nfrontend bad\n bind nowhere\n");
}

static void dpkg_was_cut_off(struct world *world)
{
        world->answers.machine.package_db_interrupted = true;
}

static void ignition_of_a_cluster(struct world *world)
{
        struct cluster_config *cluster = array_add(&world->config.clusters);

        cluster->name = string_copy("lab");
        cluster->installer.program = string_copy("/i");
        cluster->bootstrap = string_copy("boot");
        do_installer(world, cluster);
}

static void whose_guest_goes(struct world *world)
{
        struct guest_config *guest = array_add(&world->config.guests);

        guest->name = string_copy("boot");
}

/* ---- the situations ---- */

static const struct undo_row rows[] = {
        {&score_installer, {"installer: a cluster whose machines are elsewhere",
                                   {a_kvm_host, ignition_of_a_cluster}, ""}},
        {&score_installer, {"installer: a cluster whose machines go",
                                   {a_kvm_host, ignition_of_a_cluster, whose_guest_goes},
                                   "set aside what openshift-install has made for cluster lab, as "
                                   "/home/ci/clusters/lab.before\n"}},
        {&score_unit, {"unit: nothing is ours", {a_kvm_host, unit_of_others}, ""}},
        {&score_unit, {"unit: it was disabled and not running", {unit_enabled_since_disabled},
                              "stop unit " UNIT ", as it was before\n"
                              "disable unit " UNIT ", as it was before\n"}},
        {&score_unit, {"unit: it was disabled and running", {unit_enabled_since_running},
                              "disable unit " UNIT ", as it was before\n"}},
        {&score_unit, {"unit: it was enabled and running", {unit_disabled_since_enabled},
                              "enable unit " UNIT ", as it was before\n"
                              "start unit " UNIT ", as it was before\n"}},
        {&score_unit, {"unit: it was masked", {unit_unmasked},
                              "stop unit " UNIT ", as it was before\n"
                              "disable unit " UNIT ", as it was before\n"
                              "mask unit " UNIT ", as it was before\n"}},
        {&score_unit, {"unit: it was enabled, running, and not masked", {unit_masked_since_enabled},
                              "unmask unit " UNIT ", as it was before\n"
                              "start unit " UNIT ", as it was before\n"}},
        {&score_unit, {"unit: it was masked before it was there", {unit_masked_that_was_not_there},
                              "unmask unit " UNIT ", as it was before\n"}},
        {&score_unit, {"unit: it can't be enabled, and was started", {unit_static_started},
                              "stop unit " UNIT ", as it was before\n"}},
        {&score_unit, {"unit: it was only restarted", {unit_restarted}, ""}},
        {&score_unit, {"unit: it is gone", {unit_is_gone}, ""}},
        {&score_unit, {"unit: cut off between enabling and starting it", {unit_enabled_and_not_started},
                              "disable unit " UNIT ", as it was before\n"}},

        {&score_unit, {"unit: its package came with us, whatever we have seen of it later",
                              {unit_unmasked, its_package_came_with_us}, ""}},
        {&score_unit, {"unit: its package came with us, and it is masked",
                              {unit_masked_since_enabled, its_package_came_with_us},
                              "unmask unit " UNIT ", which goes with its package\n"}},
        {&score_unit, {"unit: its package came with us, and stays for others",
                              {unit_masked_since_enabled, its_package_came_with_us, a_foreign_guest}, ""}},
        {&score_unit, {"unit: libvirt's was there before us", {libvirtd_is_ours},
                              "stop unit libvirtd.socket, as it was before\n"
                              "disable unit libvirtd.socket, as it was before\n"}},
        {&score_unit, {"unit: libvirt's was there before us, and others have a guest",
                              {libvirtd_is_ours, a_foreign_guest},
                              "~ unit libvirtd.socket stays as it is: guest web isn't ours and needs it\n"}},

        {&score_sysctl, {"sysctl: nothing is ours", {forwarding_is_on_and_kept}, ""}},
        {&score_sysctl, {"sysctl: it was another", {forwarding_was_off, forwarding_is_on_and_kept},
                                "set sysctl " KEY " back to 0\n"}},
        {&score_sysctl,
                {"sysctl: it was the same and wasn't kept", {forwarding_was_on, forwarding_is_on_and_kept},
                        "no longer keep sysctl " KEY " at 1 after a reboot\n"}},
        {&score_sysctl, {"sysctl: set back already", {forwarding_was_off, forwarding_is_off}, ""}},
        {&score_sysctl,
                {"sysctl: cut off before it was kept",
                        {forwarding_was_off, forwarding_is_wished, forwarding_is_on_without_a_drop_in},
                        "set sysctl " KEY " back to 0\n"}},
        {&score_sysctl, {"sysctl: claimed, and cut off before it was set",
                                {forwarding_was_off, forwarding_is_wished, forwarding_is_off}, ""}},
        {&score_sysctl,
                {"sysctl: somebody has changed it since",
                        {forwarding_was_off, forwarding_is_wished, forwarding_is_two_and_kept_at_one},
                        "no longer keep sysctl " KEY " at 1 after a reboot\n"
                        "~ sysctl " KEY " stays 2: somebody has changed it since (before us it was 0)\n"}},
        {&score_sysctl,
                {"sysctl: somebody has changed it and removed our file",
                        {forwarding_was_off, forwarding_is_two},
                        "~ sysctl " KEY " stays 2: somebody has changed it since (before us it was 0)\n"}},
        {&score_sysctl, {"sysctl: its module is gone", {forwarding_was_off, forwarding_is_gone_but_kept},
                                "no longer keep sysctl " KEY " at 1 after a reboot\n"}},
        {&score_sysctl, {"sysctl: blanks between fields don't matter",
                                {forwarding_was_several, forwarding_is_several}, ""}},

        {&score_group, {"group: nothing is ours", {a_group_with_ann, bob_is_in_it}, ""}},
        {&score_group,
                {"group: it was there, and got a member", {a_group_with_ann, bob_is_in_it, ann_is_ours},
                        "take user ann out of group lab\n"}},
        {&score_group, {"group: all of it is ours", {a_group_with_ann, ann_is_ours, the_group_is_ours},
                               "take user ann out of group lab\ndelete group lab\n"}},
        {&score_group, {"group: it is ours, and others have come",
                               {a_group_with_ann, bob_is_in_it, ann_is_ours, the_group_is_ours},
                               "take user ann out of group lab\n"
                               "~ group lab stays: somebody else has added user bob to it\n"}},
        {&score_group, {"group: it is gone", {a_group_with_ann, ann_is_ours, the_group_is_gone}, ""}},
        {&score_group, {"group: claimed, and cut off before it was made",
                               {ann_is_ours, the_group_is_ours, the_group_is_gone}, ""}},
        {&score_group, {"group: a hostile name", {a_hostile_group},
                               "take user a b;& out of group -g$(id)'\"\ndelete group -g$(id)'\"\n"}},

        {&score_file, {"file: nothing is ours", {foreign_files}, ""}},
        {&score_file, {"file: as we wrote it", {a_file_is_wished, it_is_written, it_is_ours},
                              "remove file /etc/motd\n"}},
        {&score_file,
                {"file: claimed, and cut off before it was written", {a_file_is_wished, it_is_ours}, ""}},
        {&score_file,
                {"file: it was there before", {a_file_is_wished, it_is_written, it_was_there_before},
                        "~ /etc/motd stays: it was there before us (regular file, mode 0644, owner root, "
                        "group root, sha256 unknown), and what was in it then isn't kept\n"}},
        {&score_file, {"file: somebody has changed it",
                              {a_file_is_wished, it_is_written, it_is_ours, it_was_changed},
                              "~ file /etc/motd stays: somebody has changed it since\n"}},
        {&score_file, {"file: somebody has changed its mode",
                              {a_file_is_wished, it_is_written, it_is_ours, its_mode_was_changed},
                              "remove file /etc/motd\n"}},
        {&score_file, {"file: it can't be read, so it can't be compared",
                              {a_file_is_wished, it_is_written, it_is_ours, it_cannot_be_read},
                              "~ file /etc/motd stays: somebody has changed it since\n"}},
        {&score_file, {"file: a symbolic link is in its place",
                              {a_file_is_wished, it_is_written, it_is_ours, a_link_is_in_its_place},
                              "~ symbolic link /etc/motd stays: somebody has changed it since\n"}},
        {&score_file, {"file: a directory is in its place",
                              {a_file_is_wished, it_is_written, it_is_ours, a_directory_is_in_its_place},
                              "~ directory /etc/motd stays: somebody has changed it since\n"}},
        {&score_file, {"file: the configuration no longer has it",
                              {a_file_is_wished, it_is_written, it_is_ours, it_is_no_longer_wished},
                              "remove file /etc/motd\n"}},
        {&score_file, {"file: what is in a directory goes before it", {directories_are_ours},
                              "remove file /srv/lab/deep/conf\n"
                              "remove directory /srv/lab/deep, if it is empty\n"
                              "remove directory /srv/lab-2, if it is empty\n"
                              "remove directory /srv/lab, if it is empty\n"}},
        {&score_file, {"file: somebody else's is in a directory of ours",
                              {directories_are_ours, a_foreign_file_is_in_one},
                              "remove file /srv/lab/deep/conf\n"
                              "remove directory /srv/lab/deep, if it is empty\n"
                              "remove directory /srv/lab-2, if it is empty\n"
                              "remove directory /srv/lab, if it is empty\n"}},
        {&score_file, {"file: a hostile name", {a_hostile_file}, "remove file /srv/-rf * $(x)'\"\n"}},

        {&score_network, {"network: only somebody else's", {a_kvm_host, a_foreign_network}, ""}},
        {&score_network, {"network: ours go by their mark, half-made too; the store isn't needed",
                                 {a_kvm_host, our_networks, a_foreign_network},
                                 "remove network lab\nremove network half-made\n"}},
        {&score_network, {"network: one that was only used stays", {a_kvm_host, an_adopted_network}, ""}},
        {&score_network, {"network: no libvirt", {a_fresh_host}, ""}},
        {&score_network, {"network: a guest of others is in one",
                                 {a_kvm_host, our_networks, a_foreign_guest_is_in_ours},
                                 "remove network half-made\n"
                                 "~ network lab stays: guest web isn't ours and is in it; remove that and "
                                 "undo again\n"}},
        {&score_network, {"network: a guest of others is on the bridge of one",
                                 {a_kvm_host, our_networks, a_foreign_guest_names_the_bridge_and_the_pool},
                                 "remove network half-made\n"
                                 "~ network lab stays: guest web isn't ours and is in it; remove that and "
                                 "undo again\n"}},
        {&score_network, {"network: a guest of others is in another",
                                 {a_kvm_host, our_networks, a_foreign_guest_is_elsewhere},
                                 "remove network lab\nremove network half-made\n"}},

        {&score_pool, {"pool: only somebody else's", {a_kvm_host, a_foreign_pool}, ""}},
        {&score_pool, {"pool: ours go by their mark", {a_kvm_host, our_pool, a_foreign_pool},
                              "remove pool images (what is in /srv/a b stays)\n"}},
        {&score_pool, {"pool: a guest of others has a disk in its directory",
                              {a_kvm_host, our_pool, a_foreign_guest_is_in_ours},
                              "~ pool images stays: guest web isn't ours and has a disk in it; remove that "
                              "and undo again\n"}},
        {&score_pool, {"pool: a guest of others names it",
                              {a_kvm_host, our_pool, a_foreign_guest_names_the_bridge_and_the_pool},
                              "~ pool images stays: guest web isn't ours and has a disk in it; remove that "
                              "and undo again\n"}},
        {&score_pool, {"pool: a guest of others has its disks elsewhere",
                              {a_kvm_host, our_pool, a_foreign_guest_is_elsewhere},
                              "remove pool images (what is in /srv/a b stays)\n"}},

        {&score_guest, {"guest: only somebody else's", {a_kvm_host, a_foreign_guest}, ""}},
        {&score_guest,
                {"guest: ours go by their mark, running or not", {a_kvm_host, our_guests, a_foreign_guest},
                        "switch off and remove guest db\nremove guest half-made\n"}},
        {&score_seed, {"seed: guests without a key", {a_kvm_host, our_guests, a_foreign_guest}, ""}},
        {&score_seed, {"seed: cut off between the guest's end and the key's",
                              {a_kvm_host, a_key_whose_guest_is_gone},
                              "forget the host key of guest db, which is kept here\n"}},
        {&score_seed, {"seed: the machine has no libvirt any more", {a_fresh_host, a_key_whose_guest_is_gone},
                              "forget the host key of guest db, which is kept here\n"}},
        {&score_volume, {"volume: what is in the same pool and isn't ours stays",
                                {a_kvm_host, a_disk_of_ours, an_image_of_ours, a_foreign_volume,
                                        a_disk_that_was_never_made},
                                "delete volume db.qcow2 of pool images, with everything in it\n"}},
        {&score_image, {"image: an image, and no disk",
                               {a_kvm_host, a_disk_of_ours, an_image_of_ours, a_foreign_volume},
                               "delete image debian-0123 of pool images, with everything in it\n"}},

        {&score_image, {"image: somebody else's volume is based on it",
                               {a_kvm_host, an_image_of_ours, others_need_the_image},
                               "~ image debian-0123 of pool images stays: volume theirs.qcow2 of pool images "
                               "isn't ours and needs it; remove that and undo again\n"}},
        {&score_image, {"image: it is to be kept", {a_kvm_host, an_image_of_ours, images_are_kept}, ""}},
        {&score_image, {"image: it was kept, and its pool is gone", {a_fresh_host, an_image_was_kept},
                               "~ image debian-0123 of pool images was kept, and stays: there is no pool "
                               "images to delete it from; promote the machine and undo again, or remove its "
                               "file\n"}},
        {&score_image, {"image: it was kept, its pool is gone, and it is to be kept",
                               {a_fresh_host, an_image_was_kept, images_are_kept}, ""}},
        {&score_image, {"image: neither its pool nor its file is there any more",
                               {a_fresh_host, an_image_was_kept, its_pool_is_wished, its_file_is_gone}, ""}},
        {&score_image, {"image: its pool is gone, and its file is there",
                               {a_fresh_host, an_image_was_kept, its_pool_is_wished, its_file_is_there},
                               "~ image debian-0123 of pool images was kept, and stays: there is no pool "
                               "images to delete it from; promote the machine and undo again, or remove its "
                               "file\n"}},
        {&score_file, {"file: above an image that is gone, as its pool is",
                              {an_image_was_kept, its_pool_is_wished, its_file_is_gone,
                                      the_pools_directory_and_a_note_are_ours},
                              "remove file /var/lib/provision/volumes/images/debian-0123\n"
                              "remove file /var/lib/provision/volumes/images/db.qcow2\n"
                              "remove directory /var/lib/provision/volumes/images, if it is empty\n"
                              "remove directory /srv/a b, if it is empty\nremove directory /srv/a, if it is "
                              "empty\n"}},
        {&score_image, {"image: its transfer was cut off", {a_kvm_host, our_pool, a_transfer_was_cut_off},
                               "remove file /srv/a b/debian-0123.part, which a transfer that was cut off "
                               "left\n"}},
        {&score_image, {"image: its transfer was cut off, and images are to be kept",
                               {a_kvm_host, our_pool, a_transfer_was_cut_off, images_are_kept},
                               "remove file /srv/a b/debian-0123.part, which a transfer that was cut off "
                               "left\n"}},
        {&score_pool, {"pool: others have files in it", {a_kvm_host, our_pool, others_have_files_in_the_pool},
                              "remove pool images (what is in /srv/a b stays)\n"
                              "~ not ours, as far as is known here, and staying in /srv/a b of pool images: "
                              "a, b c, d, e, f, and 2 more\n"}},
        {&score_pool, {"pool: others need an image in it",
                              {a_kvm_host, our_pool, an_image_of_ours, others_need_the_image},
                              "~ pool images stays: others need what is in it\n"}},
        {&score_file,
                {"file: what belongs to a volume that others need stays ours",
                        {an_image_of_ours, others_need_the_image, the_pools_directory_and_a_note_are_ours},
                        "remove file /var/lib/provision/volumes/images/db.qcow2\n"
                        "remove directory /srv/a, if it is empty\n"}},
        {&score_file, {"file: what belongs to an image that is kept stays ours",
                              {an_image_of_ours, images_are_kept, the_pools_directory_and_a_note_are_ours},
                              "remove file /var/lib/provision/volumes/images/db.qcow2\n"
                              "remove directory /srv/a, if it is empty\n"}},
        {&score_file,
                {"file: above an image that was kept, and whose pool is gone",
                        {an_image_was_kept, its_pool_is_wished, the_pools_directory_and_a_note_are_ours},
                        "remove file /var/lib/provision/volumes/images/debian-0123\n"
                        "remove file /var/lib/provision/volumes/images/db.qcow2\n"
                        "remove directory /var/lib/provision/volumes/images, if it is empty\n"
                        "remove directory /srv/a, if it is empty\n"}},
        {&score_packages,
                {"packages: somebody else's volume is based on an image of ours",
                        {a_kvm_host, libvirt_came, an_image_of_ours, others_need_the_image},
                        "~ the 2 packages that came with us stay: volume theirs.qcow2 of pool images isn't "
                        "ours and needs them; remove that and undo again (they are libvirt0:amd64, "
                        "qemu-utils)\n"}},

        {&score_canary, {"canary: none has booted", {a_kvm_host}, ""}},
        {&score_canary, {"canary: its proof is gone after that", {a_kvm_host, the_machine_has_notes},
                                "forget that a throw-away guest has booted\n"}},
        {&score_ready, {"ready: none was", {a_kvm_host}, ""}},
        {&score_ready, {"ready: what was noted is gone after that", {a_kvm_host, the_machine_has_notes},
                               "forget which guests were ready\n"}},

        {&score_daemon, {"daemon: libvirt answers", {a_kvm_host, a_network_is_owned}, ""}},
        {&score_daemon,
                {"daemon: it doesn't, and a network of ours is in it",
                        {a_kvm_host, libvirt_is_silent, a_network_is_owned},
                        "! network lab is ours, but libvirt doesn't answer (connection refused): start "
                        "its daemon, then undo again\n"}},
        {&score_daemon,
                {"daemon: it doesn't, and a pool of ours is in it",
                        {a_kvm_host, libvirt_is_silent, a_pool_is_owned},
                        "! pool images is ours, but libvirt doesn't answer (connection refused): start "
                        "its daemon, then undo again\n"}},
        {&score_daemon, {"daemon: it doesn't, and a guest of ours is in it",
                                {a_kvm_host, libvirt_is_silent, a_guest_is_owned},
                                "! guest db is ours, but libvirt doesn't answer (connection refused): start "
                                "its daemon, then undo again\n"}},
        {&score_daemon, {"daemon: it doesn't, and nothing of ours was ever in it",
                                {a_kvm_host, libvirt_is_silent, the_group_is_ours}, ""}},
        {&score_daemon, {"daemon: it is gone already, and so is what was in it",
                                {a_fresh_host, libvirt_is_not_there, a_network_is_owned}, ""}},

        {&score_packages, {"packages: none came", {a_kvm_host, a_foreign_network}, ""}},
        {&score_packages, {"packages: one came", {a_kvm_host, one_package_came},
                                  "remove the 1 package that came with us: nginx\n"}},
        {&score_packages, {"packages: libvirt came, and the networks are ours",
                                  {a_kvm_host, libvirt_came, our_networks, our_pool, the_default_network},
                                  "remove the 2 packages that came with us: libvirt0:amd64, qemu-utils\n"}},
        {&score_packages,
                {"packages: somebody has changed their configuration",
                        {a_kvm_host, libvirt_came, its_configuration_was_changed},
                        "remove the 2 packages that came with us: libvirt0:amd64, qemu-utils\n"
                        "~ file /etc/libvirt/libvirtd.conf stays; its package is removed, but not purged: "
                        "somebody has changed it since it came with us\n"}},
        {&score_packages,
                {"packages: others have made something with them",
                        {a_kvm_host, libvirt_came, a_foreign_network, a_foreign_pool, a_foreign_guest},
                        "~ the 2 packages that came with us stay: guest web, network theirs, pool theirs "
                        "aren't ours and need them; remove that and undo again (they are "
                        "libvirt0:amd64, qemu-utils)\n"}},
        {&score_packages, {"packages: haproxy came, and only we used it",
                                  {a_kvm_host, haproxy_came, haproxy_has_what_it_came_with},
                                  "remove the 1 package that came with us: haproxy\n"}},
        {&score_packages, {"packages: haproxy came, and others use it, too",
                                  {a_kvm_host, haproxy_came, haproxy_is_used_by_others},
                                  "~ the 1 package that came with us stays: service theirs of "
                                  "/etc/haproxy/haproxy.cfg, service bad of "
                                  "/etc/haproxy/haproxy.cfg aren't ours and need it; remove that and undo "
                                  "again (it is haproxy)\n"}},
        {&score_packages, {"packages: haproxy was there before us, and is used",
                                  {a_kvm_host, one_package_came, haproxy_is_used_by_others},
                                  "remove the 1 package that came with us: nginx\n"}},
        {&score_packages, {"packages: libvirt was there before us, and is used",
                                  {a_kvm_host, one_package_came, a_foreign_network, a_foreign_guest},
                                  "remove the 1 package that came with us: nginx\n"}},
        {&score_packages,
                {"packages: their installation was cut off", {a_kvm_host, libvirt_came, dpkg_was_cut_off},
                        "finish what an interrupted run of apt left half-installed\n"
                        "? remove the 2 packages that came with us: libvirt0:amd64, qemu-utils\n"}},
        {&score_packages,
                {"packages: another package needs one", {a_kvm_host, libvirt_came, another_needs_libvirt0},
                        "remove the 1 package that came with us: qemu-utils\n"
                        "~ the 1 package that came with us stays: virt-viewer isn't ours and needs it; "
                        "remove "
                        "that and undo again (it is libvirt0:amd64)\n"}},
        {&score_packages,
                {"packages: others need all of them", {a_kvm_host, libvirt_came, others_need_both_packages},
                        "~ the 2 packages that came with us stay: sandbox, virt-viewer aren't ours and need "
                        "them; remove that and undo again (they are libvirt0:amd64, qemu-utils)\n"}},
        {&score_packages, {"packages: a guest of others needs all, whatever another package needs",
                                  {a_kvm_host, libvirt_came, another_needs_libvirt0, a_foreign_guest},
                                  "~ the 2 packages that came with us stay: guest web isn't ours and needs "
                                  "them; remove "
                                  "that and undo again (they are libvirt0:amd64, qemu-utils)\n"}},
        {&score_packages, {"packages: what comes and goes is no package of others",
                                  {a_kvm_host, libvirt_came, another_needs_libvirt0, dpkg_was_cut_off},
                                  "finish what an interrupted run of apt left half-installed\n"
                                  "? remove the 2 packages that came with us: libvirt0:amd64, qemu-utils\n"}},
        {&score_unfinished, {"unfinished: nothing goes on", {a_kvm_host}, ""}},
        {&score_unfinished, {"unfinished: a transaction goes on", {a_kvm_host, a_transaction_is_under_way},
                                    "go on with what an earlier run began: install package nginx\n"}},
};

/* ---- over several Scores ---- */

/* While a transaction goes on, what it will have brought isn't known. */
static void packages_wait_for_what_goes_on(void **state)
{
        CLEANUP(world_done) struct world world = {.now_us = 1000000};
        CLEANUP(plan_done) struct plan first = {0}, going_on = {0}, then = {0};
        CLEANUP(string_free) char *before = NULL, *after = NULL;

        (void)state;
        world.host.name = string_copy("lab1");
        a_kvm_host(&world);
        one_package_came(&world);
        a_transaction_is_under_way(&world);
        look_either_way(&world, &score_packages, true, &first);
        before = plan_lines(&first);
        assert_string_equal(before, "? remove the 1 package that came with us: nginx\n");
        look_either_way(&world, &score_unfinished, true, &going_on);
        assert_int_equal(take_away(&world, &going_on), 1);
        strings_add(&world.answers.added_packages, "nginx-common");
        look_either_way(&world, &score_packages, true, &then);
        after = plan_lines(&then);
        assert_string_equal(after, "remove the 2 packages that came with us: nginx, nginx-common\n");
}

/* What a network's start that was cut off left goes with it. */
static void a_leftover_bridge_goes_with_its_network(void **state)
{
        CLEANUP(world_done) struct world world = {.now_us = 1000000};
        CLEANUP(plan_done) struct plan plan = {0};

        (void)state;
        world.host.name = string_copy("lab1");
        a_kvm_host(&world);
        our_networks(&world);
        a_start_was_cut_off(&world);
        look_either_way(&world, &score_network, true, &plan);
        assert_int_equal(plan.steps.count, 2);
        for (array_each(const struct step, step, &plan.steps))
                assert_int_equal(step->network.has_leftover,
                        string_equal(step->network.found->network.name, "half-made"));
}

static void keys_are_planned(struct world *world, struct plan *ret_plan, const char *sentences)
{
        CLEANUP(string_free) char *lines = NULL;

        look_either_way(world, &score_seed, true, ret_plan);
        lines = plan_lines(ret_plan);
        assert_string_equal(lines, sentences);
}

/* As in a run that is cut off behind the guests. */
static void keys_go_behind_guests(struct world *world, const char *before, const char *after)
{
        CLEANUP(plan_done) struct plan first = {0}, guests = {0}, second = {0}, third = {0};

        world->host.name = string_copy("lab1");
        keys_are_planned(world, &first, before);
        look_either_way(world, &score_guest, true, &guests);
        assert_int_equal(take_away(world, &guests), 2);
        keys_are_planned(world, &second, after);
        take_away(world, &second);
        keys_are_planned(world, &third, "");
}

static void a_key_that_was_made_here_goes_with_its_guest_or_after_it(void **state)
{
        static const char sentence[] = "forget the host key of guest db, which is kept here\n";
        CLEANUP(world_done) struct world world = {.now_us = 1000000};

        (void)state;
        a_kvm_host(&world);
        a_guest_with_a_key_of_ours(&world);
        keys_go_behind_guests(&world, sentence, sentence);
}

static void what_is_known_of_another_controllers_guest_goes_with_it(void **state)
{
        CLEANUP(world_done) struct world world = {.now_us = 1000000};

        (void)state;
        a_kvm_host(&world);
        a_guest_with_a_key_of_ours(&world);
        disown(&world, "guest-key", "db");
        keys_go_behind_guests(&world, "forget the host key of guest db, should it be known here\n", "");
}

/* ---- what a step makes, and what takes that away ---- */

static void has_owned(const struct owned_list *list, const char *const *names)
{
        assert_int_equal(list->items.count, 3);
        for (size_t i = 0; i < list->items.count; i++) {
                assert_string_equal(list->items.items[i].kind, "file");
                assert_string_equal(list->items.items[i].name, names[i]);
                assert_null(list->items.items[i].before);
        }
}

static void directories_that_come_with_a_file_are_ours(void **state)
{
        static const char *const names[] = {"/srv/lab", "/srv/lab/deep", "/srv/lab/deep/conf"};
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(owned_list_done) struct owned_list things = {0};
        struct file_state *found = array_add(&answers.files);
        char path[] = "/srv/lab/deep/conf";
        const struct file_config file = {.path = path};
        const struct step step = {.kind = STEP_FILE, .file = &file};

        (void)state;
        found->path = path;
        found->missing = string_copy("/srv/lab");
        step_things(&step, &answers, &things);
        has_owned(&things, names);
}

static void directories_that_come_with_a_pool_are_ours(void **state)
{
        static const char *const names[] = {"/srv/lab", "/srv/lab/deep", "/srv/lab/deep/pool"};
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(owned_list_done) struct owned_list things = {0};
        struct file_state *found = array_add(&answers.files);
        char path[] = "/srv/lab/deep/pool", name[] = "pool";
        const struct pool_config pool = {.name = name, .path = path};
        const struct step step = {.kind = STEP_POOL_DEFINE, .pool.wanted = &pool};

        (void)state;
        found->path = path;
        found->missing = string_copy("/srv/lab");
        step_things(&step, &answers, &things);
        assert_int_equal(things.items.count, 4);
        assert_string_equal(things.items.items[3].kind, "pool");
        free(things.items.items[3].kind);
        free(things.items.items[3].name);
        free(things.items.items[3].before);
        things.items.count = 3;
        has_owned(&things, names);
}

static void a_key_that_is_made_is_taken_away_again(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(owned_list_done) struct owned_list made = {0}, gone = {0};
        char name[] = "db";
        const struct guest_config guest = {.name = name};
        const struct step seed = {.kind = STEP_SEED, .seed.guest = &guest};
        const struct step forget = {.kind = STEP_KEY_FORGET, .key.guest = name};
        size_t found = 0;

        (void)state;
        step_things(&seed, &answers, &made);
        step_unmakes(&forget, &gone);
        assert_int_equal(gone.items.count, 1);
        for (array_each(const struct owned, thing, &made.items))
                found += string_equal(thing->kind, gone.items.items[0].kind) &&
                         string_equal(thing->name, gone.items.items[0].name);
        assert_int_equal(found, 1);
}

#define ROWS (sizeof(rows) / sizeof(rows[0]))

int main(void)
{
        struct CMUnitTest tests[ROWS + 7] = {
                cmocka_unit_test(a_key_that_was_made_here_goes_with_its_guest_or_after_it),
                cmocka_unit_test(what_is_known_of_another_controllers_guest_goes_with_it),
                cmocka_unit_test(a_key_that_is_made_is_taken_away_again),
                cmocka_unit_test(a_leftover_bridge_goes_with_its_network),
                cmocka_unit_test(packages_wait_for_what_goes_on),
                cmocka_unit_test(directories_that_come_with_a_file_are_ours),
                cmocka_unit_test(directories_that_come_with_a_pool_are_ours),
        };

        for (size_t i = 0; i < ROWS; i++)
                tests[7 + i] = (struct CMUnitTest) {.name = rows[i].row.name,
                        .test_func = run_undo_row,
                        .initial_state = (void *)&rows[i]};
        return cmocka_run_group_tests(tests, NULL, NULL);
}
