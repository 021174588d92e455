/* The one writer of XML. Elements are opened and closed in order; every value is escaped on the way in. */
#pragma once

#include "base/text.h"

struct xml {
        struct text text;
        int depth;
        int start_open; /* "<name …" still lacks its '>' */
};

void xml_open(struct xml *xml, const char *element);
/* An attribute of the element opened last; value NULL: no attribute. */
void xml_attribute(struct xml *xml, const char *name, const char *value);
void xml_attribute_format(struct xml *xml, const char *name, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
/* Character data inside the element opened last. */
void xml_content(struct xml *xml, const char *content);
/* A whole element that holds nothing but this. */
void xml_element(struct xml *xml, const char *element, const char *content);
/* The name again, so that a reader of the code sees what ends here. */
void xml_close(struct xml *xml, const char *element);
/* The finished document, owned by the caller. What XML 1.0 can't hold became U+FFFD: control characters, and bytes
 * that are no UTF-8. */
char *xml_take(struct xml *xml);
void xml_done(struct xml *xml);
