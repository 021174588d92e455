/* What a network tells about the names of a cluster, and what is wrong with that. Pure. */
#pragma once

#include "config/config.h"

enum name_question { NAME_IPV4, NAME_IPV6, NAME_REVERSE, NAME_QUESTIONS };

struct name_answer {
        const struct cluster_name *name; /* lent */
        enum name_question question;
        char *asked;  /* the name, a wildcard's with a label before it; of NAME_REVERSE the address */
        char *status; /* "NOERROR", "NXDOMAIN", …; NULL: it wasn't answered */
        struct strings values; /* addresses, or names */
};

struct names_state {
        const struct cluster_config *cluster; /* lent by the question */
        char *why;                            /* not everything was answered; or NULL */
        ARRAY(struct name_answer) answers;
};

/* Adds what is to be asked, unanswered. A wildcard is asked for by the label, which nobody has given a name of its own. */
void names_state_fill(struct names_state *state, const struct cluster_config *cluster, const char *label);

/* In words, owned by the caller: "by 192.168.150.1, api.lab.example.com is NXDOMAIN, wanted
 * 192.168.150.5"; NULL: nothing is wrong. */
char *names_faults(const struct names_state *state);

void names_state_done(struct names_state *state);
