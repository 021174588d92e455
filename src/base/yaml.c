/* The one writer of YAML strings. */
#include "base/utf8.h"
#include "base/yaml.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* Readers take these as they are, in double quotes. Above ASCII, what ends a line for YAML 1.1 (U+0085, U+2028, U+2029) and
 * what PyYAML calls special (U+0080 to U+009F, the mark of byte order, no characters) are left out. */
static int is_plain(uint32_t point)
{
        if (point < 0x80)
                return point >= ' ' && point != '"' && point != '\\' && point != 0x7F;
        return point >= 0xA0 && point != 0x2028 && point != 0x2029 && point != 0xFEFF &&
               (point & 0xFFFE) != 0xFFFE;
}

static void add_escape(struct text *text, uint32_t point)
{
        if (point == '"' || point == '\\')
                text_format(text, "\\%c", (char)point);
        else if (point == '\n')
                text_add(text, "\\n");
        else if (point < 0x100)
                text_format(text, "\\x%02X", point);
        else if (point < 0x10000)
                text_format(text, "\\u%04X", point);
        else
                text_format(text, "\\U%08X", point);
}

void yaml_add_string(struct text *text, const char *string)
{
        text_add(text, "\"");
        while (*string) {
                uint32_t point = 0;
                size_t length = utf8_decode(string, &point);

                if (length && is_plain(point))
                        text_add_n(text, string, length);
                else if (length)
                        add_escape(text, point);
                else
                        text_add(text, REPLACEMENT);
                string += length ? length : 1;
        }
        text_add(text, "\"");
}
