/* Where what outlives a run is kept. Each directory is made when it is missing; docs/provision.1 (FILES)
 * tells the person the same order.
 *
 *             PROVISION_HOME        otherwise, the first that is there
 *      data   $PROVISION_HOME/data  $HARMONY_DATA_DIR (an existing one), $STATE_DIRECTORY, root:
 * /var/lib/provision, $XDG_DATA_HOME/provision, ~/.local/share/provision cache  $PROVISION_HOME/cache
 * $CACHE_DIRECTORY, root: /var/cache/provision, $XDG_CACHE_HOME/provision,
 *                                   ~/.cache/provision
 *
 * root never uses XDG: a sudo that keeps HOME would leave root's files in somebody's home. */
#pragma once

#include <stdbool.h>

#include "base/error.h"

/* Each: 0 and an absolute path owned by the caller. What is made has mode 0700; what exists keeps its own. */
int data_dir(char **ret_path, struct error *error);
int cache_dir(char **ret_path, struct error *error);

/* "secrets" in data_dir(). Refused (ERROR_FAILED) when it is a symbolic link, belongs to somebody else or
 * can be read by others, or when others could put another one in its place. */
int secrets_dir(char **ret_path, struct error *error);

/* "keys/NAMESPACE" in secrets_dir(), guarded as that is. A namespace has 1 to 64 of a-z, A-Z, 0-9, '-' and
 * '_', and doesn't begin with '-'. */
int keys_dir(const char *name_space, char **ret_path, struct error *error);

/* Where that is, or would be: nothing is made, and nothing checked. */
int keys_place(const char *name_space, char **ret_path, struct error *error);

/* The same two for "clusters" in secrets_dir(). */
int clusters_dir(char **ret_path, struct error *error);
int clusters_place(char **ret_path, struct error *error);

/* ---- the pure part ---- */

/* What the choice depends on; strings are NULL where the variable isn't set. */
struct directories_environment {
        const char *provision_home;
        const char *harmony_data_dir; /* NULL also when no such directory exists */
        const char *state_directory;  /* as systemd sets it: paths with ':' between */
        const char *cache_directory;
        const char *xdg_data_home;
        const char *xdg_cache_home;
        const char *home; /* NULL also when nobody knows it */
        bool is_root;
};

enum directory { DIRECTORY_DATA, DIRECTORY_CACHE, DIRECTORIES };

/* An absolute path owned by the caller; NULL with the error (ERROR_USAGE) when there is none. */
char *directory_choose(
        enum directory directory, const struct directories_environment *environment, struct error *error);
