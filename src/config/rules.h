/* The rules between sections. */
#pragma once

#include "config/schema.h"

/* Reports every rule that the sections break together: names, addresses and paths that two objects of a host
 * would share, hosts that don't exist. */
void rules_judge(const struct section *root, const struct config *config, struct problems *problems);

/* Those about storage: each disk's volume is its own, images and disks are kept in pools that can hold them. */
void storage_claim(const struct config *config, struct claims *claims);
void storage_judge(const struct config *config, struct problems *problems);

/* Parts of that: what lies below a path that is to be no directory; whether libvirt keeps a daemon; and kernel settings
 * that undo each other, or what a network needs. */
void paths_judge(const struct config *config, struct problems *problems);
void daemons_judge(const struct config *config, struct problems *problems);
void sysctls_judge(const struct config *config, struct problems *problems);

/* Wildcards among the names of networks become wildcards. */
void networks_complete(struct config *config);

/* Every cluster's names are found, and judged: a network must be able to tell them, and the file say nothing else about them.
 * Completing hands them to the networks. */
void clusters_name(const struct section *root, struct config *config, struct problems *problems);
void clusters_tell(struct config *config);

/* A cluster is reached by one machine, and its own machines have one role each. */
void clusters_judge(const struct config *config, struct problems *problems);
void clusters_claim(const struct config *config, struct claims *claims);
/* How a cluster boots, those of its machines do that don't say so themselves; each has what that takes. */
void clusters_boot(struct config *config, struct problems *problems);
/* What openshift-install makes is kept under the cluster's name, and it has to be told of as many machines as it takes. */
void installers_judge(const struct config *config, struct problems *problems);
/* Its guests get Ignition from it, where nothing else is said. */
void installers_complete(struct config *config);
/* Its nodes are those of both roles; and its bootstrap_timeout is the deadline of that machine's phase. */
void clusters_number(struct config *config);
void clusters_complete(struct config *config);

/* An OPNsense is reached by one machine, and who names it names one that there is, and no machine besides; a pair has two that
 * the same machine reaches, and is named for both. */
void opnsenses_judge(const struct config *config, struct problems *problems);

/* Of a host's load balancers only one listens at an address and port. */
void balancers_judge(const struct config *config, struct problems *problems);

/* Completes the boot servers, as struct config has them, and tells their networks what to boot from. Reports networks and
 * machines that don't exist, and what two of a host would share. */
void boot_servers_judge(struct config *config, struct problems *problems);

/* An interface is in one firewall of a host, and in none when it is the bridge by which guests get their addresses. */
void firewalls_claim(const struct config *config, struct claims *claims);
void firewalls_judge(const struct config *config, struct problems *problems);

/* A machine behind a BMC is reached by one host; its name, its MAC and its address are its own, and it has its address by a lease of
 * a network. */
void machines_judge(const struct config *config, struct problems *problems);
void machines_claim(const struct config *config, struct claims *claims);
void machines_add_leases(struct config *config);
