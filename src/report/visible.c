/* Making text visible, and measuring how wide it is.
 *
 * The widths are those terminals agree on; where they don't, a line is a column too short or too long, which
 * the live sink tolerates. The C library's wcwidth would need a locale, and the locale isn't a library's to
 * set. */
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "report/visible.h"

struct code_range {
        uint32_t first, last;
};

/* Characters that no line may hold: C1 controls, what turns the direction of text, what can't be seen. */
static const struct code_range unsafe[] = {
        {0x80, 0x9f},
        {0xad, 0xad},
        {0x61c, 0x61c},
        {0x200b, 0x200f},
        {0x2028, 0x202e},
        {0x2060, 0x206f},
        {0xfeff, 0xfeff},
        {0xfff9, 0xfffb},
        {0xe0000, 0xe007f},
};

static const struct code_range combining[] = {
        {0x300, 0x36f},
        {0x483, 0x489},
        {0x591, 0x5bd},
        {0x610, 0x61a},
        {0x64b, 0x65f},
        {0x900, 0x902},
        {0xe31, 0xe31},
        {0xe34, 0xe3a},
        {0x1ab0, 0x1aff},
        {0x1dc0, 0x1dff},
        {0x20d0, 0x20f0},
        {0xfe00, 0xfe0f},
        {0xfe20, 0xfe2f},
        {0xe0100, 0xe01ef},
};

static const struct code_range wide[] = {
        {0x1100, 0x115f},
        {0x2e80, 0x303e},
        {0x3041, 0x4dbf},
        {0x4e00, 0xa4cf},
        {0xac00, 0xd7a3},
        {0xf900, 0xfaff},
        {0xfe30, 0xfe6f},
        {0xff00, 0xff60},
        {0xffe0, 0xffe6},
        {0x1f300, 0x1f64f},
        {0x1f680, 0x1f6ff},
        {0x1f900, 0x1f9ff},
        {0x20000, 0x3fffd},
};

#define IN_RANGES(code, ranges) is_in(code, ranges, sizeof(ranges) / sizeof((ranges)[0]))

static int is_in(uint32_t code, const struct code_range *ranges, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (code >= ranges[i].first && code <= ranges[i].last)
                        return 1;
        return 0;
}

void visible_add(struct text *text, const char *string)
{
        while (*string) {
                uint32_t code = 0;
                size_t length = utf8_decode(string, &code);

                if (code == '\t')
                        text_add(text, " ");
                else if (code == '\n')
                        text_add(text, "\\n");
                else if (length == 0 || code < 0x20 || code == 0x7f)
                        text_format(text, "\\x%02x", (unsigned char)*string);
                else if (IN_RANGES(code, unsafe))
                        text_format(text, "\\u{%x}", code);
                else
                        text_add_n(text, string, length);
                string += length ? length : 1;
        }
}

static size_t columns_of(uint32_t code)
{
        if (IN_RANGES(code, combining))
                return 0;
        return IN_RANGES(code, wide) ? 2 : 1;
}

/* The bytes at the front of string that take at most columns; *ret_columns says how many they take. */
static size_t fit(const char *string, size_t columns, size_t *ret_columns)
{
        const char *end = string;
        size_t used = 0;

        while (*end) {
                uint32_t code;
                size_t length = utf8_decode(end, &code);
                size_t more = length ? columns_of(code) : 1;

                if (used + more > columns)
                        break;
                used += more;
                end += length ? length : 1;
        }
        *ret_columns = used;
        return (size_t)(end - string);
}

size_t visible_cut(struct text *text, const char *visible, size_t columns)
{
        size_t used, bytes = fit(visible, columns, &used);
        size_t dots = columns < 3 ? columns : 3;

        if (visible[bytes] == '\0') {
                text_add_n(text, visible, bytes);
                return used;
        }
        bytes = fit(visible, columns - dots, &used);
        text_add_n(text, visible, bytes);
        text_add_n(text, "...", dots);
        return used + dots;
}
