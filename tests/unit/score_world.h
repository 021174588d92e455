/* A machine for the tests of Scores: a wish, answers, and what carrying out a step does to the answers. The
 * model is as small as it can be and as strict as the real thing: libvirt's rules about what may be edited
 * are in it. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/sha256.h"
#include "base/text.h"
#include "config/storage.h"
#include "plan/bmc.h"
#include "plan/cluster_note.h"
#include "plan/firewalld.h"
#include "plan/ready.h"
#include "plan/seed.h"
#include "scores/score.h"

struct world {
        struct config config;
        struct host_config host;
        struct answers answers;
        bool may_restart;
        bool keep_images;
        struct strings kept; /* names that the answers lend */
        struct strings stopped_networks;
        ARRAY(void *) lent; /* lists that steps point into */
        int64_t now_us;
};

#define GIVENS 7

/* One situation: what is given, in order, and the plan that follows, a line each:
 *   "start unit x\n"    a step         "? start unit x\n"  one that is expected only
 *   "! …\n"             a block        "~ …\n"             a warning
 * Whatever plan has no blocks is carried out, look by look, and has to end empty. */
struct row {
        const char *name;
        void (*given[GIVENS])(struct world *world);
        const char *then;
};

/* ---- the machine
 * ------------------------------------------------------------------------------------------- */

static inline void set(char **string, const char *value)
{
        string_replace(string, value);
}

static inline struct package_state *package_answer(struct world *world, const char *name)
{
        for (array_each(struct package_state, package, &world->answers.packages))
                if (string_equal(package->name, name))
                        return package;
        array_add(&world->answers.packages)->name = name;
        return &world->answers.packages.items[world->answers.packages.count - 1];
}

static inline struct unit_state *unit_answer(struct world *world, const char *name)
{
        for (array_each(struct unit_state, unit, &world->answers.units))
                if (string_equal(unit->name, name))
                        return unit;
        array_add(&world->answers.units)->name = name;
        return &world->answers.units.items[world->answers.units.count - 1];
}

static inline struct file_state *file_answer(struct world *world, const char *path)
{
        for (array_each(struct file_state, file, &world->answers.files))
                if (string_equal(file->path, path))
                        return file;
        array_add(&world->answers.files)->path = path;
        return &world->answers.files.items[world->answers.files.count - 1];
}

static inline struct sysctl_state *sysctl_answer(struct world *world, const char *key)
{
        for (array_each(struct sysctl_state, sysctl, &world->answers.sysctls))
                if (string_equal(sysctl->key, key))
                        return sysctl;
        array_add(&world->answers.sysctls)->key = key;
        return &world->answers.sysctls.items[world->answers.sysctls.count - 1];
}

static inline struct group_state *group_answer(struct world *world, const char *name)
{
        for (array_each(struct group_state, group, &world->answers.groups))
                if (string_equal(group->name, name))
                        return group;
        array_add(&world->answers.groups)->name = name;
        return &world->answers.groups.items[world->answers.groups.count - 1];
}

static inline struct user_state *user_answer(struct world *world, const char *name)
{
        for (array_each(struct user_state, user, &world->answers.users))
                if (string_equal(user->name, name))
                        return user;
        array_add(&world->answers.users)->name = name;
        return &world->answers.users.items[world->answers.users.count - 1];
}

static inline struct network_state *network_answer(struct world *world, const char *name)
{
        for (array_each(struct network_state, network, &world->answers.networks))
                if (string_equal(network->network.name, name))
                        return network;
        array_add(&world->answers.networks)->network.name = string_copy(name);
        return &world->answers.networks.items[world->answers.networks.count - 1];
}

static inline struct pool_state *pool_answer(struct world *world, const char *name)
{
        for (array_each(struct pool_state, pool, &world->answers.pools))
                if (string_equal(pool->name, name))
                        return pool;
        array_add(&world->answers.pools)->name = string_copy(name);
        return &world->answers.pools.items[world->answers.pools.count - 1];
}

static inline struct volume_state *volume_answer(struct world *world, const char *pool, const char *name)
{
        struct volume_state *volume = (struct volume_state *)answers_volume(&world->answers, pool, name);

        if (volume)
                return volume;
        volume = array_add(&world->answers.volumes);
        volume->pool = string_copy(pool);
        volume->name = string_copy(name);
        return volume;
}

static inline struct note_state *note_answer(struct world *world, const char *path)
{
        struct note_state *note = (struct note_state *)answers_note(&world->answers, path);

        if (note)
                return note;
        strings_add(&world->kept, path);
        note = array_add(&world->answers.notes);
        note->path = world->kept.items[world->kept.count - 1];
        return note;
}

static inline struct guest_state *guest_answer(struct world *world, const char *name)
{
        for (array_each(struct guest_state, guest, &world->answers.guests))
                if (string_equal(guest->defined.name, name))
                        return guest;
        array_add(&world->answers.guests)->defined.name = string_copy(name);
        return &world->answers.guests.items[world->answers.guests.count - 1];
}

static inline void unit_is(struct world *world, const char *name, const char *file_state, bool active)
{
        struct unit_state *unit = unit_answer(world, name);

        unit->exists = true;
        unit->active = active;
        unit->failed = unit->changing = unit->restarting = false;
        set(&unit->file_state, file_state);
        set(&unit->active_state, active ? "active" : "inactive");
        unit->since_us = active ? world->now_us : 0;
}

static inline void unit_is_changing(struct world *world, const char *name, const char *active_state)
{
        struct unit_state *unit = unit_answer(world, name);

        unit_is(world, name, unit->file_state ? unit->file_state : "enabled", false);
        unit->changing = true;
        set(&unit->active_state, active_state);
}

/* Debian 12 on x86_64, reached as root, and nothing else on it. */
static inline void a_fresh_host(struct world *world)
{
        struct machine_facts *machine = &world->answers.machine;

        set(&machine->hostname, "lab1");
        set(&machine->os_id, "debian");
        set(&machine->os_id_like, "");
        set(&machine->os_name, "Debian GNU/Linux 12 (bookworm)");
        set(&machine->arch, "x86_64");
        set(&machine->os_id, "debian");
        set(&machine->os_version, "12");
        machine->manager = PACKAGES_APT;
        machine->is_root = machine->has_systemd = machine->has_kvm_device = true;
        world->answers.libvirt = REACH_NOT_YET;
        user_answer(world, "root")->exists = true;
        group_answer(world, "root")->exists = true;
}

/* What Debian's packages do when they are installed. */
static inline void libvirt_is_installed(struct world *world)
{
        static const char *const names[] = {"libvirt-daemon-system", "libvirt-clients", "qemu-system-x86",
                "qemu-utils", "dnsmasq-base", "nftables"};
        static const char *const units[] = {"libvirtd.socket", "libvirtd-ro.socket", "libvirtd-admin.socket",
                "libvirtd.service", "virtlogd.socket"};

        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
                package_answer(world, names[i])->installed = true;
        for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
                unit_is(world, units[i], "enabled", true);
        group_answer(world, "libvirt")->exists = true;
        world->answers.libvirt = REACH_ANSWERED;
        set(&world->answers.libvirt_version, "9.0.0");
}

static inline void a_kvm_host(struct world *world)
{
        a_fresh_host(world);
        libvirt_is_installed(world);
}

