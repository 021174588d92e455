/* A link's life, and what callers ask of it from their threads. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/service.h"
#include "link/frame.h"
#include "link/parts.h"
#include "link/process.h"
#include "link/wire.h"

/* ---- the I/O thread -------------------------------------------------------------------------------------- */

static void set_state(struct link *link, enum link_state state, struct error *error)
{
        pthread_mutex_lock(&link->links->mutex);
        link->state = state;
        if (error)
                error_move(&link->error, error);
        pthread_cond_broadcast(&link->changed);
        pthread_mutex_unlock(&link->links->mutex);
}

static void fail(struct link *link, struct error *error, bool gently)
{
        if (link->state == LINK_FAILED) {
                error_done(error);
                return;
        }
        set_state(link, LINK_FAILED, error);
        streams_end(link, &link->error);
        runs_end(link, &link->error, gently);
}

void link_fail(struct link *link, struct error *error)
{
        fail(link, error, false);
}

void link_is_proven(struct link *link)
{
        link->is_proven = true;
        if (link->state == LINK_OPENING)
                set_state(link, LINK_READY, NULL);
}

struct far *link_command(struct link *link, const struct strings *argv, bool is_reserved,
        const struct far_user *user, void *context)
{
        CLEANUP(string_free) char *line = NULL;

        if (!link->session)
                return process_start(link->links->loop, argv, user, context);
        line = frame_login_line(argv);
        return session_command(link->session, line, is_reserved, user, context);
}

static void up(struct link *link, bool is_root)
{
        const struct host_config *host = link->host;

        link->is_up = true;
        if (!is_root && host->become)
                link->become = host->become_password_file ? BECOME_ROOT_ASK : BECOME_ROOT;
        pthread_mutex_lock(&link->links->mutex);
        link->is_root = is_root || host->become;
        string_free(&link->doing);
        if (link->become != BECOME_NOBODY)
                link->doing = string_copy("waiting for sudo");
        pthread_mutex_unlock(&link->links->mutex);
        if (link->become == BECOME_NOBODY)
                link_is_proven(link);
        /* Channels open one after the other. Commands first: sshd's side sends small packets at once (TCP_NODELAY)
         * only after it has started one. */
        runs_begin(link);
        streams_begin(link);
}

static void session_is_up(void *context)
{
        struct link *link = context;

        if (link->state != LINK_FAILED)
                up(link, string_equal(session_user(link->session), "root"));
}

static void session_is_doing(void *context, const char *what)
{
        struct link *link = context;

        pthread_mutex_lock(&link->links->mutex);
        string_replace(&link->doing, what);
        pthread_mutex_unlock(&link->links->mutex);
}

static void session_is_down(void *context, const struct error *why)
{
        struct link *link = context;
        struct error error = {0};

        error_set(&error, why->kind, "%s", error_text(why));
        fail(link, &error, false);
}

static const struct session_events session_events = {
        .up = session_is_up, .doing = session_is_doing, .down = session_is_down};

static void interrupt(struct link *link)
{
        struct error error = {0};

        error_set(&error, ERROR_INTERRUPTED, "%s: interrupted", link->host->name);
        fail(link, &error, true);
}

static void connect_through(void *context, const char *host, unsigned port, int near)
{
        stream_to_port(context, host, port, near);
}

static void begin(void *context)
{
        struct link *link = context;
        const struct kvm_host_uri *connect = &link->host->connect;

        link->next = link->links->first;
        link->links->first = link;
        if (atomic_load(&link->links->is_interrupted)) {
                interrupt(link);
        } else if (connect->is_local) {
                up(link, geteuid() == 0);
        } else {
                link->session = session_new(link->links->loop,
                        &(struct session_target) {
                                .user = connect->user,
                                .host = connect->host,
                                .port = connect->port,
                                .identity = link->host->identity,
                                .known_hosts = link->host->known_hosts,
                                .policy = link->host->host_key_policy,
                                .connect = link->through ? connect_through : NULL,
                                .connect_context = link->through,
                                .reader = link->links->reader,
                        },
                        link->connect_by, &session_events, link);
        }
}

static void end(void *context)
{
        struct link *link = context, **at = &link->links->first;
        struct error error = {0};

        error_set(&error, ERROR_INTERRUPTED, "%s: the link was closed", link->host->name);
        fail(link, &error, false);
        runs_end(link, &link->error, false); /* those that were still being ended */
        listeners_free(link);
        session_free(STEAL(link->session));
        while (*at != link)
                at = &(*at)->next;
        *at = link->next;
}

