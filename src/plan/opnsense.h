/* What an OPNsense has of what we work with, and what it is to have. Pure.
 *
 * Its configuration is objects with fields, all of them texts; what is wished is brought into that form, and compared field
 * by field: fields that we don't name are its own. Ours are known by a UUID that is made of what they are for, and by a
 * description that says so. So writing one again changes nothing, and what is no longer wished is found.
 *
 * What is written isn't what runs yet: a run may be cut off in between, and a reload whose configuration haproxy doesn't take
 * leaves the old one running and says "ok". So the name of a frontend ends in a fingerprint of its service, and haproxy's own
 * statistics tell what runs. The packet filter can't be asked so: a rule says of itself that it is being loaded until it is. */
#pragma once

#include "config/config.h"

enum opnsense_kind {
        OPNSENSE_SERVER, /* in the order in which they refer to each other */
        OPNSENSE_HEALTHCHECK,
        OPNSENSE_BACKEND,
        OPNSENSE_FRONTEND,
        OPNSENSE_GENERAL,     /* haproxy's own: there is one, without a UUID */
        OPNSENSE_RULE,        /* of the packet filter */
        OPNSENSE_SUBNET,      /* of Kea: only looked at */
        OPNSENSE_RESERVATION, /* in one of these */
        OPNSENSE_HOST,        /* of dnsmasq: a name, an address, or both for a machine */
        OPNSENSE_KINDS
};

enum opnsense_area {
        OPNSENSE_SERVICES,
        OPNSENSE_RULES,
        OPNSENSE_MAPPINGS, /* addresses and names of machines: all of them, whoever made them */
        OPNSENSE_AREAS
};

#define OPNSENSE_MEMBERS 2 /* of a pair */

/* "server", …, as its API calls them, too. */
const char *opnsense_kind_name(enum opnsense_kind kind);

struct opnsense_field {
        char *name;  /* "bind"; "option_data.routers" for one inside another */
        char *value; /* several with commas between them */
};

struct opnsense_object {
        enum opnsense_kind kind;
        char *uuid; /* NULL: OPNSENSE_GENERAL */
        ARRAY(struct opnsense_field) fields;
};

struct opnsense_objects {
        ARRAY(struct opnsense_object) list;
};

/* "" where it has none of that name. */
const char *opnsense_value(const struct opnsense_object *object, const char *field);
/* Both are copied; one of that name that is there already is replaced. */
void opnsense_set(struct opnsense_object *object, const char *field, const char *value);
void opnsense_copy(struct opnsense_object *to, const struct opnsense_object *from);
void opnsense_object_done(struct opnsense_object *object);
void opnsense_objects_done(struct opnsense_objects *objects);

struct opnsense_state {
        const struct opnsense_config *config; /* lent */
        bool answers;
        bool is_refused;               /* by it or by us: not worth another try */
        char *why;                     /* NULL when it answers */
        bool is_known[OPNSENSE_AREAS]; /* false: this key may not see it, and nobody has to */
        bool has_haproxy;
        bool is_running;                 /* its haproxy */
        struct strings running;          /* names of the frontends that run */
        struct opnsense_objects objects; /* all of its own, too */
};
void opnsense_state_done(struct opnsense_state *state);

/* ---- what is wished ---- */

/* Adds what makes a service of load_balancer "BALANCER". */
void opnsense_add_service(
        struct opnsense_objects *objects, const char *balancer, const struct balanced_service *service);
/* Adds that haproxy is on. */
void opnsense_add_general(struct opnsense_objects *objects);
/* Adds a rule for each port and subnet, for all of the firewall's interfaces. */
void opnsense_add_rules(struct opnsense_objects *objects, const struct firewall *firewall);

/* The description of a rule that is written, and not loaded yet. Owned by the caller. */
char *opnsense_pending(const struct opnsense_object *rule);

/* ---- comparing ---- */

struct opnsense_change {
        const struct opnsense_object *wanted; /* NULL: it goes */
        const struct opnsense_object *found;  /* NULL: it comes */
};

struct opnsense_changes {
        ARRAY(struct opnsense_change) list; /* in the order in which they can be made; pointers are lent */
};

void opnsense_compare(enum opnsense_area area, const struct opnsense_objects *wanted,
        const struct opnsense_objects *found, struct opnsense_changes *ret_changes);
void opnsense_changes_done(struct opnsense_changes *changes);

/* "lab/api comes; server lab/api/control1: address from 10.0.0.1 to 10.0.0.2". Owned by the caller. */
char *opnsense_changes_words(const struct opnsense_changes *changes);
/* What the object is for, as its description tells: "lab/api"; haproxy itself has none. Lent. */
const char *opnsense_label(const struct opnsense_object *object);

/* In what the running haproxy isn't what is wished, in words; nothing when it is. */
void opnsense_running_differences(
        const struct opnsense_objects *wanted, const struct opnsense_state *state, struct strings *ret_words);

/* What the backup is to have so that it has the static mappings of its primary, as objects of its own: with its own UUIDs, in its own
 * subnets. A word each in ret_problems for what can't be: a subnet that it doesn't have. */
void opnsense_mirror(const struct opnsense_state *primary, const struct opnsense_state *backup,
        struct opnsense_objects *ret_wanted, struct strings *ret_problems);
/* The machine that a mapping is for: "52:54:00:aa:bb:01", "www.example.com". Owned by the caller. */
char *opnsense_mapping_label(const struct opnsense_object *mapping);
/* In what the two differ: "fw2 has ip_address 10.0.0.22 for 52:54:00:aa:bb:01, and fw1 10.0.0.21". */
void opnsense_mirror_words(const struct opnsense_changes *changes, const char *primary, const char *backup,
        struct strings *ret_words);

/* ---- where others listen ---- */

enum bind_kind {
        BIND_SOCKETS, /* of an IP address, with a port or a range of them */
        BIND_OTHER,   /* a name, a Unix socket, QUIC: not to be compared */
        BIND_INVALID,
};

struct bind_range {
        struct ip_address address; /* family 0: all of both */
        unsigned first, last;
};

/* One of the addresses of a frontend. */
enum bind_kind opnsense_read_bind(const char *text, struct bind_range *ret_range);
bool bind_range_meets(const struct bind_range *range, const struct socket_address *at);
