/* UTF-8, read character by character. */
#include "base/utf8.h"

size_t utf8_decode(const char *bytes, uint32_t *ret_code)
{
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        unsigned char first = (unsigned char)bytes[0];
        size_t length = first < 0x80       ? 1
                        : first >> 5 == 6  ? 2
                        : first >> 4 == 14 ? 3
                        : first >> 3 == 30 ? 4
                                           : 0;
        uint32_t code = length > 1 ? first & (0x7fU >> length) : first;

        for (size_t i = 1; i < length; i++) {
                if (((unsigned char)bytes[i] & 0xc0) != 0x80)
                        return 0;
                code = code << 6 | ((unsigned char)bytes[i] & 0x3f);
        }
        if (length == 0 || code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
                return 0;
        *ret_code = code;
        return length;
}
