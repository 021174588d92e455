/* A Score: a pure description of one aspect of a machine. It does no I/O: it asks, and it plans. */
#pragma once

#include "config/wish.h"
#include "plan/answers.h"
#include "plan/plan.h"

struct score {
        const char *name;
        const char *summary; /* a statement that is true when its plan is empty */

        /* Adds the questions whose answers plan needs. */
        void (*ask)(const struct wish *wish, struct survey *survey);

        /* Turns wish and answers into steps; none: nothing to do. What is in the way goes to plan_block. */
        void (*plan)(const struct wish *wish, const struct answers *answers, struct plan *plan);

        /* Undoing. ask_undo adds the questions about what earlier runs made (answers have nothing but ->owned yet); undo
         * turns that and the answers into steps that take it away, and nothing that isn't ours. NULL: there is never
         * anything. */
        void (*ask_undo)(const struct wish *wish, const struct answers *answers, struct survey *survey);
        void (*undo)(const struct wish *wish, const struct answers *answers, struct plan *plan);

        int settle_s; /* how long after its steps the plan may still not be empty: daemons that come up */
};

extern const struct score score_machine; /* it answers, we are root, we know its package manager */
extern const struct score score_unfinished;
extern const struct score score_packages; /* what virtualization needs, and what the configuration adds */
extern const struct score score_reboot;
extern const struct score score_file;
extern const struct score score_sysctl;
extern const struct score score_group;
extern const struct score score_unit;
extern const struct score score_daemon; /* libvirt's daemons, modular or monolithic */
extern const struct score score_network;
extern const struct score score_names; /* clusters' */
extern const struct score score_firewall;
extern const struct score score_load_balancer;
extern const struct score score_retired; /* bootstrap machines */
extern const struct score score_boot_server;
extern const struct score score_pool;
extern const struct score score_image;
extern const struct score score_volume; /* guests' disks */
extern const struct score score_canary;
extern const struct score score_guest;
extern const struct score score_seed;
extern const struct score score_ready;
extern const struct score score_opnsense;      /* services and rules of firewalls that the machine reaches */
extern const struct score score_bmc;           /* bare machines */
extern const struct score score_installer;     /* openshift-install's Ignition */
extern const struct score score_boot_ignition; /* and where machines fetch it */
extern const struct score score_cluster_api;
extern const struct score score_cluster_bootstrap;
extern const struct score score_cluster_nodes;   /* whose requests for certificates are approved */
extern const struct score score_cluster_members; /* nodes that aren't declared any more */
extern const struct score score_cluster_install;
extern const struct score score_cluster_access;