/* An earlier run began it, and dpkg is in the middle of it. */
static inline void a_transaction_is_under_way(struct world *world)
{
        struct long_step_state *step = array_add(&world->answers.long_steps);

        step->name = string_copy("provision-packages.install-0123456789ab");
        step->words = string_copy("install package nginx");
        world->answers.machine.package_db_interrupted = true;
}

static inline void take_up(struct world *world, const char *name)
{
        for (array_each(struct long_step_state, state, &world->answers.long_steps)) {
                if (!string_equal(state->name, name))
                        continue;
                free(state->name);
                free(state->words);
                *state = world->answers.long_steps.items[--world->answers.long_steps.count];
                world->answers.machine.package_db_interrupted = false;
                return;
        }
        fail_msg("there is no step %s to take up", name);
}

static inline void world_done(struct world *world)
{
        answers_done(&world->answers);
        config_done(&world->config);
        strings_done(&world->kept);
        strings_done(&world->stopped_networks);
        for (array_each(void *, list, &world->lent))
                free(*list);
        array_free(&world->lent);
        string_free(&world->host.name);
}

/* ---- what steps do
 * ----------------------------------------------------------------------------------------- */

static inline struct cluster_state *cluster_answer(struct world *world, const struct cluster_config *config)
{
        for (array_each(struct cluster_state, state, &world->answers.clusters))
                if (state->config == config)
                        return state;
        array_add(&world->answers.clusters)->config = config;
        return &world->answers.clusters.items[world->answers.clusters.count - 1];
}

static inline void condition_is(struct cluster_part *part, const char *type, const char *status)
{
        struct cluster_condition *condition = array_add(&part->conditions);

        condition->type = string_copy(type);
        condition->status = string_copy(status);
}

/* Every cluster's names are told as they should be. */
static inline void do_names(struct world *world)
{
        for (array_each(struct names_state, state, &world->answers.names))
                names_state_done(state);
        array_free(&world->answers.names);
        for (array_each(const struct cluster_config, cluster, &world->config.clusters)) {
                struct names_state *state = array_add(&world->answers.names);

                names_state_fill(state, cluster, "random");
                for (array_each(struct name_answer, answer, &state->answers)) {
                        char address[IP_TEXT];

                        answer->status = string_copy("NOERROR");
                        strings_add(&answer->values,
                                answer->question == NAME_REVERSE
                                        ? answer->name->name
                                        : ip_address_format(&answer->name->address, address));
                }
        }
}

static inline struct installer_state *installer_answer(
        struct world *world, const struct cluster_config *config)
{
        struct installer_state *made;

        for (array_each(struct installer_state, known, &world->answers.installers))
                if (known->cluster == config)
                        return known;
        made = array_add(&world->answers.installers);
        made->cluster = config;
        made->place = string_copy("/home/ci/clusters/lab");
        return made;
}

/* It has made what lasts for a day. */
static inline void do_installer(struct world *world, const struct cluster_config *config)
{
        struct installer_state *made = installer_answer(world, config);

        made->is_made = made->is_as_wished = true;
        for (int role = 0; role < CLUSTER_ROLES; role++) {
                free(made->sums[role]);
                made->sums[role] = sha256_hex(config->name, (size_t)role);
        }
        made->is_begun = false;
        made->made_s = made->now_s;
        made->until_s = made->now_s + 24 * 60 * 60;
}

/* It was waited for, and the stage came. */
static inline void do_cluster(
        struct world *world, const struct cluster_config *config, enum cluster_stage stage)
{
        struct cluster_state *state = cluster_answer(world, config);
        struct cluster_part *operator;

        state->answers = true;
        state->now_s = 1700000000;
        if (stage == CLUSTER_BOOTSTRAP) {
                set(&state->bootstrap, "complete");
                set(&state->etcd.name, "cluster");
                condition_is(&state->etcd, "EtcdBootstrapMemberRemoved", "True");
        }
        if (stage == CLUSTER_NODES)
                for (array_each(char *, name, &config->nodes)) {
                        struct cluster_part *node = NULL;

                        for (array_each(struct cluster_part, there, &state->nodes))
                                if (string_equal(there->name, *name))
                                        node = there;
                        node = node ? node : array_add(&state->nodes);
                        cluster_part_done(node);
                        node->name = string_copy(*name);
                        condition_is(node, "Ready", "True");
                }
        if (stage != CLUSTER_INSTALL)
                return;
        set(&state->installed.name, "version");
        condition_is(&state->installed, "Available", "True");
        condition_is(&state->installed, "Failing", "False");
        condition_is(&state->installed, "Progressing", "False");
        operator= array_add(&state->operators);
        operator->name = string_copy("dns");
        condition_is(operator, "Available", "True");
        condition_is(operator, "Degraded", "False");
        condition_is(operator, "Progressing", "False");
}

static inline struct bmc_state *bmc_answer(struct world *world, const struct machine_config *config)
{
        for (array_each(struct bmc_state, state, &world->answers.bmcs))
                if (state->config == config)
                        return state;
        array_add(&world->answers.bmcs)->config = config;
        return &world->answers.bmcs.items[world->answers.bmcs.count - 1];
}

static inline struct text_state *text_answer(struct world *world, const char *path)
{
        for (array_each(struct text_state, text, &world->answers.texts))
                if (string_equal(text->path, path))
                        return text;
        array_add(&world->answers.texts)->path = path;
        return &world->answers.texts.items[world->answers.texts.count - 1];
}

static inline struct listener *listener_answer(struct world *world, const struct socket_address *at)
{
        for (array_each(struct listener, listener, &world->answers.listeners))
                if (socket_address_meets(&listener->at, at))
                        return listener;
        return NULL;
}

static inline void balancer_stops(struct world *world)
{
        size_t kept = 0;

        for (array_each(const struct listener, listener, &world->answers.listeners))
                if (!listener->is_balancer)
                        world->answers.listeners.items[kept++] = *listener;
        world->answers.listeners.count = kept;
        strings_done(&world->answers.balancer_fingerprints);
}

/* As a haproxy that refuses to share ports: it listens at all that its file says, or at nothing. */
static inline void balancer_starts(struct world *world)
{
        const char *text = text_answer(world, HAPROXY_OURS)->text, *socket;
        struct haproxy haproxy;

        assert_non_null(text);
        socket = strstr(text, HAPROXY_RUN "/");
        assert_non_null(socket);
        balancer_stops(world);
        haproxy_read(text, &haproxy);
        for (array_each(const struct haproxy_service, service, &haproxy.services))
                for (array_each(const struct socket_address, bind, &service->service.binds)) {
                        struct listener *listener;

                        assert_null(listener_answer(world, bind));
                        listener = array_add(&world->answers.listeners);
                        listener->at = *bind;
                        listener->is_balancer = true;
                }
        strings_take(&world->answers.balancer_fingerprints,
                string_copy_n(socket + strlen(HAPROXY_RUN "/"), HAPROXY_FINGERPRINT));
        haproxy_done(&haproxy);
}

/* It answers, and has an haproxy that is off. */
static inline struct opnsense_state *opnsense_state(struct world *world, const struct opnsense_config *config)
{
        struct opnsense_state *state;
        struct opnsense_object *general;

        for (array_each(struct opnsense_state, known, &world->answers.opnsenses))
                if (known->config == config)
                        return known;
        state = array_add(&world->answers.opnsenses);
        *state = (struct opnsense_state) {
                .config = config, .answers = true, .is_known = {true, true, true}, .has_haproxy = true};
        general = array_add(&state->objects.list);
        general->kind = OPNSENSE_GENERAL;
        opnsense_set(general, "enabled", "0");
        return state;
}

