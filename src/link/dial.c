/* From a name and a port to a connected socket. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "link/dial.h"

#define ATTEMPTS      8
#define STAGGER_MS    250
#define UNANSWERED_MS 30000 /* what was sent is acknowledged by then, or the connection counts as lost */
#define KEEPALIVE_S   15
#define KEEPALIVES    3

struct resolution {
        pthread_mutex_t mutex;
        struct dial *dial; /* NULL: nobody waits any more */
        char *host;
        char port[8];
        struct addrinfo hints;
        struct addrinfo *addresses;
        int failed; /* getaddrinfo's */
        struct job job;
};

struct attempt {
        struct dial *dial;
        int fd;
        struct watch watch;
};

struct dial {
        struct loop *loop;
        char *host;
        unsigned port;
        struct resolution *resolution; /* while its thread runs */
        struct addrinfo *addresses;
        const struct addrinfo *next;
        struct attempt attempts[ATTEMPTS];
        int attempt_count;
        int last_errno;
        struct timer stagger;
        struct job job;
        void (*done)(void *context, int fd, const struct error *error);
        void *context;
};

static void resolution_free(struct resolution *resolution)
{
        if (resolution->addresses)
                freeaddrinfo(resolution->addresses);
        pthread_mutex_destroy(&resolution->mutex);
        free(resolution->host);
        free(resolution);
}

static void dial_free(struct dial *dial)
{
        timer_end(&dial->stagger);
        loop_cancel(dial->loop, &dial->job);
        for (int i = 0; i < dial->attempt_count; i++) {
                watch_end(&dial->attempts[i].watch);
                fd_close(&dial->attempts[i].fd);
        }
        if (dial->addresses)
                freeaddrinfo(dial->addresses);
        free(dial->host);
        free(dial);
}

void dial_cancel(struct dial *dial)
{
        struct resolution *resolution;
        bool is_running = false;

        if (!dial)
                return;
        resolution = dial->resolution;
        if (resolution) {
                pthread_mutex_lock(&resolution->mutex);
                is_running = !resolution->job.is_queued; /* its thread frees it, when it gets there */
                resolution->dial = NULL;
                loop_cancel(dial->loop, &resolution->job);
                pthread_mutex_unlock(&resolution->mutex);
                if (!is_running)
                        resolution_free(resolution);
        }
        dial_free(dial);
}

static void finish(struct dial *dial, int fd, const struct error *error)
{
        dial->done(dial->context, fd, error);
        dial_free(dial);
}

static void fail(struct dial *dial)
{
        CLEANUP(error_done) struct error error = {0};

        errno = dial->last_errno;
        error_set_errno(&error, ERROR_UNREACHABLE, "connecting to %s port %u", dial->host, dial->port);
        finish(dial, -1, &error);
}

static void set_option(int fd, int level, int name, int value)
{
        setsockopt(fd, level, name, &value, sizeof(value));
}

static void succeed(struct attempt *attempt)
{
        const struct error none = {0};
        int fd = STEAL_FD(attempt->fd);

        watch_end(&attempt->watch);
        set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
        set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, UNANSWERED_MS);
        set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
        set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_S);
        set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_S);
        set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVES);
        finish(attempt->dial, fd, &none);
}

static void try_next(void *context);

static bool is_any_under_way(const struct dial *dial)
{
        for (int i = 0; i < dial->attempt_count; i++)
                if (dial->attempts[i].fd >= 0)
                        return true;
        return false;
}

static void attempt_failed(struct attempt *attempt, int number)
{
        struct dial *dial = attempt->dial;

        dial->last_errno = number;
        watch_end(&attempt->watch);
        fd_close(&attempt->fd);
        if (dial->next)
                try_next(dial);
        else if (!is_any_under_way(dial))
                fail(dial);
}

static void attempt_ready(void *context)
{
        struct attempt *attempt = context;
        struct sockaddr_storage peer;
        socklen_t length = sizeof(int), peer_length = sizeof(peer);
        int number = 0;

        getsockopt(attempt->fd, SOL_SOCKET, SO_ERROR, &number, &length);
        if (number)
                attempt_failed(attempt, number);
        else if (getpeername(attempt->fd, (struct sockaddr *)&peer, &peer_length) == 0)
                succeed(attempt);
}

