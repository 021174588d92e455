/* What the configuration wishes of one machine: the objects that belong to it, all lent by the config. Scores
 * see this and never the whole. */
#pragma once

#include "config/config.h"

struct wish {
        const struct host_config *host;
        bool may_restart; /* guests, where a change needs it */
        bool keep_images; /* when undoing */
        ARRAY(const struct network_config *) networks;
        ARRAY(const struct pool_config *) pools;
        ARRAY(const struct packages_config *) packages;
        ARRAY(const struct unit_config *) units;
        ARRAY(const struct sysctl_config *) sysctls;
        ARRAY(const struct group_config *) groups;
        ARRAY(const struct file_config *) files;
        ARRAY(const struct image_config *) images;
        ARRAY(const struct guest_config *) guests;
        ARRAY(const struct load_balancer_config *) load_balancers;
        ARRAY(const struct boot_server_config *) boot_servers; /* whose files are among the files */
        ARRAY(const struct firewall_config *) firewalls;
        ARRAY(const struct cluster_config *) clusters;
        ARRAY(const struct cluster_config *)
        elsewhere; /* whose API another host reaches, while this one has their bootstrap machine, as a guest or
                    * behind a load balancer */
        ARRAY(const struct machine_config *) machines; /* behind BMCs that it reaches */
        struct strings retired; /* names of machines that have done their work (wish_retire) */
        ARRAY(const struct guest_config *) retired_guests; /* among them; no longer in guests */
        ARRAY(const struct opnsense_config *) opnsenses;
        ARRAY(const struct firewall_pair_config *) firewall_pairs; /* of these */
        ARRAY(const struct load_balancer_config *)
        opnsense_balancers;                                       /* for one of these; the others are the */
        ARRAY(const struct firewall_config *) opnsense_firewalls; /* machine's own */
};

void wish_init(struct wish *wish, const struct config *config, const struct host_config *host);
void wish_done(struct wish *wish);