/* The first one's. */
static inline struct opnsense_state *opnsense_answer(struct world *world)
{
        return opnsense_state(world, &world->config.opnsenses.items[0]);
}

/* What it has is what haproxy runs. */
static inline void opnsense_loads(struct opnsense_state *state)
{
        strings_done(&state->running);
        state->is_running = false;
        for (array_each(struct opnsense_object, object, &state->objects.list)) {
                if (object->kind == OPNSENSE_FRONTEND && string_equal(opnsense_value(object, "enabled"), "1"))
                        strings_add(&state->running, opnsense_value(object, "name"));
                if (object->kind == OPNSENSE_GENERAL)
                        state->is_running = string_equal(opnsense_value(object, "enabled"), "1");
        }
}

static inline void opnsense_becomes(
        struct opnsense_state *state, enum opnsense_area area, const struct opnsense_objects *wanted)
{
        CLEANUP(opnsense_changes_done) struct opnsense_changes changes = {0};
        struct opnsense_objects left = {0};

        opnsense_compare(area, wanted, &state->objects, &changes);
        for (array_each(struct opnsense_object, object, &state->objects.list)) {
                bool goes = false;

                for (array_each(struct opnsense_change, change, &changes.list)) {
                        goes |= change->found == object && !change->wanted;
                        for (size_t i = 0;
                                change->found == object && change->wanted && i < change->wanted->fields.count;
                                i++)
                                opnsense_set(object, change->wanted->fields.items[i].name,
                                        change->wanted->fields.items[i].value);
                }
                if (!goes)
                        opnsense_copy(array_add(&left.list), object);
        }
        for (array_each(struct opnsense_change, change, &changes.list))
                if (!change->found)
                        opnsense_copy(array_add(&left.list), change->wanted);
        opnsense_objects_done(&state->objects);
        state->objects = left;
        if (area == OPNSENSE_SERVICES)
                opnsense_loads(state);
}

static inline void do_opnsense(struct world *world, const struct step *step, enum opnsense_area area)
{
        for (size_t i = 0; i < OPNSENSE_MEMBERS && step->opnsense.members[i]; i++)
                opnsense_becomes(
                        opnsense_state(world, step->opnsense.members[i]), area, &step->opnsense.wanted);
}

static inline void do_opnsense_mirror(const struct opnsense_state *primary, struct opnsense_state *backup)
{
        CLEANUP(opnsense_objects_done) struct opnsense_objects wanted = {0};
        CLEANUP(strings_done) struct strings problems = {0};

        opnsense_mirror(primary, backup, &wanted, &problems);
        opnsense_becomes(backup, OPNSENSE_MAPPINGS, &wanted);
}

static inline void do_balancer_write(struct world *world, const struct step *step)
{
        struct file_state *file = file_answer(world, HAPROXY_OURS);

        file->exists = true;
        file->type = FILE_REGULAR;
        file->mode = 0644;
        file->size = (int64_t)strlen(step->balancer.text);
        set(&file->owner, "root");
        set(&file->group, "root");
        string_free(&file->sha256);
        file->sha256 = sha256_hex(step->balancer.text, strlen(step->balancer.text));
        set(&text_answer(world, HAPROXY_OURS)->text, step->balancer.text);
}

/* As the kernel lists a table that it was just given. */
static inline void table_is_loaded(struct world *world, const char *text)
{
        CLEANUP(string_free) char *copy = string_copy(text);
        struct firewall_state *state = &world->answers.firewall;

        strings_done(&state->listed);
        strings_done(&state->loaded);
        for (char *rest = strstr(copy, "table " NFTABLES_TABLE " {"), *line; (line = strsep(&rest, "\n"));)
                strings_add(&state->listed, line);
        strings_copy(&state->loaded, &state->listed);
}

static inline void table_is_gone(struct world *world)
{
        strings_done(&world->answers.firewall.listed);
        strings_done(&world->answers.firewall.loaded);
}

static inline void do_firewall_load(struct world *world, const struct step *step)
{
        struct file_state *file = file_answer(world, NFTABLES_FILE);

        file->exists = true;
        file->type = FILE_REGULAR;
        file->mode = 0644;
        file->size = (int64_t)strlen(step->firewall.text);
        set(&file->owner, "root");
        set(&file->group, "root");
        string_free(&file->sha256);
        file->sha256 = sha256_hex(step->firewall.text, strlen(step->firewall.text));
        table_is_loaded(world, step->firewall.text);
}

static inline void change_strings(struct strings *there, const struct strings *changed, bool is_added)
{
        for (array_each(char *const, opening, changed)) {
                size_t kept = 0;

                if (is_added) {
                        assert_false(strings_has(there, *opening));
                        strings_add(there, *opening);
                        continue;
                }
                assert_true(strings_has(there, *opening));
                for (size_t i = 0; i < there->count; i++)
                        if (string_equal(there->items[i], *opening))
                                free(there->items[i]);
                        else
                                there->items[kept++] = there->items[i];
                there->count = kept;
        }
}

static inline void do_firewalld(struct world *world, const struct step *step)
{
        bool is_added = step->kind == STEP_FIREWALLD_OPEN;
        struct text_state *note = text_answer(world, FIREWALLD_NOTE);
        CLEANUP(strings_done) struct strings lines = {0};
        CLEANUP(string_free) char *copy = string_copy(note->text ? note->text : ""), *text = NULL;

        for (char *rest = copy, *line; (line = strsep(&rest, "\n"));)
                if (*line)
                        strings_add(&lines, line);
        change_strings(&world->answers.firewall.runtime, &step->firewalld.runtime, is_added);
        change_strings(&world->answers.firewall.permanent, &step->firewalld.permanent, is_added);
        change_strings(&lines, &step->firewalld.ours, is_added);
        text = strings_join(&lines, "\n");
        set(&note->text, text);
        file_answer(world, FIREWALLD_NOTE)->exists = lines.count > 0;
}

#define BOOT_UNIT   "provision-boot-lab.service"
#define BOOT_LOADED "/run/provision-boot-lab/loaded"

static inline void boot_server_reads(struct world *world)
{
        struct file_state *loaded = file_answer(world, BOOT_LOADED);

        loaded->exists = true;
        loaded->type = FILE_REGULAR;
        loaded->modified_us = world->now_us;
}

