/* What nobody else may see. */
#include <assert.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/locked.h"
#include "base/memory.h"

#define LARGEST      (1 << 20)
#define LONGEST_LINE 1023

struct locked locked_with_room(size_t room)
{
        return (struct locked) {.bytes = memory_lock_new(room + 1), .room = room};
}

void locked_add(struct locked *locked, const char *bytes, size_t count)
{
        assert(count <= locked->room - locked->length);
        memcpy(locked->bytes + locked->length, bytes, count);
        locked->length += count;
}

void locked_add_string(struct locked *locked, const char *string)
{
        locked_add(locked, string, strlen(string));
}

struct locked locked_new(const char *bytes, size_t length)
{
        struct locked locked = locked_with_room(length);

        locked_add(&locked, bytes, length);
        return locked;
}

void locked_done(struct locked *locked)
{
        if (locked->bytes)
                memory_lock_free(locked->bytes, locked->room + 1);
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
        *ret_content = locked_with_room((size_t)status.st_size);
        count = read(fd, ret_content->bytes, ret_content->room);
        if (count != (ssize_t)ret_content->room) {
                locked_done(ret_content);
                return error_set(error, ERROR_REFUSED, "%s couldn't be read to its end", path);
        }
        ret_content->length = ret_content->room;
        return 0;
}

int locked_read_line(const char *path, struct locked *ret_line, struct error *error)
{
        CLEANUP(locked_done) struct locked content = {0};
        size_t length = 0;

        if (locked_read(path, true, &content, error) < 0)
                return -1;
        while (length < content.length && !strchr("\r\n", content.bytes[length]))
                length++;
        if (!length)
                return error_set(error, ERROR_REFUSED, "%s has no first line", path);
        if (length > LONGEST_LINE)
                return error_set(error, ERROR_REFUSED, "%s has a first line that is no password", path);
        *ret_line = locked_with_room(length + 1);
        locked_add(ret_line, content.bytes, length);
        locked_add_string(ret_line, "\n");
        return 0;
}
