/* host.conf as plain structs, checked: whoever holds a struct config knows that every value in it is valid
 * and that the rules between values hold. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/array.h"
#include "base/error.h"
#include "topology/boot_server.h"
#include "topology/bmc_url.h"
#include "topology/firewall.h"
#include "topology/guest.h"
#include "topology/https_server.h"
#include "topology/ip.h"
#include "topology/kvm_host_uri.h"
#include "topology/load_balancer.h"
#include "topology/network.h"
#include "topology/phase_name.h"

/* Where a value stands, for messages. file is lent by the config. */
struct place {
        const char *file;
        unsigned line; /* 0: the command line */
};

enum host_key_policy {
        HOST_KEY_STRICT,     /* only keys that known_hosts holds */
        HOST_KEY_ACCEPT_NEW, /* an unknown host's key is added; a changed one is refused */
};

enum package_manager {
        PACKAGES_UNKNOWN,
        PACKAGES_APT,
        PACKAGES_DNF,
        PACKAGES_ZYPPER,
        PACKAGES_PACMAN,
        PACKAGE_MANAGERS
};

/* "apt", "dnf", "zypper", "pacman"; "unknown". */
const char *package_manager_name(enum package_manager manager);

/* What may take how long: each phase, and besides: */
enum {
        DEADLINE_STEP = PHASE_COUNT, /* any one step, whatever its kind's own limit is */
        DEADLINE_GRACE,              /* what still moves when its time is up, so much more */
        DEADLINES
};

struct host_config {
        struct place place;
        char *name;
        struct kvm_host_uri connect;
        char *identity;    /* a private key's path, or NULL: agent and ~/.ssh as ssh -G says */
        char *known_hosts; /* a file, or NULL: as ssh -G says */
        enum host_key_policy host_key_policy;
        bool become;                /* sudo, when the login isn't root */
        bool reboot_if_needed;      /* when its packages ask for it */
        char *become_password_file; /* the password's first line, never in the configuration; or NULL */
        int deadline_s[DEADLINES];  /* 0: the phase's or the step's own default; no grace */
};

/* To which machines an object belongs: names of host sections; empty: all of them. */
struct object {
        struct place place;
        struct strings hosts;
};

struct network_config {
        struct object object;
        struct network network;
        bool autostart;
};

enum pool_type {
        POOL_DIR,
        POOL_LOGICAL, /* a volume group of LVM's */
        POOL_NETFS,   /* a directory of an NFS server, mounted at path */
        POOL_TYPES
};

struct pool_config {
        struct object object;
        char *name;
        enum pool_type type;
        char *path;   /* absolute, normalized; of a volume group /dev/SOURCE */
        char *source; /* NULL for a dir; the volume group's name; "server:/export" */
        struct strings
                devices; /* that the volume group is made of when there is none; or none: it is there */
        bool autostart;
};

struct packages_config {
        struct object object;
        struct strings names[PACKAGE_MANAGERS]; /* [PACKAGES_UNKNOWN]: the same for every manager */
};

struct unit_config {
        struct object object;
        char *name; /* with its suffix: "nginx.service" */
        bool masked;
        bool enabled;
        bool active;
        struct strings restart_on; /* paths: changed later than the unit was started, it is restarted */
};

struct sysctl_config {
        struct object object;
        char *key;
        char *value;
};

struct group_config {
        struct object object;
        char *name;
        struct strings members;
};

enum file_type { FILE_REGULAR, FILE_DIRECTORY, FILE_ABSENT };

struct file_config {
        struct object object;
        char *path; /* absolute, normalized */
        enum file_type type;
        char *content; /* regular files; content_length bytes, read from `from` when that was given */
        size_t content_length;
        mode_t mode;
        char *owner; /* "root" by default */
        char *group;
};

/* What guests' disks are made from: fetched once to a pool of the machine, verified, shared. */
struct image_config {
        struct object object;
        char *name;
        char *file;   /* of this machine; or */
        char *url;    /* http or https; exactly one of the two */
        char *sha256; /* lower-case hex; NULL only with a file, and not any more once a run has begun */
        char *pool;   /* where it is kept: of this configuration, or of the machine; not a volume group */
        bool is_raw;  /* else qcow2 */
};

enum disk_origin {
        DISK_EMPTY,
        DISK_BACKED, /* a qcow2 that holds what differs from its image */
        DISK_COPIED, /* the image's whole content, its own */
};

struct disk_config {
        char *name;          /* "root": the volume is GUEST-NAME */
        char *pool;          /* of this configuration */
        uint64_t size_bytes; /* 0: the image's own size (never with DISK_EMPTY) */
        char *image;         /* NULL with DISK_EMPTY */
        enum disk_origin origin;
        bool is_raw; /* else qcow2 (always with DISK_BACKED) */
};

