/* The one writer of HTML. */
#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/html.h"
#include "base/memory.h"
#include "base/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* What stands for a character that means something to HTML, that its parser would change, or that it can't hold; NULL:
 * itself. */
static const char *entity(uint32_t code)
{
        switch (code) {
        case '<':
                return "&lt;";
        case '>':
                return "&gt;";
        case '&':
                return "&amp;";
        case '\'':
                return "&#39;";
        case '"':
                return "&quot;";
        case '\r':
                return "&#13;";
        case '\t':
        case '\n':
                return NULL;
        default:
                return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code & 0xfffe) == 0xfffe ? REPLACEMENT
                                                                                                 : NULL;
        }
}

static void add_escaped(struct text *text, const char *value)
{
        while (*value) {
                uint32_t code = 0;
                size_t length = utf8_decode(value, &code);
                const char *instead = length ? entity(code) : REPLACEMENT;

                if (instead)
                        text_add(text, instead);
                else
                        text_add_n(text, value, length);
                value += length ? length : 1;
        }
}

static void end_start_tag(struct html *html)
{
        if (html->start_open)
                text_add(&html->text, ">");
        html->start_open = 0;
}

void html_open(struct html *html, const char *element, const char *class_or_null)
{
        end_start_tag(html);
        text_format(&html->text, "<%s", element);
        html->start_open = 1;
        html->depth++;
        html_attribute(html, "class", class_or_null);
}

void html_attribute(struct html *html, const char *name, const char *value)
{
        assert(html->start_open);
        assert(strncmp(name, "on", 2) != 0 && strcmp(name, "href") != 0 && strcmp(name, "src") != 0);
        if (!value)
                return;
        text_format(&html->text, " %s=\"", name);
        add_escaped(&html->text, value);
        text_add(&html->text, "\"");
}

void html_attribute_format(struct html *html, const char *name, const char *format, ...)
{
        CLEANUP(string_free) char *value = NULL;
        va_list arguments;

        va_start(arguments, format);
        value = string_vformat(format, arguments);
        va_end(arguments);
        html_attribute(html, name, value);
}

void html_content(struct html *html, const char *content)
{
        end_start_tag(html);
        add_escaped(&html->text, content);
}

void html_content_format(struct html *html, const char *format, ...)
{
        CLEANUP(string_free) char *content = NULL;
        va_list arguments;

        va_start(arguments, format);
        content = string_vformat(format, arguments);
        va_end(arguments);
        html_content(html, content);
}

void html_close(struct html *html, const char *element)
{
        assert(html->depth > 0);
        end_start_tag(html); /* unlike XML's, an empty element of HTML has an end tag */
        html->depth--;
        text_format(&html->text, "</%s>", element);
}

void html_element(struct html *html, const char *element, const char *class_or_null, const char *content)
{
        html_open(html, element, class_or_null);
        html_content(html, content);
        html_close(html, element);
}

/* The policy lets a browser load nothing, whatever might stand in the page. */
void html_begin(struct html *html, const char *title, const char *style)
{
        assert(!strstr(style, "</"));
        text_add(&html->text, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                              "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                              "style-src 'unsafe-inline'\">\n"
                              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                              "<meta name=\"color-scheme\" content=\"light dark\">\n");
        html_element(html, "title", NULL, title);
        text_format(&html->text, "\n<style>\n%s</style>\n</head>\n<body>\n", style);
}

char *html_take(struct html *html)
{
        assert(html->depth == 0);
        text_add(&html->text, "\n</body>\n</html>\n");
        return text_take(&html->text);
}

void html_done(struct html *html)
{
        text_done(&html->text);
        *html = (struct html) {0};
}
