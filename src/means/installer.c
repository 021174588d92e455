/* What there is of openshift-install's work, and what is remembered of it: a note with the end of its certificates, read from
 * themselves when they were made, so that no look has to read some hundred kilobytes of Ignition again; and an empty file each
 * for what can't be told later, and must never be forgotten. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/record.h"
#include "base/record_read.h"
#include "base/sha256.h"
#include "base/text.h"
#include "config/source.h"
#include "means/installer_parts.h"
#include "means/program.h"
#include "means/pull_secret.h"
#include "state/directories.h"

#define NOTE      "provision.json"
#define BEGUN     "provision.begun"
#define ANSWERED  "provision.answered"
#define LONGEST   4096 /* a note */
#define VERSION_S 30

int installer_place(const struct cluster_config *config, char **ret_path, struct error *error)
{
        CLEANUP(string_free) char *clusters = NULL;

        if (clusters_place(&clusters, error) < 0)
                return -1;
        *ret_path = string_format("%s/%s", clusters, config->name);
        return 0;
}

/* ---- what it needs ---- */

static int check_program(const char *path, struct error *error)
{
        struct stat status;

        if (stat(path, &status) < 0)
                return error_set(error, ERROR_CONFIG,
                        "%s can't be found (%s): fetch openshift-install of the cluster's version, and name "
                        "it",
                        path, strerror(errno));
        if (!S_ISREG(status.st_mode))
                return error_set(error, ERROR_CONFIG, "%s is no file", path);
        if (access(path, X_OK) < 0)
                return error_set(error, ERROR_CONFIG, "%s can't be run: run chmod +x %s", path, path);
        return 0;
}

static int check(const struct installer_config *config, struct locked *ret_secret, struct error *error)
{
        if (check_program(config->program, error) < 0)
                return error_prefix(error, "installer");
        if (pull_secret_read(config->pull_secret, ret_secret, error) < 0)
                return error_prefix(error, "pull_secret");
        return 0;
}

int installer_check(const struct installer_config *config, struct error *error)
{
        CLEANUP(locked_done) struct locked secret = {0};

        return check(config, &secret, error);
}

static void take_version(void *context, char *line)
{
        char **version = context;
        const char *blank = strrchr(line, ' ');

        if (!*version)
                *version = string_copy(blank ? blank + 1 : line);
}

/* Its first line: "/usr/local/bin/openshift-install 4.20.0". */
int installer_check_version(const struct installer_config *config, struct error *error)
{
        const char *const argv[] = {config->program, "version", NULL};
        CLEANUP(string_free) char *found = NULL;
        const struct program program = {.argv = argv, .line = take_version, .context = &found};
        int status;

        if (!config->version)
                return 0;
        if (program_run(&program, deadline_in_s(VERSION_S), &status, error) < 0)
                return error_prefix(error, "asking it for its version");
        if (status != 0 || !found)
                return error_set(error, ERROR_BLOCKED, "%s doesn't tell its version (exit status %d)",
                        config->program, status);
        if (string_equal(found, config->version))
                return 0;
        return error_set(error, ERROR_BLOCKED,
                "%s is of version %.80s, and the configuration wants %s: fetch the right one, or change "
                "version",
                config->program, found, config->version);
}

