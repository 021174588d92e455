/* Steps: what has to be done to one machine, as plain data with a sentence each. What --plan prints is what a
 * run does, because both come from here. */
#pragma once

#include "plan/answers.h"
#include "plan/haproxy.h"
#include "plan/nftables.h"

enum unit_action {
        UNIT_ENABLE,
        UNIT_DISABLE,
        UNIT_MASK,
        UNIT_UNMASK,
        UNIT_START,
        UNIT_STOP,
        UNIT_RESTART,
        UNIT_RELOAD, /* what it reads, without ending what it has in hand */
        UNIT_ACTIONS
};

enum network_part { NETWORK_PART_RANGE, NETWORK_PART_LEASE, NETWORK_PART_DNS };
enum edit_verb { EDIT_ADD, EDIT_REMOVE, EDIT_CHANGE };

/* One change that libvirt can make to a network while guests use it. */
struct network_edit {
        enum network_part part;
        enum edit_verb verb;
        union {
                const struct ip_range *range;
                const struct fixed_lease *lease;
                const struct dns_host *dns;
        };
};

enum guest_edit_kind {
        GUEST_EDIT_MEMORY,
        GUEST_EDIT_VCPUS,
        GUEST_EDIT_ADD_DISK,
        GUEST_EDIT_ADD_NIC,
        GUEST_EDIT_REMOVE_NIC,
        GUEST_EDIT_CHANGE_NIC, /* its network or its link */
        GUEST_EDIT_CD,         /* what is in its drive */
};

/* One change that libvirt can make to a guest while it runs. What isn't lent is in the step's wanted guest. */
struct guest_edit {
        enum guest_edit_kind kind;
        const struct guest_disk *disk;
        const struct guest_nic *nic;
};

