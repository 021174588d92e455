/* Streams to sockets, ports and programs of the machine.
 *
 * A socket is asked of sshd itself (direct-streamlocal), which starts no process there. Where that isn't possible,
 * because sshd doesn't do it or because the socket is root's and we aren't, a bridge command stands in. sshd gives
 * the same answer when it must not and when nobody listens, so the bridge is tried in both cases: it either works or
 * says what is wrong. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "link/frame.h"
#include "link/parts.h"
#include "link/port.h"
#include "link/pump.h"

struct stream {
        struct link *link;
        struct stream *next;
        char *name; /* the socket's path, "host:port", or what the program is called */
        char *host; /* of a port; NULL: a socket or a program */
        unsigned port;
        struct strings bridge;
        bool is_program; /* the bridge itself is what is wanted */
        bool is_library; /* a library came for it, through a listener */
        bool is_bridged;
        bool has_begun;
        struct entry entry;
        struct pump *pump;
};

void stream_tell(struct link *link, const char *path, char *why)
{
        struct stream_error *found = NULL;

        pthread_mutex_lock(&link->links->mutex);
        for (array_each(struct stream_error, entry, &link->stream_errors))
                if (string_equal(entry->path, path))
                        found = entry;
        if (!found && why) {
                found = array_add(&link->stream_errors);
                found->path = string_copy(path);
        }
        if (found) {
                free(found->why);
                found->why = why;
        }
        pthread_mutex_unlock(&link->links->mutex);
}

static void stream_free(struct stream *stream)
{
        struct stream **at = &stream->link->streams;

        while (*at != stream)
                at = &(*at)->next;
        *at = stream->next;
        pump_free(stream->pump);
        entry_done(&stream->entry);
        strings_done(&stream->bridge);
        free(stream->name);
        free(stream->host);
        free(stream);
}

/* What a bridge complained about, on one line; NULL: nothing. */
static char *complaint(const struct stream *stream)
{
        const struct text *said = pump_said(stream->pump);
        const char *start = text_string(said);
        size_t length = said->length;

        while (length && (unsigned char)start[length - 1] <= ' ')
                length--;
        for (size_t i = length; i-- > 0;)
                if (start[i] == '\n')
                        return string_copy_n(start + i + 1, length - i - 1);
        return length ? string_copy_n(start, length) : NULL;
}

static void bridge(struct stream *stream)
{
        struct link *link = stream->link;
        CLEANUP(text_done) struct text script = {0}, input = {0};
        CLEANUP(strings_done) struct strings argv = {0};

        stream->is_bridged = true;
        entry_init(&stream->entry, link->become, link->host->become_password_file);
        frame_bridge(&stream->bridge, &script);
        frame_enter(&stream->entry, &script, &argv, &input);
        pump_attach(stream->pump, link_command(link, &argv, false, &pump_user, stream->pump), &stream->entry);
}

static void ended(void *context, const struct error *why)
{
        struct stream *stream = context;
        CLEANUP(error_done) struct error error = {0};
        char *said = NULL;

        if (error_is_set(why) && !pump_was_open(stream->pump) && !stream->is_bridged &&
                stream->bridge.count && stream->link->state != LINK_FAILED) {
                pump_detach(stream->pump);
                bridge(stream);
                return;
        }
        if (error_is_set(why))
                said = string_copy(error_text(why));
        else if (stream->is_bridged && !stream->entry.out.is_complete)
                entry_explain(&stream->entry, &error);
        else if (stream->is_bridged)
                said = complaint(stream);
        if (error_is_set(&error))
                said = string_copy(error_text(&error));
        stream_tell(stream->link, stream->name, said);
        stream_free(stream);
}

static struct far *open_far(struct stream *stream)
{
        struct link *link = stream->link;

        if (!stream->host)
                return session_socket(link->session, stream->name, &pump_user, stream->pump);
        if (link->session)
                return session_tcp(link->session, stream->host, stream->port, &pump_user, stream->pump);
        return port_connect(link->links->loop, stream->host, stream->port, &pump_user, stream->pump);
}

static void begin(struct stream *stream)
{
        struct link *link = stream->link;

        if (!link->is_up || stream->has_begun)
                return;
        stream->has_begun = true;
        if (stream->is_program ||
                (!stream->host && stream->bridge.count && (!link->session || link->become != BECOME_NOBODY)))
                bridge(stream);
        else
                pump_attach(stream->pump, open_far(stream), NULL);
}

/* Those of libraries first: theirs are the longest conversations. */
void streams_begin(struct link *link)
{
        for (struct stream *stream = link->streams; stream; stream = stream->next)
                if (stream->is_library)
                        begin(stream);
        for (struct stream *stream = link->streams; stream; stream = stream->next)
                begin(stream);
}

void streams_end(struct link *link, const struct error *error)
{
        while (link->streams) {
                stream_tell(link, link->streams->name, string_copy(error_text(error)));
                stream_free(link->streams);
        }
}

static struct stream *stream_new(
        struct link *link, char *name, const char *host, const struct strings *bridge_words)
{
        struct stream *stream = memory_new(1, sizeof(*stream)), **last = &link->streams;

        *stream = (struct stream) {.link = link, .name = name, .host = string_copy(host)};
        if (bridge_words)
                strings_copy(&stream->bridge, bridge_words);
        while (*last)
                last = &(*last)->next;
        *last = stream;
        return stream;
}

static void take_near(struct stream *stream, int near)
{
        struct link *link = stream->link;

        stream->pump = pump_new(link->links->loop, near, ended, stream);
        if (link->state == LINK_FAILED) {
                stream_tell(link, stream->name, string_copy(error_text(&link->error)));
                stream_free(stream);
                return;
        }
        stream_tell(link, stream->name, NULL);
        begin(stream);
}

void stream_to_socket(
        struct link *link, const char *path, const struct strings *bridge_words, bool is_library, int near)
{
        struct stream *stream = stream_new(link, string_copy(path), NULL, bridge_words);

        stream->is_library = is_library;
        take_near(stream, near);
}

void stream_to_program(struct link *link, const char *name, const struct strings *program, int near)
{
        struct stream *stream = stream_new(link, string_copy(name), NULL, program);

        stream->is_program = true;
        take_near(stream, near);
}

void stream_to_port(struct link *link, const char *host, unsigned port, int near)
{
        struct stream *stream = stream_new(link, string_format("%s:%u", host, port), host, NULL);

        stream->port = port;
        take_near(stream, near);
}