static void woken(void *context)
{
        struct links *links = context;

        if (atomic_load(&links->is_interrupted))
                for (struct link *link = links->first; link; link = link->next)
                        interrupt(link);
}

static void beat(void *context)
{
        struct links *links = context;

        service_is_alive();
        timer_set(&links->heartbeat, links->loop, deadline_in_ms(service_watchdog_ms()), beat, links);
}

/* ---- other threads --------------------------------------------------------------------------------------- */

int links_start(struct links **ret_links, struct error *error)
{
        struct links *links = memory_new(1, sizeof(*links));

        links->socket_directory_fd = -1;
        pthread_mutex_init(&links->mutex, NULL);
        if (loop_start(woken, links, &links->loop, error) < 0) {
                pthread_mutex_destroy(&links->mutex);
                free(links);
                return -1;
        }
        if (service_watchdog_ms())
                loop_post(links->loop, &links->start_beating, beat, links);
        links->reader = config_reader_new(links->loop);
        *ret_links = links;
        return 0;
}

static void nothing(void *context)
{
        (void)context;
}

void links_stop(struct links *links)
{
        if (!links)
                return;
        loop_call(links->loop, nothing, NULL); /* those just opened are in the list after that */
        for (struct link *next, *link = links->first; link; link = next) {
                next = link->next;
                link_close(link);
        }
        loop_stop(links->loop);
        config_reader_free(links->reader);
        listen_directory_remove(links);
        pthread_mutex_destroy(&links->mutex);
        free(links);
}

void links_interrupt(struct links *links)
{
        atomic_store(&links->is_interrupted, true);
        loop_wake(links->loop);
}

static struct link *open_link(
        struct links *links, struct link *through, const struct host_config *host, struct deadline connect_by)
{
        struct link *link = memory_new(1, sizeof(*link));
        pthread_condattr_t attributes;

        link->links = links;
        link->through = through;
        link->host = host;
        link->connect_by = connect_by;
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_cond_init(&link->changed, &attributes);
        pthread_condattr_destroy(&attributes);
        loop_post(links->loop, &link->job, begin, link);
        return link;
}

struct link *link_open(struct links *links, const struct host_config *host, struct deadline connect_by)
{
        return open_link(links, NULL, host, connect_by);
}

struct link *link_open_through(
        struct link *through, const struct host_config *host, struct deadline connect_by)
{
        return open_link(through->links, through, host, connect_by);
}

struct link *link_open_beside(struct link *link, struct deadline connect_by)
{
        return open_link(link->links, link->through, link->host, connect_by);
}

bool link_is_local(const struct link *link)
{
        return !link->through && link->host->connect.is_local;
}

int link_wait_for_change(struct link *link, struct deadline deadline)
{
        const struct timespec at = {
                .tv_sec = deadline.at_ns / 1000000000, .tv_nsec = deadline.at_ns % 1000000000};

        if (!deadline.at_ns)
                return pthread_cond_wait(&link->changed, &link->links->mutex);
        return pthread_cond_timedwait(&link->changed, &link->links->mutex, &at);
}

int link_wait(struct link *link, struct deadline deadline, struct error *error)
{
        int result = 0;

        pthread_mutex_lock(&link->links->mutex);
        while (link->state == LINK_OPENING && link_wait_for_change(link, deadline) != ETIMEDOUT)
                ;
        if (link->state == LINK_FAILED)
                result = error_set(error, link->error.kind, "%s", error_text(&link->error));
        else if (link->state == LINK_OPENING)
                result = error_set(error, ERROR_DEADLINE, "%s: not connected in time: still %s",
                        link->host->name, link->doing ? link->doing : "at the beginning");
        pthread_mutex_unlock(&link->links->mutex);
        return result;
}

bool link_is_root(const struct link *link)
{
        bool is_root;

        pthread_mutex_lock(&link->links->mutex);
        is_root = link->is_root;
        pthread_mutex_unlock(&link->links->mutex);
        return is_root;
}

void link_close(struct link *link)
{
        if (!link)
                return;
        loop_call(link->links->loop, end, link);
        error_done(&link->error);
        free(link->doing);
        for (array_each(struct stream_error, entry, &link->stream_errors)) {
                free(entry->path);
                free(entry->why);
        }
        array_free(&link->stream_errors);
        pthread_cond_destroy(&link->changed);
        free(link);
}

const char *link_library_version(void)
{
        return wire_library_version();
}
