/* One SSH connection: its life, and its bytes on their way between the socket and libssh2. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "link/session_parts.h"

#define MOST_IN      65536
#define ROUNDS       64 /* then others get their turn */
#define ALIVE_S      15
#define SILENT_TICKS 3
#define COMMANDS     9 /* sshd's MaxSessions is 10 unless it says otherwise; one is kept for ending others */

static ssize_t receive(void *context, void *bytes, size_t size)
{
        struct session *session = context;
        size_t have = session->in.length - session->in_taken;

        if (!have || session->is_held)
                return -EAGAIN; /* also at the end: what came before it is still to be read by everybody */
        if (size > have)
                size = have;
        memcpy(bytes, session->in.data + session->in_taken, size);
        session->in_taken += size;
        return (ssize_t)size;
}

static void push(struct session *session)
{
        struct text *out = &session->out;

        while (session->out_sent < out->length && !session->has_ended) {
                ssize_t count = write(route_fd(session->route), out->data + session->out_sent,
                        out->length - session->out_sent);

                if (count > 0) {
                        session->out_sent += (size_t)count;
                } else if (errno != EAGAIN) {
                        session->has_ended = true;
                        session->end_errno = errno;
                } else {
                        return;
                }
        }
        text_clear(out);
        session->out_sent = 0;
}

static void send_bytes(void *context, const void *bytes, size_t count)
{
        struct session *session = context;
        struct text *out = &session->out;

        if (session->out_sent > MOST_IN) {
                memmove(out->data, out->data + session->out_sent, out->length - session->out_sent);
                out->length -= session->out_sent;
                session->out_sent = 0;
        }
        text_add_n(out, bytes, count);
        push(session);
}

static const struct wire_io io = {.receive = receive, .send = send_bytes};

/* At once, not up to 40 ms later: sshd's side holds a small packet back until the one before it is acknowledged
 * (Nagle), and in the rounds of a login that is every packet. On what isn't TCP it fails, and nothing is lost. */
static void acknowledge(int fd)
{
        int yes = 1, saved = errno; /* the last read's, which is still to be looked at */

        setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof(yes));
        errno = saved;
}

/* Reads what there is, up to a limit. */
static bool pull(struct session *session)
{
        struct text *in = &session->in;
        char bytes[16384];
        ssize_t count = 0;
        bool any = false;

        if (session->in_taken) {
                memmove(in->data, in->data + session->in_taken, in->length - session->in_taken);
                in->length -= session->in_taken;
                session->in_taken = 0;
        }
        while (!session->has_ended && in->length + sizeof(bytes) <= MOST_IN &&
                (count = read(route_fd(session->route), bytes, sizeof(bytes))) > 0) {
                text_add_n(in, bytes, (size_t)count);
                if (session->first.length < MOST_FIRST_WORDS)
                        text_add_n(&session->first, bytes, (size_t)count);
                session->received += (size_t)count;
                session->received_ns = clock_now_ns();
                any = true;
        }
        session->has_left_some = in->length + sizeof(bytes) > MOST_IN;
        if (any)
                acknowledge(route_fd(session->route));
        if (!session->has_ended && (count == 0 || (count < 0 && errno != EAGAIN)) &&
                in->length + sizeof(bytes) <= MOST_IN) {
                session->has_ended = true;
                session->end_errno = count < 0 ? errno : 0;
        }
        return any;
}

static void tell_down(struct session *session)
{
        if (session->was_down_told)
                return;
        session->was_down_told = true;
        session->events->down(session->context, &session->error);
}

void session_fail(struct session *session, struct error *error)
{
        if (session->state == SESSION_DOWN) {
                error_done(error);
                return;
        }
        error_move(&session->error, error);
        session->state = SESSION_DOWN;
        timer_end(&session->stage);
        timer_end(&session->alive);
        watch_end(&session->watch);
        session_touch(session);
}

static void lose(struct session *session)
{
        CLEANUP(string_free) char *what = NULL;
        struct error error = {0};
        int limit_s;

        if (session_was_turned_away(session, &error)) {
                session_fail(session, &error);
                return;
        }
        what = session_doing(session, &limit_s);
        if (what)
                error_set(&error, ERROR_UNREACHABLE, "%s: the connection was lost while %s",
                        session->target.host, what);
        else
                error_set(&error, ERROR_UNREACHABLE, "%s: the connection was lost", session->target.host);
        if (session->end_errno) {
                struct error number = {0};

                errno = session->end_errno;
                error_set_errno(&number, ERROR_UNREACHABLE, "%s", error_text(&error));
                error_done(&error);
                error = number;
        }
        route_explain(session->route, &error);
        session_fail(session, &error);
}

static void stage_expired(void *context)
{
        struct session *session = context;
        struct error error = {0};

        error_set(&error, ERROR_DEADLINE, "%s: %s took longer than it may", session->target.host,
                session->what ? session->what : "connecting");
        session_fail(session, &error);
}

/* Each stage has its own limit; all of them together have connect_by. */
static void watch_stage(struct session *session)
{
        int limit_s = 0;
        char *what = session_doing(session, &limit_s);
        struct deadline limit = {0};

        if (string_equal(what, session->what)) {
                free(what);
                return;
        }
        free(session->what);
        session->what = what;
        if (limit_s)
                limit = deadline_in_s(limit_s);
        if (session->state != SESSION_UP)
                limit = deadline_min(limit, session->connect_by);
        timer_set(
                &session->stage, session->loop, what ? limit : (struct deadline) {0}, stage_expired, session);
        if (what && session->state != SESSION_UP)
                session->events->doing(session->context, what);
}

