/* Where what outlives a run is kept: which directory it is, purely, then making it and looking who can read
 * it. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "state/directories.h"

#define NAMESPACE_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
#define NAMESPACE_LONGEST    64

static const struct {
        const char *under_home; /* below PROVISION_HOME */
        const char *of_root;
        const char *xdg_variable;
        const char *xdg_default; /* below HOME */
} places[DIRECTORIES] = {
        [DIRECTORY_DATA] = {"data", "/var/lib/provision", "XDG_DATA_HOME", ".local/share"},
        [DIRECTORY_CACHE] = {"cache", "/var/cache/provision", "XDG_CACHE_HOME", ".cache"},
};

static bool is_absolute(const char *path)
{
        return path && path[0] == '/';
}

static char *join(const char *directory, const char *name)
{
        size_t length = strlen(directory);

        while (length > 1 && directory[length - 1] == '/')
                length--;
        return string_format("%.*s%s%s", (int)length, directory, length == 1 ? "" : "/", name);
}

char *directory_choose(
        enum directory directory, const struct directories_environment *environment, struct error *error)
{
        const bool is_data = directory == DIRECTORY_DATA;
        const char *of_service = is_data ? environment->state_directory : environment->cache_directory;
        const char *xdg = is_data ? environment->xdg_data_home : environment->xdg_cache_home;
        CLEANUP(string_free) char *fallback = NULL;

        if (environment->provision_home && environment->provision_home[0]) {
                if (is_absolute(environment->provision_home))
                        return join(environment->provision_home, places[directory].under_home);
                error_set(error, ERROR_USAGE, "PROVISION_HOME is \"%s\", which is not an absolute path",
                        environment->provision_home);
                return NULL;
        }
        if (is_data && is_absolute(environment->harmony_data_dir))
                return string_copy(environment->harmony_data_dir);
        if (is_absolute(of_service))
                return string_copy_n(of_service, strcspn(of_service, ":"));
        if (environment->is_root)
                return string_copy(places[directory].of_root);
        if (is_absolute(xdg)) /* the XDG specification says to ignore a relative one */
                return join(xdg, "provision");
        if (is_absolute(environment->home)) {
                fallback = join(environment->home, places[directory].xdg_default);
                return join(fallback, "provision");
        }
        error_set(error, ERROR_USAGE,
                "there is no home directory to keep anything in: set HOME, %s or PROVISION_HOME to an "
                "absolute "
                "path",
                places[directory].xdg_variable);
        return NULL;
}

/* Makes the directory and those above it that are missing. */
static int make(const char *path, struct error *error)
{
        CLEANUP(string_free) char *part = string_copy(path);

        for (char *slash = part + 1;; slash++) {
                char kept = *slash;

                if (kept != '/' && kept != '\0')
                        continue;
                *slash = '\0';
                if (mkdir(part, 0700) < 0 && errno != EEXIST)
                        return error_set_errno(error, ERROR_FAILED, "making directory %s", part);
                if (kept == '\0')
                        break;
                *slash = '/';
        }
        return 0;
}

