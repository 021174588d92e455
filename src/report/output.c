/* Where a report goes. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "report/output.h"

void output_write(struct output *output, const char *bytes, size_t count)
{
        while (count && !output->number) {
                ssize_t written = write(output->fd, bytes, count);

                if (written >= 0) {
                        bytes += written;
                        count -= (size_t)written;
                } else if (errno == EAGAIN) {
                        poll(&(struct pollfd) {.fd = output->fd, .events = POLLOUT}, 1, -1);
                } else if (errno != EINTR) {
                        output->number = errno;
                }
        }
}
