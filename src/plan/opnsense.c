/* What an OPNsense has, and in what it differs from the wish. */
#include "plan/opnsense.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/opnsense_parts.h"

static const struct {
        const char *name;
        enum opnsense_area area;
} kinds[OPNSENSE_KINDS] = {
        [OPNSENSE_SERVER] = {"server", OPNSENSE_SERVICES},
        [OPNSENSE_HEALTHCHECK] = {"healthcheck", OPNSENSE_SERVICES},
        [OPNSENSE_BACKEND] = {"backend", OPNSENSE_SERVICES},
        [OPNSENSE_FRONTEND] = {"frontend", OPNSENSE_SERVICES},
        [OPNSENSE_GENERAL] = {"haproxy", OPNSENSE_SERVICES},
        [OPNSENSE_RULE] = {"rule", OPNSENSE_RULES},
        [OPNSENSE_SUBNET] = {"subnet4", OPNSENSE_AREAS},
        [OPNSENSE_RESERVATION] = {"reservation", OPNSENSE_MAPPINGS},
        [OPNSENSE_HOST] = {"host", OPNSENSE_MAPPINGS},
};

const char *opnsense_kind_name(enum opnsense_kind kind)
{
        return kinds[kind].name;
}

/* ---- objects ---- */

static struct opnsense_field *find_field(const struct opnsense_object *object, const char *name)
{
        for (array_each(struct opnsense_field, field, &object->fields))
                if (string_equal(field->name, name))
                        return field;
        return NULL;
}

const char *opnsense_value(const struct opnsense_object *object, const char *field)
{
        const struct opnsense_field *found = find_field(object, field);

        return found ? found->value : "";
}

void opnsense_set(struct opnsense_object *object, const char *field, const char *value)
{
        struct opnsense_field *found = find_field(object, field);

        if (found)
                string_replace(&found->value, value);
        else
                *array_add(&object->fields) =
                        (struct opnsense_field) {string_copy(field), string_copy(value)};
}

void opnsense_copy(struct opnsense_object *to, const struct opnsense_object *from)
{
        *to = (struct opnsense_object) {.kind = from->kind, .uuid = string_copy(from->uuid)};
        for (array_each(const struct opnsense_field, field, &from->fields))
                opnsense_set(to, field->name, field->value);
}

void opnsense_object_done(struct opnsense_object *object)
{
        free(object->uuid);
        for (array_each(struct opnsense_field, field, &object->fields)) {
                free(field->name);
                free(field->value);
        }
        array_free(&object->fields);
        *object = (struct opnsense_object) {0};
}

void opnsense_objects_done(struct opnsense_objects *objects)
{
        for (array_each(struct opnsense_object, object, &objects->list))
                opnsense_object_done(object);
        array_free(&objects->list);
}

void opnsense_state_done(struct opnsense_state *state)
{
        free(state->why);
        strings_done(&state->running);
        opnsense_objects_done(&state->objects);
        *state = (struct opnsense_state) {0};
}

const char *opnsense_label(const struct opnsense_object *object)
{
        const char *description = opnsense_value(object, "description");
        size_t length = strlen(OPNSENSE_MARK);

        return strncmp(description, OPNSENSE_MARK, length) == 0 ? description + length : description;
}

/* What its description says is what its UUID is made of: a copy that somebody has made of it has another. */
static bool is_ours(const struct opnsense_object *object)
{
        const char *label = opnsense_label(object), *pending = strstr(label, OPNSENSE_PENDING);
        size_t length = pending ? (size_t)(pending - label) : strlen(label);
        CLEANUP(string_free) char *key = string_copy_n(label, length);
        char uuid[UUID_TEXT];

        return label != opnsense_value(object, "description") && object->uuid &&
               string_equal(object->uuid, opnsense_uuid(object->kind, key, uuid));
}

/* ---- comparing ---- */

static const struct opnsense_object *find(
        const struct opnsense_objects *objects, enum opnsense_kind kind, const char *uuid)
{
        for (array_each(const struct opnsense_object, object, &objects->list))
                if (object->kind == kind && string_equal(object->uuid, uuid))
                        return object;
        return NULL;
}

static void split(const char *list, struct strings *ret_words)
{
        for (const char *at = list; *at;) {
                size_t length = strcspn(at, ",");

                if (length > 0)
                        strings_take(ret_words, string_copy_n(at, length));
                at += length + (at[length] == ',');
        }
        strings_sort(ret_words);
}

/* Of several, the order says nothing: a list of choices comes back in the choices' own. */
bool opnsense_is_same(const char *a, const char *b)
{
        CLEANUP(strings_done) struct strings first = {0}, second = {0};

        if (string_equal(a, b))
                return true;
        split(a, &first);
        split(b, &second);
        return strings_equal(&first, &second);
}

static bool says_all_of(const struct opnsense_object *found, const struct opnsense_object *wanted)
{
        for (array_each(const struct opnsense_field, field, &wanted->fields))
                if (!opnsense_is_same(opnsense_value(found, field->name), field->value))
                        return false;
        return true;
}

