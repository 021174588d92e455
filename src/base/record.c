/* JSON objects, by jansson: a struct record is its json_t under a name that needs no foreign header. */
#include <jansson.h>

#include "base/memory.h"
#include "base/record.h"
#include "base/text.h"
#include "base/utf8.h"

static json_t *json_of(struct record *record)
{
        return (json_t *)record;
}

/* The reference is the caller's; the record (lent) stays valid inside what it was added to. */
static struct record *lend(json_t *value)
{
        return (struct record *)value;
}

static json_t *repaired(const char *value)
{
        CLEANUP(text_done) struct text text = {0};

        while (*value) {
                uint32_t code;
                size_t length = utf8_decode(value, &code);

                if (length)
                        text_add_n(&text, value, length);
                else
                        text_add(&text, "\xEF\xBF\xBD");
                value += length ? length : 1;
        }
        return json_stringn(text_string(&text), text.length);
}

struct record *record_new(void)
{
        return lend(json_object());
}

void record_string(struct record *record, const char *key, const char *value)
{
        if (value)
                json_object_set_new(json_of(record), key, repaired(value));
}

void record_integer(struct record *record, const char *key, int64_t value)
{
        json_object_set_new(json_of(record), key, json_integer(value));
}

void record_boolean(struct record *record, const char *key, bool value)
{
        json_object_set_new(json_of(record), key, json_boolean(value));
}

struct record *record_object(struct record *record, const char *key)
{
        json_t *object = json_object();

        json_object_set_new(json_of(record), key, object);
        return lend(object);
}

struct record *record_list(struct record *record, const char *key)
{
        json_t *list = json_array();

        json_object_set_new(json_of(record), key, list);
        return lend(list);
}

void record_list_string(struct record *list, const char *value)
{
        json_array_append_new(json_of(list), repaired(value));
}

struct record *record_list_object(struct record *list)
{
        json_t *object = json_object();

        json_array_append_new(json_of(list), object);
        return lend(object);
}

char *record_take(struct record *record)
{
        /* jansson's allocator may be another than ours: hand out a copy. ASCII, because a terminal takes some
         * characters above it for commands. */
        char *dumped = json_dumps(json_of(record), JSON_COMPACT | JSON_ENSURE_ASCII);
        char *line = string_copy(dumped);

        free(dumped);
        json_decref(json_of(record));
        return line;
}

const char *record_library_version(void)
{
        return jansson_version_str();
}
