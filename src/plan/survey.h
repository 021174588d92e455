/* Questions about one machine. All Scores of a phase put theirs into one survey; it is answered in one round
 * trip. A question asked twice is in it once. */
#pragma once

#include "base/array.h"
#include "config/config.h"

enum question_kind {
        ASK_MACHINE,  /* no subject: struct machine_facts */
        ASK_PACKAGE,  /* a package's name, for one manager or (PACKAGES_UNKNOWN) whichever is there */
        ASK_UNIT,     /* a unit's name with suffix */
        ASK_SYSCTL,   /* a key with dots */
        ASK_GROUP,    /* a group's name */
        ASK_USER,     /* a user's name */
        ASK_FILE,     /* a path */
        ASK_PRESENCE, /* a path: as ASK_FILE, but without a checksum, which of a large file takes its time */
        ASK_ROUTES,   /* no subject: the IPv4 and IPv6 networks the machine reaches and by which interface */
        ASK_INTERFACES,   /* no subject: the network interfaces the machine has, all of them */
        ASK_NETWORKS,     /* no subject: libvirt's networks, all of them, and whether somebody serves them */
        ASK_POOLS,        /* no subject: libvirt's storage pools, all of them */
        ASK_POOL_TYPES,   /* no subject: for which types of pools libvirt has loaded a driver */
        ASK_VOLUME_GROUP, /* a volume group's name: whether it is missing, asked while its pool isn't active */
        ASK_VOLUME,       /* a volume's name in one of the pools */
        ASK_VOLUME_USES, /* no subject: what of others depends on the volumes that are asked for, and lies in pools */
        ASK_NOTE,           /* the path of a small file of ours: its first line */
        ASK_GUEST,          /* a guest's name */
        ASK_ADDRESSES,      /* no subject: with every guest that is asked for, its addresses */
        ASK_GUESTS,         /* no subject: all of libvirt's guests */
        ASK_FIRMWARE,       /* no subject: with which firmware guests of the machine's kind can be had */
        ASK_CANARY,         /* no subject: what the last canary guest proved, and whether that still holds */
        ASK_LONG_STEPS,     /* no subject: what earlier runs began and nobody has seen the end of */
        ASK_ADDED_PACKAGES, /* no subject: which packages our transactions brought, and what they brought */
        ASK_TEXT,           /* a file's path: what stands in it */
        ASK_LISTENERS,      /* a port: where the machine listens at it, and which program */
        ASK_OWN_ADDRESSES,  /* no subject: the machine's own IP addresses */
        ASK_CLUSTER,        /* a cluster's name, and its configuration: what it says of itself */
        ASK_BMC,            /* a machine's name, and its configuration: what its BMC says of it */
        ASK_INSTALLER, /* a cluster's name, and its configuration: what openshift-install has made for it, here */
        ASK_NAMES,     /* the same: what its network tells about its names, with ASK_OWN_ADDRESSES */
        ASK_OPNSENSE, /* an OPNsense's name, and its configuration: what it has, and what its haproxy does */
        ASK_BALANCER, /* no subject: with which configuration our haproxy runs (plan/haproxy.h) */
        ASK_FIREWALL, /* no subject: our table of nftables, what others drop, and how this run is connected */
        ASK_ZONE,     /* an interface: with ASK_FIREWALL, its zone of firewalld and what that lets in */
        QUESTION_KINDS
};

struct question {
        enum question_kind kind;
        char *subject;                /* owned; NULL where the kind has none */
        enum package_manager manager; /* ASK_PACKAGE */
        char *pool;                   /* ASK_VOLUME_GROUP, ASK_VOLUME, and */
        char *pool_path; /* where the pool is, or NULL: libvirt knows, which costs another round trip */
        const struct cluster_config *cluster;   /* ASK_CLUSTER, ASK_INSTALLER, ASK_NAMES: lent */
        const struct opnsense_config *opnsense; /* ASK_OPNSENSE: lent; and */
        unsigned opnsense_needs; /* what must be answered: bit (1 << area), see plan/opnsense.h */
        const struct machine_config *machine; /* ASK_BMC: lent */
        bool with_drive;                      /* and with what is in its drive for CDs */
};

struct survey {
        ARRAY(struct question) questions;
};

void survey_ask(struct survey *survey, enum question_kind kind, const char *subject);
void survey_ask_package(struct survey *survey, enum package_manager manager, const char *name);

void survey_ask_volume_group(struct survey *survey, const char *pool, const char *name);

/* pool_path may be NULL. */
void survey_ask_volume(struct survey *survey, const char *pool, const char *pool_path, const char *name);

/* The configuration is lent to the answers, too. */
void survey_ask_cluster(struct survey *survey, const struct cluster_config *cluster);
void survey_ask_installer(struct survey *survey, const struct cluster_config *cluster);
void survey_ask_names(struct survey *survey, const struct cluster_config *cluster);

/* The same; needs: what must be answered, where the rest may be kept from us. */
void survey_ask_opnsense(struct survey *survey, const struct opnsense_config *opnsense, unsigned needs);

/* The same; what is in the drive takes more requests. */
void survey_ask_bmc(struct survey *survey, const struct machine_config *machine, bool with_drive);

/* At least one question of this kind is in it. */
bool survey_asks(const struct survey *survey, enum question_kind kind);

void survey_done(struct survey *survey);
