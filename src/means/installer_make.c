/* Having openshift-install make a cluster's Ignition. It works in a directory of its own, which gets the name by which it is
 * found when all is in it: what a run that was cut off has left is thrown away by the next. What it replaces stays as
 * NAME.before until it is replaced again. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "base/text.h"
#include "means/cluster_parts.h"
#include "means/installer_parts.h"
#include "means/parts.h"
#include "means/program.h"
#include "means/progress.h"
#include "means/pull_secret.h"
#include "state/directories.h"

struct making {
        const struct work *work;
        const struct cluster_config *config;
        char *clusters;
        char *directory;
        char *wish;
        struct locked secret;
        char *last; /* line that it said, one with an error rather than another */
        bool last_is_error;
};

static void making_done(struct making *making)
{
        free(making->clusters);
        free(making->directory);
        free(making->wish);
        free(making->last);
        locked_done(&making->secret);
}

/* Nobody is in them: one run works on a machine, and so on its cluster. */
static int sweep(const struct making *making, struct error *error)
{
        CLEANUP(string_free) char *prefix = string_format(".%s.new.", making->config->name);
        DIR *clusters = opendir(making->clusters);
        const struct dirent *entry;
        int result = 0;

        if (!clusters)
                return error_set_errno(error, ERROR_FAILED, "looking into %s", making->clusters);
        while (result == 0 && (entry = readdir(clusters))) {
                CLEANUP(string_free) char *path = string_format("%s/%s", making->clusters, entry->d_name);

                if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
                        result = tree_remove(path, error);
        }
        closedir(clusters);
        return result;
}

static int write_wish(const struct making *making, struct error *error)
{
        CLEANUP(string_free) char *path = string_format("%s/install-config.yaml", making->directory);
        CLEANUP(fd_close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        CLEANUP(locked_done) struct locked secret = pull_secret_yaml(&making->secret);

        if (fd < 0 || write_all(fd, making->wish, strlen(making->wish)) < 0 ||
                write_all(fd, secret.bytes, secret.length) < 0)
                return error_set_errno(error, ERROR_FAILED, "writing %s", path);
        return 0;
}

/* ---- its run ---- */

static void take_line(void *context, char *line)
{
        struct making *making = context;
        const struct means_progress *progress = making->work->progress;
        bool is_error = strstr(line, "level=error") || strstr(line, "level=fatal");

        pull_secret_hide(&making->secret, line);
        if (strcasestr(line, "password"))
                return;
        if (progress)
                progress->line(progress->context, line);
        if (is_error || !making->last_is_error) {
                string_replace(&making->last, line);
                making->last_is_error = is_error;
        }
}

static bool must_stop(void *context)
{
        const struct making *making = context;

        return progress_must_stop(making->work->progress);
}

static int run(struct making *making, struct error *error)
{
        const char *const argv[] = {making->config->installer.program, "create", "ignition-configs", "--dir",
                making->directory, NULL};
        const struct program program = {
                .argv = argv, .line = take_line, .must_stop = must_stop, .context = making};
        int status;

        if (program_run(&program, making->work->deadline, &status, error) < 0)
                return making->last ? error_prefix(error, "it last said \"%.200s\"", making->last) : -1;
        if (status == 0)
                return 0;
        return error_set(error, ERROR_FAILED, "%s ended with exit status %d: %.1000s",
                making->config->installer.program, status, making->last ? making->last : "it said nothing");
}

/* ---- its work ---- */

/* What lies under the cluster's name becomes NAME.before. */
static int set_aside(const char *clusters, const char *name, struct error *error)
{
        CLEANUP(string_free) char *path = string_format("%s/%s", clusters, name);
        CLEANUP(string_free) char *before = string_format("%s.before", path);

        if (access(path, F_OK) < 0)
                return 0;
        if (tree_remove(before, error) < 0)
                return -1;
        if (rename(path, before) < 0)
                return error_set_errno(error, ERROR_FAILED, "renaming %s", path);
        return 0;
}

static int give_name(const struct making *making, struct error *error)
{
        CLEANUP(string_free) char *path = string_format("%s/%s", making->clusters, making->config->name);
        CLEANUP(fd_close) int fd = open(making->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0 || syncfs(fd) < 0)
                return error_set_errno(error, ERROR_FAILED, "writing %s to its disk", making->directory);
        if (set_aside(making->clusters, making->config->name, error) < 0)
                return -1;
        if (rename(making->directory, path) < 0)
                return error_set_errno(error, ERROR_FAILED, "renaming %s", making->directory);
        return 0;
}

static int make(struct making *making, struct error *error)
{
        CLEANUP(string_free) char *fingerprint = NULL;
        CLEANUP(installer_made_done) struct installer_made made = {0};

        if (write_wish(making, error) < 0 ||
                installer_fingerprint(making->config, making->wish, &making->secret, &fingerprint, error) <
                        0 ||
                run(making, error) < 0 || installer_close(making->directory, &made, error) < 0 ||
                installer_note_made(making->directory, fingerprint, &made, error) < 0)
                return -1;
        return give_name(making, error);
}

/* What its API answers with is never made again; who planned this may not have asked. */
static int is_there(const struct work *work, const struct cluster_config *config, struct error *error)
{
        CLEANUP(cluster_look_done) struct cluster_look look = {0};

        if (cluster_look_at(work->clusters, config, work->deadline, &look, error) < 0)
                return -1;
        if (!look.state.answers)
                return 0;
        return installer_note_answered(config, error) < 0 ? -1 : 1;
}

int installer_make(const struct work *work, struct error *error)
{
        const struct cluster_config *config = work->step->cluster.config;
        CLEANUP(making_done) struct making making = {.work = work, .config = config};
        CLEANUP(error_done) struct error unremoved = {0}; /* the next one removes it */
        int there = is_there(work, config, error);

        if (there != 0)
                return there < 0 ? -1 : 0;
        if (pull_secret_read(config->installer.pull_secret, &making.secret, error) < 0 ||
                installer_check_version(&config->installer, error) < 0 ||
                clusters_dir(&making.clusters, error) < 0 || sweep(&making, error) < 0)
                return -1;
        making.wish = installer_wish(config);
        making.directory = string_format("%s/.%s.new.XXXXXX", making.clusters, config->name);
        if (!mkdtemp(making.directory))
                return error_set_errno(error, ERROR_FAILED, "making a directory in %s", making.clusters);
        if (make(&making, error) == 0)
                return 0;
        tree_remove(making.directory, &unremoved);
        return -1;
}

int installer_set_aside(const struct work *work, struct error *error)
{
        CLEANUP(string_free) char *clusters = NULL;

        return clusters_dir(&clusters, error) < 0
                       ? -1
                       : set_aside(clusters, work->step->cluster.config->name, error);
}
