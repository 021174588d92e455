/* A password on its short way. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "link/secret.h"

#define LONGEST 1024

int secret_read(const char *path, struct secret *ret_secret, struct error *error)
{
        CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        CLEANUP(secret_done) struct secret secret = {0};
        struct stat status;
        ssize_t count;

        if (fd < 0 || fstat(fd, &status) < 0)
                return error_set_errno(error, ERROR_REFUSED, "the password file %s can't be read", path);
        if (!S_ISREG(status.st_mode) || status.st_mode & 077)
                return error_set(error, ERROR_REFUSED,
                        "the password file %s may be read by others: run chmod 600 %s", path, path);
        secret.size = LONGEST + 1;
        secret.bytes = mmap(NULL, secret.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (secret.bytes == MAP_FAILED) {
                secret.bytes = NULL;
                return error_set_errno(error, ERROR_FAILED, "there is no memory for a password");
        }
        mlock(secret.bytes, secret.size); /* may fail where limits are low: it is wiped soon all the same */
        madvise(secret.bytes, secret.size, MADV_DONTDUMP);
        count = read(fd, secret.bytes, LONGEST);
        if (count <= 0 || secret.bytes[0] == '\n')
                return error_set(error, ERROR_REFUSED, "the password file %s has no first line", path);
        secret.length = strcspn(secret.bytes, "\n");
        if (secret.length == LONGEST)
                return error_set(error, ERROR_REFUSED,
                        "the password file %s has no password, but a line "
                        "of more than %d bytes",
                        path, LONGEST - 1);
        explicit_bzero(secret.bytes + secret.length, secret.size - secret.length);
        secret.bytes[secret.length++] = '\n';
        *ret_secret = secret;
        secret = (struct secret) {0};
        return 0;
}

void secret_done(struct secret *secret)
{
        if (secret->bytes) {
                explicit_bzero(secret->bytes, secret->size);
                munmap(secret->bytes, secret->size);
        }
        *secret = (struct secret) {0};
}