static bool is_directory(const char *path)
{
        struct stat status;

        return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* HOME, or what the user database says; NULL when neither does. */
static char *home_of_user(void)
{
        struct passwd user, *found = NULL;
        char buffer[4096];

        if (getenv("HOME"))
                return string_copy(getenv("HOME"));
        if (getpwuid_r(geteuid(), &user, buffer, sizeof(buffer), &found) != 0 || !found)
                return NULL;
        return string_copy(user.pw_dir);
}

/* Which it is, whether it exists or not; NULL with the error. Owned by the caller. */
static char *choose(enum directory directory, struct error *error)
{
        const char *harmony = getenv("HARMONY_DATA_DIR");
        CLEANUP(string_free) char *home = home_of_user();
        const struct directories_environment environment = {
                .provision_home = getenv("PROVISION_HOME"),
                .harmony_data_dir = harmony && is_directory(harmony) ? harmony : NULL,
                .state_directory = getenv("STATE_DIRECTORY"),
                .cache_directory = getenv("CACHE_DIRECTORY"),
                .xdg_data_home = getenv("XDG_DATA_HOME"),
                .xdg_cache_home = getenv("XDG_CACHE_HOME"),
                .home = home,
                .is_root = geteuid() == 0,
        };

        return directory_choose(directory, &environment, error);
}

/* The directory, which exists; NULL with the error when it can't be. Owned by the caller. */
static char *choose_and_make(enum directory directory, struct error *error)
{
        CLEANUP(string_free) char *path = choose(directory, error);

        if (!path || make(path, error) < 0)
                return NULL;
        if (!is_directory(path)) {
                error_set(error, ERROR_FAILED, "%s is not a directory: move it out of the way", path);
                return NULL;
        }
        return STEAL(path);
}

/* What was made, or nothing, as the callers of this file want it. */
static int give(char *path, char **ret_path)
{
        if (!path)
                return -1;
        *ret_path = path;
        return 0;
}

int data_dir(char **ret_path, struct error *error)
{
        return give(choose_and_make(DIRECTORY_DATA, error), ret_path);
}

int cache_dir(char **ret_path, struct error *error)
{
        return give(choose_and_make(DIRECTORY_CACHE, error), ret_path);
}

/* Whoever can write to the directory around a secret can put another one in its place. */
static int check_around(const char *path, struct error *error)
{
        struct stat status;

        if (stat(path, &status) < 0)
                return error_set_errno(error, ERROR_FAILED, "looking at directory %s", path);
        if (status.st_uid != geteuid() && status.st_uid != 0)
                return error_set(error, ERROR_FAILED,
                        "%s belongs to user %u: no secrets are kept in somebody else's directory", path,
                        (unsigned)status.st_uid);
        if (status.st_mode & (S_IWGRP | S_IWOTH))
                return error_set(error, ERROR_FAILED,
                        "%s can be written by others (mode %04o): no secrets are kept in it (chmod go-w %s)",
                        path, (unsigned)status.st_mode & 07777, path);
        return 0;
}

static int check_private(const char *path, struct error *error)
{
        CLEANUP(fd_close) int fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        struct stat status;

        if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
                return error_set(error, ERROR_FAILED,
                        "%s is a symbolic link or a file, not a directory: no secrets are kept in it", path);
        if (fd < 0 || fstat(fd, &status) < 0)
                return error_set_errno(error, ERROR_FAILED, "looking at directory %s", path);
        if (status.st_uid != geteuid())
                return error_set(error, ERROR_FAILED,
                        "%s belongs to user %u: no secrets are kept in somebody else's directory", path,
                        (unsigned)status.st_uid);
        if (status.st_mode & (S_IRWXG | S_IRWXO))
                return error_set(error, ERROR_FAILED,
                        "%s is open to others (mode %04o): no secrets are kept in it (chmod 0700 %s)", path,
                        (unsigned)status.st_mode & 07777, path);
        return 0;
}

/* The private directory of that name in an existing one; NULL with the error. */
static char *private_dir(const char *around, const char *name, struct error *error)
{
        CLEANUP(string_free) char *path = join(around, name);

        if (mkdir(path, 0700) < 0 && errno != EEXIST) {
                error_set_errno(error, ERROR_FAILED, "making directory %s", path);
                return NULL;
        }
        return check_private(path, error) < 0 ? NULL : STEAL(path);
}

static char *make_secrets(struct error *error)
{
        CLEANUP(string_free) char *data = choose_and_make(DIRECTORY_DATA, error);

        if (!data || check_around(data, error) < 0)
                return NULL;
        return private_dir(data, "secrets", error);
}

int secrets_dir(char **ret_path, struct error *error)
{
        return give(make_secrets(error), ret_path);
}

static int check_namespace(const char *name_space, struct error *error)
{
        size_t length = strlen(name_space);

        if (length == 0 || length > NAMESPACE_LONGEST || name_space[0] == '-' ||
                strspn(name_space, NAMESPACE_CHARACTERS) != length)
                return error_set(error, ERROR_USAGE,
                        "\"%s\" can't name a place for keys: 1 to %d letters, digits, '-' and '_' can, with "
                        "no "
                        "'-' in front",
                        name_space, NAMESPACE_LONGEST);
        return 0;
}

int keys_dir(const char *name_space, char **ret_path, struct error *error)
{
        CLEANUP(string_free) char *secrets = NULL;
        CLEANUP(string_free) char *keys = NULL;

        if (check_namespace(name_space, error) < 0)
                return -1;
        secrets = make_secrets(error);
        keys = secrets ? private_dir(secrets, "keys", error) : NULL;
        return give(keys ? private_dir(keys, name_space, error) : NULL, ret_path);
}

int keys_place(const char *name_space, char **ret_path, struct error *error)
{
        CLEANUP(string_free) char *data = choose(DIRECTORY_DATA, error);

        return give(data ? string_format("%s/secrets/keys/%s", data, name_space) : NULL, ret_path);
}

int clusters_dir(char **ret_path, struct error *error)
{
        CLEANUP(string_free) char *secrets = make_secrets(error);

        return give(secrets ? private_dir(secrets, "clusters", error) : NULL, ret_path);
}

int clusters_place(char **ret_path, struct error *error)
{
        CLEANUP(string_free) char *data = choose(DIRECTORY_DATA, error);

        return give(data ? string_format("%s/secrets/clusters", data) : NULL, ret_path);
}
