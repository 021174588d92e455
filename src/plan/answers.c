/* Looking answers up, and forgetting them. */
#include "plan/answers.h"

/* The answer whose key (an expression in `answer`) is the wanted string. */
#define FIND(type, list, key)                                \
        for (array_each(const type, answer, &answers->list)) \
                if (string_equal(answer->key, wanted))       \
                        return answer;                       \
        return NULL

const struct package_state *answers_package(const struct answers *answers, const char *wanted)
{
        FIND(struct package_state, packages, name);
}

const struct unit_state *answers_unit(const struct answers *answers, const char *wanted)
{
        FIND(struct unit_state, units, name);
}

const struct sysctl_state *answers_sysctl(const struct answers *answers, const char *wanted)
{
        FIND(struct sysctl_state, sysctls, key);
}

const struct group_state *answers_group(const struct answers *answers, const char *wanted)
{
        FIND(struct group_state, groups, name);
}

const struct user_state *answers_user(const struct answers *answers, const char *wanted)
{
        FIND(struct user_state, users, name);
}

const struct file_state *answers_file(const struct answers *answers, const char *wanted)
{
        FIND(struct file_state, files, path);
}

const struct text_state *answers_text(const struct answers *answers, const char *wanted)
{
        FIND(struct text_state, texts, path);
}

const struct note_state *answers_note(const struct answers *answers, const char *wanted)
{
        FIND(struct note_state, notes, path);
}

const struct interface_state *answers_interface(const struct answers *answers, const char *wanted)
{
        FIND(struct interface_state, interfaces, name);
}

const struct network_state *answers_network(const struct answers *answers, const char *wanted)
{
        FIND(struct network_state, networks, network.name);
}

const struct service_state *answers_service(const struct answers *answers, const char *wanted)
{
        FIND(struct service_state, services, network);
}

const struct pool_state *answers_pool(const struct answers *answers, const char *wanted)
{
        FIND(struct pool_state, pools, name);
}

const struct volume_state *answers_volume(const struct answers *answers, const char *pool, const char *name)
{
        for (array_each(const struct volume_state, volume, &answers->volumes))
                if (string_equal(volume->pool, pool) && string_equal(volume->name, name))
                        return volume;
        return NULL;
}

const struct guest_state *answers_guest(const struct answers *answers, const char *wanted)
{
        FIND(struct guest_state, guests, defined.name);
}

const struct opnsense_state *answers_opnsense(const struct answers *answers, const char *wanted)
{
        FIND(struct opnsense_state, opnsenses, config->name);
}

const struct bmc_state *answers_bmc(const struct answers *answers, const char *wanted)
{
        FIND(struct bmc_state, bmcs, config->name);
}

const struct cluster_state *answers_cluster(const struct answers *answers, const char *wanted)
{
        FIND(struct cluster_state, clusters, config->name);
}

const struct installer_state *answers_installer(const struct answers *answers, const char *wanted)
{
        FIND(struct installer_state, installers, cluster->name);
}

const struct names_state *answers_names(const struct answers *answers, const char *wanted)
{
        FIND(struct names_state, names, cluster->name);
}

const struct owned_thing *answers_owned(const struct answers *answers, const char *kind, const char *name)
{
        for (array_each(const struct owned_thing, thing, &answers->owned))
                if (string_equal(thing->kind, kind) && string_equal(thing->name, name))
                        return thing;
        return NULL;
}

const char *network_state_bridge(const struct network_state *network)
{
        if (network->network.mode == NETWORK_BRIDGE)
                return NULL;
        return network->running ? network->running->bridge : network->network.bridge;
}

bool network_state_is_served(const struct network_state *network)
{
        return network->network.mode != NETWORK_BRIDGE && network->network.address.address.family;
}

static void machine_done(struct machine_facts *machine)
{
        free(machine->hostname);
        free(machine->os_id);
        free(machine->os_id_like);
        free(machine->os_version);
        free(machine->os_name);
        free(machine->kernel);
        free(machine->arch);
        free(machine->boot_id);
        free(machine->machine_id);
}

static void file_done(struct file_state *file)
{
        free(file->what);
        free(file->owner);
        free(file->group);
        free(file->sha256);
        free(file->obstacle);
        free(file->missing);
}

static void network_state_done(struct network_state *state)
{
        network_done(&state->network);
        free(state->uuid);
        strings_done(&state->unmodelled);
        strings_done(&state->live_differences);
        free(state->bridge_mac);
        if (state->running)
                network_done(state->running);
        free(state->running);
}

static void pool_done(struct pool_state *pool)
{
        free(pool->name);
        free(pool->uuid);
        free(pool->type);
        free(pool->path);
        free(pool->source);
        strings_done(&pool->others);
}

static void volume_done(struct volume_state *volume)
{
        free(volume->pool);
        free(volume->name);
        free(volume->path);
        free(volume->format);
        free(volume->backing);
        strings_done(&volume->users);
}

