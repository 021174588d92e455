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
        ASK_ROUTES,   /* no subject: the IPv4 and IPv6 networks the machine reaches and by which interface */
        ASK_BRIDGE,   /* an interface's name: is it there, is it a bridge */
        ASK_NETWORKS, /* no subject: libvirt's networks, all of them */
        ASK_POOLS,    /* no subject: libvirt's storage pools, all of them */
        ASK_LONG_STEPS, /* no subject: what earlier runs began and nobody has seen the end of */
        ASK_GUEST,      /* a guest's name */
        ASK_ADDRESSES,  /* no subject: with every guest that is asked for, its addresses */
        ASK_TEXT,       /* a small file's path: what stands in it */
        ASK_FIRMWARE,   /* no subject: with which firmware guests of the machine's kind can be had */
        ASK_CANARY,     /* no subject: what the last canary guest proved, and whether that still holds */
        QUESTION_KINDS
};

struct question {
        enum question_kind kind;
        char *subject;                /* owned; NULL where the kind has none */
        enum package_manager manager; /* ASK_PACKAGE */
};

struct survey {
        ARRAY(struct question) questions;
};

void survey_ask(struct survey *survey, enum question_kind kind, const char *subject);
void survey_ask_package(struct survey *survey, enum package_manager manager, const char *name);

/* At least one question of this kind is in it. */
bool survey_asks(const struct survey *survey, enum question_kind kind);

void survey_done(struct survey *survey);