static inline void do_unit(struct world *world, const struct step *step)
{
        struct unit_state *unit = unit_answer(world, step->unit.name);

        if (step->unit.action != UNIT_MASK)
                assert_true(unit->exists);
        switch (step->unit.action) {
        case UNIT_ENABLE:
        case UNIT_DISABLE:
                assert_string_not_equal(unit->file_state, "masked");
                set(&unit->file_state, step->unit.action == UNIT_ENABLE ? "enabled" : "disabled");
                break;
        case UNIT_MASK:
                set(&unit->file_state, "masked");
                unit->exists = true;
                break;
        case UNIT_UNMASK:
                set(&unit->file_state, "disabled");
                break;
        case UNIT_START:
        case UNIT_RESTART:
                assert_string_not_equal(unit->file_state, "masked");
                unit_is(world, step->unit.name, unit->file_state ? unit->file_state : "", true);
                if (strncmp(step->unit.name, "libvirtd.", 9) == 0 ||
                        strncmp(step->unit.name, "virtqemud.", 10) == 0)
                        world->answers.libvirt = REACH_ANSWERED;
                if ((string_equal(step->unit.name, "libvirtd.service") ||
                            string_equal(step->unit.name, "virtstoraged.service")) &&
                        world->answers.pool_types.count &&
                        !strings_has(&world->answers.pool_types, "logical"))
                        strings_add(&world->answers.pool_types, "logical");
                if (string_equal(step->unit.name, HAPROXY_UNIT))
                        balancer_starts(world);
                if (string_equal(step->unit.name, BOOT_UNIT))
                        boot_server_reads(world);
                break;
        case UNIT_RELOAD:
                assert_true(unit->active);
                if (string_equal(step->unit.name, HAPROXY_UNIT))
                        balancer_starts(world);
                if (string_equal(step->unit.name, BOOT_UNIT))
                        boot_server_reads(world);
                break;
        case UNIT_STOP:
                unit->active = unit->changing = false;
                if (string_equal(step->unit.name, NFTABLES_UNIT))
                        table_is_gone(world);
                break;
        default:
                fail();
        }
}

static inline void do_file(struct world *world, const struct file_config *wanted)
{
        struct file_state *file = file_answer(world, wanted->path);
        char *sha256 = NULL;

        file->exists = wanted->type != FILE_ABSENT;
        file->type = wanted->type;
        if (wanted->type == FILE_REGULAR) {
                sha256 = sha256_hex(wanted->content, wanted->content_length);
                if (!string_equal(sha256, file->sha256))
                        file->modified_us = world->now_us;
                file->size = (int64_t)wanted->content_length;
        }
        string_free(&file->sha256);
        file->sha256 = sha256;
        file->mode = wanted->mode;
        set(&file->owner, wanted->owner);
        set(&file->group, wanted->group);
        if (strstr(wanted->path, ".service")) {
                unit_is(world, strrchr(wanted->path, '/') + 1, "disabled", false);
                string_free(&unit_answer(world, strrchr(wanted->path, '/') + 1)->load_error);
        }
}

static inline void do_lease(struct network *network, enum edit_verb verb, const struct fixed_lease *lease)
{
        size_t i = 0;

        /* libvirt takes the first that shares anything; to remove, all of it must be the same. */
        for (; i < network->leases.count; i++) {
                const struct fixed_lease *other = &network->leases.items[i];

                if (verb == EDIT_REMOVE ? fixed_lease_equal(other, lease)
                                        : mac_address_equal(&other->mac, &lease->mac) ||
                                                  ip_address_equal(&other->address, &lease->address) ||
                                                  (lease->name && string_equal(other->name, lease->name)))
                        break;
        }
        if (verb == EDIT_ADD) {
                assert_int_equal(i, network->leases.count);
                *array_add(&network->leases) =
                        (struct fixed_lease) {lease->mac, lease->address, string_copy(lease->name)};
                return;
        }
        assert_true(i < network->leases.count);
        string_free(&network->leases.items[i].name);
        if (verb == EDIT_CHANGE)
                network->leases.items[i] =
                        (struct fixed_lease) {lease->mac, lease->address, string_copy(lease->name)};
        else
                network->leases.items[i] = network->leases.items[--network->leases.count];
}

static inline void do_range(struct network *network, enum edit_verb verb, const struct ip_range *range)
{
        size_t i = 0;

        while (i < network->ranges.count && !ip_range_equal(&network->ranges.items[i], range))
                i++;
        assert_int_equal(i == network->ranges.count, verb == EDIT_ADD);
        assert_int_not_equal(verb, EDIT_CHANGE);
        if (verb == EDIT_ADD)
                *array_add(&network->ranges) = *range;
        else
                network->ranges.items[i] = network->ranges.items[--network->ranges.count];
}

static inline void do_dns(struct network *network, enum edit_verb verb, const struct dns_host *dns)
{
        size_t at = 0, hits = 0;
        struct dns_host *added;

        for (size_t i = 0; i < network->dns.count; i++) {
                bool shares = ip_address_equal(&network->dns.items[i].address, &dns->address);

                for (array_each(char *, name, &dns->names))
                        shares |= strings_has(&network->dns.items[i].names, *name);
                if (shares) {
                        at = i;
                        hits++;
                }
        }
        assert_int_equal(hits, verb == EDIT_REMOVE);
        if (verb == EDIT_ADD) {
                added = array_add(&network->dns);
                added->address = dns->address;
                strings_copy(&added->names, &dns->names);
                return;
        }
        strings_done(&network->dns.items[at].names);
        network->dns.items[at] = network->dns.items[--network->dns.count];
}

static inline void it_runs_as_defined(struct network_state *state)
{
        strings_done(&state->live_differences);
        if (state->running)
                network_done(state->running);
        free(STEAL(state->running));
}

/* What runs may have become what is defined. */
static inline void compare_what_runs(struct network_state *state)
{
        struct strings differences = {0};

        if (!state->running)
                return;
        network_differences(&state->network, state->running, &differences);
        if (differences.count == 0)
                it_runs_as_defined(state);
        strings_done(&differences);
}

static inline void do_network_define(struct network_state *state, const struct network_config *wanted)
{
        CLEANUP(string_free) char *bridge = string_copy(state->network.bridge);

        network_done(&state->network);
        network_copy(&state->network, &wanted->network);
        if (!state->network.bridge)
                state->network.bridge = string_copy(bridge ? bridge : "virbr0");
        state->persistent = state->ours = true;
        strings_done(&state->unmodelled);
}

static inline void interface_comes(struct world *world, const char *name, bool is_bridge)
{
        struct interface_state *interface;

        if (answers_interface(&world->answers, name))
                return;
        interface = array_add(&world->answers.interfaces);
        interface->name = string_copy(name);
        interface->is_bridge = is_bridge;
}

/* libvirt has made its bridge and started its dnsmasq. */
static inline void routes_go(struct world *world, const char *interface)
{
        for (size_t i = world->answers.routes.count; i-- > 0;) {
                struct route *route = &world->answers.routes.items[i];

                if (!string_equal(route->interface, interface))
                        continue;
                free(route->interface);
                *route = world->answers.routes.items[--world->answers.routes.count];
        }
}

