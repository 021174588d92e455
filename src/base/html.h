/* The one writer of HTML. Elements are opened and closed in order; every value is escaped on the way in. What it makes is
 * one page that asks for nothing: no script, no address, its style inside. */
#pragma once

#include "base/text.h"

struct html {
        struct text text;
        int depth;
        int start_open; /* "<name …" still lacks its '>' */
};

/* Everything up to the body. style is ours, and is not escaped. */
void html_begin(struct html *html, const char *title, const char *style);
/* Names are the code's own words. An element without an end tag (br, img) isn't for this. */
void html_open(struct html *html, const char *element, const char *class_or_null);
/* An attribute of the element opened last; value NULL: no attribute. None that holds an address or a script. */
void html_attribute(struct html *html, const char *name, const char *value);
void html_attribute_format(struct html *html, const char *name, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
/* Text inside the element opened last. */
void html_content(struct html *html, const char *content);
void html_content_format(struct html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A whole element that holds nothing but this. */
void html_element(struct html *html, const char *element, const char *class_or_null, const char *content);
/* The name again, so that a reader of the code sees what ends here. */
void html_close(struct html *html, const char *element);
/* The finished page, owned by the caller. Control characters and bytes that are no UTF-8 became U+FFFD. */
char *html_take(struct html *html);
void html_done(struct html *html);
