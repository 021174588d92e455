/* Growing arrays of any type: ARRAY(struct pool) pools; then array_add(&pools) gives a zeroed new item.
 *
 * An array owns its storage, not what the items point to: a type with content writes its own done function,
 * which walks the items and then calls array_free. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define ARRAY(type)              \
        struct {                 \
                type *items;     \
                size_t count;    \
                size_t capacity; \
        }

/* A pointer to a new, zeroed last item; valid until the next array_add. */
#define array_add(array)                                                                                \
        ({                                                                                              \
                __typeof__(array) grow = (array);                                                       \
                if (grow->count == grow->capacity) {                                                    \
                        grow->capacity = grow->capacity ? 2 * grow->capacity : 8;                       \
                        grow->items = memory_resize(grow->items, grow->capacity, sizeof(*grow->items)); \
                }                                                                                       \
                memset(&grow->items[grow->count], 0, sizeof(*grow->items));                             \
                &grow->items[grow->count++];                                                            \
        })

#define array_free(array)                          \
        do {                                       \
                __typeof__(array) freed = (array); \
                free(freed->items);                \
                memset(freed, 0, sizeof(*freed));  \
        } while (0)

/* for (array_each(struct pool, pool, &pools)) … (The count comes first because an empty array has no items, and
 * nothing may be added to NULL, not even 0.) */
#define array_each(type, item, array)                                 \
        type *item = (array)->items;                                  \
        (array)->count > 0 && item < (array)->items + (array)->count; \
        item++

/* A list of owned strings, in order. */
struct strings {
        char **items;
        size_t count;
        size_t capacity;
};

void strings_add(struct strings *strings, const char *copied);
void strings_take(struct strings *strings, char *owned);
int strings_has(const struct strings *strings, const char *string);
void strings_copy(struct strings *to, const struct strings *from);
/* The strings with separator between them; owned by the caller. */
char *strings_join(const struct strings *strings, const char *separator);
void strings_sort(struct strings *strings);
int strings_equal(const struct strings *a, const struct strings *b);
void strings_done(struct strings *strings);
