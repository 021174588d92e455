/* The one writer of XML. */
#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/xml.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

static void add_escaped(struct text *text, const char *value)
{
        for (const unsigned char *c = (const unsigned char *)value; *c; c++) {
                switch (*c) {
                case '<':
                        text_add(text, "&lt;");
                        break;
                case '>':
                        text_add(text, "&gt;");
                        break;
                case '&':
                        text_add(text, "&amp;");
                        break;
                case '\'':
                        text_add(text, "&apos;");
                        break;
                case '"':
                        text_add(text, "&quot;");
                        break;
                case '\t':
                case '\n':
                case '\r':
                        text_format(text, "&#%d;", *c);
                        break;
                default:
                        if (*c < 0x20)
                                text_add(text, REPLACEMENT);
                        else
                                text_add_n(text, (const char *)c, 1);
                }
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
