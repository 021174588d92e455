/* host.conf as plain structs, checked: whoever holds a struct config knows that every value in it is valid
 * and that the rules between values hold. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/array.h"
#include "base/error.h"
#include "topology/kvm_host_uri.h"
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

struct pool_config {
        struct object object;
        char *name;
        char *path; /* absolute, normalized */
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

struct config {
        ARRAY(struct host_config) hosts;
        ARRAY(struct network_config) networks;
        ARRAY(struct pool_config) pools;
        ARRAY(struct packages_config) packages;
        ARRAY(struct unit_config) units;
        ARRAY(struct sysctl_config) sysctls;
        ARRAY(struct group_config) groups;
        ARRAY(struct file_config) files;
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
