/* Our copy of a cluster's kubeconfig: it stays when the installer's directory is gone, and trusts what the cluster's ingress
 * shows, too, as the console does. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "means/cluster_parts.h"
#include "means/installer.h"
#include "means/parts.h"
#include "state/directories.h"

#define NAMESPACE "clusters"

static char *file_in(const char *keys, const struct cluster_config *config)
{
        return string_format("%s/%s.kubeconfig", keys, config->name);
}

static int write_content(const struct session_with_cluster *session, const struct cluster_state *state,
        struct locked *ret_content, struct error *error)
{
        return kubeconfig_write(
                &session->kubeconfig, session->config->name, state->ingress_ca, ret_content, error);
}

/* A file of ours alone, which says just that. */
static bool says(const char *path, const struct locked *content)
{
        CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        struct locked found = {0};
        struct stat status;
        bool result;

        if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_mode & 077 ||
                (size_t)status.st_size != content->length)
                return false;
        found = locked_with_room(content->length);
        result = read(fd, found.bytes, found.room) == (ssize_t)content->length &&
                 memcmp(found.bytes, content->bytes, content->length) == 0;
        locked_done(&found);
        return result;
}

int cluster_is_delivered(
        const struct session_with_cluster *session, struct cluster_state *state, struct error *error)
{
        CLEANUP(locked_done) struct locked content = {0};
        CLEANUP(string_free) char *keys = NULL, *path = NULL;

        if (!state->answers || state->config->flavor == CLUSTER_EXISTING)
                return 0;
        if (keys_place(NAMESPACE, &keys, error) < 0 || write_content(session, state, &content, error) < 0)
                return -1;
        path = file_in(keys, state->config);
        state->is_delivered = says(path, &content);
        return 0;
}

/* Under another name first: whoever reads it reads all of it. */
static int put(const char *path, const struct locked *content, struct error *error)
{
        CLEANUP(string_free) char *new = string_format("%s.XXXXXX", path);
        CLEANUP(fd_close) int fd = mkostemp(new, O_CLOEXEC); /* 0600 */

        if (fd >= 0 && write_all(fd, content->bytes, content->length) == 0 && fsync(fd) == 0 &&
                rename(new, path) == 0)
                return 0;
        error_set_errno(error, ERROR_FAILED, "writing %s", path);
        if (fd >= 0)
                unlink(new);
        return -1;
}

int cluster_deliver(const struct work *work, struct error *error)
{
        const struct cluster_config *config = work->step->cluster.config;
        CLEANUP(cluster_look_done) struct cluster_look look = {0};
        CLEANUP(locked_done) struct locked content = {0};
        CLEANUP(string_free) char *keys = NULL, *path = NULL;

        if (cluster_look_at(work->clusters, config, work->deadline, &look, error) < 0)
                return -1;
        if (!look.state.answers)
                return error_set(error, ERROR_FAILED, "its API doesn't answer: %s", look.state.why);
        if (installer_note_answered(config, error) < 0)
                return -1;
        if (keys_dir(NAMESPACE, &keys, error) < 0 ||
                write_content(clusters_find(work->clusters, config), &look.state, &content, error) < 0)
                return -1;
        path = file_in(keys, config);
        return put(path, &content, error);
}