/* A network interface as wished; the address is a fixed lease of its network. */
struct nic_config {
        char *name;    /* "lan" */
        char *network; /* of this configuration */
        struct mac_address mac;
        struct ip_address address; /* family 0: none */
        bool link_is_up;
};

struct cloud_init_config {
        bool is_wanted;
        char *user_data;         /* the text; NULL: one is made of user and ssh_keys */
        char *network_config;    /* the text, or NULL */
        char *user;              /* whom the keys log in as; "" where user_data says it */
        struct strings ssh_keys; /* lines of authorized_keys */
};

enum ready_kind { READY_ADDRESS, READY_SSH, READY_TCP, READY_HTTP, READY_CONSOLE, READY_KINDS };

/* When a guest counts as up: all that are given must hold. */
struct ready_config {
        bool wanted[READY_KINDS];
        char *ssh_user; /* NULL: SSH isn't waited for */
        unsigned tcp_port;
        char *http;    /* "http://ADDRESS:PORT/path", or only "/path" or ":8080/path" of its first address */
        char *console; /* a text in its console's log */
        int within_s;  /* 0: the default */
};

struct cluster_config;

/* What a machine of a cluster is in it. */
enum cluster_role { ROLE_BOOTSTRAP, ROLE_CONTROL, ROLE_WORKER, CLUSTER_ROLES };

/* An Ignition configuration that a boot server has for a machine as soon as openshift-install has made it. */
struct made_ignition {
        const struct cluster_config *cluster; /* lent */
        enum cluster_role role;
        char *machine;
        char *path; /* on the host */
};

/* One guest: `count = N` in host.conf has become N of these, NAME-1 to NAME-N, by now. */
struct guest_config {
        struct object object;
        unsigned count; /* as it was written; 0: it wasn't */
        char *name;
        uint64_t memory_kib, memory_max_kib; /* whole MiB */
        unsigned vcpus, vcpus_max;
        enum guest_firmware firmware;
        enum guest_boot boot[BOOT_DEVICES];
        size_t boot_count;
        char *kernel, *initrd, *command_line; /* paths on the machine */
        char *iso;                            /* a path on the machine, or NULL */
        char *ignition;                       /* the text (JSON), or NULL */
        const struct cluster_config *cluster; /* lent: the one whose installer makes its Ignition; or NULL */
        enum cluster_role role;               /* in that cluster */
        bool says_boot;                       /* itself: boot, or a kernel */
        bool console_log;
        bool autostart;
        bool is_running; /* false: defined and shut off */
        bool replace;    /* its disks may be made anew when their image or kind has changed */
        ARRAY(struct disk_config) disks;
        ARRAY(struct nic_config) nics; /* each with a MAC; an address is in its network's leases, too */
        struct cloud_init_config cloud_init;
        struct ready_config ready;
};

/* An OPNsense firewall, which belongs to one host: the one that reaches its API. */
struct opnsense_config {
        struct object object;
        char *name;
        struct https_server server;
        char *key, *secret; /* files of this machine, each with one of the two; or */
        char *credentials;  /* one file with both, as OPNsense hands it out */
        char *ca;           /* a file of this machine: who vouches for its certificate; and, or */
        char *pin; /* "sha256//BASE64" of its certificate's public key; or neither: the machine's own CAs */
};

struct service_config {
        struct place place;
        struct balanced_service service;
};

/* Two OPNsenses that are to be as one: who means them both names the pair. */
struct firewall_pair_config {
        struct object object; /* no hosts: its members' */
        char *name;
        char *primary, *backup;
};

/* What stands in front of others, on this machine or an OPNsense. */
struct load_balancer_config {
        struct object object; /* no hosts with an opnsense */
        char *name;
        char *opnsense; /* or pair, of this configuration; NULL: on the machine itself */
        ARRAY(struct service_config)
        services; /* one at least; none of all of a host listens where another does */
};

/* What machines of a network boot from, on this machine. */
struct boot_server_config {
        struct object object;
        struct boot_server server;
        struct file_config kernel, initramfs, root_image; /* only content; empty: there is none */
        ARRAY(struct file_config) files;                  /* all that it consists of on the machine, but */
        ARRAY(struct made_ignition) made_ignitions;
        char *unit;
};

/* Which ports of this machine, or of an OPNsense, the outside may reach. */
struct firewall_config {
        struct object object;     /* no hosts with an opnsense */
        char *opnsense;           /* or pair, of this configuration; NULL: this machine's */
        struct firewall firewall; /* none of the machine's interfaces is in another firewall of it */
};

