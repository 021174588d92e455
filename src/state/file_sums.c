/* Checksums of large files. What is remembered of a file is one line: what it looked like, and its checksum. */
#include "state/file_sums.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/sha256.h"
#include "state/directories.h"

#define CHUNK    (1U << 20)
#define LONGEST  512 /* of a line */
#define VERSION1 "1"

/* Owned by the caller. */
static char *describe(const struct stat *status)
{
        return string_format(VERSION1 " %ju %ju %jd %jd.%09ld %jd.%09ld", (uintmax_t)status->st_dev,
                (uintmax_t)status->st_ino, (intmax_t)status->st_size, (intmax_t)status->st_mtim.tv_sec,
                status->st_mtim.tv_nsec, (intmax_t)status->st_ctim.tv_sec, status->st_ctim.tv_nsec);
}

/* Where the line of a file is; NULL: nowhere. Owned by the caller. */
static char *note_path(const char *path)
{
        CLEANUP(error_done) struct error error = {0}; /* then it is computed each time */
        CLEANUP(string_free) char *cache = NULL, *directory = NULL, *name = sha256_hex(path, strlen(path));

        if (cache_dir(&cache, &error) < 0)
                return NULL;
        directory = string_format("%s/sums", cache);
        if (mkdir(directory, 0700) < 0 && errno != EEXIST)
                return NULL;
        return string_format("%s/%s", directory, name);
}

static char *recall(const char *note, const char *description)
{
        CLEANUP(fd_close) int fd = note ? open(note, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
        char line[LONGEST];
        ssize_t length = fd >= 0 ? read(fd, line, sizeof(line)) : -1;
        size_t before = strlen(description);

        if (length != (ssize_t)before + 1 + SHA256_HEX || memcmp(line, description, before) != 0 ||
                line[before] != ' ')
                return NULL;
        return string_copy_n(line + before + 1, SHA256_HEX);
}

/* What can't be remembered is computed again. */
static void remember(const char *note, const char *description, const char *sha256)
{
        CLEANUP(string_free) char *line = string_format("%s %s", description, sha256);
        CLEANUP(string_free) char *new = note ? string_format("%s.%d", note, (int)getpid()) : NULL;
        CLEANUP(fd_close)
        int fd = new ? open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;

        if (fd < 0)
                return;
        if (write(fd, line, strlen(line)) != (ssize_t)strlen(line) || rename(new, note) < 0)
                unlink(new);
}

static int compute(int fd, char **ret_sha256, struct error *error)
{
        struct sha256 *sum = sha256_begin();
        CLEANUP(string_free) char *buffer = memory_new(1, CHUNK);
        ssize_t count;

        do {
                count = read(fd, buffer, CHUNK);
                if (count > 0)
                        sha256_add(sum, buffer, (size_t)count);
        } while (count > 0 || (count < 0 && errno == EINTR));
        *ret_sha256 = sha256_end(sum);
        if (count == 0)
                return 0;
        string_free(ret_sha256);
        return error_set_errno(error, ERROR_CONFIG, "it can't be read to its end");
}

int file_sum(const char *path, void (*begin)(const char *path), char **ret_sha256, struct error *error)
{
        CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        CLEANUP(string_free) char *note = NULL, *before = NULL, *after = NULL, *sha256 = NULL;
        struct stat status;

        if (fd < 0 || fstat(fd, &status) < 0)
                return error_set_errno(error, ERROR_CONFIG, "it can't be read");
        if (!S_ISREG(status.st_mode))
                return error_set(error, ERROR_CONFIG, "it is no file");
        note = note_path(path);
        before = describe(&status);
        sha256 = recall(note, before);
        if (!sha256) {
                if (begin)
                        begin(path);
                if (compute(fd, &sha256, error) < 0)
                        return -1;
                if (fstat(fd, &status) == 0)
                        after = describe(&status);
                if (string_equal(
                            before, after)) /* else it is being written, and the checksum is of no moment */
                        remember(note, before, sha256);
        }
        *ret_sha256 = STEAL(sha256);
        return 0;
}