int installer_fingerprint(const struct cluster_config *config, const char *wish, const struct locked *secret,
        char **ret_fingerprint, struct error *error)
{
        CLEANUP(string_free) char *program = NULL;
        struct sha256 *sum;
        struct stat status;

        if (stat(config->installer.program, &status) < 0)
                return error_set_errno(error, ERROR_BLOCKED, "%s", config->installer.program);
        program = string_format("%s %lld %lld.%09ld\n", config->installer.program, (long long)status.st_size,
                (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
        sum = sha256_begin();
        sha256_add(sum, program, strlen(program));
        sha256_add(sum, wish, strlen(wish));
        sha256_add(sum, secret->bytes, secret->length);
        *ret_fingerprint = sha256_end(sum);
        return 0;
}

/* ---- notes ---- */

static int write_file(const char *path, const char *content, struct error *error)
{
        CLEANUP(fd_close) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        size_t length = strlen(content);

        if (fd < 0 || write(fd, content, length) != (ssize_t)length || fsync(fd) < 0)
                return error_set_errno(error, ERROR_FAILED, "writing %s", path);
        return 0;
}

void installer_made_done(struct installer_made *made)
{
        for (int role = 0; role < CLUSTER_ROLES; role++)
                free(made->sums[role]);
        *made = (struct installer_made) {0};
}

int installer_note_made(const char *directory, const char *fingerprint, const struct installer_made *made,
        struct error *error)
{
        CLEANUP(string_free) char *path = string_format("%s/" NOTE, directory), *content = NULL;
        struct record *note = record_new();

        record_integer(note, "made", (int64_t)time(NULL));
        record_integer(note, "until", made->until_s);
        record_string(note, "from", fingerprint);
        for (int role = 0; role < CLUSTER_ROLES; role++)
                record_string(note, installer_role_name((enum cluster_role)role), made->sums[role]);
        content = record_take(note);
        return write_file(path, content, error);
}

/* Of something that isn't made nothing is to be remembered. */
static int note(const struct cluster_config *config, const char *name, struct error *error)
{
        CLEANUP(string_free) char *place = NULL, *path = NULL;

        if (!config->installer.program)
                return 0;
        if (installer_place(config, &place, error) < 0)
                return -1;
        path = string_format("%s/%s", place, name);
        if (access(place, F_OK) < 0 || access(path, F_OK) == 0)
                return 0;
        return write_file(path, "", error);
}

int installer_note_begun(const struct cluster_config *config, struct error *error)
{
        return note(config, BEGUN, error);
}

int installer_note_answered(const struct cluster_config *config, struct error *error)
{
        return note(config, ANSWERED, error);
}

static bool is_in(const char *directory, const char *name)
{
        CLEANUP(string_free) char *path = string_format("%s/%s", directory, name);

        return access(path, F_OK) == 0;
}

/* A directory without its note isn't whole. */
static void read_note(const char *directory, struct installer_state *state, char **ret_fingerprint)
{
        CLEANUP(string_free) char *path = string_format("%s/" NOTE, directory);
        CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        CLEANUP(json_free) struct json *json = NULL;
        CLEANUP(error_done) struct error nonsense = {0};
        char content[LONGEST];
        ssize_t count = fd < 0 ? -1 : read(fd, content, sizeof(content));

        if (count < 0 || json_read(content, (size_t)count, &json, &nonsense) < 0)
                return;
        state->made_s = json_integer_of(json_member(json, "made"));
        state->until_s = json_integer_of(json_member(json, "until"));
        *ret_fingerprint = string_copy(json_text_at(json, "from"));
        state->is_made = state->until_s > 0 && *ret_fingerprint;
        for (int role = 0; role < CLUSTER_ROLES; role++) {
                state->sums[role] =
                        string_copy(json_text_at(json, installer_role_name((enum cluster_role)role)));
                state->is_made = state->is_made && state->sums[role];
        }
}

int installer_read(const struct cluster_config *config, enum cluster_role role, struct locked *ret_ignition,
        struct error *error)
{
        CLEANUP(string_free) char *place = NULL, *path = NULL;
        CLEANUP(source_done) struct source source = {0};

        if (installer_place(config, &place, error) < 0)
                return -1;
        path = string_format("%s/%s.ign", place, installer_role_name(role));
        if (source_read(path, LARGEST_IGNITION, &source, error) < 0)
                return error_prefix(error, "%s", path);
        *ret_ignition = locked_new(source.bytes, source.length);
        explicit_bzero(source.bytes, source.length);
        return 0;
}

/* ---- looking ---- */

static int find_difference(const struct cluster_config *config, const char *fingerprint,
        struct installer_state *state, struct error *error)
{
        CLEANUP(string_free) char *wish = installer_wish(config), *now = NULL;
        CLEANUP(locked_done) struct locked secret = {0};

        if (check(&config->installer, &secret, error) < 0 ||
                installer_fingerprint(config, wish, &secret, &now, error) < 0)
                return -1;
        state->is_as_wished = string_equal(now, fingerprint);
        if (state->is_made && state->until_s > state->now_s && state->is_as_wished)
                return 0;
        return installer_check_version(&config->installer, error);
}

int installer_look(const struct cluster_config *config, struct installer_state *state, struct error *error)
{
        CLEANUP(string_free) char *place = NULL, *fingerprint = NULL;
        CLEANUP(error_done) struct error why_not = {0};

        state->cluster = config;
        if (installer_place(config, &place, error) < 0)
                return -1;
        state->now_s = (int64_t)time(NULL);
        state->is_begun = is_in(place, BEGUN);
        state->has_answered = is_in(place, ANSWERED);
        state->place = string_copy(place);
        read_note(place, state, &fingerprint);
        if (state->has_answered)
                return 0;
        if (find_difference(config, fingerprint, state, &why_not) < 0)
                state->why_not = STEAL(why_not.text);
        return 0;
}
