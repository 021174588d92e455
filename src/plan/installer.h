/* What openshift-install makes for a cluster of user-provisioned machines: what it is told, and when it is to make that anew.
 * Pure.
 *
 * Its Ignition has certificates in it that last 24 hours: machines that start with it later never become a cluster. So it is
 * made again when they end, or would end before a bootstrap that begins now. But whatever is made again is another cluster:
 * never once the API has answered with what was made, and as long as machines may have started with it not before its
 * certificates have ended. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"

/* What there is. */
struct installer_state {
        const struct cluster_config *cluster; /* lent by the question */
        bool is_made;                         /* all of it */
        char *sums[CLUSTER_ROLES];            /* SHA-256 of each role's Ignition; NULL: it isn't made */
        bool is_begun;                        /* machines may have started with it */
        bool has_answered;                    /* the cluster was there once */
        bool is_as_wished;                    /* it was made from what the configuration says now */
        int64_t made_s, until_s; /* and when the first of its certificates ends: seconds since 1970 */
        int64_t now_s;
        char *why_not; /* it can't be made; or NULL */
        char *place;   /* the directory where it is, or will be */
};

/* It is to be made. *ret_why is NULL the first time, else why it is made again; owned by the caller. A bootstrap is given
 * bootstrap_s, but never more than half of the time that the certificates had when they were made. */
bool installer_is_needed(const struct installer_state *state, int bootstrap_s, char **ret_why);

void installer_state_done(struct installer_state *state);

/* "bootstrap", "master", "worker": what openshift-install calls a role's Ignition. */
const char *installer_role_name(enum cluster_role role);

/* What openshift-install is told, as YAML; all but the pull secret. Owned by the caller. */
char *installer_wish(const struct cluster_config *cluster);
