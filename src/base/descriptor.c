#include "base/descriptor.h"

#include <errno.h>
#include <unistd.h>

int write_all(int fd, const char *bytes, size_t count)
{
        while (count) {
                ssize_t written = write(fd, bytes, count);

                if (written < 0 && errno != EINTR)
                        return -1;
                if (written > 0) {
                        bytes += written;
                        count -= (size_t)written;
                }
        }
        return 0;
}
