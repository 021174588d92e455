/* A TCP port, reached from here, as a far end. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "link/dial.h"
#include "link/port.h"

struct port {
        struct far far;
        struct loop *loop;
        struct dial *dial;
        int fd;
        struct watch watch;
        struct job job;
};

static ssize_t port_read(struct far *far, enum far_half half, void *bytes, size_t size)
{
        struct port *port = (struct port *)far;
        ssize_t count = half == FAR_OUT ? recv(port->fd, bytes, size, MSG_DONTWAIT) : 0;

        return count < 0 && errno != EAGAIN ? 0 : count;
}

static ssize_t port_write(struct far *far, const void *bytes, size_t count)
{
        struct port *port = (struct port *)far;
        ssize_t taken = send(port->fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);

        return taken < 0 && errno == EAGAIN ? 0 : taken;
}

static void port_end_input(struct far *far)
{
        shutdown(((struct port *)far)->fd, SHUT_WR);
}

static void run(void *context)
{
        struct port *port = context;
        int rounds = 0;

        while (port->fd >= 0 && port->far.user->ready(port->far.context))
                if (++rounds == 64) { /* others get their turn */
                        loop_post(port->loop, &port->job, run, port);
                        return;
                }
}

static void port_touch(struct far *far)
{
        struct port *port = (struct port *)far;

        loop_post(port->loop, &port->job, run, port);
}

static void port_close(struct far *far)
{
        struct port *port = (struct port *)far;

        loop_cancel(port->loop, &port->job);
        dial_cancel(port->dial);
        watch_end(&port->watch);
        fd_close(&port->fd);
        free(port);
}

static const struct far_class port_class = {
        .read = port_read,
        .write = port_write,
        .end_input = port_end_input,
        .touch = port_touch,
        .close = port_close,
};

static void ready(void *context)
{
        struct port *port = context;

        port_touch(&port->far);
}

static void dialed(void *context, int fd, const struct error *error)
{
        struct port *port = context;

        port->dial = NULL;
        if (fd < 0) {
                port->far.user->failed(port->far.context, false, error);
                return;
        }
        port->fd = fd;
        port->far.user->opened(port->far.context);
        watch_begin(&port->watch, port->loop, fd, ready, port);
}

struct far *port_connect(
        struct loop *loop, const char *host, unsigned port_number, const struct far_user *user, void *context)
{
        struct port *port = memory_new(1, sizeof(*port));

        *port = (struct port) {
                .far = {.class = &port_class, .user = user, .context = context},
                .loop = loop,
                .fd = -1,
        };
        port->dial = dial_start(loop, host, port_number, AF_UNSPEC, dialed, port);
        return &port->far;
}
