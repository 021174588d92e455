/* Where an HTTPS server is: "https://HOST[:PORT]", without a path. Pure. */
#pragma once

#include "base/error.h"

struct https_server {
        char *base; /* as it was written, without a slash at its end */
        char *host; /* without brackets */
        unsigned port;
};

/* ERROR_CONFIG with what would be right. */
int https_server_parse(const char *url, struct https_server *ret_server, struct error *error);
void https_server_done(struct https_server *server);
