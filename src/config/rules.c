/* The rules between sections. */
#include "base/nearest.h"
#include "config/rules.h"

#define REPORTED_HOSTS 50 /* looking for what somebody meant takes time */

struct ruling {
        const struct config *config;
        struct problems *problems;
        struct claims claims;
};

static void claim(struct ruling *ruling, const char *kind, const char *name, const struct strings *hosts,
        const struct place *place, const char *what, const char *thing)
{
        if (name && thing)
                claims_take(&ruling->claims, (struct claim) {
                                                     .scope = string_format("%s %s", kind, what),
                                                     .thing = string_format("%s %s", what, thing),
                                                     .label = string_format("%s \"%s\"", kind, name),
                                                     .hosts = hosts,
                                                     .place = *place,
                                             });
}

static void claim_hosts(struct ruling *ruling)
{
        for (array_each(struct host_config, host, &ruling->config->hosts)) {
                CLEANUP(string_free) char *uri = NULL;

                claim(ruling, "host", host->name, NULL, &host->place, "the name", host->name);
                if (!host->connect.is_local && !host->connect.host[0])
                        continue;
                uri = kvm_host_uri_format(&host->connect);
                claim(ruling, "host", host->name, NULL, &host->place, "connect =", uri);
        }
}

#define CLAIM(array, kind, title, what, field)                                                              \
        for (size_t i = 0; i < ruling->config->array.count; i++)                                            \
        claim(ruling, kind, ruling->config->array.items[i].title,                                           \
                &ruling->config->array.items[i].object.hosts, &ruling->config->array.items[i].object.place, \
                what, ruling->config->array.items[i].field)

static void claim_names(struct ruling *ruling)
{
        CLAIM(networks, "network", network.name, "the name", network.name);
        CLAIM(networks, "network", network.name, "bridge", network.bridge);
        CLAIM(pools, "pool", name, "the name", name);
        CLAIM(units, "unit", name, "the name", name);
        CLAIM(sysctls, "sysctl", key, "the name", key);
        CLAIM(groups, "group", name, "the name", name);
        CLAIM(files, "file", path, "the name", path);
        CLAIM(images, "image", name, "the name", name);
        CLAIM(load_balancers, "load_balancer", name, "the name", name);
        CLAIM(boot_servers, "boot_server", server.name, "the name", server.name);
        CLAIM(firewalls, "firewall", firewall.name, "the name", firewall.name);
        firewalls_claim(ruling->config, &ruling->claims);
        CLAIM(clusters, "cluster", name, "the name", name);
        clusters_claim(ruling->config, &ruling->claims);
        CLAIM(opnsenses, "opnsense", name, "the name", name);
        CLAIM(opnsenses, "opnsense", name, "url", server.base);
        CLAIM(firewall_pairs, "firewall_pair", name, "the name", name);
        storage_claim(ruling->config, &ruling->claims);
}

static void judge_subnets(
        const struct ruling *ruling, const struct network_config *first, const struct network_config *second)
{
        CLEANUP(string_free) char *place = NULL;
        char text[SUBNET_TEXT], other[SUBNET_TEXT];

        if (!first->network.address.address.family || !second->network.address.address.family ||
                !first->network.name || !second->network.name ||
                !subnet_overlaps(&first->network.address, &second->network.address) ||
                !hosts_meet(&first->object.hosts, &second->object.hosts))
                return;
        place = place_format(&first->object.place);
        problems_add(ruling->problems, &second->object.place,
                "network \"%s\": %s overlaps %s of network \"%s\" at %s, and both are for the same host",
                second->network.name, subnet_format(&second->network.address, text),
                subnet_format(&first->network.address, other), first->network.name, place);
}

/* inner is outer, or lies below it. */
static bool is_within(const char *inner, const char *outer)
{
        size_t length = strlen(outer);

        return strncmp(inner, outer, length) == 0 && (inner[length] == '\0' || inner[length] == '/');
}

static void judge_paths(
        const struct ruling *ruling, const struct pool_config *first, const struct pool_config *second)
{
        CLEANUP(string_free) char *place = NULL;

        if (!first->path || !second->path || !first->name || !second->name ||
                (!is_within(first->path, second->path) && !is_within(second->path, first->path)) ||
                !hosts_meet(&first->object.hosts, &second->object.hosts))
                return;
        place = place_format(&first->object.place);
        problems_add(ruling->problems, &second->object.place,
                "pool \"%s\": its path %s and %s of pool \"%s\" at %s lie in one another, and both are for "
                "the same host",
                second->name, second->path, first->path, first->name, place);
}

/* Each with each: sections are limited in number, and the common case is told apart in some nanoseconds. */
static void judge_pairs(const struct ruling *ruling)
{
        const struct config *config = ruling->config;

        for (size_t i = 1; i < config->networks.count; i++)
                for (size_t j = 0; j < i; j++)
                        judge_subnets(ruling, &config->networks.items[j], &config->networks.items[i]);
        for (size_t i = 1; i < config->pools.count; i++)
                for (size_t j = 0; j < i; j++)
                        judge_paths(ruling, &config->pools.items[j], &config->pools.items[i]);
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* hosts = {...} names hosts that there are. */
static void judge_references(const struct section *root, const struct ruling *ruling)
{
        ARRAY(const char *) names = {0};
        size_t unknown = 0;

        for (array_each(struct host_config, host, &ruling->config->hosts))
                if (host->name)
                        *array_add(&names) = host->name;
        if (names.count > 0)
                qsort(names.items, names.count, sizeof(*names.items), compare_names);
        for (array_each(struct section, section, &root->sections)) {
                const struct setting *hosts = section_setting(section, "hosts");
                CLEANUP(string_free) char *label = section_label(section);

                for (size_t i = 0;
                        hosts && !hosts->is_bad && i < hosts->values.count && unknown < REPORTED_HOSTS; i++) {
                        const char *host = hosts->values.items[i], *nearest;

                        if (names.count > 0 &&
                                bsearch(&host, names.items, names.count, sizeof(host), compare_names))
                                continue;
                        unknown++;
                        nearest = nearest_word(host, names.items, names.count);
                        problems_add(ruling->problems, &hosts->place,
                                "%s: hosts: there is no host \"%s\"%s%s%s", label, host,
                                nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                                nearest ? "\"?" : "");
                }
        }
        array_free(&names);
}

void rules_judge(const struct section *root, const struct config *config, struct problems *problems)
{
        struct ruling ruling = {.config = config, .problems = problems};

        claim_hosts(&ruling);
        claim_names(&ruling);
        claims_judge(&ruling.claims, problems);
        claims_done(&ruling.claims);
        judge_pairs(&ruling);
        storage_judge(config, problems);
        paths_judge(config, problems);
        daemons_judge(config, problems);
        sysctls_judge(config, problems);
        balancers_judge(config, problems);
        firewalls_judge(config, problems);
        clusters_judge(config, problems);
        opnsenses_judge(config, problems);
        machines_judge(config, problems);
        installers_judge(config, problems);
        judge_references(root, &ruling);
}
