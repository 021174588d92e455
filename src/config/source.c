/* The bytes of a local file. Only regular files are read: a FIFO or a terminal could keep us waiting for
 * ever, and a device has no size that could be checked. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "config/source.h"

static int check(int fd, size_t largest, struct stat *ret_status, struct error *error)
{
        if (fstat(fd, ret_status) < 0)
                return error_set_errno(error, ERROR_CONFIG, "can't be examined");
        if (S_ISDIR(ret_status->st_mode))
                return error_set(error, ERROR_CONFIG, "is a directory, not a file");
        if (!S_ISREG(ret_status->st_mode))
                return error_set(error, ERROR_CONFIG, "is not a regular file");
        if ((size_t)ret_status->st_size > largest)
                return error_set(error, ERROR_CONFIG, "is larger than %zu KiB", largest / 1024);
        return 0;
}

/* Reads to the end, not to a size noted before: files in /proc say 0, and a file may grow. */
static int read_all(int fd, size_t largest, struct source *source, struct error *error)
{
        size_t capacity = 0;

        for (;;) {
                ssize_t count;

                if (source->length == capacity) {
                        capacity = capacity ? 2 * capacity : 16 * 1024;
                        source->bytes = memory_resize(source->bytes, capacity + 1, 1);
                }
                count = read(fd, source->bytes + source->length, capacity - source->length);
                if (count < 0 && errno == EINTR)
                        continue;
                if (count < 0)
                        return error_set_errno(error, ERROR_CONFIG, "can't be read");
                if (count == 0)
                        break;
                source->length += (size_t)count;
                if (source->length > largest)
                        return error_set(error, ERROR_CONFIG, "is larger than %zu KiB", largest / 1024);
        }
        source->bytes[source->length] = '\0';
        return 0;
}

int source_read(const char *path, size_t largest, struct source *ret_source, struct error *error)
{
        CLEANUP(source_done) struct source source = {0};
        CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        struct stat status;

        if (fd < 0)
                return error_set_errno(error, ERROR_CONFIG, "can't be opened");
        if (check(fd, largest, &status, error) < 0 || read_all(fd, largest, &source, error) < 0)
                return -1;
        source.device = status.st_dev;
        source.inode = status.st_ino;
        *ret_source = source;
        source = (struct source) {0};
        return 0;
}

void source_done(struct source *source)
{
        free(source->bytes);
        *source = (struct source) {0};
}
