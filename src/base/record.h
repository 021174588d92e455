/* JSON: an object for other programs, built key by key and written on one line. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct record;

struct record *record_new(void);

/* Each adds one key. A NULL string adds nothing; bytes that aren't UTF-8 become U+FFFD. */
void record_string(struct record *record, const char *key, const char *value);
void record_integer(struct record *record, const char *key, int64_t value);
void record_boolean(struct record *record, const char *key, bool value);

/* An object under a key, or a list; lent by the record. */
struct record *record_object(struct record *record, const char *key);
struct record *record_list(struct record *record, const char *key);

/* A new last item of a list. */
void record_list_string(struct record *list, const char *value);
struct record *record_list_object(struct record *list);

/* The object on one line of ASCII without a newline, keys in the order they were added; owned by the caller.
 * Frees the record. */
char *record_take(struct record *record);

/* The version of the library behind it that was loaded. */
const char *record_library_version(void);
