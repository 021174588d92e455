/* The names of clusters: what a network tells its guests of a cluster, found from the cluster and its guests.
 *
 * A node finds its own name by its address, so where several names have one address, a node's comes first. */
#include <strings.h>
#include <sys/socket.h>

#include "base/nearest.h"
#include "config/guest_count.h"
#include "config/rules.h"
#include "config/section.h"

/* ---- within the section ---- */

void cluster_names_judge(const struct subject *subject)
{
        static const struct {
                const char *key, *needs, *why;
        } rows[] = {
                {"dns", "domain", "a cluster's names are below NAME.DOMAIN"},
                {"dns", "address", "it is what api, api-int and *.apps stand for"},
                {"domain", "dns", "it is the network whose guests are told the names"},
                {"address", "dns", "it is the network whose guests are told the names"},
        };

        for (size_t i = 0; i < COUNT(rows); i++) {
                if (string_equal(rows[i].key, "domain") && subject_has(subject, "installer"))
                        continue; /* which has to know it, whoever tells the names */
                if (subject_has(subject, rows[i].key) && !subject_has(subject, rows[i].needs))
                        subject_problem(subject, rows[i].key, "%s needs %s = %s: %s", rows[i].key,
                                rows[i].needs, schema_key(&section_cluster, rows[i].needs)->form,
                                rows[i].why);
        }
}

/* ---- which there are ---- */

static struct network_config *find_network(const struct config *config, const struct cluster_config *cluster)
{
        for (array_each(struct network_config, network, &config->networks))
                if (string_equal(network->network.name, cluster->dns) &&
                        hosts_meet(&network->object.hosts, &cluster->object.hosts))
                        return network;
        return NULL;
}

/* Another name has it, of whichever cluster of that network. */
static bool is_reversed(
        const struct config *config, const struct cluster_config *cluster, const struct ip_address *address)
{
        for (array_each(const struct cluster_config, other, &config->clusters))
                for (array_each(const struct cluster_name, name, &other->names))
                        if (name->is_reverse && ip_address_equal(&name->address, address) &&
                                find_network(config, other) == find_network(config, cluster))
                                return true;
        return false;
}

/* Takes the name; the address goes by it where is_reverse is set and nobody else has that. */
static void add_name(
        const struct config *config, struct cluster_config *cluster, const struct cluster_name *name)
{
        bool is_reverse = name->is_reverse && !is_reversed(config, cluster, &name->address);
        struct cluster_name *added = array_add(&cluster->names);

        *added = *name;
        added->is_reverse = is_reverse;
}

/* "control-1", which may be written with the cluster's domain behind it; owned by the caller. */
static char *short_name(const char *node, const char *domain)
{
        size_t length = strlen(node), behind = strlen(domain);

        if (length > behind + 1 && node[length - behind - 1] == '.' &&
                strcasecmp(node + length - behind, domain) == 0)
                length -= behind + 1;
        return string_format("%.*s", (int)length, node);
}

static const struct ip_address *find_address(
        const struct config *config, const struct cluster_config *cluster, const char *guest_name)
{
        for (array_each(const struct guest_config, guest, &config->guests)) {
                if (!string_equal(guest->name, guest_name) ||
                        !hosts_meet(&guest->object.hosts, &cluster->object.hosts))
                        continue;
                for (array_each(const struct nic_config, nic, &guest->nics))
                        if (nic->address.family == AF_INET && string_equal(nic->network, cluster->dns))
                                return &nic->address;
        }
        return NULL;
}

/* One that is a guest, with an address that the network gives it. */
static void add_machine(
        const struct config *config, struct cluster_config *cluster, const char *domain, const char *machine)
{
        CLEANUP(string_free) char *name = short_name(machine, domain);
        const struct ip_address *address = find_address(config, cluster, name);

        if (!address)
                address = find_address(config, cluster, machine);
        if (address)
                add_name(config, cluster,
                        &(const struct cluster_name) {.name = string_format("%s.%s", name, domain),
                                .address = *address,
                                .is_reverse = true});
}

static void find_names(const struct config *config, struct cluster_config *cluster)
{
        CLEANUP(string_free) char *domain = string_format("%s.%s", cluster->name, cluster->domain);

        for (array_each(char *, node, &cluster->nodes))
                add_machine(config, cluster, domain, *node);
        if (cluster->bootstrap)
                add_machine(config, cluster, domain, cluster->bootstrap);
        add_name(config, cluster,
                &(const struct cluster_name) {.name = string_format("api.%s", domain),
                        .address = cluster->address,
                        .is_reverse = true,
                        .is_own = true});
        add_name(config, cluster,
                &(const struct cluster_name) {.name = string_format("api-int.%s", domain),
                        .address = cluster->address,
                        .is_own = true});
        add_name(config, cluster,
                &(const struct cluster_name) {.name = string_format("*.apps.%s", domain),
                        .address = cluster->address,
                        .is_own = true});
}

