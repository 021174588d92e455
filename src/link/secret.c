/* A password on its short way. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "link/secret.h"

#define LONGEST 1024

static int check_file(int fd, const char *path, struct error *error)
{
        struct stat status;

        if (fd < 0 || fstat(fd, &status) < 0)
                return error_set_errno(error, ERROR_REFUSED, "the password file %s can't be read", path);
        if (!S_ISREG(status.st_mode))
                return error_set(error, ERROR_REFUSED, "the password file %s is no file", path);
        if (status.st_mode & 077)
                return error_set(error, ERROR_REFUSED,
                        "the password file %s may be read by others: run chmod 600 %s", path, path);
        return 0;
}

static int read_line(int fd, const char *path, struct secret *secret, struct error *error)
{
        ssize_t count = read(fd, secret->bytes, LONGEST);

        secret->length = strcspn(secret->bytes, "\r\n");
        if (count <= 0 || !secret->length)
                return error_set(error, ERROR_REFUSED, "the password file %s has no first line", path);
        if (secret->length == LONGEST)
                return error_set(
                        error, ERROR_REFUSED, "the first line of the password file %s is no password", path);
        explicit_bzero(secret->bytes + secret->length, secret->size - secret->length);
        secret->bytes[secret->length++] = '\n';
        return 0;
}

int secret_read(const char *path, struct secret *ret_secret, struct error *error)
{
        CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        struct secret secret = {.size = LONGEST + 1};

        if (check_file(fd, path, error) < 0)
                return -1;
        secret.bytes = memory_lock_new(secret.size);
        if (read_line(fd, path, &secret, error) < 0) {
                secret_done(&secret);
                return -1;
        }
        *ret_secret = secret;
        return 0;
}

void secret_done(struct secret *secret)
{
        memory_lock_free(secret->bytes, secret->size);
        *secret = (struct secret) {0};
}
