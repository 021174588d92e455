/* The channels of a session: commands, sockets, ports.
 *
 * libssh2 opens one channel at a time; the others queue. A server allows so many commands at once (MaxSessions);
 * one that refuses another is taken at its word, and the rest waits until one has ended. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "link/session_parts.h"

#define COMMAND_WINDOW (2 * 1024 * 1024) /* always emptied at once: costs no memory */
#define STREAM_WINDOW  (256 * 1024)      /* waits in memory while nobody reads */
#define MOST_UNSENT    (256 * 1024)

enum channel_state { QUEUED, OPENING, STARTING, OPEN, FAILED, CLOSING, GONE };

struct channel {
        struct far far;
        struct session *session;
        struct channel *next;
        enum channel_state state;
        const char *type;
        struct text payload;
        char *command; /* of type "session" */
        bool is_reserved;
        bool was_told_failed;
        bool must_end_input;
        struct wire_channel *wire;
        struct error error;
};

static bool is_command(const struct channel *channel)
{
        return channel->command != NULL;
}

static ssize_t channel_read(struct far *far, enum far_half half, void *bytes, size_t size)
{
        struct channel *channel = (struct channel *)far;
        ssize_t count;

        if (channel->state != OPEN)
                return -1;
        count = wire_read(channel->wire, half, bytes, size);
        if (count >= -1)
                return count;
        channel->session->has_ended = true;
        return -1;
}

static ssize_t channel_write(struct far *far, const void *bytes, size_t count)
{
        struct channel *channel = (struct channel *)far;
        struct session *session = channel->session;

        if (channel->state != OPEN || session->out.length - session->out_sent > MOST_UNSENT)
                return 0;
        return wire_write(channel->wire, bytes, count);
}

static void channel_end_input(struct far *far)
{
        struct channel *channel = (struct channel *)far;

        channel->must_end_input = true;
        session_touch(channel->session);
}

static void channel_touch(struct far *far)
{
        session_touch(((struct channel *)far)->session);
}

static void channel_close(struct far *far)
{
        struct channel *channel = (struct channel *)far;

        far->user = NULL;
        if (channel->state == QUEUED || channel->state == FAILED)
                channel->state = GONE;
        else if (channel->state != OPENING) /* that ends when it is open */
                channel->state = CLOSING;
        session_touch(channel->session);
}

static const struct far_class channel_class = {
        .read = channel_read,
        .write = channel_write,
        .end_input = channel_end_input,
        .touch = channel_touch,
        .close = channel_close,
};

static void channel_free(struct channel *channel)
{
        free(channel->wire); /* what it covers went with the connection */
        text_done(&channel->payload);
        free(channel->command);
        error_done(&channel->error);
        free(channel);
}

static void fail(struct channel *channel, enum error_kind kind, const char *what)
{
        struct session *session = channel->session;

        error_set(&channel->error, kind, "%s: %s: %s", session->target.host, what, wire_error(session->wire));
        channel->state = channel->wire ? CLOSING : FAILED;
        if (channel->far.user)
                channel->far.user->failed(channel->far.context, false, &channel->error);
        else if (channel->state == FAILED)
                channel->state = GONE;
}

/* How many commands the server has at this moment, this one not counted. */
static size_t count_commands(const struct session *session, const struct channel *except)
{
        size_t count = 0;

        for (const struct channel *other = session->channels; other; other = other->next)
                if (other != except && is_command(other) && other->state != QUEUED &&
                        other->state != FAILED && other->state != GONE)
                        count++;
        return count;
}

static struct channel *next_to_open(const struct session *session)
{
        bool has_room = count_commands(session, NULL) < session->commands_at_once;

        for (struct channel *channel = session->channels; channel; channel = channel->next)
                if (channel->state == QUEUED && (!is_command(channel) || channel->is_reserved || has_room))
                        return channel;
        return NULL;
}

static void opened(struct channel *channel)
{
        channel->session->opening = NULL;
        if (!channel->far.user) {
                channel->state = CLOSING;
        } else if (is_command(channel)) {
                channel->state = STARTING;
        } else {
                channel->state = OPEN;
                channel->far.user->opened(channel->far.context);
        }
}

static void refused(struct channel *channel)
{
        struct session *session = channel->session;
        size_t others = count_commands(session, channel);

        session->opening = NULL;
        if (is_command(channel) && !channel->is_reserved && others && channel->far.user) {
                session->commands_at_once = others;
                channel->state = QUEUED;
        } else {
                channel->state = FAILED;
                fail(channel, ERROR_FAILED,
                        is_command(channel)
                                ? "sshd there opens no channel (does its MaxSessions allow three?)"
                                : "not opened");
        }
}

