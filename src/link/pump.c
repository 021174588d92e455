/* Moving bytes between a descriptor here and a far end. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "link/pump.h"

#define CAPACITY     32768
#define LONGEST_SAID 2048

struct buffer {
        size_t start, end; /* bytes[start .. end) are still to be written */
        bool has_ended;    /* nothing more comes in */
        bool is_closed;    /* and that was passed on */
        char bytes[CAPACITY];
};

struct pump {
        struct loop *loop;
        int near;
        struct watch watch;
        struct far *far;
        struct entry *entry;
        bool is_open;
        bool is_over;
        struct buffer up;   /* near to far */
        struct buffer down; /* far to near */
        bool err_ended;
        struct text said;
        struct error why;
        struct job job;
        pump_ended *ended;
        void *context;
};

static void report(void *context)
{
        struct pump *pump = context;

        pump->ended(pump->context, &pump->why);
}

static void finish(struct pump *pump)
{
        if (pump->is_over)
                return;
        pump->is_over = true;
        watch_end(&pump->watch);
        fd_close(&pump->near);
        loop_post(pump->loop, &pump->job, report, pump);
}

static bool is_empty(const struct buffer *buffer)
{
        return buffer->start == buffer->end;
}

static bool write_near(struct pump *pump)
{
        struct buffer *down = &pump->down;
        ssize_t count;

        if (is_empty(down))
                return false;
        count = send(
                pump->near, down->bytes + down->start, down->end - down->start, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count > 0)
                down->start += (size_t)count;
        else if (count < 0 && errno != EAGAIN)
                finish(pump); /* whoever had the other end has closed it */
        return count > 0;
}

static bool read_far(struct pump *pump)
{
        struct buffer *down = &pump->down;
        size_t marked = 0;
        ssize_t count;

        if (!is_empty(down) || down->has_ended)
                return false;
        count = pump->far->class->read(pump->far, FAR_OUT, down->bytes, CAPACITY);
        if (count < 0)
                return false;
        if (count == 0) {
                down->has_ended = true;
                return true;
        }
        if (pump->entry && !pump->entry->out.is_complete)
                marked = entry_feed(pump->entry, pump->far, FAR_OUT, down->bytes, (size_t)count);
        down->start = marked;
        down->end = (size_t)count;
        return true;
}

/* Closed, and not only shut down for writing. */
static bool is_near_gone(const struct pump *pump)
{
        struct pollfd near = {.fd = pump->near};

        return poll(&near, 1, 0) > 0 && near.revents & (POLLHUP | POLLERR);
}

static bool read_near(struct pump *pump)
{
        struct buffer *up = &pump->up;
        ssize_t count;

        if (!is_empty(up) || up->has_ended)
                return false;
        count = recv(pump->near, up->bytes, CAPACITY, MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN)
                return false;
        up->start = 0;
        up->end = count > 0 ? (size_t)count : 0;
        up->has_ended = count <= 0;
        if (up->has_ended && is_near_gone(pump)) /* nobody is left to write to, either */
                pump->down.has_ended = pump->down.is_closed = true;
        return true;
}

static bool write_far(struct pump *pump)
{
        struct buffer *up = &pump->up;
        ssize_t count;

        if (is_empty(up) || (pump->entry && !entry_takes_input(pump->entry)))
                return false;
        count = pump->far->class->write(pump->far, up->bytes + up->start, up->end - up->start);
        if (count < 0) { /* nobody reads there: what comes from there is still wanted */
                up->start = up->end;
                up->has_ended = up->is_closed = true;
                return true;
        }
        up->start += (size_t)count;
        return count > 0;
}

static bool drain_err(struct pump *pump)
{
        char bytes[1024];
        ssize_t count;
        size_t marked = 0;

        if (pump->err_ended)
                return false;
        count = pump->far->class->read(pump->far, FAR_ERR, bytes, sizeof(bytes));
        pump->err_ended = count == 0;
        if (count <= 0)
                return false;
        if (pump->entry && !pump->entry->err.is_complete)
                marked = entry_feed(pump->entry, pump->far, FAR_ERR, bytes, (size_t)count);
        if (pump->said.length > LONGEST_SAID)
                text_clear(&pump->said);
        text_add_n(&pump->said, bytes + marked, (size_t)count - marked);
        return true;
}

static void pass_ends_on(struct pump *pump)
{
        struct buffer *up = &pump->up, *down = &pump->down;

        if (up->has_ended && is_empty(up) && !up->is_closed) {
                up->is_closed = true;
                pump->far->class->end_input(pump->far);
        }
        if (down->has_ended && is_empty(down) && !down->is_closed) {
                down->is_closed = true;
                shutdown(pump->near, SHUT_WR);
        }
        if (down->is_closed && (up->is_closed || pump->entry)) /* a bridge that stops talking has ended */
                finish(pump);
}

static bool move(void *context)
{
        struct pump *pump = context;
        bool moved = false;

        if (!pump->is_open || pump->is_over)
                return false;
        moved |= drain_err(pump);
        moved |= read_far(pump);
        moved |= write_near(pump);
        if (pump->is_over)
                return false;
        moved |= read_near(pump);
        moved |= write_far(pump);
        if (pump->entry && error_is_set(&pump->entry->refusal)) {
                finish(pump);
                return false;
        }
        pass_ends_on(pump);
        return moved;
}

static void near_ready(void *context)
{
        struct pump *pump = context;

        if (pump->is_open && !pump->is_over)
                pump->far->class->touch(pump->far);
}

static void opened(void *context)
{
        struct pump *pump = context;

        pump->is_open = true;
}

static void failed(void *context, bool is_lost, const struct error *why)
{
        struct pump *pump = context;

        (void)is_lost;
        if (!error_is_set(&pump->why))
                error_set(&pump->why, why->kind, "%s", error_text(why));
        if (pump->is_open || is_lost)
                finish(pump);
        else /* the owner may know another way to the same end */
                loop_post(pump->loop, &pump->job, report, pump);
}

const struct far_user pump_user = {.opened = opened, .failed = failed, .ready = move};

struct pump *pump_new(struct loop *loop, int near, pump_ended *ended, void *context)
{
        struct pump *pump = memory_new(1, sizeof(*pump));

        pump->loop = loop;
        pump->near = near;
        pump->ended = ended;
        pump->context = context;
        watch_begin(&pump->watch, loop, near, near_ready, pump);
        return pump;
}

void pump_attach(struct pump *pump, struct far *far, struct entry *entry)
{
        pump->far = far;
        pump->entry = entry;
}

void pump_detach(struct pump *pump)
{
        if (pump->far)
                pump->far->class->close(pump->far);
        pump->far = NULL;
        error_done(&pump->why);
}

bool pump_was_open(const struct pump *pump)
{
        return pump->is_open;
}

const struct text *pump_said(const struct pump *pump)
{
        return &pump->said;
}

void pump_free(struct pump *pump)
{
        if (!pump)
                return;
        loop_cancel(pump->loop, &pump->job);
        watch_end(&pump->watch);
        fd_close(&pump->near);
        if (pump->far)
                pump->far->class->close(pump->far);
        text_done(&pump->said);
        error_done(&pump->why);
        free(pump);
}
