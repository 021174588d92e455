/* What only one may have: a name, an address, a path. Everybody says what they have, and those who come
 * second are told. */
#pragma once

#include "config/problems.h"

struct claim {
        char *scope;                 /* within which it is exclusive: "network" */
        char *thing;                 /* "the name lab" */
        char *label;                 /* who has it: network "lab" */
        const struct strings *hosts; /* where; NULL or empty: everywhere. Lent */
        struct place place;
};

struct claims {
        ARRAY(struct claim) list;
};

/* Takes the strings. */
void claims_take(struct claims *claims, struct claim claim);

/* The two lists of hosts have one in common. */
bool hosts_meet(const struct strings *a, const struct strings *b);

/* Reports each claim whose thing has been claimed for one of the same hosts before. */
void claims_judge(struct claims *claims, struct problems *problems);

void claims_done(struct claims *claims);
