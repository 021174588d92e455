/* What nobody else may see. */
#include "means/locked.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

#define LARGEST (1 << 20)

struct locked locked_new(const char *bytes, size_t length)
{
        struct locked locked = {.bytes = memory_lock_new(length + 1), .length = length};

        memcpy(locked.bytes, bytes, length);
        return locked;
}

void locked_done(struct locked *locked)
{
        if (locked->bytes)
                memory_lock_free(locked->bytes, locked->length + 1);
        *locked = (struct locked) {0};
}

int locked_read(const char *path, bool is_secret, struct locked *ret_content, struct error *error)
{
        CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        struct stat status;
        ssize_t count;

        if (fd < 0 || fstat(fd, &status) < 0)
                return error_set_errno(error, ERROR_REFUSED, "%s can't be read", path);
        if (!S_ISREG(status.st_mode))
                return error_set(error, ERROR_REFUSED, "%s is no file", path);
        if (is_secret && status.st_mode & 077)
                return error_set(
                        error, ERROR_REFUSED, "%s may be read by others: run chmod 600 %s", path, path);
        if (status.st_size > LARGEST)
                return error_set(error, ERROR_REFUSED, "%s is too large", path);
        *ret_content = (struct locked) {
                .bytes = memory_lock_new((size_t)status.st_size + 1), .length = (size_t)status.st_size};
        count = read(fd, ret_content->bytes, ret_content->length);
        if (count != (ssize_t)ret_content->length) {
                locked_done(ret_content);
                return error_set(error, ERROR_REFUSED, "%s couldn't be read to its end", path);
        }
        return 0;
}
