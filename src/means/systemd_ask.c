/* Questions about units, through sd-bus.
 *
 * One list tells which of the units are there and run; then come the other properties of those, one by one. (All that
 * systemd knows of a unit is 4 KiB in a hundred properties, and most units that are asked about aren't there.) */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/memory.h"
#include "means/systemd_parts.h"
#include "means/unit.h"

struct inquiry {
        sd_bus *bus;
        struct answers *answers;
        struct unit_question *questions;
        size_t asked;
        size_t waiting; /* replies that haven't come yet */
        bool is_done;
        bool is_lost; /* an answer is missing */
};

struct unit_question {
        struct inquiry *inquiry;
        struct unit_state *unit;
        int (*read)(sd_bus_message *reply, struct unit_state *unit);
};

static void inquiry_done(struct inquiry *inquiry)
{
        sd_bus_close_unref(inquiry->bus);
        free(inquiry->questions);
}

static int read_file_state(sd_bus_message *reply, struct unit_state *unit)
{
        const char *state;
        int result = sd_bus_message_read(reply, "v", "s", &state);

        if (result >= 0)
                unit_set_file_state(unit, state);
        return result;
}

static int read_since(sd_bus_message *reply, struct unit_state *unit)
{
        uint64_t since_us;
        int result = sd_bus_message_read(reply, "v", "t", &since_us);

        if (result >= 0)
                unit->since_us = (int64_t)since_us;
        return result;
}

static int read_load_error(sd_bus_message *reply, struct unit_state *unit)
{
        const char *name, *text;
        int result = sd_bus_message_read(reply, "v", "(ss)", &name, &text);

        if (result >= 0 && *text)
                string_replace(&unit->load_error, text);
        return result;
}

static int read_type(sd_bus_message *reply, struct unit_state *unit)
{
        const char *type;
        int result = sd_bus_message_read(reply, "v", "s", &type);

        if (result >= 0)
                unit_set_type(unit, type);
        return result;
}

static int read_remains(sd_bus_message *reply, struct unit_state *unit)
{
        int remains;
        int result = sd_bus_message_read(reply, "v", "b", &remains);

        if (result >= 0)
                unit->remains = remains;
        return result;
}

static int read_stale(sd_bus_message *reply, struct unit_state *unit)
{
        int stale;
        int result = sd_bus_message_read(reply, "v", "b", &stale);

        if (result >= 0)
                unit->stale = stale;
        return result;
}

/* Of which units a property is worth its message. */
enum {
        IN_TROUBLE = 1U << 0, /* it wasn't loaded */
        A_SERVICE = 1U << 1,  /* and was */
        AT_REST = 1U << 2,
};

static const struct {
        const char *name;
        int (*read)(sd_bus_message *reply, struct unit_state *unit);
        unsigned of; /* all of them hold */
} properties[] = {
        {"UnitFileState", read_file_state, 0},
        {"ActiveEnterTimestamp", read_since, 0},
        {"LoadError", read_load_error, IN_TROUBLE},
        {"NeedDaemonReload", read_stale, AT_REST},
        {"Type", read_type, A_SERVICE},
        {"RemainAfterExit", read_remains, A_SERVICE | AT_REST},
};

#define PROPERTIES (sizeof(properties) / sizeof(properties[0]))

static int settle(struct inquiry *inquiry, int result)
{
        if (result < 0)
                inquiry->is_lost = true;
        inquiry->is_done = --inquiry->waiting == 0;
        return 0;
}

static int on_property(sd_bus_message *reply, void *context, sd_bus_error *ret_error)
{
        struct unit_question *question = context;

        (void)ret_error; /* what is read from an error is one */
        return settle(question->inquiry, question->read(reply, question->unit));
}

static unsigned what_is(const struct unit_state *unit, bool is_loaded)
{
        return (is_loaded ? 0U : IN_TROUBLE) | (is_loaded && unit_is_service(unit->name) ? A_SERVICE : 0U) |
               (unit->active ? 0U : AT_REST);
}

static int ask_properties(struct inquiry *inquiry, struct unit_state *unit, const char *path, unsigned is)
{
        int result = 0;

        for (size_t i = 0; i < PROPERTIES && result >= 0; i++) {
                struct unit_question *question = &inquiry->questions[inquiry->asked];

                if (properties[i].of & ~is)
                        continue;
                *question = (struct unit_question) {inquiry, unit, properties[i].read};
                result = sd_bus_call_method_async(inquiry->bus, NULL, NAME, path,
                        "org.freedesktop.DBus.Properties", "Get", on_property, question, "ss",
                        properties[i].of & A_SERVICE ? NAME ".Service" : UNIT_INTERFACE, properties[i].name);
                inquiry->asked++;
                inquiry->waiting += result >= 0;
        }
        return result;
}

static int read_list(sd_bus_message *list, struct inquiry *inquiry)
{
        const char *load_state, *active_state, *sub_state, *path;
        int result = sd_bus_message_enter_container(list, 'a', "(ssssssouso)");

        for (array_each(struct unit_state, unit, &inquiry->answers->units)) {
                if (result < 0 || !unit_can_be_listed(unit->name))
                        continue;
                result = sd_bus_message_read(list, "(ssssssouso)", NULL, NULL, &load_state, &active_state,
                        &sub_state, NULL, &path, NULL, NULL, NULL);
                if (result <= 0)
                        return result < 0 ? result : -EBADMSG; /* which of them is missing? */
                unit_set_load_state(unit, load_state);
                unit_set_active_state(unit, active_state);
                unit_set_sub_state(unit, sub_state);
                if (unit->exists)
                        result = ask_properties(
                                inquiry, unit, path, what_is(unit, strcmp(load_state, "loaded") == 0));
        }
        return result;
}

static int on_list(sd_bus_message *reply, void *context, sd_bus_error *ret_error)
{
        (void)ret_error;
        return settle(context, read_list(reply, context));
}

static int ask_for_list(struct inquiry *inquiry)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int result = sd_bus_message_new_method_call(inquiry->bus, &call, MANAGER, "ListUnitsByNames");

        if (result >= 0)
                result = sd_bus_message_open_container(call, 'a', "s");
        for (array_each(const struct unit_state, unit, &inquiry->answers->units))
                if (result >= 0 && unit_can_be_listed(unit->name))
                        result = sd_bus_message_append(call, "s", unit->name);
        if (result >= 0)
                result = sd_bus_message_close_container(call);
        return result < 0 ? result : sd_bus_call_async(inquiry->bus, NULL, call, on_list, inquiry, 0);
}

int systemd_ask(
        struct link *link, const struct systemd_way *way, struct deadline deadline, struct answers *answers)
{
        CLEANUP(inquiry_done)
        struct inquiry inquiry = {
                .answers = answers,
                .waiting = 1, /* for the list */
                .questions = memory_new(answers->units.count, PROPERTIES * sizeof(struct unit_question)),
        };
        int result = systemd_open(link, way, deadline, &inquiry.bus);

        if (result >= 0 && (result = ask_for_list(&inquiry)) >= 0)
                result = systemd_work(inquiry.bus, deadline, &inquiry.is_done);
        return result >= 0 && inquiry.is_lost ? -ECONNRESET : result;
}
