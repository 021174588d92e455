/* A guest's console on two descriptors here.
 *
 * Both directions block, so each has a thread: libvirt's reads what the guest says, the caller's what is typed. When
 * something ends on this side, libvirt's connection is cut, which ends the other. */
#include "means/console.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "means/libvirt_parts.h"

struct bridge {
        struct libvirt *libvirt;
        const char *guest;
        int out;
        int event; /* readable: the console was opened, or is over */
        pthread_mutex_t lock;
        struct console *console; /* NULL: not open; under the lock */
        bool is_over;            /* under the lock */
        int result;
        struct error error;
};

static void tell(struct bridge *bridge)
{
        const uint64_t one = 1;
        ssize_t ignored = write(bridge->event, &one, sizeof(one)); /* full only when it was told before */

        (void)ignored;
}

static void set_console(struct bridge *bridge, struct console *console)
{
        pthread_mutex_lock(&bridge->lock);
        bridge->console = console;
        pthread_mutex_unlock(&bridge->lock);
        tell(bridge);
}

static int listen_to(struct session *session, void *context, struct error *error)
{
        struct bridge *bridge = context;
        struct console *console;
        char bytes[4096];
        int count;

        if (console_open(session, bridge->guest, &console, error) < 0)
                return -1;
        set_console(bridge, console);
        while ((count = console_read(console, bytes, sizeof(bytes))) > 0 &&
                write_all(bridge->out, bytes, (size_t)count) == 0)
                ;
        set_console(bridge, NULL); /* waits for a write of the other thread */
        console_free(console);
        if (count < 0)
                return error_set(error, ERROR_UNREACHABLE, "guest %s: the connection to its console was lost",
                        bridge->guest);
        return 0;
}

static void *run(void *context)
{
        struct bridge *bridge = context;

        bridge->result =
                libvirt_run(bridge->libvirt, listen_to, bridge, (struct deadline) {0}, &bridge->error);
        pthread_mutex_lock(&bridge->lock);
        bridge->is_over = true;
        pthread_mutex_unlock(&bridge->lock);
        tell(bridge);
        return NULL;
}

/* 1: goes on. */
static int pass_on(struct bridge *bridge, int in)
{
        char bytes[1024];
        ssize_t count = read(in, bytes, sizeof(bytes));
        const char *escape = count > 0 ? memchr(bytes, CONSOLE_ESCAPE, (size_t)count) : NULL;
        int result = -1;

        if (count < 0 && errno == EINTR)
                return 1;
        if (count <= 0)
                return 0;
        pthread_mutex_lock(&bridge->lock);
        if (bridge->console)
                result = console_write(
                        bridge->console, bytes, escape ? (size_t)(escape - bytes) : (size_t)count);
        pthread_mutex_unlock(&bridge->lock);
        return !escape && result == 0;
}

/* Returns when something has ended: true on this side. */
static bool watch(struct bridge *bridge, int in)
{
        for (;;) {
                struct pollfd fds[] = {{.fd = bridge->event, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
                uint64_t ignored;
                bool is_over;

                pthread_mutex_lock(&bridge->lock);
                is_over = bridge->is_over;
                fds[1].fd = bridge->console ? in : -1; /* what is typed before waits */
                pthread_mutex_unlock(&bridge->lock);
                if (is_over)
                        return false;
                if (poll(fds, 2, -1) < 0 && errno != EINTR)
                        return true;
                if (fds[0].revents && read(bridge->event, &ignored, sizeof(ignored)) < 0 && errno != EAGAIN)
                        return true;
                if (fds[1].revents && !pass_on(bridge, in))
                        return true;
        }
}

static int bridge_run(struct bridge *bridge, int in, struct error *error)
{
        pthread_t thread;

        if (bridge->event < 0 || pthread_create(&thread, NULL, run, bridge) != 0)
                return error_set(error, ERROR_FAILED, "no thread can be started for the console");
        if (watch(bridge, in)) {
                libvirt_cut_off(bridge->libvirt, thread);
                return 0; /* that the connection is lost was wanted */
        }
        pthread_join(thread, NULL);
        return bridge->result < 0 ? error_move(error, &bridge->error) : 0;
}

int console_bridge(struct link *link, const char *guest, int in, int out, struct error *error)
{
        struct bridge bridge = {
                .libvirt = libvirt_new(link),
                .guest = guest,
                .out = out,
                .event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                .lock = PTHREAD_MUTEX_INITIALIZER,
        };
        int result = bridge_run(&bridge, in, error);

        libvirt_free(bridge.libvirt);
        fd_close(&bridge.event);
        error_done(&bridge.error);
        return result;
}
