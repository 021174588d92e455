/* Ignition configurations: what can be said of one without Ignition itself, and the small one that leads to another. Pure. */
#pragma once

#include <stddef.h>

#include "base/error.h"

/* JSON of a version that there is, with nothing at its top that Ignition would pass over in silence. The error says what is
 * wrong, and where it is no JSON, in which line. text has a NUL behind length. */
int ignition_check(const char *text, size_t length, struct error *error);

/* Certificates as a file has them (PEM); only those. */
int ignition_check_authorities(const char *text, size_t length, struct error *error);

/* Where another configuration is to be fetched: http:// or https://, as Ignition takes it. */
int ignition_check_url(const char *url, struct error *error);

/* One that has nothing of its own: Ignition fetches the rest at url, and trusts the authorities (PEM; NULL: none) beside the
 * usual ones. Owned by the caller. */
char *ignition_write_pointer(const char *url, const char *authorities);
