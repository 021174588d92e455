/* The rules about clusters: each is reached by one machine, and its own machines have one role each. */
#include "config/rules.h"

static bool is_of(const struct object *object, const struct host_config *host)
{
        return object->hosts.count == 0 || strings_has(&object->hosts, host->name);
}

static void judge_host(
        const struct config *config, const struct cluster_config *cluster, struct problems *problems)
{
        size_t hosts = cluster->object.hosts.count ? cluster->object.hosts.count : config->hosts.count;

        if (hosts > 1)
                problems_add(problems, &cluster->object.place,
                        "cluster \"%s\": its API is reached by one machine, and it is for %zu: add "
                        "hosts = {\"NAME\"} with the one",
                        cluster->name ? cluster->name : "", hosts);
}

static void judge_roles(const struct cluster_config *cluster, struct problems *problems)
{
        CLEANUP(strings_done) struct strings named = {0};

        if (cluster->bootstrap)
                strings_add(&named, cluster->bootstrap);
        strings_copy(&named, &cluster->control);
        strings_copy(&named, &cluster->workers);
        for (size_t i = 1; i < named.count; i++)
                for (size_t j = 0; j < i; j++)
                        if (string_equal(named.items[i], named.items[j]))
                                problems_add(problems, &cluster->object.place,
                                        "cluster \"%s\": %s is named twice among bootstrap, control and "
                                        "workers: a machine has one role",
                                        cluster->name ? cluster->name : "", named.items[i]);
}

static bool has_guest(const struct config *config, const char *name)
{
        for (array_each(const struct guest_config, guest, &config->guests))
                if (string_equal(guest->name, name))
                        return true;
        return false;
}

static void judge_bootstrap(
        const struct config *config, const struct cluster_config *cluster, struct problems *problems)
{
        CLEANUP(string_free) char *first = NULL;

        if (!cluster->bootstrap || has_guest(config, cluster->bootstrap))
                return;
        first = string_format("%s-1", cluster->bootstrap);
        if (has_guest(config, first))
                problems_add(problems, &cluster->object.place,
                        "cluster \"%s\": bootstrap: it is one machine, and there are several guests \"%s\": "
                        "name "
                        "one, as \"%s\"",
                        cluster->name ? cluster->name : "", cluster->bootstrap, first);
}

void clusters_judge(const struct config *config, struct problems *problems)
{
        for (array_each(const struct cluster_config, cluster, &config->clusters)) {
                judge_host(config, cluster, problems);
                judge_roles(cluster, problems);
                judge_bootstrap(config, cluster, problems);
        }
}

static void claim(struct claims *claims, const struct cluster_config *cluster, const char *machine)
{
        claims_take(
                claims, (struct claim) {
                                .scope = string_copy("machine of a cluster"),
                                .thing = string_format("machine %s", machine),
                                .label = string_format("cluster \"%s\"", cluster->name ? cluster->name : ""),
                                .hosts = &cluster->object.hosts,
                                .place = cluster->object.place,
                        });
}

void clusters_claim(const struct config *config, struct claims *claims)
{
        for (array_each(const struct cluster_config, cluster, &config->clusters)) {
                CLEANUP(strings_done) struct strings named = {0};

                if (cluster->bootstrap)
                        strings_add(&named, cluster->bootstrap);
                for (array_each(char *, name, &cluster->nodes))
                        if (!strings_has(&named, *name))
                                strings_add(&named, *name);
                for (array_each(char *, name, &named))
                        claim(claims, cluster, *name);
        }
}

/* ---- what follows from it ---- */

/* A guest with a count of 1 is numbered, too. */
static void number_one(const struct config *config, char **name)
{
        CLEANUP(string_free) char *first = *name ? string_format("%s-1", *name) : NULL;
        CLEANUP(string_free) char *second = *name ? string_format("%s-2", *name) : NULL;

        if (first && !has_guest(config, *name) && has_guest(config, first) && !has_guest(config, second))
                string_replace(name, first);
}

/* A guest with a count stands for all that it is by now. */
static void number(const struct config *config, struct strings *role)
{
        struct strings numbered = {0};

        for (array_each(char *, name, role)) {
                CLEANUP(string_free) char *next = string_format("%s-1", *name);

                if (has_guest(config, *name) || !has_guest(config, next))
                        strings_add(&numbered, *name);
                for (int i = 2; !has_guest(config, *name) && has_guest(config, next); i++) {
                        strings_add(&numbered, next);
                        string_free(&next);
                        next = string_format("%s-%d", *name, i);
                }
        }
        strings_done(role);
        *role = numbered;
}

void clusters_number(struct config *config)
{
        for (array_each(struct cluster_config, cluster, &config->clusters)) {
                number_one(config, &cluster->bootstrap);
                number(config, &cluster->control);
                number(config, &cluster->workers);
                strings_copy(&cluster->nodes, &cluster->control);
                strings_copy(&cluster->nodes, &cluster->workers);
        }
}

void clusters_complete(struct config *config)
{
        for (array_each(const struct cluster_config, cluster, &config->clusters))
                for (array_each(struct host_config, host, &config->hosts))
                        if (cluster->bootstrap_timeout_s && is_of(&cluster->object, host))
                                host->deadline_s[PHASE_CLUSTER] = cluster->bootstrap_timeout_s;
}
