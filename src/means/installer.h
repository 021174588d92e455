/* openshift-install, run here: what it makes for a cluster lies in a directory of ours, only whole, and beside it what we have
 * to remember of it. */
#pragma once

#include "means/kubeconfig.h"
#include "plan/installer.h"

/* Where openshift-install's files about the cluster are, or will be; owned by the caller. */
int installer_place(const struct cluster_config *config, char **ret_path, struct error *error);

/* What it needs is there: the program, and the pull secret. ERROR_CONFIG. */
int installer_check(const struct installer_config *config, struct error *error);

/* Says in *state what there is. Reads small files, and asks the program for its
 * version only where Ignition has to be made, and the version matters. */
int installer_look(const struct cluster_config *config, struct installer_state *state, struct error *error);

/* A role's Ignition, as it was made. */
int installer_read(const struct cluster_config *config, enum cluster_role role, struct locked *ret_ignition,
        struct error *error);

/* Remembers that machines may start with what was made, or that the cluster was there. Nothing where there is no installer. */
int installer_note_begun(const struct cluster_config *config, struct error *error);
int installer_note_answered(const struct cluster_config *config, struct error *error);
