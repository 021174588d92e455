/* Opening streams: the callers' side. The I/O thread is asked, and the caller goes on at once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memory.h"
#include "link/parts.h"

/* What is asked. */
struct request {
        struct job job;
        struct link *link;
        char *name;
        unsigned port;
        struct strings bridge;
        int near;
};

static void request_free(struct request *request)
{
        free(request->name);
        strings_done(&request->bridge);
        free(request);
}

static void take_socket(void *context)
{
        struct request *request = context;

        stream_to_socket(request->link, request->name, &request->bridge, false, request->near);
        request_free(request);
}

static void take_program(void *context)
{
        struct request *request = context;

        stream_to_program(request->link, request->name, &request->bridge, request->near);
        request_free(request);
}

static void take_port(void *context)
{
        struct request *request = context;

        stream_to_port(request->link, request->name, request->port, request->near);
        request_free(request);
}

static int open_stream(struct link *link, const char *name, unsigned port, const struct strings *bridge,
        void (*take)(void *context), int *ret_fd, struct error *error)
{
        struct request *request;
        int pair[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
                return error_set_errno(error, ERROR_FAILED, "no stream to %s", name);
        request = memory_new(1, sizeof(*request));
        *request = (struct request) {.link = link, .name = string_copy(name), .port = port, .near = pair[1]};
        if (bridge)
                strings_copy(&request->bridge, bridge);
        loop_post(link->links->loop, &request->job, take, request);
        *ret_fd = pair[0];
        return 0;
}

static bool is_direct(const struct link *link)
{
        return link->host->connect.is_local && (!link->host->become || geteuid() == 0);
}

/* Nothing is in between on this machine. */
static int connect_here(struct link *link, const char *path, int *ret_fd, struct error *error)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        CLEANUP(fd_close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (strlen(path) >= sizeof(address.sun_path))
                return error_set(error, ERROR_FAILED, "%s is too long for a socket's path", path);
        memcpy(address.sun_path, path, strlen(path) + 1);
        if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
                stream_tell(link, path, string_copy(strerror(errno)));
                shutdown(fd, SHUT_RDWR); /* reads as an end of file, as a stream to elsewhere would */
        } else {
                stream_tell(link, path, NULL);
        }
        if (fd < 0)
                return error_set_errno(error, ERROR_FAILED, "no stream to %s", path);
        *ret_fd = STEAL_FD(fd);
        return 0;
}

int link_open_socket(
        struct link *link, const char *path, const struct strings *bridge, int *ret_fd, struct error *error)
{
        if (is_direct(link))
                return connect_here(link, path, ret_fd, error);
        return open_stream(link, path, 0, bridge, take_socket, ret_fd, error);
}

int link_open_tcp(struct link *link, const char *host, unsigned port, int *ret_fd, struct error *error)
{
        return open_stream(link, host, port, NULL, take_port, ret_fd, error);
}

int link_open_script(
        struct link *link, const char *name, const char *script, int *ret_fd, struct error *error)
{
        CLEANUP(strings_done) struct strings program = {0};

        strings_add(&program, "sh");
        strings_add(&program, "-c");
        strings_add(&program, script);
        return open_stream(link, name, 0, &program, take_program, ret_fd, error);
}

struct listen_call {
        struct link *link;
        const char *path;
        unsigned port;
        const struct strings *bridge;
        const char *local_path;
        int result;
        struct error *error;
};

static void call_listen(void *context)
{
        struct listen_call *call = context;

        call->result = listener_new(
                call->link, call->path, call->port, call->bridge, &call->local_path, call->error);
}

static int listen_for(struct listen_call *call, const char **ret_local_path)
{
        loop_call(call->link->links->loop, call_listen, call);
        if (call->result < 0)
                return -1;
        *ret_local_path = call->local_path;
        return 0;
}

int link_listen_socket(struct link *link, const char *path, const struct strings *bridge,
        const char **ret_local_path, struct error *error)
{
        struct listen_call call = {.link = link, .path = path, .bridge = bridge, .error = error};

        if (is_direct(link)) {
                *ret_local_path = path;
                return 0;
        }
        return listen_for(&call, ret_local_path);
}

int link_listen_tcp(
        struct link *link, const char *host, unsigned port, const char **ret_local_path, struct error *error)
{
        struct listen_call call = {.link = link, .path = host, .port = port, .error = error};

        return listen_for(&call, ret_local_path);
}

bool link_stream_error(struct link *link, const char *path, char **ret_why)
{
        bool has_error = false;

        pthread_mutex_lock(&link->links->mutex);
        for (array_each(struct stream_error, entry, &link->stream_errors)) {
                if (string_equal(entry->path, path) && entry->why) {
                        *ret_why = string_copy(entry->why);
                        has_error = true;
                }
        }
        pthread_mutex_unlock(&link->links->mutex);
        return has_error;
}
