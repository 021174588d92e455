/* UUIDs that are made of a name: who makes one again makes the same. */
#pragma once

#define UUID_TEXT 37 /* with its NUL */

/* Version 5 (RFC 9562) of a URI, in lower case. Returns buffer. */
const char *uuid_of_uri(const char *uri, char buffer[static UUID_TEXT]);
