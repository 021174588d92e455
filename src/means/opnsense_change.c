/* Changing an OPNsense so that it can be put back. Its own savepoints don't work, and what they would bring back is more than
 * ours: so what was there is kept here, object by object. */
#include "means/opnsense_parts.h"

#include <string.h>

#include "base/record.h"

#define UNDO_S 300

static const char *controller_of(enum opnsense_kind kind)
{
        return kind == OPNSENSE_RULE          ? "firewall/filter"
               : kind == OPNSENSE_RESERVATION ? "kea/dhcpv4"
               : kind == OPNSENSE_HOST        ? "dnsmasq/settings"
                                              : "haproxy/settings";
}

static char *path_of(const struct opnsense_object *object, const char *verb)
{
        if (object->kind == OPNSENSE_GENERAL)
                return string_format("/api/haproxy/settings/%s", verb);
        return string_format("/api/%s/%s_%s/%s", controller_of(object->kind), verb,
                opnsense_kind_name(object->kind), object->uuid);
}

/* Those inside another stand side by side. */
static void add_fields(const struct opnsense_object *fields, struct record *root)
{
        CLEANUP(string_free) char *around = NULL;
        struct record *inner = NULL;

        for (array_each(const struct opnsense_field, field, &fields->fields)) {
                const char *dot = strchr(field->name, '.');
                CLEANUP(string_free)
                char *outer = dot ? string_copy_n(field->name, (size_t)(dot - field->name)) : NULL;

                if (outer && !string_equal(outer, around)) {
                        inner = record_object(root, outer);
                        string_replace(&around, outer);
                }
                record_string(outer ? inner : root, outer ? dot + 1 : field->name, field->value);
        }
}

int opnsense_put(struct session_with_opnsense *session, const struct opnsense_object *fields,
        struct deadline deadline, struct error *error)
{
        CLEANUP(string_free) char *path = path_of(fields, "set"), *body = NULL;
        struct record *whole = record_new(), *root = record_object(whole, opnsense_kind_name(fields->kind));

        if (fields->kind == OPNSENSE_GENERAL)
                root = record_object(root, "general");
        add_fields(fields, root);
        body = record_take(whole);
        return opnsense_tell(session, path, body, "saved", OPNSENSE_ASK_S, deadline, error);
}

/* One that isn't there any more is as good as taken away; what needs it says so by another status. */
int opnsense_take_away(struct session_with_opnsense *session, const struct opnsense_object *object,
        struct deadline deadline, struct error *error)
{
        CLEANUP(string_free) char *path = path_of(object, "del");
        CLEANUP(json_free) struct json *json = NULL;
        const char *result;

        if (opnsense_ask(session, path, "{}", OPNSENSE_ASK_S, deadline, &json, error) < 0)
                return -1;
        result = json_text_at(json, "result");
        if (string_equal(result, "deleted") || string_equal(result, "not found"))
                return 0;
        return error_set(error, ERROR_FAILED, "OPNsense %s answers %s with \"%s\" instead of \"deleted\"",
                session->config->name, path, result ? result : "");
}

int opnsense_change(struct opnsense_log *log, const struct opnsense_change *change, struct deadline deadline,
        struct error *error)
{
        /* First, since a lost answer may have been a change. */
        *array_add(&log->done) = *change;
        log->kinds |= 1U << (change->wanted ? change->wanted : change->found)->kind;
        return change->wanted ? opnsense_put(log->session, change->wanted, deadline, error)
                              : opnsense_take_away(log->session, change->found, deadline, error);
}

/* What was there of the fields that were written. */
static int put_back(struct session_with_opnsense *session, const struct opnsense_change *change,
        struct deadline deadline, struct error *error)
{
        struct opnsense_object before = {
                .kind = change->found->kind, .uuid = string_copy(change->found->uuid)};
        int result;

        for (array_each(const struct opnsense_field, field, &change->found->fields))
                for (size_t i = 0; i < change->wanted->fields.count; i++)
                        if (string_equal(field->name, change->wanted->fields.items[i].name))
                                opnsense_set(&before, field->name, field->value);
        result = opnsense_put(session, &before, deadline, error);
        opnsense_object_done(&before);
        return result;
}

static int undo_one(struct session_with_opnsense *session, const struct opnsense_change *change,
        struct deadline deadline, struct error *error)
{
        if (!change->found)
                return opnsense_take_away(session, change->wanted, deadline, error);
        if (!change->wanted)
                return opnsense_put(session, change->found, deadline, error);
        return put_back(session, change, deadline, error);
}

int opnsense_undo(struct opnsense_log *log, struct error *error)
{
        struct deadline deadline = deadline_in_s(UNDO_S);
        int result = 0;

        for (size_t i = log->done.count; i-- > 0;) {
                CLEANUP(error_done) struct error failure = {0};

                if (undo_one(log->session, &log->done.items[i], deadline, &failure) == 0)
                        continue;
                if (result == 0)
                        error_move(error, &failure);
                result = -1;
        }
        log->done.count = 0;
        return result;
}

void opnsense_log_done(struct opnsense_log *log)
{
        array_free(&log->done);
}
