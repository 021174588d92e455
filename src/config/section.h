/* One section of host.conf: its table of keys, and the rules between its values. For the section_*.c files. */
#pragma once

#include "config/schema.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The key that every object has. */
#define HOSTS(type)                                                                                 \
        {                                                                                           \
                .name = "hosts", .rule = &name_of_object, .parse = value_strings,                   \
                .offset = offsetof(type, object.hosts), .form = "{\"NAME\", ...}", .is_list = true, \
        }

/* A function that adds an object to the array of the loaded configuration. */
#define ADD(array)                                                                    \
        static void *add_##array(void *parent, const struct place *place)             \
        {                                                                             \
                struct loading *loading = parent;                                     \
                                                                                      \
                array_add(&loading->config.array)->object.place = *place;             \
                return &loading->config.array.items[loading->config.array.count - 1]; \
        }

extern const struct section_schema section_host, section_deadlines, section_network, section_pool,
        section_image, section_packages, section_unit, section_sysctl, section_group, section_file,
        section_guest, section_load_balancer, section_boot_server, section_firewall, section_cluster,
        section_opnsense, section_firewall_pair, section_machine;

/* What stands in a guest. */
extern const struct section_schema section_disk, section_nic, section_cloud_init, section_ready;

/* The key, or section inside, is there, whatever its value. */
bool subject_has(const struct subject *subject, const char *name);

/* The key is there and its value was understood. */
bool subject_knows(const struct subject *subject, const char *name);

/* A problem at the place of the key (or the inner section) of that name, or at the section's own when there
 * is none. */
void subject_problem(const struct subject *subject, const char *name, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* A thing that no other section of the same kind in the same parent may have: "address 192.168.150.20". The
 * key is where it stands. */
void subject_claim(const struct subject *subject, const char *key, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* The rules of networks, which are many. */
void network_judge(const struct subject *subject, void *network);
void lease_judge(const struct subject *subject, void *lease);
void dns_judge(const struct subject *subject, void *dns);

/* Those of a cluster's names within its section; how they go together with other sections is judged beside. */
void cluster_names_judge(const struct subject *subject);

/* Those of a cluster that openshift-install makes. */
void cluster_installer_judge(const struct subject *subject, const struct cluster_config *cluster);

/* Those of one guest; how guests go together with other sections is judged in guest_rules.c. */
void guest_judge(const struct subject *subject, void *guest);
void disk_judge(const struct subject *subject, void *disk);
void nic_judge(const struct subject *subject, void *nic);
void cloud_init_judge(const struct subject *subject, void *cloud_init);
void ready_judge(const struct subject *subject, void *ready);
