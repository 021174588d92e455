/* Lists of owned strings. */
#include "base/array.h"
#include "base/text.h"

void strings_take(struct strings *strings, char *owned)
{
        *array_add(strings) = owned;
}

void strings_add(struct strings *strings, const char *copied)
{
        strings_take(strings, string_copy(copied));
}

int strings_has(const struct strings *strings, const char *string)
{
        for (array_each(char *, item, strings))
                if (string_equal(*item, string))
                        return 1;
        return 0;
}

void strings_copy(struct strings *to, const struct strings *from)
{
        for (array_each(char *, item, from))
                strings_add(to, *item);
}

char *strings_join(const struct strings *strings, const char *separator)
{
        struct text text = {0};

        for (array_each(char *, item, strings))
                text_format(&text, "%s%s", item == strings->items ? "" : separator, *item);
        return text_take(&text);
}

static int compare(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

void strings_sort(struct strings *strings)
{
        if (strings->count)
                qsort(strings->items, strings->count, sizeof(*strings->items), compare);
}

int strings_equal(const struct strings *a, const struct strings *b)
{
        if (a->count != b->count)
                return 0;
        for (size_t i = 0; i < a->count; i++)
                if (!string_equal(a->items[i], b->items[i]))
                        return 0;
        return 1;
}

void strings_done(struct strings *strings)
{
        for (array_each(char *, item, strings))
                free(*item);
        array_free(strings);
}
