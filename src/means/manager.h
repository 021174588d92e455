/* The package managers as data: by which programs each is known, and how its database of installed packages
 * is asked. How each installs stands in package.c. */
#pragma once

#include <stdbool.h>

#include "base/text.h"
#include "config/config.h"

/* Made when pacman begins, removed when it ends; it has it open all the while. */
#define PACMAN_LOCK "/var/lib/pacman/db.lck"

/* Which packages our transactions brought, dependencies included, a name a line: kept on the machine, which alone knows,
 * for undo. While a transaction is under way its neighbour holds what there was before. */
#define PACKAGES_ADDED  "/var/lib/provision/packages"
#define PACKAGES_BEFORE PACKAGES_ADDED ".before"

/* Of paths on stdin, the names of those that are unit files of a package. */
#define PACKAGED_UNITS "sed -n 's,^\\(/usr\\)*/lib/systemd/system/\\([^/]*[.][a-z]*\\)$,\\2,p'"

struct manager {
        const char *program;     /* installs */
        const char *query;       /* tells what is installed; both must be there */
        const char *families[4]; /* words of os-release's ID and ID_LIKE that it is the native one of */
        const char *list;        /* the query's command line, fit for sh; names follow. It prints only what is
                                    installed */
        const char *all;         /* prints the name of every package that is installed, for sh */
        const char *files;       /* prints the paths of packages, for sh; their names follow */
        const char *owner;       /* succeeds where a package has the path that follows */
        const char
                *changed; /* prints the paths of configuration files of the packages $left_over that aren't as
                                    their packages brought them, for sh */
        const char *
                needed; /* prints "NAME OTHER" for what of the packages $left_over another package, which isn't
                               among them, needs; for sh */
        const char *complaint; /* how a line of its stderr begins that tells of a failure, … */
        const char *not_found; /* … unless it holds this */
};

/* NULL for PACKAGES_UNKNOWN. */
const struct manager *manager_get(enum package_manager manager);

/* Adds shell text that sets $manager to package_manager_name() of the one that owns the machine. The programs
 * decide, not the distribution's name: an unheard-of derivative works as well. Only where several managers
 * are there (dnf and pacman can be had on Debian, for building images) does os-release break the tie. */
void manager_add_detection(struct text *script);

/* One line of what list printed, written into: *ret_name and *ret_version point into it. False for a package
 * that isn't (wholly) installed. -1 for a line that makes no sense. */
int manager_read_line(
        enum package_manager manager, char *line, const char **ret_name, const char **ret_version);

/* The name that was listed is the one that was asked for; apt's are listed with their architecture. */
bool manager_names(enum package_manager manager, const char *asked, const char *listed);