static void guest_state_done(struct guest_state *state)
{
        guest_done(&state->defined);
        guest_done(&state->running);
        free(state->uuid);
        guest_uses_done(&state->uses);
        free(state->made_from);
        strings_done(&state->unmodelled);
        strings_done(&state->running_unmodelled);
        strings_done(&state->addresses);
}

/* What was asked of the machine itself. */
static void firewall_state_done(struct firewall_state *firewall)
{
        struct strings *lists[] = {&firewall->listed, &firewall->loaded, &firewall->ufw_tables,
                &firewall->runtime, &firewall->permanent};

        for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
                strings_done(lists[i]);
        for (array_each(struct dropping_chain, chain, &firewall->dropping)) {
                free(chain->table);
                free(chain->name);
        }
        for (array_each(struct interface_address, address, &firewall->addresses))
                free(address->interface);
        for (array_each(struct interface_zone, zone, &firewall->zones)) {
                free(zone->interface);
                free(zone->zone);
        }
        array_free(&firewall->dropping);
        array_free(&firewall->addresses);
        array_free(&firewall->zones);
}

static void probed_done(struct answers *answers)
{
        machine_done(&answers->machine);
        for (array_each(struct package_state, package, &answers->packages))
                free(package->version);
        for (array_each(struct unit_state, unit, &answers->units)) {
                free(unit->active_state);
                free(unit->file_state);
                free(unit->load_error);
                free(unit->service_type);
        }
        for (array_each(struct sysctl_state, sysctl, &answers->sysctls)) {
                free(sysctl->value);
                free(sysctl->persistent_value);
        }
        for (array_each(struct group_state, group, &answers->groups))
                strings_done(&group->members);
        for (array_each(struct file_state, file, &answers->files))
                file_done(file);
        for (array_each(struct note_state, note, &answers->notes))
                free(note->text);
        for (array_each(struct text_state, text, &answers->texts))
                free(text->text);
        for (array_each(struct listener, listener, &answers->listeners))
                free(listener->program);
        strings_done(&answers->balancer_fingerprints);
        firewall_state_done(&answers->firewall);
        for (array_each(struct route, route, &answers->routes))
                free(route->interface);
        for (array_each(struct long_step_state, step, &answers->long_steps)) {
                free(step->name);
                free(step->words);
        }
        array_free(&answers->long_steps);
        for (array_each(struct interface_state, interface, &answers->interfaces)) {
                free(interface->name);
                free(interface->mac);
        }
        for (array_each(struct service_state, service, &answers->services))
                free(service->network);
        array_free(&answers->packages);
        array_free(&answers->units);
        array_free(&answers->sysctls);
        array_free(&answers->groups);
        array_free(&answers->users);
        array_free(&answers->files);
        array_free(&answers->notes);
        array_free(&answers->texts);
        array_free(&answers->listeners);
        array_free(&answers->own_addresses);
        array_free(&answers->routes);
        array_free(&answers->interfaces);
        array_free(&answers->services);
}

/* What was asked of its libvirt. */
static void libvirt_done(struct answers *answers)
{
        for (array_each(struct network_state, network, &answers->networks))
                network_state_done(network);
        for (array_each(struct pool_state, pool, &answers->pools))
                pool_done(pool);
        for (array_each(struct volume_state, volume, &answers->volumes))
                volume_done(volume);
        for (array_each(struct guest_state, guest, &answers->guests))
                guest_state_done(guest);
        array_free(&answers->networks);
        array_free(&answers->pools);
        array_free(&answers->volumes);
        array_free(&answers->guests);
        strings_done(&answers->missing_groups);
        strings_done(&answers->pool_types);
        free(answers->libvirt_why);
        free(answers->libvirt_version);
}

void answers_done(struct answers *answers)
{
        probed_done(answers);
        libvirt_done(answers);
        for (array_each(struct cluster_state, cluster, &answers->clusters))
                cluster_state_done(cluster);
        array_free(&answers->clusters);
        for (array_each(struct installer_state, installer, &answers->installers))
                installer_state_done(installer);
        array_free(&answers->installers);
        for (array_each(struct names_state, names, &answers->names))
                names_state_done(names);
        array_free(&answers->names);
        for (array_each(struct opnsense_state, opnsense, &answers->opnsenses))
                opnsense_state_done(opnsense);
        array_free(&answers->opnsenses);
        for (array_each(struct bmc_state, bmc, &answers->bmcs))
                bmc_state_done(bmc);
        array_free(&answers->bmcs);
        for (array_each(struct owned_thing, thing, &answers->owned)) {
                free(thing->kind);
                free(thing->name);
                free(thing->before);
        }
        array_free(&answers->owned);
        strings_done(&answers->added_packages);
        strings_done(&answers->needed_packages);
        strings_done(&answers->needing_packages);
        strings_done(&answers->added_units);
        strings_done(&answers->changed_files);
        strings_done(&answers->parts);
        free(answers->canary.why);
        *answers = (struct answers) {0};
}
