/* Text that grows. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

void text_add_n(struct text *text, const char *bytes, size_t count)
{
        size_t needed = text->length + count + 1;

        if (needed > text->capacity) {
                text->capacity = needed > 2 * text->capacity ? needed + 32 : 2 * text->capacity;
                text->data = memory_resize(text->data, text->capacity, 1);
        }
        memcpy(text->data + text->length, bytes, count);
        text->length += count;
        text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
        text_add_n(text, string, strlen(string));
}

void text_format(struct text *text, const char *format, ...)
{
        va_list arguments;
        char *piece;

        va_start(arguments, format);
        piece = string_vformat(format, arguments);
        va_end(arguments);
        text_add(text, piece);
        free(piece);
}

const char *text_string(const struct text *text)
{
        return text->data ? text->data : "";
}

char *text_take(struct text *text)
{
        char *taken = text->data ? text->data : string_copy("");

        *text = (struct text) {0};
        return taken;
}

void text_clear(struct text *text)
{
        text->length = 0;
        if (text->data)
                text->data[0] = '\0';
}

void text_done(struct text *text)
{
        free(text->data);
        *text = (struct text) {0};
}
