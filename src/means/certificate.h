/* How long certificates last. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* When the first of a text's certificates (PEM) ends, in seconds since 1970; INT64_MAX: there is none in it that can be read. */
int64_t certificate_first_end(const char *text, size_t length);