enum step_kind {
        STEP_TAKE_UP,         /* go on with a long step that an earlier run began */
        STEP_PACKAGES_REPAIR, /* finish what an interrupted package manager left */
        STEP_PACKAGES_INSTALL,
        STEP_REBOOT, /* and wait until it is back */
        STEP_UNIT,
        STEP_SYSCTL, /* set the running kernel's value */
        STEP_GROUP_CREATE,
        STEP_GROUP_MEMBER,     /* add a member */
        STEP_FILE,             /* write, change or remove a file or directory */
        STEP_NETWORK_DEFINE,   /* also what marks an adopted network as ours */
        STEP_NETWORK_EDIT,     /* live and in the definition */
        STEP_NETWORK_RECREATE, /* redefine and restart, guests' interfaces attached again */
        STEP_NETWORK_RESTART, /* as it is, guests' interfaces attached again; nothing when it has mended meanwhile */
        STEP_NETWORK_STOP, /* its address goes to another; it is recreated later */
        STEP_NETWORK_START,
        STEP_NETWORK_AUTOSTART,
        STEP_POOL_DEFINE,
        STEP_POOL_START,
        STEP_POOL_AUTOSTART,
        STEP_PACKAGES_REMOVE, /* all that our transactions brought, dependencies included */
        STEP_SYSCTL_FORGET,   /* what it was before, and nothing for the next boot */
        STEP_GROUP_LEAVE,     /* take a member out */
        STEP_GROUP_DELETE,
        STEP_FILE_REMOVE,    /* a file, or a directory when it is empty */
        STEP_GUEST_REMOVE,   /* switch off and undefine */
        STEP_NOTES_FORGET,   /* a directory of notes, with them */
        STEP_KEY_FORGET,     /* a guest's host key, kept here */
        STEP_VOLUME_REMOVE,  /* with everything in it: a disk, or an image */
        STEP_NETWORK_REMOVE, /* stop and undefine */
        STEP_POOL_REMOVE,    /* the same; its directory is a file's matter */
        STEP_IMAGE_FETCH,
        STEP_VOLUME_CREATE,  /* also in place of one of ours that is given up */
        STEP_VOLUME_GROW,    /* live where its guest runs */
        STEP_SEED,           /* write a guest's seed for cloud-init, its host key made where there is none */
        STEP_IGNITION,       /* write a guest's Ignition configuration */
        STEP_IGNITION_SERVE, /* let a boot server have one that was made here */
        STEP_GUEST_DEFINE,
        STEP_GUEST_START, /* as many as there are, side by side */
        STEP_GUEST_RESUME,
        STEP_GUEST_CHANGE, /* the running guest; its definition stays */
        STEP_GUEST_RESTART,
        STEP_GUEST_STOP,
        STEP_GUEST_AUTOSTART,
        STEP_BALANCER_WRITE,  /* our haproxy's configuration, once haproxy itself has accepted it */
        STEP_BALANCER_LISTEN, /* see that our haproxy runs with it, and listens where it says */
        STEP_FIREWALL_LOAD,   /* our table, taken back unless the machine is reached with it; then its file */
        STEP_FIREWALL_REMOVE, /* our table, without its unit */
        STEP_FIREWALLD_OPEN,  /* have zones of firewalld let something in */
        STEP_FIREWALLD_CLOSE, /* no longer */
        STEP_OPNSENSE_PLUGIN, /* have an OPNsense install its haproxy */
        STEP_OPNSENSE_WRITE,  /* an OPNsense's services, loaded and seen, or put back as they were */
        STEP_OPNSENSE_SEE,    /* see that its haproxy runs with them, and listens where they say */
        STEP_OPNSENSE_RULES,  /* the same for its rules: written and loaded, or put back */
        STEP_OPNSENSE_MIRROR, /* bring a backup's static mappings to its primary's */
        STEP_READY,           /* wait until a guest is up, and note it */
        STEP_INSTALLER,       /* have openshift-install make a cluster's Ignition */
        STEP_INSTALLER_FORGET, /* set that aside, for the cluster's machines are gone */
        STEP_CLUSTER,          /* wait until a cluster has reached a stage */
        STEP_CLUSTER_DELIVER,  /* write our copy of its kubeconfig */
        STEP_CLUSTER_DRAIN,    /* move what runs on a node elsewhere, and take the node out */
        STEP_NOTE,             /* remember something on the machine that can't be seen there later */
        STEP_BMC_WAIT,         /* until a machine's BMC answers */
        STEP_BMC_INSERT,       /* have its BMC put an ISO into the drive for CDs */
        STEP_BMC_EJECT,        /* and take it out again */
        STEP_BMC_BOOT, /* have the machine boot once from something else than its firmware is set to, or no longer */
        STEP_BMC_POWER, /* switch it on, or off */
        STEP_CANARY,    /* boot a throw-away guest, record what it proved */
        STEP_WAIT, /* the last: nothing to carry out, it comes by itself, or the run fails when the Score's settle_s are over */
        STEP_KINDS
};

/* Pointers are lent by the configuration or the answers that the plan was made from; names and sentence are
 * owned by the step. */