static bool advance_opening(struct session *session)
{
        struct channel *channel = session->opening;

        if (!channel) {
                channel = session->opening = next_to_open(session);
                if (!channel)
                        return false;
                channel->state = OPENING;
        }
        switch (wire_open(session->wire, channel->type, is_command(channel) ? COMMAND_WINDOW : STREAM_WINDOW,
                channel->payload.data, channel->payload.length, &channel->wire)) {
        case WIRE_OK:
                opened(channel);
                return true;
        case WIRE_REFUSED:
                refused(channel);
                return true;
        case WIRE_BROKEN:
                session->has_ended = true;
                return false;
        case WIRE_AGAIN:
                break;
        }
        return false;
}

static bool start(struct channel *channel)
{
        switch (wire_execute(channel->wire, channel->command)) {
        case WIRE_OK:
                channel->state = OPEN;
                channel->far.user->opened(channel->far.context);
                return true;
        case WIRE_REFUSED:
                fail(channel, ERROR_REFUSED, "the server runs no commands");
                return true;
        default:
                return false;
        }
}

static bool advance(struct channel *channel)
{
        bool moved = false;

        switch (channel->state) {
        case STARTING:
                return start(channel);
        case OPEN:
                if (channel->far.user)
                        moved = channel->far.user->ready(channel->far.context);
                if (channel->must_end_input && channel->state == OPEN &&
                        wire_end_input(channel->wire) != WIRE_AGAIN)
                        channel->must_end_input = false;
                return moved;
        case CLOSING:
                if (wire_close(channel->wire) == WIRE_AGAIN)
                        return false;
                channel->wire = NULL;
                channel->state = channel->far.user ? FAILED : GONE;
                return true;
        default:
                return false;
        }
}

static void sweep(struct session *session)
{
        struct channel **at = &session->channels;

        while (*at) {
                struct channel *channel = *at;

                if (channel->state == GONE) {
                        *at = channel->next;
                        channel_free(channel);
                } else {
                        at = &channel->next;
                }
        }
}

bool channels_advance(struct session *session)
{
        bool moved = false;

        for (struct channel *channel = session->channels; channel; channel = channel->next)
                moved |= advance(channel);
        moved |= advance_opening(session);
        sweep(session);
        return moved;
}

void channels_fail(struct session *session)
{
        for (struct channel *channel = session->channels; channel; channel = channel->next) {
                if (!channel->was_told_failed && channel->far.user && channel->state != FAILED)
                        channel->far.user->failed(channel->far.context, true, &session->error);
                channel->was_told_failed = true;
                if (channel->state != CLOSING && channel->state != GONE)
                        channel->state = FAILED;
        }
}

bool channels_exist(const struct session *session)
{
        return session->channels != NULL;
}

void channels_free(struct session *session)
{
        while (session->channels) {
                struct channel *channel = session->channels;

                session->channels = channel->next;
                channel_free(channel);
        }
}

static struct channel *channel_new(
        struct session *session, const char *type, const struct far_user *user, void *context)
{
        struct channel *channel = memory_new(1, sizeof(*channel)), **last = &session->channels;

        *channel = (struct channel) {
                .far = {.class = &channel_class, .user = user, .context = context},
                .session = session,
                .type = type,
        };
        while (*last)
                last = &(*last)->next;
        *last = channel;
        session_touch(session);
        return channel;
}

static void put_number(struct text *text, uint32_t number)
{
        uint32_t big_endian = htonl(number);

        text_add_n(text, (const char *)&big_endian, sizeof(big_endian));
}

static void put_string(struct text *text, const char *string)
{
        put_number(text, (uint32_t)strlen(string));
        text_add(text, string);
}

struct far *session_command(struct session *session, const char *text, bool is_reserved,
        const struct far_user *user, void *context)
{
        struct channel *channel = channel_new(session, "session", user, context);

        channel->command = string_copy(text);
        channel->is_reserved = is_reserved;
        return &channel->far;
}

/* The path and two reserved fields (OpenSSH's PROTOCOL, 2.4). */
struct far *session_socket(
        struct session *session, const char *path, const struct far_user *user, void *context)
{
        struct channel *channel = channel_new(session, "direct-streamlocal@openssh.com", user, context);

        put_string(&channel->payload, path);
        put_string(&channel->payload, "");
        put_number(&channel->payload, 0);
        return &channel->far;
}

/* Where to, and where from (RFC 4254, 7.2). */
struct far *session_tcp(
        struct session *session, const char *host, unsigned port, const struct far_user *user, void *context)
{
        struct channel *channel = channel_new(session, "direct-tcpip", user, context);

        put_string(&channel->payload, host);
        put_number(&channel->payload, port);
        put_string(&channel->payload, "127.0.0.1");
        put_number(&channel->payload, 0);
        return &channel->far;
}
