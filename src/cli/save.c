/* Writing a file that others read. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "cli/save.h"

/* As a file that is made by open() has it; mkostemp's is for us alone. */
static mode_t usual_mode(void)
{
        mode_t mask = umask(077);

        umask(mask);
        return 0666 & ~mask;
}

/* A new name beside it becomes its name. What stands there besides a file (a terminal, a pipe) is written to. */
static int replace(const char *path, char *beside, const char *content)
{
        CLEANUP(fd_close) int fd = mkostemp(beside, O_CLOEXEC);

        if (fd < 0)
                return -1;
        if (write_all(fd, content, strlen(content)) == 0 && fchmod(fd, usual_mode()) == 0 && fsync(fd) == 0 &&
                rename(beside, path) == 0)
                return 0;
        unlink(beside);
        return -1;
}

static int write_into(const char *path, const char *content)
{
        CLEANUP(fd_close) int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

        return fd < 0 ? -1 : write_all(fd, content, strlen(content));
}

int save_file(const char *path, const char *content, struct error *error)
{
        CLEANUP(string_free) char *beside = string_format("%s.XXXXXX", path);
        struct stat status;
        int result;

        if (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
                result = write_into(path, content);
        else
                result = replace(path, beside, content);
        return result < 0 ? error_set_errno(error, ERROR_FAILED, "writing %s", path) : 0;
}
