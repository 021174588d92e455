/* Asking web servers that the machine reaches whether they are well. */
#pragma once

#include "link/link.h"

/* The status that a GET of the URL ("http://HOST:PORT/PATH") is answered with. The connection is the link's, to host and
 * port as the machine sees them, without a proxy; nothing is followed, and no content read. ERROR_FAILED when there is no
 * such answer. */
int http_status(struct link *link, const char *url, struct deadline deadline, unsigned *ret_status,
        struct error *error);
