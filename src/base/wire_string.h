/* Strings as SSH's protocol and its keys have them: a length of four bytes, and as many bytes behind it. */
#pragma once

#include <stddef.h>

/* The one at *from, which is moved behind it; NULL when it doesn't fit in. Lent. */
const unsigned char *wire_string(const unsigned char **from, const unsigned char *end, size_t *ret_length);