static void alive_ticked(void *context);

static void watch_life(struct session *session)
{
        const struct ssh_config *config = route_config(session->route);
        int tick_s = config && config->alive_s ? config->alive_s : ALIVE_S;

        if (session->state == SESSION_UP && channels_exist(session) && !session->alive.loop)
                timer_set(&session->alive, session->loop, deadline_in_s(tick_s), alive_ticked, session);
}

/* Whoever is silent is asked for a sign of life; who stays silent is gone. Nobody is asked while nothing is open. */
static void alive_ticked(void *context)
{
        struct session *session = context;
        struct error error = {0};

        session->silent_ticks = session->received == session->received_before ? session->silent_ticks + 1 : 0;
        session->received_before = session->received;
        if (session->silent_ticks > SILENT_TICKS) {
                error_set(&error, ERROR_UNREACHABLE, "%s: the connection was lost: no answer any more",
                        session->target.host);
                session_fail(session, &error);
                return;
        }
        if (session->silent_ticks)
                wire_keep_alive(session->wire);
        watch_life(session);
}

/* What it said last is read once its key has been looked up: only then it is known how far it came. */
static bool is_where_we_wanted(const struct session *session)
{
        return route_config(session->route) && !host_keys_are_looked_up(route_keys(session->route));
}

static void run(void *context)
{
        struct session *session = context;
        bool moved = true;

        for (int round = 0; moved && round < ROUNDS && session->state != SESSION_DOWN; round++) {
                moved = route_fd(session->route) >= 0 && pull(session);
                while (session_ascend(session))
                        moved = true;
                if (session->state == SESSION_UP)
                        moved |= channels_advance(session);
                moved |= session->has_left_some && session->in_taken > 0; /* there is room for it now */
                if (route_fd(session->route) >= 0)
                        push(session);
        }
        if (session->state == SESSION_DOWN) {
                channels_fail(session);
                tell_down(session);
        } else if (moved) { /* who sends without end has a limit, too */
                watch_stage(session);
                session_touch(session);
        } else if (session->has_ended && is_where_we_wanted(session)) {
                lose(session);
        } else {
                watch_stage(session);
                watch_life(session);
        }
}

void session_touch(struct session *session)
{
        loop_post(session->loop, &session->job, run, session);
}

static void touched(void *context)
{
        session_touch(context);
}

static void drop_wire(struct session *session)
{
        watch_end(&session->watch);
        wire_free(STEAL(session->wire));
        text_clear(&session->in);
        text_clear(&session->out);
        text_clear(&session->first);
        session->in_taken = session->out_sent = 0;
        session->has_ended = false;
}

static void route_was_reset(void *context)
{
        struct session *session = context;

        drop_wire(session);
        session->state = SESSION_CONNECTING;
}

static void route_failed(void *context, const struct error *why)
{
        struct session *session = context;
        struct error error = {0};

        error_set(&error, why->kind, "%s: %s", session->target.host, error_text(why));
        session_fail(session, &error);
}

static const struct route_events route_events = {
        .changed = touched, .reset = route_was_reset, .failed = route_failed};

void session_begin_wire(struct session *session)
{
        int fd = route_fd(session->route);

        session->wire = wire_new(fd, &io, session);
        watch_begin(&session->watch, session->loop, fd, touched, session);
}

struct session *session_new(struct loop *loop, const struct session_target *target,
        struct deadline connect_by, const struct session_events *events, void *context)
{
        struct session *session = memory_new(1, sizeof(*session));

        *session = (struct session) {
                .loop = loop,
                .target =
                        {
                                .user = string_copy(target->user),
                                .host = string_copy(target->host),
                                .port = target->port,
                                .identity = string_copy(target->identity),
                                .known_hosts = string_copy(target->known_hosts),
                                .policy = target->policy,
                                .reader = target->reader,
                                .jump = string_copy(target->jump),
                                .depth = target->depth,
                                .connect = target->connect,
                                .connect_context = target->connect_context,
                        },
                .connect_by = connect_by,
                .events = events,
                .context = context,
                .commands_at_once = COMMANDS,
        };
        session->route = route_new(loop, &session->target, connect_by, &route_events, session);
        session_touch(session);
        return session;
}

void session_free(struct session *session)
{
        if (!session)
                return;
        loop_cancel(session->loop, &session->job);
        timer_end(&session->stage);
        timer_end(&session->alive);
        drop_wire(session); /* says good-bye, if the connection is still there */
        login_free(session->login);
        route_free(session->route);
        channels_free(session);
        text_done(&session->in);
        text_done(&session->out);
        text_done(&session->first);
        error_done(&session->error);
        free(session->what);
        free((char *)session->target.user);
        free((char *)session->target.host);
        free((char *)session->target.identity);
        free((char *)session->target.known_hosts);
        free((char *)session->target.jump);
        free(session);
}

int session_silent_s(const struct session *session)
{
        if (session->state != SESSION_UP)
                return 0;
        return (int)((clock_now_ns() - session->received_ns) / 1000000000);
}

void session_ask_for_life(struct session *session)
{
        wire_keep_alive(session->wire);
        session_touch(session);
}

const char *session_user(const struct session *session)
{
        const struct ssh_config *config = route_config(session->route);

        return config ? config->user : session->target.user;
}
