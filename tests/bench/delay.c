/* A network that is far away: a TUN interface that gives back every packet it is sent N milliseconds later.
 *
 * scripts/bench routes what goes to the lab host through it, so that a round trip takes N ms longer; the kernels of
 * some machines lack netem, which would do the same. Runs until its stdin ends. */
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/deadline.h"

#define PACKET  2048
#define WAITING 4096 /* packets on the way; more are dropped, as a real line would */

struct packet {
        struct deadline due;
        size_t length;
        unsigned char bytes[PACKET];
};

static struct packet packets[WAITING];
static unsigned oldest, newest; /* newest - oldest packets are on the way */

static int open_tun(const char *name)
{
        struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
        int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

        snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
        if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) {
                perror("delay: /dev/net/tun");
                exit(1);
        }
        return fd;
}

static void take(int fd, int delay_ms)
{
        while (newest - oldest < WAITING) {
                struct packet *packet = &packets[newest % WAITING];
                ssize_t length = read(fd, packet->bytes, sizeof(packet->bytes));

                if (length <= 0)
                        return;
                packet->length = (size_t)length;
                packet->due = deadline_in_ms(delay_ms);
                newest++;
        }
}

static void give(int fd)
{
        while (oldest != newest && deadline_passed(packets[oldest % WAITING].due)) {
                struct packet *packet = &packets[oldest++ % WAITING];

                if (write(fd, packet->bytes, packet->length) < 0)
                        perror("delay: write");
        }
}

int main(int argc, char **argv)
{
        int delay_ms = argc == 3 ? atoi(argv[2]) : 0;
        struct pollfd watched[2];

        if (delay_ms < 1) {
                fprintf(stderr, "usage: delay INTERFACE MILLISECONDS\n");
                return 2;
        }
        watched[0] = (struct pollfd) {.fd = open_tun(argv[1]), .events = POLLIN};
        watched[1] = (struct pollfd) {.fd = STDIN_FILENO, .events = POLLIN};
        puts("ready");
        fflush(stdout);
        while (!watched[1].revents) {
                int wait_ms = oldest == newest ? -1 : deadline_left_ms(packets[oldest % WAITING].due);

                if (poll(watched, 2, wait_ms) < 0) {
                        perror("delay: poll");
                        return 1;
                }
                take(watched[0].fd, delay_ms);
                give(watched[0].fd);
        }
        return 0;
}