/* ---- rules ---- */

struct naming {
        struct config *config;
        struct cluster_config *cluster;
        const struct section *section; /* the cluster's */
        struct problems *problems;
};

static const struct place *place_of(const struct naming *naming, const char *key)
{
        const struct setting *setting = section_setting(naming->section, key);

        return setting ? &setting->place : &naming->section->place;
}

/* There is none of that name where the cluster is. */
static void tell_missing(const struct naming *naming)
{
        const struct cluster_config *cluster = naming->cluster;
        const struct place *place = place_of(naming, "dns");
        ARRAY(const char *) names = {0};
        const char *nearest;

        for (array_each(const struct network_config, network, &naming->config->networks))
                if (network->network.name)
                        *array_add(&names) = network->network.name;
        nearest = nearest_word(cluster->dns, names.items, names.count);
        if (string_equal(nearest, cluster->dns))
                problems_add(naming->problems, place,
                        "cluster \"%s\": dns: network \"%s\" isn't for the cluster's host: change the hosts "
                        "of one "
                        "of them",
                        cluster->name, cluster->dns);
        else
                problems_add(naming->problems, place, "cluster \"%s\": dns: there is no network \"%s\"%s%s%s",
                        cluster->name, cluster->dns, nearest ? "; did you mean \"" : "",
                        nearest ? nearest : "", nearest ? "\"?" : "");
        array_free(&names);
}

/* False: no names can be told. */
static bool judge_network(const struct naming *naming, const struct network_config *network)
{
        const struct cluster_config *cluster = naming->cluster;
        const struct place *place = place_of(naming, "dns");
        size_t hosts =
                network->object.hosts.count ? network->object.hosts.count : naming->config->hosts.count;

        if (network->network.mode == NETWORK_BRIDGE)
                problems_add(naming->problems, place,
                        "cluster \"%s\": dns: whatever is behind the bridge of network \"%s\" gives the "
                        "names",
                        cluster->name, cluster->dns);
        else if (network->network.address.address.family == 0)
                problems_add(naming->problems, place,
                        "cluster \"%s\": dns: network \"%s\" has no address, at which it could be asked for "
                        "names",
                        cluster->name, cluster->dns);
        else if (hosts > 1)
                problems_add(naming->problems, place,
                        "cluster \"%s\": dns: network \"%s\" is for %zu hosts, and the cluster's names are "
                        "for "
                        "one: write a network for that host alone",
                        cluster->name, cluster->dns, hosts);
        else
                return true;
        return false;
}

/* The longest of its own names shows whether they are any. */
static bool judge_domain(const struct naming *naming)
{
        const struct cluster_config *cluster = naming->cluster;
        CLEANUP(string_free) char *name = string_format("api-int.%s.%s", cluster->name, cluster->domain);
        CLEANUP(error_done) struct error error = {0};

        if (name_check(&name_in_dns, name, &error) == 0)
                return true;
        problems_add(naming->problems, place_of(naming, "domain"), "cluster \"%s\": domain: %s",
                cluster->name, error_text(&error));
        return false;
}

static bool judge_address(const struct naming *naming, const struct network_config *network)
{
        const struct cluster_config *cluster = naming->cluster;
        char address[IP_TEXT];

        if (ip_address_is_unicast(&cluster->address) &&
                !subnet_reserves(&network->network.address, &cluster->address))
                return true;
        problems_add(naming->problems, place_of(naming, "address"),
                "cluster \"%s\": address: no machine has %s: take that of its load balancer", cluster->name,
                ip_address_format(&cluster->address, address));
        return false;
}

/* The same names by another way: cluster a.b below c is cluster a below b.c. */
static bool is_named_already(const struct naming *naming, const struct network_config *network)
{
        const struct cluster_config *cluster = naming->cluster;
        CLEANUP(string_free) char *domain = string_format("%s.%s", cluster->name, cluster->domain);

        for (const struct cluster_config *other = naming->config->clusters.items; other < cluster; other++) {
                CLEANUP(string_free) char *others = string_format("%s.%s", other->name, other->domain);
                CLEANUP(string_free) char *place = place_format(&other->object.place);

                if (!other->names.count || strcasecmp(others, domain) != 0 ||
                        find_network(naming->config, other) != network)
                        continue;
                problems_add(naming->problems, place_of(naming, "domain"),
                        "cluster \"%s\": domain: the names below %s are those of cluster \"%s\" at %s",
                        cluster->name, domain, other->name, place);
                return true;
        }
        return false;
}

