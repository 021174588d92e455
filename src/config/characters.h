/* Which bytes a configuration may hold. */
#pragma once

#include <stddef.h>

/* How many of the bytes are UTF-8: count, or where the first byte stands that isn't. */
size_t characters_utf8(const char *bytes, size_t count);

/* How many of the bytes are UTF-8 without control characters: count, or where the first flaw stands. A tab
 * and a newline are control characters too. */
size_t characters_plain(const char *bytes, size_t count);
