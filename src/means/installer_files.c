/* What openshift-install has left in its directory: checked, closed to others, and removed. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/memory.h"
#include "base/record_read.h"
#include "base/sha256.h"
#include "base/text.h"
#include "config/source.h"
#include "means/certificate.h"
#include "means/installer_parts.h"
#include "topology/ignition.h"

#define CERTIFICATES "/opt/openshift/tls/" /* on the bootstrap machine */
#define LAST_S       (24 * 60 * 60)        /* they are known to last where none can be found */
#define DEPTH        16

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
        (void)status;
        (void)kind;
        (void)walk;
        return remove(path);
}

int tree_remove(const char *path, struct error *error)
{
        if (nftw(path, remove_one, DEPTH, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
                return 0;
        return error_set_errno(error, ERROR_FAILED, "removing %s", path);
}

/* It writes for a group, too. */
static int close_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
        (void)walk;
        return kind == FTW_F ? chmod(path, status->st_mode & 0600) : kind == FTW_D ? chmod(path, 0700) : 0;
}

/* What is behind the first comma of "data:…;base64,…"; nothing where it isn't that. */
static int64_t first_end_in(const char *url)
{
        static const char scheme[] = "data:", mark[] = ";base64";
        const char *comma = url ? strchr(url, ',') : NULL;
        unsigned char *content;
        int64_t first;
        size_t count;

        if (!comma || strncmp(url, scheme, strlen(scheme)) != 0 || comma - url < (ssize_t)strlen(mark) ||
                strncmp(comma - strlen(mark), mark, strlen(mark)) != 0)
                return INT64_MAX;
        content = base64_decode(comma + 1, strlen(comma + 1), &count);
        if (!content)
                return INT64_MAX;
        first = certificate_first_end((const char *)content, count);
        memory_free_secret(content, count);
        return first;
}

static int64_t first_end(const struct json *ignition)
{
        const struct json *files = json_member(json_member(ignition, "storage"), "files");
        int64_t first = INT64_MAX;

        for (size_t i = 0; i < json_count(files); i++) {
                const struct json *file = json_item(files, i);
                const char *path = json_text_at(file, "path");
                int64_t end;

                if (!path || strncmp(path, CERTIFICATES, strlen(CERTIFICATES)) != 0)
                        continue;
                end = first_end_in(json_text_at(json_member(file, "contents"), "source"));
                first = end < first ? end : first;
        }
        return first;
}

static int check_ignition(const char *path, char **ret_sum, int64_t *first, struct error *error)
{
        CLEANUP(source_done) struct source source = {0};
        CLEANUP(json_free) struct json *json = NULL;
        int64_t end;

        if (source_read(path, LARGEST_IGNITION, &source, error) < 0 ||
                ignition_check(source.bytes, source.length, error) < 0 ||
                json_read(source.bytes, source.length, &json, error) < 0)
                return -1;
        end = first_end(json);
        *first = end < *first ? end : *first;
        *ret_sum = sha256_hex(source.bytes, source.length);
        return 0;
}

static int check_all(const char *directory, struct installer_made *made, int64_t *first, struct error *error)
{
        CLEANUP(string_free) char *path = string_format("%s/auth/kubeconfig", directory);
        CLEANUP(kubeconfig_done) struct kubeconfig kubeconfig = {0};

        for (int role = 0; role < CLUSTER_ROLES; role++) {
                const char *name = installer_role_name((enum cluster_role)role);
                CLEANUP(string_free) char *ignition = string_format("%s/%s.ign", directory, name);

                if (check_ignition(ignition, &made->sums[role], first, error) < 0)
                        return error_prefix(error, "%s.ign", name);
        }
        return kubeconfig_read(path, &kubeconfig, error);
}

int installer_close(const char *directory, struct installer_made *ret_made, struct error *error)
{
        int64_t now = (int64_t)time(NULL), first = INT64_MAX;

        if (nftw(directory, close_one, DEPTH, FTW_PHYS) < 0)
                return error_set_errno(error, ERROR_FAILED, "closing %s to others", directory);
        if (check_all(directory, ret_made, &first, error) < 0) {
                error->kind = ERROR_FAILED;
                return error_prefix(error, "what openshift-install has made isn't right");
        }
        ret_made->until_s = first == INT64_MAX ? now + LAST_S : first;
        if (ret_made->until_s > now)
                return 0;
        return error_set(error, ERROR_FAILED,
                "openshift-install has made certificates that have ended already: see whether the clock here "
                "is "
                "right");
}
