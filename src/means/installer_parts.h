/* What the files about openshift-install share. */
#pragma once

#include "means/installer.h"

#define LARGEST_IGNITION (64 * 1024 * 1024)

/* All that what it makes depends on, as a fingerprint (sha256): its wish, the pull secret, and the program itself. */
int installer_fingerprint(const struct cluster_config *config, const char *wish, const struct locked *secret,
        char **ret_fingerprint, struct error *error);

/* It is of the version that the configuration wants. ERROR_BLOCKED. */
int installer_check_version(const struct installer_config *config, struct error *error);

/* What was made, as it is remembered. */
struct installer_made {
        int64_t until_s; /* when the first of its certificates ends */
        char *sums[CLUSTER_ROLES];
};
void installer_made_done(struct installer_made *made);

/* Writes what we have to remember of what it has made in a directory, before that gets its name. */
int installer_note_made(const char *directory, const char *fingerprint, const struct installer_made *made,
        struct error *error);

/* What it has made there is whole, and of a kind that machines can start with. Then nobody but its owner can read any of it. */
int installer_close(const char *directory, struct installer_made *ret_made, struct error *error);

/* A directory with all that is in it; nothing when it isn't there. */
int tree_remove(const char *path, struct error *error);