void opnsense_compare(enum opnsense_area area, const struct opnsense_objects *wanted,
        const struct opnsense_objects *found, struct opnsense_changes *ret_changes)
{
        for (int kind = 0; kind < OPNSENSE_KINDS; kind++)
                for (array_each(const struct opnsense_object, object, &wanted->list)) {
                        const struct opnsense_object *there =
                                find(found, (enum opnsense_kind)kind, object->uuid);

                        if ((int)object->kind == kind && kinds[kind].area == area &&
                                !(there && says_all_of(there, object)))
                                *array_add(&ret_changes->list) = (struct opnsense_change) {object, there};
                }
        for (int kind = OPNSENSE_KINDS - 1; kind >= 0; kind--)
                for (array_each(const struct opnsense_object, object, &found->list))
                        if ((int)object->kind == kind && kinds[kind].area == area &&
                                (area == OPNSENSE_MAPPINGS || is_ours(object)) &&
                                !find(wanted, object->kind, object->uuid))
                                *array_add(&ret_changes->list) = (struct opnsense_change) {NULL, object};
}

void opnsense_changes_done(struct opnsense_changes *changes)
{
        array_free(&changes->list);
}

/* ---- in words ---- */

/* Its values are UUIDs, or follow from other fields. */
static bool is_for_machines(const char *field)
{
        static const char *const names[] = {
                "linkedServers", "healthCheck", "defaultBackend", "name", "description"};

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                if (string_equal(names[i], field))
                        return true;
        return false;
}

static char *difference_words(const struct opnsense_change *change)
{
        CLEANUP(strings_done) struct strings words = {0};
        const char *was;

        for (array_each(const struct opnsense_field, field, &change->wanted->fields)) {
                was = opnsense_value(change->found, field->name);
                if (opnsense_is_same(was, field->value))
                        continue;
                if (string_equal(field->name, "linkedServers"))
                        strings_add(&words, "who belongs to it");
                else if (!is_for_machines(field->name))
                        strings_take(
                                &words, string_format("%s from %s to %s", field->name, *was ? was : "nothing",
                                                *field->value ? field->value : "nothing"));
        }
        return words.count ? strings_join(&words, ", ") : NULL;
}

/* What belongs to a service that comes or goes as a whole. */
static bool is_told(const struct opnsense_changes *changes, const struct opnsense_change *change)
{
        const struct opnsense_object *object = change->wanted ? change->wanted : change->found;
        const char *label = opnsense_label(object);

        for (array_each(const struct opnsense_change, other, &changes->list)) {
                const struct opnsense_object *whole = other->wanted ? other->wanted : other->found;
                size_t length = strlen(opnsense_label(whole));

                if (whole->kind == OPNSENSE_FRONTEND && object->kind < OPNSENSE_FRONTEND &&
                        (!other->wanted == !change->wanted) && (!other->found == !change->found) &&
                        strncmp(label, opnsense_label(whole), length) == 0 &&
                        (label[length] == '\0' || label[length] == '/'))
                        return true;
        }
        return false;
}

static const char *label_of(const struct opnsense_object *object, char **ret_own)
{
        if (kinds[object->kind].area != OPNSENSE_MAPPINGS)
                return opnsense_label(object);
        return *ret_own = opnsense_mapping_label(object);
}

static void add_words(
        const struct opnsense_changes *changes, const struct opnsense_change *change, struct strings *words)
{
        const struct opnsense_object *object = change->wanted ? change->wanted : change->found;
        const char *kind = object->kind == OPNSENSE_FRONTEND ? "service" : kinds[object->kind].name;
        CLEANUP(string_free) char *differences = NULL, *own = NULL;
        const char *label = label_of(object, &own);

        if (change->wanted && change->found) {
                differences = difference_words(change);
                if (!differences && strstr(opnsense_value(change->found, "description"), OPNSENSE_PENDING))
                        differences = string_copy("it is written, and not loaded");
                if (differences)
                        strings_take(words,
                                string_format("%s%s%s: %s", kind, object->kind == OPNSENSE_GENERAL ? "" : " ",
                                        label, differences));
        } else if (!is_told(changes, change)) {
                strings_take(
                        words, string_format("%s %s %s", kind, label, change->wanted ? "comes" : "goes"));
        }
}

char *opnsense_changes_words(const struct opnsense_changes *changes)
{
        CLEANUP(strings_done) struct strings words = {0};

        for (array_each(const struct opnsense_change, change, &changes->list))
                add_words(changes, change, &words);
        return words.count ? strings_join(&words, "; ") : string_copy("names and descriptions are set right");
}

void opnsense_running_differences(
        const struct opnsense_objects *wanted, const struct opnsense_state *state, struct strings *ret_words)
{
        CLEANUP(strings_done) struct strings names = {0};

        for (array_each(const struct opnsense_object, object, &wanted->list)) {
                if (object->kind != OPNSENSE_FRONTEND)
                        continue;
                strings_add(&names, opnsense_value(object, "name"));
                if (!strings_has(&state->running, names.items[names.count - 1]))
                        strings_take(ret_words, string_format("service %s doesn't run as it is written",
                                                        opnsense_label(object)));
        }
        for (size_t i = 0; i < state->running.count; i++)
                if (strncmp(state->running.items[i], OPNSENSE_NAME, strlen(OPNSENSE_NAME)) == 0 &&
                        !strings_has(&names, state->running.items[i]))
                        strings_take(ret_words, string_format("%s runs still", state->running.items[i]));
}
