/* What a machine answered to a survey: plain data. "Not there yet" (libvirt before it is installed) is an
 * answer like any other, so that a plan for a fresh machine shows the whole way. */
#pragma once

#include "plan/bmc.h"
#include "plan/cluster.h"
#include "plan/installer.h"
#include "plan/names.h"
#include "plan/opnsense.h"
#include "plan/survey.h"
#include "topology/guest.h"
#include "topology/load_balancer.h"

struct machine_facts {
        char *hostname;
        char *os_id;      /* os-release ID: "debian" */
        char *os_id_like; /* ID_LIKE, "" where there is none */
        char *os_version; /* VERSION_ID, "" where there is none */
        char *os_name;    /* PRETTY_NAME */
        char *kernel;     /* uname -r */
        char *arch;       /* uname -m */
        char *boot_id;    /* /proc/sys/kernel/random/boot_id */
        char *machine_id; /* /etc/machine-id; "" where there is none */
        enum package_manager
                manager; /* by which manager's program is there, not by the distribution's name */
        bool is_root;
        bool has_systemd;            /* as PID 1 */
        bool has_kvm_device;         /* /dev/kvm exists */
        bool package_db_interrupted; /* dpkg was cut off and wants `dpkg --configure -a` */
        bool reboot_required;        /* the package manager asks for it */
        unsigned run_lock; /* how often runs have come and gone; 0: none since the boot (run_lock.h) */
        unsigned cpus;
        unsigned memory_mib;
        unsigned root_free_mib; /* on the filesystem of /var/lib */
};

struct package_state {
        const char *name; /* lent by the survey's question, as all subjects below */
        bool installed;
        char *version; /* or NULL */
};

struct unit_state {
        const char *name;
        bool exists; /* LoadState isn't not-found */
        bool active;
        bool changing; /* activating, deactivating, reloading, …: neither active nor at rest */
        bool failed;
        bool restarting; /* it has ended, and systemd is about to start it again */
        bool remains;    /* a service that stays active when its processes have ended; told of one at rest */
        bool stale;      /* systemd hasn't read its file since that was changed; told of one at rest */
        char *service_type; /* "simple", "oneshot", …; NULL: no service, or one that isn't loaded */
        char *active_state; /* as systemd says it */
        char *file_state;   /* "enabled", "disabled", "static", "masked", …; "" for none */
        int64_t since_us;   /* when it became active, CLOCK_REALTIME; 0: never */
        char *load_error;   /* why it couldn't be loaded, or NULL */
};

struct sysctl_state {
        const char *key;
        bool exists;            /* and has a value */
        bool is_mute;           /* it is there, and can't be read: writing it does something */
        char *value;            /* fields separated by one blank */
        char *persistent_value; /* what our file in /etc/sysctl.d says, for the next boot; NULL: nothing */
};

struct group_state {
        const char *name;
        bool exists;
        struct strings members; /* as /etc/group lists them */
        unsigned gid;
};

struct user_state {
        const char *name;
        bool exists;
};

struct file_state {
        const char *path;
        bool exists;
        enum file_type type; /* FILE_ABSENT: neither a regular file nor a directory (see what) */
        char *what;          /* "symbolic link", "socket", … as stat names it */
        mode_t mode;         /* permission bits */
        char *owner, *group;
        int64_t size;
        int64_t modified_us; /* CLOCK_REALTIME */
        char *sha256;        /* lower-case hex of a regular file; NULL when it couldn't be read */
        char *obstacle;      /* not there, and can't be: this, above it, is no directory; else NULL */
        char *missing;       /* not there, nor is this, above it, the first that isn't; else NULL */
};

struct note_state {
        const char *path;
        char *text; /* its first line, without the newline; NULL: there is none, or it can't be read */
};

struct text_state {
        const char *path;
        char *text;              /* its lines; NULL: it can't be read, or nothing is in it */
        size_t length, capacity; /* of text, while it is read */
};

/* A TCP socket that listens at one of the ports that were asked for. */
struct listener {
        struct socket_address at;
        bool is_balancer; /* our haproxy's */
        char *program;    /* "nginx (process 812)"; NULL: our haproxy, or it can't be told */
};

/* A chain that isn't ours, by which what comes to the machine is dropped unless it is let in there, too. */
struct dropping_chain {
        char *table; /* "ip filter" */
        char *name;
};