enum cluster_flavor {
        CLUSTER_OKD,      /* bootstrapped by openshift-install's Ignition */
        CLUSTER_EXISTING, /* it is there */
        CLUSTER_FLAVORS
};

/* How those of its machines boot that don't say so themselves. */
enum cluster_boot {
        CLUSTER_BOOTS_ANYHOW,
        CLUSTER_BOOTS_PXE,    /* from a boot server, while nothing is on their disks */
        CLUSTER_BOOTS_ISO,    /* each from its iso, the same */
        CLUSTER_BOOTS_DIRECT, /* from kernels that they are given */
        CLUSTER_BOOTS
};

/* What a network tells its guests of a cluster. */
struct cluster_name {
        char *name; /* "api.lab.example.com", "*.apps.lab.example.com" */
        struct ip_address address;
        bool is_reverse; /* the address' own name is this one, too */
        bool is_own;     /* whatever else about it isn't asked elsewhere, as with a wildcard */
};

/* openshift-install, and what it needs to be told besides the cluster itself. */
struct installer_config {
        char *program;           /* a file of this machine; NULL: Ignition is made by somebody else */
        char *version;           /* that it must be of; NULL: any */
        char *pull_secret;       /* a file of this machine */
        struct strings ssh_keys; /* of who may log in to the machines */
};

/* A cluster, which belongs to one host: the one by which its API is reached. */
struct cluster_config {
        struct object object;
        char *name;
        enum cluster_flavor flavor;
        enum cluster_boot boot;
        char *kubeconfig;                /* a file of this machine; NULL: the installer's */
        char *bootstrap;                 /* its bootstrap machine, a guest's name or not; or NULL */
        struct strings control, workers; /* nodes; guests with a count are numbered */
        struct strings nodes;            /* all of both; none with CLUSTER_EXISTING */
        int bootstrap_timeout_s;         /* of the host's phase; 0: as its deadlines say */
        char *domain; /* its names are below NAME.DOMAIN; the three are there together, or not at all */
        char *dns;    /* the network whose guests are told them, which is there and has an address */
        struct ip_address address;        /* of its API and its ingress */
        struct ip_address dns_server;     /* the network's */
        ARRAY(struct cluster_name) names; /* all that it tells; they are among that network's, too */
        struct installer_config installer;
};

enum machine_boot {
        MACHINE_BOOTS_ITSELF,  /* as its firmware is set */
        MACHINE_BOOTS_NETWORK, /* once, when it is switched on for the first time; or */
        MACHINE_BOOTS_ISO,     /* the same, from a CD that its BMC has */
};

/* A bare machine behind a BMC, which one host reaches. Guests have other names and other MACs. */
struct machine_config {
        struct object object;
        char *name;
        struct bmc_url bmc;
        char *credentials; /* a file of this machine: "USER:PASSWORD" */
        char *ca,
                *pin; /* by what the BMC is known: a file of this machine, its public key's sum; each or NULL */
        struct mac_address mac;
        struct ip_address address; /* in the leases of a network, too; family 0: none */
        bool is_off;               /* as it is wished */
        enum machine_boot boot;
        bool says_boot; /* itself */
        char *iso;      /* its URL, as the BMC finds it; NULL but with MACHINE_BOOTS_ISO */
};

struct config {
        ARRAY(struct host_config) hosts;
        ARRAY(struct network_config) networks;
        ARRAY(struct pool_config) pools;
        ARRAY(struct packages_config) packages;
        ARRAY(struct unit_config) units;
        ARRAY(struct sysctl_config) sysctls;
        ARRAY(struct group_config) groups;
        ARRAY(struct file_config) files;
        ARRAY(struct image_config) images;
        ARRAY(struct guest_config) guests;
        ARRAY(struct load_balancer_config) load_balancers;
        ARRAY(struct boot_server_config) boot_servers;
        ARRAY(struct firewall_config) firewalls;
        ARRAY(struct cluster_config) clusters;
        ARRAY(struct opnsense_config) opnsenses;
        ARRAY(struct firewall_pair_config) firewall_pairs;
        ARRAY(struct machine_config) machines;
        struct strings file_names; /* what struct place lends */
};

/* What may be set from outside the files. */
struct config_overrides {
        struct strings settings; /* "host.lab1.connect=root@10.77.1.2" */
};

/* Reads the files as one configuration. On failure *ret_problems holds every problem found, one sentence each
 * with "FILE:LINE: " in front, and error (ERROR_CONFIG) says how many; a file that can't be read is one of
 * them. */
int config_load(const struct strings *files, const struct config_overrides *overrides,
        struct config *ret_config, struct strings *ret_problems, struct error *error);

void config_done(struct config *config);

/* libconfuse's version as it was loaded, for --version. */
const char *config_library_version(void);