struct step {
        enum step_kind kind;
        const char *score; /* the name of the Score that planned it; set by plan_add */
        char *sentence;    /* "start unit libvirtd.socket": imperative, without a full stop */
        int deadline_s;    /* 0: the kind's default */
        bool expected;     /* planned before what it needs is there: done only if it is still needed then */
        union {
                struct {
                        const char *name; /* of its unit */
                } long_step;
                struct {
                        enum package_manager manager;
                        struct strings names;
                } packages;
                struct {
                        const char *name; /* STEP_WAIT: that is to become active, or NULL */
                        enum unit_action action;
                } unit;
                const struct sysctl_config *sysctl;
                struct {
                        const char *name;
                        const char *member;
                } group;
                const struct file_config *file;
                const char *path; /* STEP_FILE_REMOVE, STEP_NOTES_FORGET */
                struct {
                        const char *key;
                        const char *value; /* NULL: as it is */
                } forget;
                struct {
                        const struct network_config *wanted;
                        const struct network_state *found; /* or NULL */
                        bool is_live_only;                 /* the edits leave the definition alone */
                        bool has_leftover; /* a start of it was cut off: its bridge is there, and goes first */
                        struct network_edit *edits; /* owned */
                        size_t edit_count;
                } network;
                struct {
                        const struct pool_config *wanted;
                        const struct pool_state *found; /* or NULL */
                } pool;
                struct {
                        const struct image_config *wanted;
                        const char *pool_path;
                        char *volume; /* owned: its name */
                } image;
                const struct volume_state *doomed; /* STEP_VOLUME_REMOVE */
                struct {
                        const struct guest_config *guest;
                        const struct disk_config *disk;
                        enum pool_type pool_type;
                        const char *pool_path;
                        const struct volume_state *image; /* that it is made from; NULL: it is empty */
                        uint64_t size_bytes;
                        bool replaces; /* what is there under its name is given up */
                } volume;
                struct {
                        const struct guest_config *config;
                        const struct guest_state *found; /* or NULL */
                        struct guest *wanted;            /* owned; NULL where the kind needs none */
                        struct guest_edit edit;          /* STEP_GUEST_CHANGE */
                        struct strings names;            /* STEP_GUEST_START: the rest is nothing */
                } guest;
                struct {
                        bool has_kvm_device;
                } canary;
                struct {
                        char *text; /* owned, as the others: STEP_BALANCER_WRITE */
                        char *fingerprint;
                        struct haproxy *wanted;
                } balancer;
                struct {
                        char *text; /* owned */
                } firewall;
                struct {
                        struct strings runtime, permanent; /* openings: see plan/firewalld.h */
                        struct strings ours;               /* that come to the note, or leave it */
                } firewalld;
                struct {
                        const struct opnsense_config *members[OPNSENSE_MEMBERS]; /* one, or both of a pair */
                        const struct opnsense_config *from; /* STEP_OPNSENSE_MIRROR: the primary of the one */
                        struct opnsense_objects wanted;     /* owned */
                } opnsense;
                struct {
                        const struct host_config *host;
                        const struct guest_config *guest;
                } seed;
                const struct made_ignition *made_ignition; /* STEP_IGNITION_SERVE */
                struct {
                        const struct host_config *host;
                        const char *guest;
                } key;
                struct {
                        const struct host_config *host;
                        const struct guest_config *guest;
                        int64_t since_us; /* when it was started, as the file of its process tells */
                } ready;
                struct {
                        const struct cluster_config *config;
                        enum cluster_stage stage; /* STEP_CLUSTER */
                        char *node;               /* owned: STEP_CLUSTER_DRAIN */
                } cluster;
                struct {
                        const struct machine_config *machine;
                        const char *target; /* STEP_BMC_BOOT: "Pxe", …; NULL: as its firmware is set */
                        bool on;            /* STEP_BMC_POWER */
                } bmc;
                struct {
                        char *path, *text; /* owned */
                } note;
        };
};

struct plan {
        ARRAY(struct step) steps;
        struct strings blocks; /* what is in the way, one sentence each: nothing is done while there is any */
        struct strings warnings; /* worth saying, in nobody's way */
        struct strings keeps;    /* "KIND NAME": what undoing leaves alone now and is ours still */
        const char *score;       /* whose steps are being added */
};

/* A new step with its sentence; the caller fills in the rest. Valid until the next plan_add. */
struct step *plan_add(struct plan *plan, enum step_kind kind, const char *sentence, ...)
        __attribute__((format(printf, 3, 4)));
void plan_block(struct plan *plan, const char *sentence, ...) __attribute__((format(printf, 2, 3)));
void plan_warn(struct plan *plan, const char *sentence, ...) __attribute__((format(printf, 2, 3)));

void plan_keep(struct plan *plan, const char *kind, const char *name);
bool plan_keeps(const struct plan *plan, const char *kind, const char *name);

bool plan_is_empty(const struct plan *plan); /* no steps and no blocks */

/* "packages.install": for events. */
const char *step_kind_name(enum step_kind kind);
/* The seconds a step of this kind may take when nothing else is said. */
int step_deadline_s(const struct step *step);

void plan_done(struct plan *plan);