struct interface_address {
        char *interface;
        struct ip_address address;
};

struct interface_zone {
        char *interface;
        char *zone;
};

struct firewall_state {
        struct strings listed;     /* our table, as the kernel has it; nothing: it isn't there */
        struct strings loaded;     /* the same when it was loaded, as nft listed it then */
        struct strings ufw_tables; /* those that ufw has its rules in */
        ARRAY(struct dropping_chain) dropping;
        ARRAY(struct interface_address) addresses;
        struct ip_address ssh_client, ssh_server; /* how this very run is connected; family 0: not by SSH */
        unsigned ssh_port;                        /* of the machine */
        bool has_firewalld;                       /* it runs */
        ARRAY(struct interface_zone) zones;
        struct strings runtime,
                permanent; /* what those zones let in: "public 443/tcp", "public rule family=…" */
};

struct route {
        struct subnet subnet;
        char *interface;
};

struct interface_state {
        char *name;
        bool is_bridge;
        char *mac; /* of a bridge; else NULL */
};

struct network_state {
        struct network network;
        char *uuid;
        bool active;
        bool autostart;
        bool persistent;
        bool ours;                 /* carries our metadata */
        struct strings unmodelled; /* what its XML says that struct network can't: "portgroup", "route", … */
        char *bridge_mac;          /* that the bridge of one of ours gets; NULL: not ours */
        struct strings
                live_differences; /* in what the running network differs from its definition, in words */
        struct network *running;  /* how it runs, where that isn't as it is defined; or NULL */
        bool runs_unmodelled;     /* and struct network can't say all of that */
};

/* A network that libvirt has started, by what there is of it on the machine. */
struct service_state {
        char *network;
        bool is_served; /* its dnsmasq runs */
};

struct pool_state {
        char *name;
        char *uuid;
        char *type; /* "dir", "logical", … */
        char *path;
        char *source; /* the volume group; "server:/directory"; NULL: it has none, or one that we don't work with */
        bool active;
        bool autostart;
        bool persistent;
        bool ours;
        struct strings others; /* ASK_VOLUME_USES: files in its directory that nobody asked for */
};

/* A volume of one of the pools that were asked for. */
struct volume_state {
        char *pool;
        char *name;
        char *path;
        char *format;        /* "qcow2", "raw" */
        uint64_t size_bytes; /* what a guest sees */
        char *backing;       /* the path of what it is based on, or NULL */
        struct strings
                users; /* ASK_VOLUME_USES: "guest theirs", "volume x of pool y": others that lead to it */
};

struct guest_state {
        struct guest defined; /* what it is after the next start */
        struct guest running; /* what it is now; name NULL: it isn't running */
        char *uuid;
        bool paused; /* it runs, but stands still */
        bool autostart;
        bool persistent;
        bool ours;
        struct guest_uses uses; /* of a guest that isn't ours */
        char *made_from; /* what we noted when its disks and seed were made, or NULL; see the guest Score */
        struct strings unmodelled;         /* what its definition says that struct guest can't */
        struct strings running_unmodelled; /* what it runs with, and its definition hasn't */
        struct strings addresses;          /* as leases and its agent tell */
        int64_t since_us; /* CLOCK_REALTIME, when it was started; 0: not running or not known */
};

/* What earlier runs made on this machine, as they noted it: for undo, which looks whether it is still there. */
struct owned_thing {
        char *kind; /* "unit", "file", …: see phases/step_things.c */
        char *name;
        char *before; /* what was there before, in words; NULL: nothing */
        bool is_made; /* false: a run that was cut off was about to make it */
};

/* Where it is noted on the machine what a canary has proven. */
#define CANARY_NOTES "/run/provision/canary"

enum canary_accelerator { CANARY_NONE, CANARY_KVM, CANARY_TCG };

struct canary_state {
        bool proven; /* a guest booted on this boot of the machine, with this QEMU and this libvirt */
        enum canary_accelerator accelerator;
        char *why; /* what has changed since, or why KVM wasn't used; or NULL */
};

/* A step that an earlier run began, which may still go on (means/long_step.h). */
struct long_step_state {
        char *name;  /* of its unit */
        char *words; /* its sentence */
};

/* How far a part of the machine could be asked. */
enum reach { REACH_UNASKED, REACH_NOT_YET, REACH_ANSWERED };

