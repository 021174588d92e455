/* Asking web servers whether they are well: a request, and the first line of what comes back.
 *
 * By hand, because there is nothing more to it, and because libcurl 7.88, which Debian 12 has, can't be given a stream: it
 * connects a socket that is connected already once more, and fails (curl issue 10626). */
#include "means/http.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "topology/http_url.h"

#define ANSWER_S 10
#define LONGEST  256 /* of the line with the status */

/* Why nothing came: the link may know. */
static int fail(struct link *link, const struct http_url *address, struct error *error)
{
        CLEANUP(string_free) char *name = string_format("%s:%u", address->host, address->port), *why = NULL;

        if (link_stream_error(link, name, &why))
                return error_set(error, ERROR_FAILED, "%s", why);
        return error_set(error, ERROR_FAILED, "the connection was closed without an answer");
}

/* As much of the first line as there is room for. */
static int read_line(int fd, struct deadline deadline, char line[static LONGEST], struct error *error)
{
        size_t length = 0;

        while (length < LONGEST - 1 && !memchr(line, '\n', length)) {
                struct pollfd readable = {.fd = fd, .events = POLLIN};
                int ready = poll(&readable, 1, deadline_left_ms(deadline));
                ssize_t count;

                if (ready == 0)
                        return error_set(error, ERROR_FAILED, "no answer within %d s", ANSWER_S);
                count = recv(fd, line + length, LONGEST - 1 - length, MSG_DONTWAIT);
                if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
                        break;
                length += count > 0 ? (size_t)count : 0;
        }
        line[length] = '\0';
        line[strcspn(line, "\r\n")] = '\0';
        return length ? 0 : 1;
}

static int ask(struct link *link, int fd, const struct http_url *address, struct deadline deadline,
        unsigned *ret_status, struct error *error)
{
        CLEANUP(string_free)
        char *request =
                string_format("GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: provision\r\nAccept: */*\r\n"
                              "Connection: close\r\n\r\n",
                        address->path, address->authority);
        char line[LONGEST] = "";
        int came;

        if (send(fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
                return fail(link, address, error);
        came = read_line(fd, deadline, line, error);
        if (came != 0)
                return came < 0 ? -1 : fail(link, address, error);
        if (sscanf(line, "HTTP/1.%*1[01] %3u", ret_status) != 1)
                return error_set(error, ERROR_FAILED, "what answers doesn't speak HTTP: \"%.80s\"", line);
        return 0;
}

int http_status(struct link *link, const char *url, struct deadline deadline, unsigned *ret_status,
        struct error *error)
{
        struct deadline limit = deadline_min(deadline, deadline_in_s(ANSWER_S));
        CLEANUP(http_url_done) struct http_url address = {0};
        CLEANUP(fd_close) int fd = -1;

        /* Who takes no connection says why only to a knock. */
        if (http_url_parse(url, &address, error) < 0 ||
                link_knock(link, address.host, address.port, limit, error) < 0 ||
                link_open_tcp(link, address.host, address.port, &fd, error) < 0)
                return -1;
        return ask(link, fd, &address, limit, ret_status, error);
}
