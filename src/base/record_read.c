/* Reading JSON. */
#include "base/record_read.h"

#include <string.h>

#include <malloc.h>
#include <pthread.h>

#include <jansson.h>

/* A struct json is jansson's own value. */
static const json_t *inside(const struct json *json)
{
        return (const json_t *)json;
}

/* What is read may be secret: keys, tokens, passwords. */
static void free_overwritten(void *memory)
{
        if (memory)
                explicit_bzero(memory, malloc_usable_size(memory));
        free(memory);
}

static void overwrite_what_is_freed(void)
{
        json_set_alloc_funcs(malloc, free_overwritten);
}

int json_read(const char *bytes, size_t length, struct json **ret_json, struct error *error)
{
        static pthread_once_t once = PTHREAD_ONCE_INIT;
        json_error_t where;
        json_t *value;

        pthread_once(&once, overwrite_what_is_freed);
        value = json_loadb(bytes ? bytes : "", length,
                JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &where);

        if (!value) {
                /* It repeats what stands there, newlines too. */
                for (char *c = where.text; *c; c++)
                        *c = *c < ' ' && *c >= 0 ? ' ' : *c;
                return error_set(
                        error, ERROR_FAILED, "line %d, column %d: %s", where.line, where.column, where.text);
        }
        *ret_json = (struct json *)value;
        return 0;
}

void json_free(struct json **json)
{
        json_decref((json_t *)*json);
        *json = NULL;
}

const struct json *json_member(const struct json *object, const char *key)
{
        return (const struct json *)json_object_get(inside(object), key);
}

void json_names(const struct json *object, struct strings *ret_names)
{
        json_t *members = (json_t *)object;

        for (void *at = json_object_iter(members); at; at = json_object_iter_next(members, at))
                strings_add(ret_names, json_object_iter_key(at));
}

size_t json_count(const struct json *list)
{
        return json_array_size(inside(list));
}

const struct json *json_item(const struct json *list, size_t i)
{
        return (const struct json *)json_array_get(inside(list), i);
}

const char *json_text(const struct json *value)
{
        const char *text = json_string_value(inside(value));

        return text && strlen(text) == json_string_length(inside(value)) ? text : NULL;
}

const char *json_text_at(const struct json *object, const char *key)
{
        return json_text(json_member(object, key));
}

size_t json_text_length(const struct json *value)
{
        return json_string_length(inside(value));
}

bool json_is_no(const struct json *value)
{
        return json_is_false(inside(value));
}

int64_t json_integer_of(const struct json *value)
{
        return json_integer_value(inside(value));
}

enum json_kind json_kind(const struct json *value)
{
        static const enum json_kind kinds[] = {
                [JSON_OBJECT] = JSON_KIND_OBJECT,
                [JSON_ARRAY] = JSON_KIND_LIST,
                [JSON_STRING] = JSON_KIND_TEXT,
                [JSON_INTEGER] = JSON_KIND_INTEGER,
                [JSON_REAL] = JSON_KIND_OTHER,
                [JSON_TRUE] = JSON_KIND_OTHER,
                [JSON_FALSE] = JSON_KIND_OTHER,
                [JSON_NULL] = JSON_KIND_NOTHING,
        };

        return value ? kinds[json_typeof(inside(value))] : JSON_KIND_NOTHING;
}
