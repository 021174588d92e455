/* What may stand in a host.conf: const tables that the reader, the builder, --set and the manual's test walk.
 */
#pragma once

#include "config/claims.h"
#include "config/names.h"
#include "config/problems.h"
#include "config/tree.h"
#include "config/values.h"

struct key {
        const char *name;
        const struct name_rule *rule; /* its letters; or NULL */
        value_parse *parse;
        size_t offset;        /* of what parse fills in, in the section's object */
        const char *form;     /* what would be right: "nat, isolated, routed or bridge" */
        const char *standard; /* the default as one would write it; NULL: none */
        bool is_required;
        bool is_list;
        bool is_text; /* may hold newlines and tabs */
};

/* A section that is being judged. */
struct subject {
        const struct section *section;
        const char *label;            /* network "lab" */
        const struct section *around; /* the section around it */
        const void *parent;           /* the object of the section around it */
        struct problems *problems;
        struct claims *claims;
};

struct section_schema {
        const char *name;
        const struct key *title; /* NULL: the section has none */
        const struct key *keys;
        size_t key_count;
        const struct section_schema *const *sections; /* inside; ends in NULL; or NULL */
        bool is_single;                               /* may stand once only */

        /* A new object in its parent: the section around it, or for the outermost the struct loading. */
        void *(*add)(void *parent, const struct place *place);

        /* The rules between the values of one object; NULL: none. */
        void (*judge)(const struct subject *subject, void *object);
};

/* The file as a whole: its sections are the outermost. */
extern const struct section_schema schema_root;

/* What is filled in. */
struct loading {
        struct config config;
        int deadline_s[DEADLINES]; /* for hosts that have none of their own */
};

const struct key *schema_key(const struct section_schema *section, const char *name);
const struct section_schema *schema_section(const struct section_schema *section, const char *name);

/* "; did you mean "connect"?", or the names there are, or "": how the complaint about an unknown name goes
 * on; owned by the caller. */
char *schema_suggest_key(const struct section_schema *section, const char *name);
char *schema_suggest_section(const struct section_schema *section, const char *name);
