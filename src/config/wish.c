/* What the configuration wishes of one machine. */
#include "config/wish.h"

static bool belongs(const struct object *object, const struct host_config *host)
{
        return object->hosts.count == 0 || strings_has(&object->hosts, host->name);
}

#define SELECT(objects)                                              \
        for (size_t i = 0; i < config->objects.count; i++)           \
                if (belongs(&config->objects.items[i].object, host)) \
        *array_add(&wish->objects) = &config->objects.items[i]

/* The machine reaches the OPNsense, or pair, of that name. */
static bool reaches(const struct wish *wish, const char *opnsense)
{
        for (array_each(const struct opnsense_config *, one, &wish->opnsenses))
                if (string_equal((*one)->name, opnsense))
                        return true;
        for (array_each(const struct firewall_pair_config *, pair, &wish->firewall_pairs))
                if (string_equal((*pair)->name, opnsense))
                        return true;
        return false;
}

#define PLACE(objects, elsewhere)                                                         \
        for (size_t i = 0; i < config->objects.count; i++)                                \
                if (config->objects.items[i].opnsense) {                                  \
                        if (reaches(wish, config->objects.items[i].opnsense))             \
                                *array_add(&wish->elsewhere) = &config->objects.items[i]; \
                } else if (belongs(&config->objects.items[i].object, host)) {             \
                        *array_add(&wish->objects) = &config->objects.items[i];           \
                }

static bool is_behind(const struct load_balancer_config *balancer, const char *name)
{
        for (array_each(const struct service_config, service, &balancer->services))
                for (array_each(const struct balanced_server, server, &service->service.servers))
                        if (string_equal(server->name, name))
                                return true;
        return false;
}

static bool has_machine(const struct wish *wish, const char *name)
{
        for (array_each(const struct guest_config *, guest, &wish->guests))
                if (string_equal((*guest)->name, name))
                        return true;
        for (array_each(const struct load_balancer_config *, balancer, &wish->load_balancers))
                if (is_behind(*balancer, name))
                        return true;
        for (array_each(const struct load_balancer_config *, balancer, &wish->opnsense_balancers))
                if (is_behind(*balancer, name))
                        return true;
        return false;
}

/* Nobody can tell whose it is when the bootstrap machines of two clusters are called so. */
static bool is_nobody_elses(const struct config *config, const struct cluster_config *cluster)
{
        for (array_each(const struct cluster_config, other, &config->clusters))
                if (other != cluster && string_equal(other->bootstrap, cluster->bootstrap))
                        return false;
        return true;
}

static void find_elsewhere(struct wish *wish, const struct config *config)
{
        for (array_each(const struct cluster_config, cluster, &config->clusters))
                if (!belongs(&cluster->object, wish->host) && cluster->bootstrap &&
                        has_machine(wish, cluster->bootstrap) && is_nobody_elses(config, cluster))
                        *array_add(&wish->elsewhere) = cluster;
}

void wish_init(struct wish *wish, const struct config *config, const struct host_config *host)
{
        *wish = (struct wish) {.host = host};
        SELECT(networks);
        SELECT(pools);
        SELECT(packages);
        SELECT(units);
        SELECT(sysctls);
        SELECT(groups);
        SELECT(files);
        SELECT(images);
        SELECT(guests);
        SELECT(boot_servers);
        for (array_each(const struct boot_server_config *, server, &wish->boot_servers))
                for (array_each(const struct file_config, file, &(*server)->files))
                        *array_add(&wish->files) = file;
        SELECT(clusters);
        SELECT(opnsenses);
        for (size_t i = 0; i < config->firewall_pairs.count; i++)
                if (reaches(wish, config->firewall_pairs.items[i].primary))
                        *array_add(&wish->firewall_pairs) = &config->firewall_pairs.items[i];
        PLACE(load_balancers, opnsense_balancers);
        PLACE(firewalls, opnsense_firewalls);
        SELECT(machines);
        find_elsewhere(wish, config);
}

void wish_done(struct wish *wish)
{
        array_free(&wish->networks);
        array_free(&wish->pools);
        array_free(&wish->packages);
        array_free(&wish->units);
        array_free(&wish->sysctls);
        array_free(&wish->groups);
        array_free(&wish->files);
        array_free(&wish->images);
        array_free(&wish->guests);
        array_free(&wish->load_balancers);
        array_free(&wish->boot_servers);
        array_free(&wish->firewalls);
        array_free(&wish->clusters);
        array_free(&wish->elsewhere);
        array_free(&wish->machines);
        strings_done(&wish->retired);
        array_free(&wish->retired_guests);
        array_free(&wish->opnsenses);
        array_free(&wish->firewall_pairs);
        array_free(&wish->opnsense_balancers);
        array_free(&wish->opnsense_firewalls);
}
