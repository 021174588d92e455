/* URLs of web servers that are asked without TLS: "http://HOST:PORT/PATH". Pure. */
#pragma once

#include "base/error.h"

struct http_url {
        char *host;      /* without brackets */
        char *authority; /* with its port, as the server is to hear it */
        char *path;      /* from the slash on, with its query; "/" where there is none */
        unsigned port;
};

/* ERROR_FAILED, which names the URL, when it is none. */
int http_url_parse(const char *url, struct http_url *ret_url, struct error *error);
void http_url_done(struct http_url *url);
