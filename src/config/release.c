/* What a configuration owns. */
#include "config/config.h"

static void object_done(struct object *object)
{
        strings_done(&object->hosts);
}

static void host_done(struct host_config *host)
{
        free(host->name);
        free(host->identity);
        free(host->known_hosts);
        free(host->become_password_file);
}

static void packages_done(struct packages_config *packages)
{
        object_done(&packages->object);
        for (size_t i = 0; i < PACKAGE_MANAGERS; i++)
                strings_done(&packages->names[i]);
}

static void file_done(struct file_config *file)
{
        object_done(&file->object);
        free(file->path);
        free(file->content);
        free(file->owner);
        free(file->group);
}

static void objects_done(struct config *config)
{
        for (array_each(struct network_config, network, &config->networks)) {
                object_done(&network->object);
                network_done(&network->network);
        }
        for (array_each(struct pool_config, pool, &config->pools)) {
                object_done(&pool->object);
                free(pool->name);
                free(pool->path);
                free(pool->source);
                strings_done(&pool->devices);
        }
        for (array_each(struct unit_config, unit, &config->units)) {
                object_done(&unit->object);
                free(unit->name);
                strings_done(&unit->restart_on);
        }
        for (array_each(struct sysctl_config, sysctl, &config->sysctls)) {
                object_done(&sysctl->object);
                free(sysctl->key);
                free(sysctl->value);
        }
        for (array_each(struct group_config, group, &config->groups)) {
                object_done(&group->object);
                free(group->name);
                strings_done(&group->members);
        }
}

static void image_done(struct image_config *image)
{
        object_done(&image->object);
        free(image->name);
        free(image->file);
        free(image->url);
        free(image->sha256);
        free(image->pool);
}

static void guest_parts_done(struct guest_config *guest)
{
        for (array_each(struct disk_config, disk, &guest->disks)) {
                free(disk->name);
                free(disk->pool);
                free(disk->image);
        }
        for (array_each(struct nic_config, nic, &guest->nics)) {
                free(nic->name);
                free(nic->network);
        }
        free(guest->cloud_init.user_data);
        free(guest->cloud_init.network_config);
        free(guest->cloud_init.user);
        strings_done(&guest->cloud_init.ssh_keys);
        free(guest->ready.ssh_user);
        free(guest->ready.http);
        free(guest->ready.console);
        array_free(&guest->disks);
        array_free(&guest->nics);
}

static void guest_config_done(struct guest_config *guest)
{
        object_done(&guest->object);
        guest_parts_done(guest);
        free(guest->name);
        free(guest->kernel);
        free(guest->initrd);
        free(guest->command_line);
        free(guest->iso);
        free(guest->ignition);
}

static void load_balancer_done(struct load_balancer_config *balancer)
{
        object_done(&balancer->object);
        free(balancer->opnsense);
        free(balancer->name);
        for (array_each(struct service_config, service, &balancer->services))
                balanced_service_done(&service->service);
        array_free(&balancer->services);
}

static void boot_server_config_done(struct boot_server_config *config)
{
        object_done(&config->object);
        boot_server_done(&config->server);
        for (array_each(struct made_ignition, made, &config->made_ignitions)) {
                free(made->machine);
                free(made->path);
        }
        array_free(&config->made_ignitions);
        file_done(&config->kernel);
        file_done(&config->initramfs);
        file_done(&config->root_image);
        for (array_each(struct file_config, file, &config->files))
                file_done(file);
        array_free(&config->files);
        free(config->unit);
}

static void firewall_config_done(struct firewall_config *firewall)
{
        object_done(&firewall->object);
        free(firewall->opnsense);
        firewall_done(&firewall->firewall);
}

static void cluster_done(struct cluster_config *cluster)
{
        object_done(&cluster->object);
        free(cluster->name);
        free(cluster->kubeconfig);
        free(cluster->bootstrap);
        strings_done(&cluster->control);
        strings_done(&cluster->workers);
        strings_done(&cluster->nodes);
        free(cluster->domain);
        free(cluster->dns);
        for (array_each(struct cluster_name, name, &cluster->names))
                free(name->name);
        array_free(&cluster->names);
        free(cluster->installer.program);
        free(cluster->installer.version);
        free(cluster->installer.pull_secret);
        strings_done(&cluster->installer.ssh_keys);
}

static void opnsense_done(struct opnsense_config *opnsense)
{
        object_done(&opnsense->object);
        free(opnsense->name);
        https_server_done(&opnsense->server);
        free(opnsense->key);
        free(opnsense->secret);
        free(opnsense->credentials);
        free(opnsense->ca);
        free(opnsense->pin);
}

static void firewall_pair_done(struct firewall_pair_config *pair)
{
        object_done(&pair->object);
        free(pair->name);
        free(pair->primary);
        free(pair->backup);
}

static void machine_done(struct machine_config *machine)
{
        object_done(&machine->object);
        free(machine->name);
        bmc_url_done(&machine->bmc);
        free(machine->credentials);
        free(machine->ca);
        free(machine->pin);
        free(machine->iso);
}

void config_done(struct config *config)
{
        for (array_each(struct image_config, image, &config->images))
                image_done(image);
        for (array_each(struct guest_config, guest, &config->guests))
                guest_config_done(guest);
        for (array_each(struct host_config, host, &config->hosts))
                host_done(host);
        for (array_each(struct packages_config, packages, &config->packages))
                packages_done(packages);
        for (array_each(struct file_config, file, &config->files))
                file_done(file);
        for (array_each(struct load_balancer_config, balancer, &config->load_balancers))
                load_balancer_done(balancer);
        for (array_each(struct boot_server_config, server, &config->boot_servers))
                boot_server_config_done(server);
        for (array_each(struct firewall_config, firewall, &config->firewalls))
                firewall_config_done(firewall);
        for (array_each(struct cluster_config, cluster, &config->clusters))
                cluster_done(cluster);
        for (array_each(struct opnsense_config, opnsense, &config->opnsenses))
                opnsense_done(opnsense);
        for (array_each(struct firewall_pair_config, pair, &config->firewall_pairs))
                firewall_pair_done(pair);
        for (array_each(struct machine_config, machine, &config->machines))
                machine_done(machine);
        objects_done(config);
        array_free(&config->hosts);
        array_free(&config->networks);
        array_free(&config->pools);
        array_free(&config->packages);
        array_free(&config->units);
        array_free(&config->sysctls);
        array_free(&config->groups);
        array_free(&config->files);
        array_free(&config->images);
        array_free(&config->guests);
        array_free(&config->load_balancers);
        array_free(&config->boot_servers);
        array_free(&config->firewalls);
        array_free(&config->clusters);
        array_free(&config->opnsenses);
        array_free(&config->firewall_pairs);
        array_free(&config->machines);
        strings_done(&config->file_names);
}