struct answers {
        struct machine_facts machine;
        ARRAY(struct package_state) packages;
        ARRAY(struct unit_state) units;
        ARRAY(struct sysctl_state) sysctls;
        ARRAY(struct group_state) groups;
        ARRAY(struct user_state) users;
        ARRAY(struct file_state) files;
        ARRAY(struct note_state) notes;
        ARRAY(struct text_state) texts;
        ARRAY(struct listener) listeners;
        ARRAY(struct ip_address) own_addresses; /* all but those of 127.0.0.0/8 */
        struct strings
                balancer_fingerprints; /* of the configuration that our haproxy runs with; none: it doesn't run */
        struct firewall_state firewall;
        ARRAY(struct route) routes;
        ARRAY(struct interface_state) interfaces;
        ARRAY(struct network_state) networks;
        ARRAY(struct service_state) services;
        ARRAY(struct pool_state) pools;
        ARRAY(struct volume_state) volumes;
        ARRAY(struct guest_state) guests;
        ARRAY(struct cluster_state) clusters;
        ARRAY(struct installer_state) installers;
        ARRAY(struct names_state) names;
        ARRAY(struct opnsense_state) opnsenses;
        ARRAY(struct bmc_state) bmcs;
        ARRAY(struct long_step_state) long_steps;
        ARRAY(struct owned_thing) owned;
        struct strings
                added_packages; /* that our transactions brought and that are installed still; see manager.h */
        struct strings
                needed_packages; /* with ASK_ADDED_PACKAGES: those of them that others need, by whatever way, */
        struct strings needing_packages; /* and these others */
        struct strings
                parts; /* ASK_VOLUME_USES: paths of what transfers to the volumes asked for have left */
        struct strings added_units; /* with ASK_ADDED_PACKAGES: the unit files that came with those */
        struct strings
                changed_files; /* with ASK_ADDED_PACKAGES: their configuration that somebody has changed */
        bool has_firmware[FIRMWARES];
        struct strings
                missing_groups;    /* ASK_VOLUME_GROUP: those that the machine doesn't have, as LVM says */
        struct strings pool_types; /* ASK_POOL_TYPES: "dir", "logical", …; none: it can't be told */
        struct canary_state canary;
        enum reach libvirt;
        char *libvirt_why;     /* REACH_NOT_YET: what came back, or NULL when libvirt just isn't installed */
        int libvirt_silent_s;  /* REACH_NOT_YET: for so long it was given time to answer, and said nothing */
        char *libvirt_version; /* "9.0.0", or NULL */
};

/* Lent; NULL when it wasn't asked, and of what is asked for without a name when it isn't there. */
const struct package_state *answers_package(const struct answers *answers, const char *name);
const struct unit_state *answers_unit(const struct answers *answers, const char *name);
const struct sysctl_state *answers_sysctl(const struct answers *answers, const char *key);
const struct group_state *answers_group(const struct answers *answers, const char *name);
const struct user_state *answers_user(const struct answers *answers, const char *name);
const struct file_state *answers_file(const struct answers *answers, const char *path);
const struct note_state *answers_note(const struct answers *answers, const char *path);
const struct text_state *answers_text(const struct answers *answers, const char *path);
const struct interface_state *answers_interface(const struct answers *answers, const char *name);
const struct network_state *answers_network(const struct answers *answers, const char *name);
const struct service_state *answers_service(const struct answers *answers, const char *network);
const struct pool_state *answers_pool(const struct answers *answers, const char *name);
const struct volume_state *answers_volume(const struct answers *answers, const char *pool, const char *name);
const struct guest_state *answers_guest(const struct answers *answers, const char *name);

const struct cluster_state *answers_cluster(const struct answers *answers, const char *name);
const struct installer_state *answers_installer(const struct answers *answers, const char *cluster);
const struct names_state *answers_names(const struct answers *answers, const char *cluster);

const struct opnsense_state *answers_opnsense(const struct answers *answers, const char *name);
const struct bmc_state *answers_bmc(const struct answers *answers, const char *machine);

const struct owned_thing *answers_owned(const struct answers *answers, const char *kind, const char *name);
/* The bridge that libvirt has made for the network, which is active; NULL: it makes none for such a network. */
const char *network_state_bridge(const struct network_state *network);
/* libvirt runs a dnsmasq for it. */
bool network_state_is_served(const struct network_state *network);

void answers_done(struct answers *answers);
