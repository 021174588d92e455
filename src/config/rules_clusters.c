/* The rules about clusters: each is reached by one machine. */
#include "config/rules.h"

void clusters_judge(const struct config *config, struct problems *problems)
{
        for (array_each(const struct cluster_config, cluster, &config->clusters)) {
                size_t hosts =
                        cluster->object.hosts.count ? cluster->object.hosts.count : config->hosts.count;

                if (hosts > 1)
                        problems_add(problems, &cluster->object.place,
                                "cluster \"%s\": its API is reached by one machine, and it is for %zu: add "
                                "hosts = {\"NAME\"} with the one",
                                cluster->name ? cluster->name : "", hosts);
        }
}

void clusters_complete(struct config *config)
{
        for (array_each(const struct cluster_config, cluster, &config->clusters))
                for (array_each(struct host_config, host, &config->hosts))
                        if (cluster->bootstrap_timeout_s &&
                                (cluster->object.hosts.count == 0 ||
                                        strings_has(&cluster->object.hosts, host->name)))
                                host->deadline_s[PHASE_CLUSTER] = cluster->bootstrap_timeout_s;
}