static void try_next(void *context)
{
        struct dial *dial = context;
        const struct addrinfo *address = dial->next;
        struct attempt *attempt = &dial->attempts[dial->attempt_count++];

        dial->next = dial->attempt_count < ATTEMPTS ? address->ai_next : NULL;
        *attempt = (struct attempt) {.dial = dial};
        attempt->fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (attempt->fd < 0 ||
                (connect(attempt->fd, address->ai_addr, address->ai_addrlen) < 0 && errno != EINPROGRESS)) {
                attempt_failed(attempt, errno);
                return;
        }
        watch_begin(&attempt->watch, dial->loop, attempt->fd, attempt_ready, attempt);
        if (dial->next)
                timer_set(&dial->stagger, dial->loop, deadline_in_ms(STAGGER_MS), try_next, dial);
}

static void resolved(void *context)
{
        struct resolution *resolution = context;
        struct dial *dial = resolution->dial;
        CLEANUP(error_done) struct error error = {0};
        int failed;

        /* Its thread still holds the mutex for a moment after posting this. */
        pthread_mutex_lock(&resolution->mutex);
        failed = resolution->failed;
        pthread_mutex_unlock(&resolution->mutex);
        dial->addresses = STEAL(resolution->addresses);
        dial->resolution = NULL;
        resolution_free(resolution);
        if (failed) {
                error_set(&error, ERROR_UNREACHABLE, "resolving %s: %s", dial->host,
                        failed == EAI_SYSTEM ? "system error" : gai_strerror(failed));
                finish(dial, -1, &error);
                return;
        }
        dial->next = dial->addresses;
        try_next(dial);
}

static void *resolve(void *context)
{
        struct resolution *resolution = context;
        bool is_wanted;

        resolution->failed =
                getaddrinfo(resolution->host, resolution->port, &resolution->hints, &resolution->addresses);
        pthread_mutex_lock(&resolution->mutex);
        is_wanted = resolution->dial != NULL;
        if (is_wanted)
                loop_post(resolution->dial->loop, &resolution->job, resolved, resolution);
        pthread_mutex_unlock(&resolution->mutex);
        if (!is_wanted)
                resolution_free(resolution);
        return NULL;
}

static struct resolution *resolution_new(struct dial *dial, int family)
{
        struct resolution *resolution = memory_new(1, sizeof(*resolution));

        *resolution = (struct resolution) {
                .dial = dial,
                .host = string_copy(dial->host),
                .hints = {.ai_family = family, .ai_socktype = SOCK_STREAM},
        };
        pthread_mutex_init(&resolution->mutex, NULL);
        snprintf(resolution->port, sizeof(resolution->port), "%u", dial->port);
        return resolution;
}

bool dial_is_literal(const char *host)
{
        const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST};
        struct addrinfo *addresses = NULL;

        if (getaddrinfo(host, NULL, &hints, &addresses) != 0)
                return false;
        freeaddrinfo(addresses);
        return true;
}

struct dial *dial_start(struct loop *loop, const char *host, unsigned port, int family,
        void (*done)(void *context, int fd, const struct error *error), void *context)
{
        struct dial *dial = memory_new(1, sizeof(*dial));
        pthread_attr_t detached;
        pthread_t thread;

        *dial = (struct dial) {
                .loop = loop, .host = string_copy(host), .port = port, .done = done, .context = context};
        dial->resolution = resolution_new(dial, family);
        if (dial_is_literal(host)) { /* the same way, without a thread */
                dial->resolution->hints.ai_flags = AI_NUMERICHOST;
                resolve(dial->resolution);
                return dial;
        }
        pthread_attr_init(&detached);
        pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
        if (pthread_create(&thread, &detached, resolve, dial->resolution) != 0) {
                dial->resolution->failed = EAI_MEMORY;
                loop_post(loop, &dial->resolution->job, resolved, dial->resolution);
        }
        pthread_attr_destroy(&detached);
        return dial;
}

bool dial_is_resolving(const struct dial *dial)
{
        return dial->resolution != NULL;
}
