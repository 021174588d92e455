/* Asking HTTP servers that the machine reaches. */
#pragma once

#include "link/link.h"

/* The status that a GET of the URL is answered with. The connection is the link's, to the URL's host and port as the machine
 * sees them, without a proxy; nothing is followed, and no content read. */
int http_status(struct link *link, const char *url, struct deadline deadline, unsigned *ret_status,
        struct error *error);