static bool contradicts(
        const struct cluster_name *name, const char *written, const struct ip_address *address)
{
        return written && strcasecmp(name->name, written) == 0 && address->family == name->address.family &&
               !ip_address_equal(address, &name->address);
}

static void tell_contradiction(
        const struct naming *naming, const struct cluster_name *name, const struct section *written)
{
        CLEANUP(string_free) char *place = place_format(&written->place);
        CLEANUP(string_free) char *label = section_label(written);
        char address[IP_TEXT];

        problems_add(naming->problems, place_of(naming, "dns"),
                "cluster \"%s\": %s is to stand for %s in network \"%s\", and %s at %s says otherwise: "
                "remove it "
                "there",
                naming->cluster->name, name->name, ip_address_format(&name->address, address),
                naming->cluster->dns, label, place);
}

/* What the network's section says itself, of names that are the cluster's. (Guests' leases have no section.) */
static void judge_written(
        const struct naming *naming, const struct section *section, const struct network *network)
{
        for (array_each(const struct cluster_name, name, &naming->cluster->names)) {
                const struct section *written;

                for (size_t i = 0; i < network->dns.count; i++) {
                        const struct dns_host *host = &network->dns.items[i];

                        for (array_each(char *, other, &host->names))
                                if (contradicts(name, *other, &host->address))
                                        tell_contradiction(naming, name, section_nth(section, "dns", i));
                }
                for (size_t i = 0; (written = section_nth(section, "lease", i)); i++)
                        if (contradicts(
                                    name, network->leases.items[i].name, &network->leases.items[i].address))
                                tell_contradiction(naming, name, written);
        }
}

static void name_cluster(const struct naming *naming, const struct section *root)
{
        struct cluster_config *cluster = naming->cluster;
        struct network_config *network;

        if (!cluster->name || !cluster->domain || !cluster->dns || !cluster->address.family)
                return;
        network = find_network(naming->config, cluster);
        if (!network) {
                tell_missing(naming);
                return;
        }
        if (!judge_network(naming, network) || !judge_address(naming, network) || !judge_domain(naming) ||
                is_named_already(naming, network))
                return;
        cluster->dns_server = network->network.address.address;
        find_names(naming->config, cluster);
        judge_written(naming,
                section_nth(root, "network", (size_t)(network - naming->config->networks.items)),
                &network->network);
}

void clusters_name(const struct section *root, struct config *config, struct problems *problems)
{
        for (size_t i = 0; i < config->clusters.count; i++)
                name_cluster(&(const struct naming) {config, &config->clusters.items[i],
                                     section_nth(root, "cluster", i), problems},
                        root);
}

/* ---- the networks ---- */

static struct dns_host *find_host(struct network *network, const struct ip_address *address)
{
        struct dns_host *added;

        for (array_each(struct dns_host, host, &network->dns))
                if (ip_address_equal(&host->address, address))
                        return host;
        added = array_add(&network->dns);
        added->address = *address;
        return added;
}

static void tell_wildcard(struct network *network, const char *domain, const struct ip_address *address)
{
        for (array_each(const struct dns_wildcard, wildcard, &network->wildcards))
                if (strcasecmp(wildcard->domain, domain) == 0 &&
                        (!address->family || ip_address_equal(&wildcard->address, address)))
                        return;
        *array_add(&network->wildcards) =
                (struct dns_wildcard) {.domain = string_copy(domain), .address = *address};
}

/* The first of an address' names is what it is called itself. */
static void tell(struct network *network, const struct cluster_name *name)
{
        struct dns_host *host;
        size_t at = 0;

        if (name->name[0] == '*') {
                tell_wildcard(network, name->name + strlen("*."), &name->address);
                return;
        }
        if (name->is_own)
                tell_wildcard(network, name->name, &(const struct ip_address) {0});
        host = find_host(network, &name->address);
        while (at < host->names.count && strcasecmp(host->names.items[at], name->name) != 0)
                at++;
        if (at == host->names.count)
                strings_add(&host->names, name->name);
        for (; name->is_reverse && at > 0; at--) {
                char *before = host->names.items[at - 1];

                host->names.items[at - 1] = host->names.items[at];
                host->names.items[at] = before;
        }
}

void clusters_tell(struct config *config)
{
        for (array_each(const struct cluster_config, cluster, &config->clusters)) {
                struct network_config *network = cluster->names.count ? find_network(config, cluster) : NULL;

                for (size_t i = 0; network && i < cluster->names.count; i++)
                        tell(&network->network, &cluster->names.items[i]);
        }
}
