/* Whatever an OPNsense answers, as any of its models: read, compared with a wish and with itself, told in words; never a crash and never a
 * leak. What is wished and not there as wished is a change, and nothing goes that isn't ours. */
#include <stdint.h>
#include <stdlib.h>

#include "means/opnsense_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void demand(bool holds)
{
        if (!holds)
                abort();
}

static void wish(struct opnsense_objects *wanted)
{
        struct balanced_service service = {
                .name = (char *)"api", .check = {.interval_s = 5, .rise = 2, .fall = 3}};
        struct error error = {0};

        demand(socket_address_parse("10.0.0.1:6443", array_add(&service.binds), &error) == 0);
        opnsense_add_service(wanted, "lab", &service);
        opnsense_add_general(wanted);
        array_free(&service.binds);
}

static void compare(const struct opnsense_state *state)
{
        CLEANUP(opnsense_objects_done) struct opnsense_objects wanted = {0};
        CLEANUP(opnsense_changes_done) struct opnsense_changes changes = {0};
        CLEANUP(string_free) char *words = NULL;
        CLEANUP(strings_done) struct strings running = {0};

        wish(&wanted);
        opnsense_compare(OPNSENSE_SERVICES, &wanted, &state->objects, &changes);
        opnsense_running_differences(&wanted, state, &running);
        words = opnsense_changes_words(&changes);
        for (array_each(const struct opnsense_change, change, &changes.list)) {
                demand(change->wanted || change->found);
                demand(change->wanted || strncmp(opnsense_value(change->found, "description"),
                                                 "provision: ", strlen("provision: ")) == 0);
        }
}

static void mirror(const struct opnsense_state *state)
{
        CLEANUP(opnsense_state_done) struct opnsense_state nothing = {0};
        CLEANUP(opnsense_objects_done) struct opnsense_objects same = {0}, none = {0};
        CLEANUP(opnsense_changes_done) struct opnsense_changes changes = {0}, all_go = {0};
        CLEANUP(strings_done) struct strings words = {0};

        opnsense_mirror(state, state, &same, &words);
        opnsense_compare(OPNSENSE_MAPPINGS, &same, &state->objects, &changes);
        opnsense_mirror_words(&changes, "fw1", "fw2", &words);
        opnsense_mirror(&nothing, state, &none, &words);
        opnsense_compare(OPNSENSE_MAPPINGS, &none, &state->objects, &all_go);
        demand(none.list.count == 0);
        for (array_each(const struct opnsense_change, change, &all_go.list))
                demand(!change->wanted);
}

static void read_binds(const struct opnsense_state *state)
{
        for (array_each(const struct opnsense_object, object, &state->objects.list))
                for (array_each(const struct opnsense_field, field, &object->fields)) {
                        struct bind_range range;

                        if (opnsense_read_bind(field->value, &range) == BIND_SOCKETS)
                                demand(range.first > 0 && range.first <= range.last && range.last <= 65535);
                }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
        static const long statuses[] = {200, 302, 401, 403, 404, 500};
        CLEANUP(opnsense_state_done) struct opnsense_state state = {0};

        for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
                CLEANUP(web_answer_done) struct web_answer answer = {.status = statuses[i]};
                CLEANUP(json_free) struct json *json = NULL;
                CLEANUP(error_done) struct error error = {0};

                text_add_n(&answer.body, (const char *)bytes, count);
                if (opnsense_read_answer("fw1", "/api/x", &answer, &json, &error) < 0) {
                        demand(error.text && !strchr(error.text, '\n'));
                        continue;
                }
                opnsense_read_services(json, &state);
                opnsense_read_rules(json, &state);
                opnsense_read_reservations(json, &state);
                opnsense_read_hosts(json, &state);
                opnsense_read_running(json, &state);
        }
        compare(&state);
        mirror(&state);
        read_binds(&state);
        return 0;
}
