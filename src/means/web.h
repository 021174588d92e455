/* An HTTPS server that a machine reaches, asked by libcurl over streams of the machine's link.
 *
 * libcurl wants to connect by itself, and Debian 12's (7.88) can't be given what is connected (curl issue 10626). But it connects
 * to Unix sockets as well, and a link has one for every port of its machine (link_listen_tcp). So whose certificate the server
 * shows is checked against the URL as always, wherever the bytes go.
 *
 * The library is loaded when it is first needed: it brings some twenty others. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "link/link.h"

struct web; /* used by one thread at a time */

/* All lent for as long as the web lives; what is NULL isn't used. */
struct web_server {
        const char *host; /* as the machine finds it */
        unsigned port;
        const char *base; /* "https://NAME:PORT/PREFIX", to which paths are added */
        const char *ca;   /* PEM: nobody else is trusted */
        const char *pin; /* "sha256//BASE64" of the public key that it has: then nobody has to vouch for it */
        const char *certificate, *key; /* PEM: ours */
        const char *token;             /* a bearer's, instead; or */
        const char *login;             /* "USER:PASSWORD", sent with every request, unasked */
};

/* ERROR_FAILED when libcurl isn't there. Nothing is connected yet. */
int web_open(struct link *link, const struct web_server *server, struct web **ret_web, struct error *error);
void web_close(struct web *web); /* NULL is allowed */

struct web_request {
        const char *method; /* NULL: GET */
        const char *path;   /* from the slash on */
        const char *type;   /* of the body's content */
        const char *body;   /* NULL: none */
        const char *etag;   /* only if it is this version still; NULL: whichever it is */
};

struct web_answer {
        long status;
        int64_t at_s; /* the server's own time, seconds since 1970 (its Date header); ours where it tells none */
        char *location, *etag; /* headers of these names; or NULL */
        int pause_s;           /* its Retry-After, if that is a number; else 0 */
        struct text body;
};
void web_answer_done(struct web_answer *answer);

/* Takes a header that an answer has a place for, by its line as it came. Pure. */
void web_take_header(struct web_answer *answer, const char *line, size_t length);

/* Asks count times, side by side. 0 when each got an answer, whatever its status; else -1, and what came back: ERROR_FAILED
 * (nobody listens, another certificate, …), ERROR_DEADLINE, or what has become of the link. */
int web_ask(struct web *web, const struct web_request *requests, size_t count, struct deadline deadline,
        struct web_answer *ret_answers, struct error *error);

/* The same once more when it fails: a server closes a connection that was idle for a while, or after some requests, and may do so
 * just when the next is on its way. For what changes nothing when it is done twice. */
int web_ask_twice(struct web *web, const struct web_request *requests, size_t count, struct deadline deadline,
        struct web_answer *ret_answers, struct error *error);

/* Keeps count requests open that are answered bit by bit, until one of them says something, until that time, or until
 * must_stop (NULL: never) says so, which is asked every quarter of a second. When all have ended (the server is gone, or doesn't
 * let us) a moment passes. Never an error: what there is shows when it is asked for. */
void web_watch(struct web *web, const struct web_request *requests, size_t count, struct deadline until,
        bool (*must_stop)(void *context), void *context);
