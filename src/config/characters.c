/* Which bytes a configuration may hold: UTF-8 as RFC 3629 has it, and what counts as a control character. */
#include <stdint.h>

#include "config/characters.h"

/* The length of the character at the start of the bytes, 0 where there is none; *ret_point is its number. */
static size_t character(const unsigned char *bytes, size_t count, uint32_t *ret_point)
{
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        size_t length = bytes[0] < 0x80             ? 1
                        : (bytes[0] & 0xE0) == 0xC0 ? 2
                        : (bytes[0] & 0xF0) == 0xE0 ? 3
                        : (bytes[0] & 0xF8) == 0xF0 ? 4
                                                    : 0;
        uint32_t point;

        if (length == 0 || length > count)
                return 0;
        point = length == 1 ? bytes[0] : bytes[0] & (0x7FU >> length);
        for (size_t i = 1; i < length; i++) {
                if ((bytes[i] & 0xC0) != 0x80)
                        return 0;
                point = point << 6 | (bytes[i] & 0x3F);
        }
        if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
                return 0;
        *ret_point = point;
        return length;
}

static int is_control(uint32_t point)
{
        return point < 0x20 || (point >= 0x7F && point <= 0x9F) || point == 0x2028 || point == 0x2029;
}

size_t characters_utf8(const char *bytes, size_t count)
{
        uint32_t point;
        size_t at = 0;

        while (at < count) {
                size_t length = character((const unsigned char *)bytes + at, count - at, &point);

                if (length == 0)
                        break;
                at += length;
        }
        return at;
}

size_t characters_plain(const char *bytes, size_t count)
{
        uint32_t point;
        size_t at = 0;

        while (at < count) {
                size_t length = character((const unsigned char *)bytes + at, count - at, &point);

                if (length == 0 || is_control(point))
                        break;
                at += length;
        }
        return at;
}
