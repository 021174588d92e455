/* Reading an OPNsense's models. It is somebody else's data: whatever isn't as expected is as if it weren't there. */
#include "means/opnsense_parts.h"

#include <inttypes.h>
#include <string.h>

static bool is_selected(const struct json *choice)
{
        const struct json *selected = json_member(choice, "selected");

        return json_integer_of(selected) == 1 || string_equal(json_text(selected), "1");
}

static void add_choice(const char *key, const struct json *choice, struct text *value)
{
        if (is_selected(choice) && *key)
                text_format(value, "%s%s", value->length ? "," : "", key);
}

/* A field with choices comes as all of them, and which are selected; where their keys count from 0, as a list; where there are
 * none, as an empty one. NULL: no field, but what holds some. */
static char *read_value(const struct json *json)
{
        CLEANUP(strings_done) struct strings names = {0};
        CLEANUP(text_done) struct text value = {0};
        CLEANUP(string_free) char *number = NULL;
        bool has_choices = true;

        switch (json_kind(json)) {
        case JSON_KIND_TEXT:
                return string_copy(json_text(json));
        case JSON_KIND_INTEGER:
                return string_format("%" PRId64, json_integer_of(json));
        case JSON_KIND_LIST:
                for (size_t i = 0; i < json_count(json); i++) {
                        string_free(&number);
                        number = string_format("%zu", i);
                        add_choice(number, json_item(json, i), &value);
                }
                return text_take(&value);
        case JSON_KIND_OBJECT:
                json_names(json, &names);
                for (size_t i = 0; i < names.count; i++) {
                        const struct json *choice = json_member(json, names.items[i]);

                        has_choices = has_choices && json_member(choice, "selected");
                        add_choice(names.items[i], choice, &value);
                }
                return has_choices ? text_take(&value) : NULL;
        case JSON_KIND_NOTHING:
        case JSON_KIND_OTHER:
                break;
        }
        return NULL;
}

static void read_field(const char *name, const struct json *json, struct opnsense_object *object)
{
        CLEANUP(string_free) char *value = read_value(json);

        if (value && !strchr(name, '%'))
                opnsense_set(object, name, value);
}

/* Without what it says for people ("%field"). A field that holds others is one deep. */
static void read_fields(const struct json *json, struct opnsense_object *object)
{
        CLEANUP(strings_done) struct strings names = {0};

        json_names(json, &names);
        for (size_t i = 0; i < names.count; i++) {
                const struct json *field = json_member(json, names.items[i]);
                CLEANUP(strings_done) struct strings inner = {0};

                read_field(names.items[i], field, object);
                json_names(field, &inner);
                for (size_t j = 0; j < inner.count; j++) {
                        const struct json *within = json_member(field, inner.items[j]);
                        CLEANUP(string_free)
                        char *name = string_format("%s.%s", names.items[i], inner.items[j]);

                        if (!json_member(within, "selected"))
                                read_field(name, within, object);
                }
        }
}

static void read_objects(const struct json *list, enum opnsense_kind kind, struct opnsense_objects *objects)
{
        CLEANUP(strings_done) struct strings names = {0};

        json_names(list, &names);
        for (size_t i = 0; i < names.count; i++) {
                struct opnsense_object *object = array_add(&objects->list);

                object->kind = kind;
                object->uuid = string_copy(names.items[i]);
                read_fields(json_member(list, names.items[i]), object);
        }
}

void opnsense_read_services(const struct json *model, struct opnsense_state *state)
{
        static const struct {
                const char *list;
                enum opnsense_kind kind;
        } lists[] = {
                {"servers", OPNSENSE_SERVER},
                {"healthchecks", OPNSENSE_HEALTHCHECK},
                {"backends", OPNSENSE_BACKEND},
                {"frontends", OPNSENSE_FRONTEND},
        };
        const struct json *haproxy = json_member(model, "haproxy");
        struct opnsense_object *general;

        for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
                read_objects(
                        json_member(json_member(haproxy, lists[i].list), opnsense_kind_name(lists[i].kind)),
                        lists[i].kind, &state->objects);
        general = array_add(&state->objects.list);
        general->kind = OPNSENSE_GENERAL;
        read_fields(json_member(haproxy, "general"), general);
}

void opnsense_read_rules(const struct json *model, struct opnsense_state *state)
{
        const struct json *rules = json_member(json_member(model, "filter"), "rules");

        read_objects(json_member(rules, "rule"), OPNSENSE_RULE, &state->objects);
}

void opnsense_read_reservations(const struct json *model, struct opnsense_state *state)
{
        const struct json *kea = json_member(model, "dhcpv4");

        read_objects(json_member(json_member(kea, "subnets"), "subnet4"), OPNSENSE_SUBNET, &state->objects);
        read_objects(json_member(json_member(kea, "reservations"), "reservation"), OPNSENSE_RESERVATION,
                &state->objects);
}

void opnsense_read_hosts(const struct json *model, struct opnsense_state *state)
{
        read_objects(json_member(json_member(model, "dnsmasq"), "hosts"), OPNSENSE_HOST, &state->objects);
}

void opnsense_read_running(const struct json *counters, struct opnsense_state *state)
{
        for (size_t i = 0; i < json_count(counters); i++) {
                const char *name = json_text_at(json_item(counters, i), "pxname");

                if (name && string_equal(json_text_at(json_item(counters, i), "svname"), "FRONTEND"))
                        strings_add(&state->running, name);
        }
}
