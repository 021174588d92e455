/* Keys as text. */
#pragma once

#include <stddef.h>

/* With padding; owned by the caller. */
char *base64_encode(const void *bytes, size_t count);

/* Owned by the caller, NULL for anything that isn't base64. White space is passed over. */
unsigned char *base64_decode(const char *text, size_t length, size_t *ret_count);
