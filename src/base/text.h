/* Text that grows: built piece by piece, then taken. Always ends in a NUL that length does not count. */
#pragma once

#include <stddef.h>

struct text {
        char *data;
        size_t length;
        size_t capacity;
};

void text_add(struct text *text, const char *string);
void text_add_n(struct text *text, const char *bytes, size_t count);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What was built so far; never NULL, lent until the next change. */
const char *text_string(const struct text *text);

/* Hands the string over ("" when nothing was added) and leaves the text empty. */
char *text_take(struct text *text);

/* Forgets the content, keeps the storage. */
void text_clear(struct text *text);
void text_done(struct text *text);
