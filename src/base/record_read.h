/* JSON of others, read. Whatever isn't there, or isn't of the kind that is asked for, is NULL or nothing: so a way through
 * somebody else's objects is one expression, and needs no check at every step. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "base/error.h"

struct json; /* a value, with all that is in it */

/* Owned by the caller. ERROR_FAILED says where and why the text isn't JSON; a key twice in an object isn't either. */
int json_read(const char *bytes, size_t length, struct json **ret_json, struct error *error);
void json_free(struct json **json); /* for CLEANUP */

/* All lent by the value, and NULL is allowed everywhere. */
const struct json *json_member(const struct json *object, const char *key);
/* The names of an object's members, in their order; nothing for anything else. */
void json_names(const struct json *object, struct strings *ret_names);
size_t json_count(const struct json *list);
const struct json *json_item(const struct json *list, size_t i);

enum json_kind {
        JSON_KIND_NOTHING, /* there is no value, or null */
        JSON_KIND_OBJECT,
        JSON_KIND_LIST,
        JSON_KIND_TEXT,
        JSON_KIND_INTEGER,
        JSON_KIND_OTHER,
};
enum json_kind json_kind(const struct json *value);

/* NULL unless it is a text, without a NUL in it. */
const char *json_text(const struct json *value);
const char *json_text_at(const struct json *object, const char *key);
/* The bytes of a text, which may have NULs in it; 0 of anything else. */
size_t json_text_length(const struct json *value);
/* False itself, and nothing else that there is or isn't. */
bool json_is_no(const struct json *value);
/* 0 unless it is an integer. */
int64_t json_integer_of(const struct json *value);