/* The kernel's route to what a bridge has an address in; the one that was there before goes. */
static inline void route_comes(struct world *world, const struct subnet *subnet, const char *bridge)
{
        struct route *route;

        routes_go(world, bridge);
        route = array_add(&world->answers.routes);
        route->interface = string_copy(bridge);
        route->subnet = *subnet;
        for (unsigned bit = subnet->prefix; bit < 128; bit++)
                route->subnet.address.bytes[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
}

static inline void network_comes_up(struct world *world, struct network_state *state)
{
        const char *bridge = network_state_bridge(state);
        struct service_state *service = NULL;

        state->active = true;
        if (bridge)
                interface_comes(world, bridge, true);
        if (bridge && state->network.address.address.family)
                route_comes(world, &state->network.address, bridge);
        for (array_each(struct service_state, known, &world->answers.services))
                if (string_equal(known->network, state->network.name))
                        service = known;
        if (!service) {
                service = array_add(&world->answers.services);
                service->network = string_copy(state->network.name);
        }
        service->is_served = network_state_is_served(state);
}

/* As libvirt has it. */
static inline void nobody_has_its_address(const struct world *world, const struct network_state *state)
{
        for (array_each(const struct network_state, other, &world->answers.networks)) {
                const struct network *running = other->running ? other->running : &other->network;

                if (other != state && other->active && running->address.address.family &&
                        state->network.address.address.family)
                        assert_false(subnet_overlaps(&state->network.address, &running->address));
        }
}

static inline void do_network(struct world *world, const struct step *step)
{
        const struct network_config *wanted = step->network.wanted;
        struct network_state *state = network_answer(world, wanted->network.name);

        assert_int_equal(world->answers.libvirt, REACH_ANSWERED);
        switch (step->kind) {
        case STEP_NETWORK_RECREATE:
                assert_true(state->active || strings_has(&world->stopped_networks, state->network.name));
                do_network_define(state, wanted);
                it_runs_as_defined(state);
                nobody_has_its_address(world, state);
                network_comes_up(world, state);
                break;
        case STEP_NETWORK_STOP:
                assert_true(state->active && state->persistent);
                strings_add(&world->stopped_networks, state->network.name);
                state->active = false;
                break;
        case STEP_NETWORK_RESTART:
                assert_true(state->active && state->persistent);
                network_comes_up(world, state);
                break;
        case STEP_NETWORK_DEFINE:
                do_network_define(state, wanted);
                compare_what_runs(state);
                break;
        case STEP_NETWORK_START:
                assert_true(state->persistent && !state->active);
                nobody_has_its_address(world, state);
                network_comes_up(world, state);
                break;
        case STEP_NETWORK_AUTOSTART:
                assert_true(state->persistent);
                state->autostart = wanted->autostart;
                break;
        default:
                assert_true(state->active);
                for (size_t i = 0; i < step->network.edit_count; i++) {
                        const struct network_edit *edit = &step->network.edits[i];
                        struct network *edited =
                                step->network.is_live_only ? state->running : &state->network;

                        if (edit->part == NETWORK_PART_RANGE)
                                do_range(edited, edit->verb, edit->range);
                        else if (edit->part == NETWORK_PART_LEASE)
                                do_lease(edited, edit->verb, edit->lease);
                        else
                                do_dns(edited, edit->verb, edit->dns);
                }
                if (step->network.is_live_only)
                        compare_what_runs(state);
        }
}

static inline void do_pool(struct world *world, const struct step *step)
{
        const struct pool_config *wanted = step->pool.wanted;
        struct pool_state *state = pool_answer(world, wanted->name);

        assert_int_equal(world->answers.libvirt, REACH_ANSWERED);
        if (step->kind == STEP_POOL_DEFINE) {
                state->persistent = state->ours = true;
                set(&state->type, pool_type_name(wanted->type));
                set(&state->path, wanted->path);
                string_free(&state->source);
                state->source = string_copy(wanted->source);
        } else if (step->kind == STEP_POOL_START) {
                assert_true(state->persistent && !state->active);
                state->active = true;
        } else {
                assert_true(state->persistent);
                state->autostart = wanted->autostart;
        }
}

static inline void do_guest_edit(struct guest *running, const struct step *step)
{
        const struct guest_edit *edit = &step->guest.edit;
        const struct guest *wanted = step->guest.wanted;
        struct guest_nic *nic =
                edit->nic ? (struct guest_nic *)guest_find_nic(running, &edit->nic->mac) : NULL;

        switch (edit->kind) {
        case GUEST_EDIT_MEMORY:
                assert_true(wanted->memory_kib <= running->memory_max_kib);
                running->memory_kib = wanted->memory_kib;
                break;
        case GUEST_EDIT_VCPUS:
                assert_true(wanted->vcpus > running->vcpus && wanted->vcpus <= running->vcpus_max);
                running->vcpus = wanted->vcpus;
                break;
        case GUEST_EDIT_ADD_DISK:
                assert_null(guest_find_disk(running, edit->disk->target));
                *array_add(&running->disks) = (struct guest_disk) {
                        .target = string_copy(edit->disk->target), .path = string_copy(edit->disk->path)};
                break;
        case GUEST_EDIT_ADD_NIC:
                assert_null(nic);
                nic = array_add(&running->nics);
                *nic = *edit->nic;
                nic->network = string_copy(edit->nic->network);
                break;
        case GUEST_EDIT_REMOVE_NIC:
                assert_non_null(nic);
                free(nic->network);
                *nic = running->nics.items[--running->nics.count];
                break;
        case GUEST_EDIT_CHANGE_NIC:
                assert_non_null(nic);
                set(&nic->network, edit->nic->network);
                nic->link_is_up = edit->nic->link_is_up;
                break;
        case GUEST_EDIT_CD:
                string_free(&running->iso);
                running->iso = string_copy(wanted->iso);
                break;
        }
}

static inline void guest_starts(struct guest_state *state)
{
        guest_done(&state->running);
        guest_copy(&state->running, &state->defined);
        strings_done(&state->running_unmodelled);
}

static inline void do_guest(struct world *world, const struct step *step)
{
        struct guest_state *state = step->guest.config ? guest_answer(world, step->guest.config->name) : NULL;

        assert_int_equal(world->answers.libvirt, REACH_ANSWERED);
        switch (step->kind) {
        case STEP_GUEST_DEFINE:
                assert_true(state->ours || !state->persistent);
                assert_true(step->guest.wanted->disks.count == 0 || step->guest.wanted->disks.items[0].path);
                guest_done(&state->defined);
                guest_copy(&state->defined, step->guest.wanted);
                state->persistent = state->ours = true;
                strings_done(&state->unmodelled);
                break;
        case STEP_GUEST_START:
                for (array_each(char *, name, &step->guest.names)) {
                        state = guest_answer(world, *name);
                        assert_true(state->persistent && !state->running.name);
                        guest_starts(state);
                }
                break;
        case STEP_GUEST_RESUME:
                assert_true(state->running.name && state->paused);
                state->paused = false;
                break;
        case STEP_GUEST_CHANGE:
                assert_true(state->ours && state->running.name);
                do_guest_edit(&state->running, step);
                break;
        case STEP_GUEST_RESTART:
                assert_true(state->ours && state->persistent && state->running.name);
                assert_true(world->may_restart);
                guest_starts(state);
                break;
        case STEP_GUEST_STOP:
                assert_non_null(state->running.name);
                guest_done(&state->running);
                break;
        default:
                assert_int_equal(step->kind, STEP_GUEST_AUTOSTART);
                assert_true(state->persistent);
                state->autostart = step->guest.config->autostart;
        }
}

static inline void do_image(struct world *world, const struct step *step)
{
        const struct image_config *wanted = step->image.wanted;
        struct volume_state *volume = volume_answer(world, wanted->pool, step->image.volume);

        assert_true(pool_answer(world, wanted->pool)->active);
        assert_null(volume->path);
        volume->path = volume_path(step->image.pool_path, step->image.volume);
        volume->format = string_copy(wanted->is_raw ? "raw" : "qcow2");
        volume->size_bytes = UINT64_C(2) << 30;
}

/* The step's own is gone with what was seen. */
static inline const struct volume_state *image_of(struct world *world, const struct step *step)
{
        for (array_each(const struct image_config, image, &world->config.images)) {
                CLEANUP(string_free) char *name = image_volume_name(image);

                if (string_equal(image->name, step->volume.disk->image))
                        return answers_volume(&world->answers, image->pool, name);
        }
        return NULL;
}

/* libvirt makes nothing smaller than what it is made from, and nothing from what isn't there. */
static inline void do_volume_create(struct world *world, const struct step *step)
{
        const struct disk_config *disk = step->volume.disk;
        CLEANUP(string_free) char *name = disk_volume_name(step->volume.guest, disk);
        CLEANUP(string_free) char *note = disk_note_path(disk->pool, name);
        struct volume_state *volume = volume_answer(world, disk->pool, name);
        const struct volume_state *image = image_of(world, step);
        struct guest_state *guest =
                (struct guest_state *)answers_guest(&world->answers, step->volume.guest->name);

        assert_int_equal(image != NULL, step->volume.image != NULL);
        assert_true(pool_answer(world, disk->pool)->active);
        assert_int_equal(step->volume.replaces, volume->path != NULL);
        assert_true(step->volume.size_bytes > 0);
        assert_int_equal(image != NULL, disk->origin != DISK_EMPTY);
        if (image)
                assert_true(step->volume.size_bytes >= image->size_bytes);
        set(&volume->format, disk->is_raw ? "raw" : "qcow2");
        string_free(&volume->path);
        volume->path = volume_path(step->volume.pool_path, name);
        string_free(&volume->backing);
        volume->backing = disk->origin == DISK_BACKED ? string_copy(image->path) : NULL;
        volume->size_bytes = step->volume.size_bytes;
        string_free(&note_answer(world, note)->text);
        note_answer(world, note)->text = disk_note(disk, image ? image->name : NULL);
        if (guest && guest->running.name && step->volume.replaces) {
                assert_true(world->may_restart || !step->volume.guest->is_running);
                guest_done(&guest->running);
        }
}

/* What was seen of it is gone: the sentence names it. */
static inline void do_volume_remove(struct world *world, const struct step *step)
{
        for (size_t i = 0; i < world->answers.volumes.count; i++) {
                struct volume_state *volume = &world->answers.volumes.items[i];
                CLEANUP(string_free)
                char *words = string_format("delete volume %s of pool %s,", volume->name, volume->pool);

                if (strncmp(step->sentence, words, strlen(words)) != 0)
                        continue;
                free(volume->pool);
                free(volume->name);
                free(volume->path);
                free(volume->format);
                free(volume->backing);
                *volume = world->answers.volumes.items[--world->answers.volumes.count];
                return;
        }
        fail_msg("%s: there is no such volume", step->sentence);
}

static inline void do_guest_remove(struct world *world, const struct guest_state *found)
{
        struct guest_state *state = guest_answer(world, found->defined.name);

        assert_true(state->ours);
        guest_done(&state->defined);
        guest_done(&state->running);
        free(state->uuid);
        guest_uses_done(&state->uses);
        free(state->made_from);
        *state = world->answers.guests.items[--world->answers.guests.count];
}

static inline void do_drain(struct world *world, const struct step *step)
{
        struct cluster_state *state = cluster_answer(world, step->cluster.config);

        for (size_t i = 0; i < state->nodes.count; i++)
                if (string_equal(state->nodes.items[i].name, step->cluster.node)) {
                        cluster_part_done(&state->nodes.items[i]);
                        state->nodes.items[i] = state->nodes.items[--state->nodes.count];
                        return;
                }
        fail_msg("%s: there is no such node", step->sentence);
}

/* Whoever asks for it as a note gets its first line. */
static inline void do_note(struct world *world, const struct step *step)
{
        struct note_state *note = note_answer(world, step->note.path);

        string_free(&note->text);
        note->text = string_copy_n(step->note.text, strcspn(step->note.text, "\n"));
        set(&text_answer(world, note->path)->text, step->note.text);
}

/* A BMC that does what it is told; one that keeps things for good does so with the next boot, too. */
static inline void do_bmc(struct world *world, const struct step *step)
{
        struct bmc_state *state = bmc_answer(world, step->bmc.machine);

        switch (step->kind) {
        case STEP_BMC_WAIT:
                state->answers = true;
                state->power = BMC_POWER_OFF;
                set(&state->drive.path, "/redfish/v1/Systems/1/VirtualMedia/Cd");
                break;
        case STEP_BMC_INSERT:
                set(&state->drive.image, step->bmc.machine->iso);
                break;
        case STEP_BMC_EJECT:
                set(&state->drive.image, NULL);
                break;
        case STEP_BMC_BOOT:
                set(&state->boot_target, step->bmc.target);
                break;
        default:
                state->power = step->bmc.on ? BMC_POWER_ON : BMC_POWER_OFF;
                if (step->bmc.on && !state->boot_stays)
                        set(&state->boot_target, NULL);
        }
}

static inline void do_volume_grow(struct world *world, const struct step *step)
{
        CLEANUP(string_free) char *name = disk_volume_name(step->volume.guest, step->volume.disk);
        struct volume_state *volume = volume_answer(world, step->volume.disk->pool, name);

        assert_true(volume->path && step->volume.size_bytes > volume->size_bytes);
        volume->size_bytes = step->volume.size_bytes;
}

static inline void do_packages(struct world *world, const struct step *step)
{
        assert_false(world->answers.machine.package_db_interrupted);
        assert_int_equal(step->packages.manager, world->answers.machine.manager);
        for (array_each(char *, name, &step->packages.names)) {
                strings_add(&world->kept, *name);
                package_answer(world, world->kept.items[world->kept.count - 1])->installed = true;
                if (string_equal(*name, "libvirt-daemon-system"))
                        libvirt_is_installed(world);
        }
}

/* Takes path and content over. */
static inline void do_put(struct world *world, char *path, char *content)
{
        struct file_state *file;

        strings_take(&world->kept, path);
        file = file_answer(world, path);
        file->exists = true;
        file->type = FILE_REGULAR;
        string_free(&file->sha256);
        file->sha256 = sha256_hex(content, strlen(content));
        free(content);
}

static inline void do_seed(struct world *world, const struct guest_config *guest)
{
        do_put(world, guest_seed_path(guest->name), string_copy("an image"));
        do_put(world, seed_host_key_path(guest), string_copy("ssh-ed25519 AAAA"));
        do_put(world, seed_note_path(guest), seed_note(guest));
}

static inline void do_ignition(struct world *world, const struct guest_config *guest)
{
        do_put(world, guest_ignition_path(guest->name),
                guest->cluster ? string_copy_n(guest->cluster->name, (size_t)guest->role)
                               : string_copy(guest->ignition));
}

static inline void do_ignition_serve(struct world *world, const struct made_ignition *made)
{
        do_put(world, string_copy(made->path), string_copy_n(made->cluster->name, (size_t)made->role));
}

static inline void do_ready(struct world *world, const struct guest_config *guest, int64_t since_us)
{
        do_put(world, ready_note_path(guest), ready_note(guest, since_us));
}

static inline void do_step(struct world *world, const struct step *step)
{
        world->now_us += 1000;
        switch (step->kind) {
        case STEP_TAKE_UP: {
                CLEANUP(string_free) char *name = string_copy(step->long_step.name);

                take_up(world, name);
                break;
        }
        case STEP_REBOOT:
                world->answers.machine.reboot_required = false;
                break;
        case STEP_PACKAGES_REPAIR:
                world->answers.machine.package_db_interrupted = false;
                break;
        case STEP_PACKAGES_INSTALL:
                do_packages(world, step);
                break;
        case STEP_UNIT:
                do_unit(world, step);
                break;
        case STEP_SYSCTL:
                set(&sysctl_answer(world, step->sysctl->key)->value, step->sysctl->value);
                set(&sysctl_answer(world, step->sysctl->key)->persistent_value, step->sysctl->value);
                break;
        case STEP_GROUP_CREATE:
                group_answer(world, step->group.name)->exists = true;
                break;
        case STEP_GROUP_MEMBER:
                assert_true(group_answer(world, step->group.name)->exists);
                strings_add(&group_answer(world, step->group.name)->members, step->group.member);
                break;
        case STEP_FILE:
                do_file(world, step->file);
                break;
        case STEP_POOL_DEFINE:
        case STEP_POOL_START:
        case STEP_POOL_AUTOSTART:
                do_pool(world, step);
                break;
        case STEP_WAIT:
                for (array_each(struct unit_state, unit, &world->answers.units))
                        if (unit->changing)
                                unit_is(world, unit->name, unit->file_state,
                                        !string_equal(unit->active_state, "deactivating"));
                do_names(world);
                break;
        case STEP_IMAGE_FETCH:
                do_image(world, step);
                break;
        case STEP_VOLUME_CREATE:
                do_volume_create(world, step);
                break;
        case STEP_VOLUME_REMOVE:
                do_volume_remove(world, step);
                break;
        case STEP_GUEST_REMOVE:
                do_guest_remove(world, step->guest.found);
                break;
        case STEP_FILE_REMOVE:
                file_answer(world, step->path)->exists = false;
                break;
        case STEP_VOLUME_GROW:
                do_volume_grow(world, step);
                break;
        case STEP_GUEST_DEFINE:
        case STEP_GUEST_START:
        case STEP_GUEST_RESUME:
        case STEP_GUEST_CHANGE:
        case STEP_GUEST_RESTART:
        case STEP_GUEST_STOP:
        case STEP_GUEST_AUTOSTART:
                do_guest(world, step);
                break;
        case STEP_SEED:
                do_seed(world, step->seed.guest);
                break;
        case STEP_IGNITION:
                do_ignition(world, step->seed.guest);
                break;
        case STEP_IGNITION_SERVE:
                do_ignition_serve(world, step->made_ignition);
                break;
        case STEP_BALANCER_WRITE:
                do_balancer_write(world, step);
                break;
        case STEP_BALANCER_LISTEN:
                assert_true(strings_has(&world->answers.balancer_fingerprints, step->balancer.fingerprint));
                break;
        case STEP_FIREWALL_LOAD:
                do_firewall_load(world, step);
                break;
        case STEP_FIREWALL_REMOVE:
                table_is_gone(world);
                break;
        case STEP_FIREWALLD_OPEN:
        case STEP_FIREWALLD_CLOSE:
                do_firewalld(world, step);
                break;
        case STEP_INSTALLER_FORGET:
                installer_answer(world, step->cluster.config)->is_made = false;
                break;
        case STEP_INSTALLER:
                do_installer(world, step->cluster.config);
                break;
        case STEP_CLUSTER:
                do_cluster(world, step->cluster.config, step->cluster.stage);
                break;
        case STEP_CLUSTER_DELIVER:
                cluster_answer(world, step->cluster.config)->is_delivered = true;
                break;
        case STEP_CLUSTER_DRAIN:
                do_drain(world, step);
                break;
        case STEP_NOTE:
                do_note(world, step);
                break;
        case STEP_OPNSENSE_PLUGIN:
                opnsense_state(world, step->opnsense.members[0])->has_haproxy = true;
                break;
        case STEP_OPNSENSE_WRITE:
                do_opnsense(world, step, OPNSENSE_SERVICES);
                break;
        case STEP_OPNSENSE_SEE:
                assert_true(opnsense_state(world, step->opnsense.members[0])->is_running);
                break;
        case STEP_OPNSENSE_RULES:
                do_opnsense(world, step, OPNSENSE_RULES);
                break;
        case STEP_OPNSENSE_MIRROR:
                do_opnsense_mirror(opnsense_state(world, step->opnsense.from),
                        opnsense_state(world, step->opnsense.members[0]));
                break;
        case STEP_BMC_WAIT:
        case STEP_BMC_INSERT:
        case STEP_BMC_EJECT:
        case STEP_BMC_BOOT:
        case STEP_BMC_POWER:
                do_bmc(world, step);
                break;
        case STEP_READY:
                do_ready(world, step->ready.guest, step->ready.since_us);
                break;
        case STEP_CANARY:
                world->answers.canary.proven = true;
                world->answers.canary.accelerator = step->canary.has_kvm_device ? CANARY_KVM : CANARY_TCG;
                string_free(&world->answers.canary.why);
                break;
        default:
                do_network(world, step);
        }
}

/* ---- one situation
 * ----------------------------------------------------------------------------------------- */

static inline bool was_asked(const struct survey *survey, enum question_kind kind, const char *subject)
{
        for (array_each(const struct question, question, &survey->questions))
                if ((question->kind == kind && string_equal(question->subject, subject)) ||
                        (question->kind == ASK_PRESENCE && kind == ASK_FILE &&
                                string_equal(question->subject, subject)) ||
                        (question->kind == ASK_GUESTS && kind == ASK_GUEST))
                        return true;
        return false;
}

/* Leaves in seen, a copy of the world's answers, only those that were asked for; the copies are freed by the
 * caller. */
#define KEEP_ASKED(seen, survey, kind, list, subject)                                                      \
        do {                                                                                               \
                size_t kept = 0;                                                                           \
                __typeof__((seen)->list.items) items = memory_new((seen)->list.count + 1, sizeof(*items)); \
                for (size_t i = 0; i < (seen)->list.count; i++)                                            \
                        if (was_asked(survey, kind, (seen)->list.items[i].subject))                        \
                                items[kept++] = (seen)->list.items[i];                                     \
                (seen)->list.items = items;                                                                \
                (seen)->list.count = kept;                                                                 \
        } while (0)

static inline void keep_asked_volumes(struct answers *seen, const struct survey *survey)
{
        struct volume_state *items = memory_new(seen->volumes.count + 1, sizeof(*items));
        size_t kept = 0;

        for (array_each(const struct volume_state, volume, &seen->volumes))
                for (array_each(const struct question, question, &survey->questions))
                        if (question->kind == ASK_VOLUME && string_equal(question->subject, volume->name) &&
                                string_equal(question->pool, volume->pool))
                                items[kept++] = *volume;
        seen->volumes.items = items;
        seen->volumes.count = kept;
        if (!survey_asks(survey, ASK_VOLUME_USES))
                seen->parts.count = 0;
}

static inline void keep_asked_listeners(struct answers *seen, const struct survey *survey)
{
        struct listener *items = memory_new(seen->listeners.count + 1, sizeof(*items));
        size_t kept = 0;

        for (array_each(const struct listener, listener, &seen->listeners)) {
                CLEANUP(string_free) char *port = string_format("%u", listener->at.port);

                if (was_asked(survey, ASK_LISTENERS, port))
                        items[kept++] = *listener;
        }
        seen->listeners.items = items;
        seen->listeners.count = kept;
        if (!survey_asks(survey, ASK_OWN_ADDRESSES))
                seen->own_addresses.count = 0;
        if (!survey_asks(survey, ASK_BALANCER))
                seen->balancer_fingerprints.count = 0;
}

static inline void keep_asked(struct answers *seen, const struct survey *survey)
{
        KEEP_ASKED(seen, survey, ASK_PACKAGE, packages, name);
        KEEP_ASKED(seen, survey, ASK_UNIT, units, name);
        KEEP_ASKED(seen, survey, ASK_SYSCTL, sysctls, key);
        KEEP_ASKED(seen, survey, ASK_GROUP, groups, name);
        KEEP_ASKED(seen, survey, ASK_USER, users, name);
        KEEP_ASKED(seen, survey, ASK_FILE, files, path);
        KEEP_ASKED(seen, survey, ASK_GUEST, guests, defined.name);
        KEEP_ASKED(seen, survey, ASK_NOTE, notes, path);
        KEEP_ASKED(seen, survey, ASK_TEXT, texts, path);
        KEEP_ASKED(seen, survey, ASK_NAMES, names, cluster->name);
        keep_asked_listeners(seen, survey);
        keep_asked_volumes(seen, survey);
        if (!survey_asks(survey, ASK_MACHINE))
                seen->machine = (struct machine_facts) {0};
        if (!survey_asks(survey, ASK_BMC))
                seen->bmcs.count = 0;
        if (!survey_asks(survey, ASK_FIREWALL))
                seen->firewall = (struct firewall_state) {0};
        if (!survey_asks(survey, ASK_ZONE))
                seen->firewall.zones.count = 0;
        if (!survey_asks(survey, ASK_CANARY))
                seen->canary = (struct canary_state) {0};
        if (!survey_asks(survey, ASK_OPNSENSE))
                seen->opnsenses.count = 0;
        if (!survey_asks(survey, ASK_LONG_STEPS))
                seen->long_steps.count = 0;
        if (!survey_asks(survey, ASK_INTERFACES))
                seen->interfaces.count = 0;
        if (!survey_asks(survey, ASK_ADDED_PACKAGES))
                seen->added_packages.count = seen->added_units.count = seen->changed_files.count = 0;
        if (!survey_asks(survey, ASK_ROUTES))
                seen->routes.count = 0;
        if (!survey_asks(survey, ASK_NETWORKS))
                seen->networks.count = 0;
        if (!survey_asks(survey, ASK_POOLS))
                seen->pools.count = 0;
        if (!survey_asks(survey, ASK_FIRMWARE))
                memset(seen->has_firmware, 0, sizeof(seen->has_firmware));
        if (!survey_asks(survey, ASK_NETWORKS) && !survey_asks(survey, ASK_POOLS) &&
                !survey_asks(survey, ASK_GUEST))
                seen->libvirt = REACH_UNASKED;
}

/* What the Score would do now, knowing only what it asked. The steps borrow from the world. Undoing, it is told first
 * what is owned, and nothing else. */
static inline void look_either_way(
        struct world *world, const struct score *score, bool is_undo, struct plan *ret_plan)
{
        CLEANUP(wish_done) struct wish wish = {0};
        CLEANUP(survey_done) struct survey survey = {0};
        const struct answers known = {
                .owned.items = world->answers.owned.items, .owned.count = world->answers.owned.count};
        struct answers seen = world->answers;

        wish_init(&wish, &world->config, &world->host);
        wish.may_restart = world->may_restart;
        wish.keep_images = world->keep_images;
        if (is_undo)
                score->ask_undo(&wish, &known, &survey);
        else
                score->ask(&wish, &survey);
        keep_asked(&seen, &survey);
        if (!is_undo)
                wish_retire(&wish, &seen);
        ret_plan->score = score->name;
        (is_undo ? score->undo : score->plan)(&wish, &seen, ret_plan);
        free(seen.packages.items);
        free(seen.units.items);
        free(seen.sysctls.items);
        free(seen.groups.items);
        free(seen.users.items);
        free(seen.files.items);
        free(seen.notes.items);
        free(seen.texts.items);
        free(seen.names.items);
        free(seen.listeners.items);
        *array_add(&world->lent) = seen.guests.items;
        *array_add(&world->lent) = seen.volumes.items;
}

static inline void look(struct world *world, const struct score *score, struct plan *ret_plan)
{
        look_either_way(world, score, false, ret_plan);
}

static inline char *plan_lines(const struct plan *plan)
{
        struct text lines = {0};

        for (array_each(const struct step, step, &plan->steps)) {
                assert_string_equal(step->score, plan->score);
                text_format(&lines, "%s%s\n", step->expected ? "? " : "", step->sentence);
        }
        for (array_each(char *, block, &plan->blocks))
                text_format(&lines, "! %s\n", *block);
        for (array_each(char *, warning, &plan->warnings))
                text_format(&lines, "~ %s\n", *warning);
        return text_take(&lines);
}

/* Carries out what may be carried out: steps that are only expected wait for another look. */
static inline size_t apply(struct world *world, const struct plan *plan)
{
        size_t done = 0;

        for (array_each(const struct step, step, &plan->steps)) {
                if (step->expected)
                        continue;
                do_step(world, step);
                done++;
        }
        return done;
}

struct trial {
        const struct row *row;
        const struct score *score;
        const struct score
                *before; /* another Score, whose steps are carried out before each look's; or NULL */
};

static inline void run_row(void **state)
{
        const struct trial *trial = *state;
        const struct row *row = trial->row;
        CLEANUP(world_done) struct world world = {.now_us = 1000000};
        size_t done = 1;

        world.host.name = string_copy("lab1");
        for (size_t i = 0; i < GIVENS && row->given[i]; i++)
                row->given[i](&world);
        for (int rounds = 0; done; rounds++) {
                CLEANUP(plan_done) struct plan before = {0};
                CLEANUP(plan_done) struct plan plan = {0};
                CLEANUP(string_free) char *lines = NULL;

                assert_true(rounds < 4);
                if (trial->before)
                        look(&world, trial->before, &before);
                look(&world, trial->score, &plan);
                lines = plan_lines(&plan);
                if (rounds == 0)
                        assert_string_equal(lines, row->then);
                if (plan.blocks.count)
                        return;
                done = apply(&world, &before) + apply(&world, &plan);
                if (!done && rounds)
                        assert_true(plan_is_empty(&plan));
        }
}

#define ROWS_MAX 96

static inline int run_rows(
        const struct score *score, const struct score *before, const struct row *rows, size_t count)
{
        struct CMUnitTest tests[ROWS_MAX] = {0};
        struct trial trials[ROWS_MAX];

        if (count > ROWS_MAX) {
                fprintf(stderr, "%s: more rows than ROWS_MAX\n", score->name);
                return 99;
        }
        for (size_t i = 0; i < count; i++) {
                trials[i] = (struct trial) {&rows[i], score, before};
                tests[i] = (struct CMUnitTest) {
                        .name = rows[i].name, .test_func = run_row, .initial_state = &trials[i]};
        }
        return _cmocka_run_group_tests(score->name, tests, count, NULL, NULL);
}

#define RUN_ROWS(score, before, rows) run_rows(score, before, rows, sizeof(rows) / sizeof((rows)[0]))
