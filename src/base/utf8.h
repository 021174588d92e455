/* UTF-8 (RFC 3629), read character by character from bytes that may be anything. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* How many bytes the character at the start of the string takes, and which it is; 0 when it is none (overlong, half a
 * pair, cut off, beyond Unicode). The string's NUL ends any sequence, so nothing behind it is read. */
size_t utf8_decode(const char *bytes, uint32_t *ret_code);
