/* Strings as SSH's protocol and its keys have them. */
#include "base/wire_string.h"

const unsigned char *wire_string(const unsigned char **from, const unsigned char *end, size_t *ret_length)
{
        const unsigned char *at = *from;
        size_t length;

        if (end - at < 4)
                return NULL;
        length = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
        at += 4;
        if (length > (size_t)(end - at))
                return NULL;
        *from = at + length;
        *ret_length = length;
        return at;
}
