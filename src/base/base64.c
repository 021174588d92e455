/* Keys as text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/memory.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_encode(const void *bytes, size_t count)
{
        const unsigned char *from = bytes;
        char *text = memory_new((count + 2) / 3 * 4 + 1, 1), *to = text;

        for (size_t i = 0; i < count; i += 3) {
                size_t have = count - i < 3 ? count - i : 3;
                uint32_t group = (uint32_t)from[i] << 16;

                if (have > 1)
                        group |= (uint32_t)from[i + 1] << 8;
                if (have > 2)
                        group |= from[i + 2];
                *to++ = alphabet[group >> 18];
                *to++ = alphabet[group >> 12 & 63];
                *to++ = have > 1 ? alphabet[group >> 6 & 63] : '=';
                *to++ = have > 2 ? alphabet[group & 63] : '=';
        }
        return text;
}

unsigned char *base64_decode(const char *text, size_t length, size_t *ret_count)
{
        unsigned char *bytes = memory_new(length / 4 * 3 + 3, 1);
        uint32_t group = 0;
        unsigned bits = 0;
        size_t count = 0, i;

        for (i = 0; i < length && text[i] != '='; i++) {
                const char *digit = memchr(alphabet, text[i], sizeof(alphabet) - 1);

                if (strchr(" \t\r\n", text[i]))
                        continue;
                if (!digit) {
                        free(bytes);
                        return NULL;
                }
                group = group << 6 | (uint32_t)(digit - alphabet);
                bits += 6;
                if (bits >= 8) {
                        bits -= 8;
                        bytes[count++] = (unsigned char)(group >> bits);
                }
        }
        *ret_count = count;
        return bytes;
}
