/* The one writer of XML. */
#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "base/xml.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* How many bytes the character at the start of the string has, if it is one and XML 1.0 can hold it (its production 2);
 * else 0. */
static size_t xml_character(const char *bytes)
{
        uint32_t code = 0;
        size_t length = utf8_decode(bytes, &code);

        if (code == 0xFFFE || code == 0xFFFF)
                return 0;
        return code >= 0x20 || code == '\t' || code == '\n' || code == '\r' ? length : 0;
}

/* What stands for a character that means something to XML, or that a parser would change; NULL: itself. */
static const char *entity(char c)
{
        switch (c) {
        case '<':
                return "&lt;";
        case '>':
                return "&gt;";
        case '&':
                return "&amp;";
        case '\'':
                return "&apos;";
        case '"':
                return "&quot;";
        case '\t':
                return "&#9;";
        case '\n':
                return "&#10;";
        case '\r':
                return "&#13;";
        default:
                return NULL;
        }
}

static void add_escaped(struct text *text, const char *value)
{
        while (*value) {
                size_t length = xml_character(value);
                const char *instead = length ? entity(*value) : REPLACEMENT;

                if (instead)
                        text_add(text, instead);
                else
                        text_add_n(text, value, length);
                value += length ? length : 1;
        }
}

static void end_start_tag(struct xml *xml)
{
        if (xml->start_open)
                text_add(&xml->text, ">");
        xml->start_open = 0;
}

void xml_open(struct xml *xml, const char *element)
{
        end_start_tag(xml);
        text_format(&xml->text, "<%s", element);
        xml->start_open = 1;
        xml->depth++;
}

void xml_attribute(struct xml *xml, const char *name, const char *value)
{
        assert(xml->start_open);
        if (!value)
                return;
        text_format(&xml->text, " %s='", name);
        add_escaped(&xml->text, value);
        text_add(&xml->text, "'");
}

void xml_attribute_format(struct xml *xml, const char *name, const char *format, ...)
{
        va_list arguments;
        char *value;

        va_start(arguments, format);
        value = string_vformat(format, arguments);
        va_end(arguments);
        xml_attribute(xml, name, value);
        free(value);
}

void xml_content(struct xml *xml, const char *content)
{
        end_start_tag(xml);
        add_escaped(&xml->text, content);
}

void xml_close(struct xml *xml, const char *element)
{
        assert(xml->depth > 0);
        xml->depth--;
        if (xml->start_open)
                text_add(&xml->text, "/>");
        else
                text_format(&xml->text, "</%s>", element);
        xml->start_open = 0;
}

void xml_element(struct xml *xml, const char *element, const char *content)
{
        xml_open(xml, element);
        xml_content(xml, content);
        xml_close(xml, element);
}

char *xml_take(struct xml *xml)
{
        assert(xml->depth == 0);
        return text_take(&xml->text);
}

void xml_done(struct xml *xml)
{
        text_done(&xml->text);
        *xml = (struct xml) {0};
}
