/* The machine's systemd, through sd-bus; the only file that knows systemd's library.
 *
 * A connection is made for each use and closed after it: systemd sends its signals to every private
 * connection whether they are wanted or not, and one that nobody reads would fill up. The stream may still be
 * coming up when the first bytes are written, and if it never does, the bus sees its end. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/memory.h"
#include "means/systemd.h"
#include "means/unit.h"

#define NAME           "org.freedesktop.systemd1"
#define PATH           "/org/freedesktop/systemd1"
#define UNIT_PATH      PATH "/unit"
#define UNIT_INTERFACE NAME ".Unit"

/* The arguments of a call to the manager itself. */
#define MANAGER NAME, PATH, NAME ".Manager"

static uint64_t left_us(struct deadline deadline)
{
        int left_ms = deadline_left_ms(deadline);

        return left_ms < 0 ? UINT64_MAX : (uint64_t)left_ms * 1000 + 1; /* 0 would mean a default */
}

/* A connection that is on its way up. Negative errno. */
static int bus_open(
        struct link *link, const struct systemd_way *way, struct deadline deadline, sd_bus **ret_bus)
{
        CLEANUP(sd_bus_close_unrefp) sd_bus *bus = NULL;
        CLEANUP(strings_done) struct strings bridge = {0};
        CLEANUP(fd_close) int fd = -1;
        struct error error = {0}; /* is only about this way; there are others */
        int result;

        for (const char *const *word = way->bridge; *word; word++)
                strings_add(&bridge, *word);
        if (link_open_socket(link, way->path, &bridge, &fd, &error) < 0) {
                error_done(&error);
                return -ECONNREFUSED;
        }
        if ((result = sd_bus_new(&bus)) < 0 || (result = sd_bus_set_fd(bus, fd, fd)) < 0)
                return result;
        fd = -1; /* the bus closes it */
        if ((result = sd_bus_set_bus_client(bus, way->is_bus)) < 0 ||
                (result = sd_bus_negotiate_fds(bus, false)) < 0 ||
                (result = sd_bus_set_trusted(bus, true)) < 0 ||
                (result = sd_bus_set_method_call_timeout(bus, left_us(deadline))) < 0 ||
                (result = sd_bus_start(bus)) < 0)
                return result;
        *ret_bus = STEAL(bus);
        return 0;
}

/* Lets the bus work until *is_done. Negative errno; -ETIMEDOUT for the deadline. */
static int bus_work(sd_bus *bus, struct deadline deadline, const bool *is_done)
{
        while (!*is_done) {
                int result = sd_bus_process(bus, NULL);

                if (result > 0)
                        continue;
                if (result == 0)
                        result = deadline_passed(deadline) ? -ETIMEDOUT : sd_bus_wait(bus, left_us(deadline));
                if (result < 0 && result != -EINTR)
                        return result;
        }
        return 0;
}

/* ---- questions ----
 *
 * One list tells which of the units are there and run; then come the other properties of those, one by one. (All that
 * systemd knows of a unit is 4 KiB in a hundred properties, and most units that are asked about aren't there.) */

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

static const struct {
        const char *name;
        int (*read)(sd_bus_message *reply, struct unit_state *unit);
        bool is_trouble; /* one that was loaded has none */
} properties[] = {
        {"UnitFileState", read_file_state, false},
        {"ActiveEnterTimestamp", read_since, false},
        {"LoadError", read_load_error, true},
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

static int ask_properties(struct inquiry *inquiry, struct unit_state *unit, const char *path, bool is_loaded)
{
        int result = 0;

        for (size_t i = 0; i < PROPERTIES && result >= 0; i++) {
                struct unit_question *question = &inquiry->questions[inquiry->asked];

                if (is_loaded && properties[i].is_trouble)
                        continue;
                *question = (struct unit_question) {inquiry, unit, properties[i].read};
                result = sd_bus_call_method_async(inquiry->bus, NULL, NAME, path,
                        "org.freedesktop.DBus.Properties", "Get", on_property, question, "ss", UNIT_INTERFACE,
                        properties[i].name);
                inquiry->asked++;
                inquiry->waiting += result >= 0;
        }
        return result;
}

static int read_list(sd_bus_message *list, struct inquiry *inquiry)
{
        const char *load_state, *active_state, *path;
        int result = sd_bus_message_enter_container(list, 'a', "(ssssssouso)");

        for (array_each(struct unit_state, unit, &inquiry->answers->units)) {
                if (result < 0 || !unit_can_be_listed(unit->name))
                        continue;
                result = sd_bus_message_read(list, "(ssssssouso)", NULL, NULL, &load_state, &active_state,
                        NULL, NULL, &path, NULL, NULL, NULL);
                if (result <= 0)
                        return result < 0 ? result : -EBADMSG; /* which of them is missing? */
                unit_set_load_state(unit, load_state);
                unit_set_active_state(unit, active_state);
                if (unit->exists)
                        result = ask_properties(inquiry, unit, path, strcmp(load_state, "loaded") == 0);
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
        int result = bus_open(link, way, deadline, &inquiry.bus);

        if (result >= 0 && (result = ask_for_list(&inquiry)) >= 0)
                result = bus_work(inquiry.bus, deadline, &inquiry.is_done);
        return result >= 0 && inquiry.is_lost ? -ECONNRESET : result;
}

/* ---- changes ---- */

struct change {
        const struct work *work;
        const char *name;
        sd_bus *bus;
        char *job;    /* path of the job that we wait for, or NULL */
        char *result; /* how it ended */
        bool is_done;
};

static void change_done(struct change *change)
{
        sd_bus_close_unref(change->bus);
        free(change->job);
        free(change->result);
}

static bool is_cut(int result)
{
        return result == -ECONNRESET || result == -ENOTCONN || result == -EPIPE || result == -ESHUTDOWN ||
               result == -ECONNREFUSED;
}

static int call_error(const struct work *work, int result, const sd_bus_error *refusal, struct error *error)
{
        if (is_cut(result) && link_wait(work->link, work->deadline, error) < 0)
                return -1; /* with all else that goes over the link */
        if (result == -ETIMEDOUT)
                return error_set(error, ERROR_DEADLINE, "systemd has not answered in time");
        if (!is_cut(result) && refusal->message)
                return error_set(error, ERROR_FAILED, "systemd says: %s", refusal->message);
        errno = -result;
        return error_set_errno(error, ERROR_FAILED, "systemd's bus was cut off");
}

/* Process 1 answers at all, and has read the unit's files as they are now. */
static int knock(struct change *change, sd_bus_error *refusal)
{
        CLEANUP(string_free) char *path = NULL;
        int is_stale = false;
        int result = sd_bus_path_encode(UNIT_PATH, change->name, &path);

        if (result < 0)
                return result;
        result = sd_bus_get_property_trivial(
                change->bus, NAME, path, UNIT_INTERFACE, "NeedDaemonReload", refusal, 'b', &is_stale);
        if (is_cut(result) || result == -ETIMEDOUT)
                return result;
        sd_bus_error_free(refusal); /* a unit that isn't there: the change itself will say so */
        return is_stale ? sd_bus_call_method(change->bus, MANAGER, "Reload", refusal, NULL, NULL) : 0;
}

static int on_job_removed(sd_bus_message *signal, void *context, sd_bus_error *ret_error)
{
        struct change *change = context;
        const char *job, *unit, *result;
        uint32_t id;

        (void)ret_error;
        if (sd_bus_message_read(signal, "uoss", &id, &job, &unit, &result) < 0 ||
                !string_equal(job, change->job))
                return 0;
        string_replace(&change->result, result);
        change->is_done = true;
        return 0;
}

/* " (exit-code)": what a unit of this type says about how it ended; "" when it says nothing. */
static char *unit_result(struct change *change)
{
        CLEANUP(string_free) char *path = NULL, *result = NULL, *interface = NULL;
        const char *suffix = strrchr(change->name, '.');

        if (!suffix || !suffix[1] || sd_bus_path_encode(UNIT_PATH, change->name, &path) < 0)
                return string_copy("");
        interface = string_format(NAME ".%c%s", suffix[1] - 'a' + 'A', suffix + 2);
        if (sd_bus_get_property_string(change->bus, NAME, path, interface, "Result", NULL, &result) < 0)
                return string_copy("");
        return string_format(" (%s)", result);
}

static int job_error(struct change *change, struct error *error)
{
        CLEANUP(string_free) char *said = unit_last_words(change->work);
        CLEANUP(string_free)
        char *detail = strcmp(change->result, "failed") == 0 ? unit_result(change) : string_copy("");

        return error_set(error, ERROR_FAILED, "%s%s%s", unit_job_words(change->result), detail, said);
}

static int run_job(struct change *change, enum unit_action action, struct error *error)
{
        CLEANUP(sd_bus_error_free) sd_bus_error refusal = SD_BUS_ERROR_NULL;
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const char *job;
        int result = sd_bus_match_signal(
                change->bus, NULL, NULL, PATH, NAME ".Manager", "JobRemoved", on_job_removed, change);

        if (result >= 0) /* a private connection gets all signals anyway, and may ask for them */
                result = sd_bus_call_method(change->bus, MANAGER, "Subscribe", &refusal, NULL, NULL);
        if (result >= 0)
                result = sd_bus_call_method(change->bus, MANAGER, unit_calls[action].method, &refusal, &reply,
                        "ss", change->name, "replace");
        if (result >= 0)
                result = sd_bus_message_read(reply, "o", &job);
        if (result < 0)
                return call_error(change->work, result, &refusal, error);
        change->job = string_copy(job);
        result = bus_work(change->bus, change->work->deadline, &change->is_done);
        if (result == -ETIMEDOUT)
                return error_set(error, ERROR_DEADLINE, "systemd is still at it; the job goes on there");
        if (result < 0)
                return call_error(change->work, result, &refusal, error);
        return strcmp(change->result, "done") == 0 ? 0 : job_error(change, error);
}

/* The reply to enabling begins with whether the file says at all how it wants to be enabled. */
static int check_enabled(sd_bus_message *reply, struct error *error)
{
        int has_install_section;

        if (sd_bus_message_read(reply, "b", &has_install_section) >= 0 && has_install_section)
                return 0;
        return error_set(error, ERROR_FAILED,
                "its file has no [Install] section, so it can't be enabled: something else starts it, or "
                "nothing does");
}

static int change_files(struct change *change, enum unit_action action, struct error *error)
{
        CLEANUP(sd_bus_error_free) sd_bus_error refusal = SD_BUS_ERROR_NULL;
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int result = sd_bus_message_new_method_call(change->bus, &call, MANAGER, unit_calls[action].method);

        if (result >= 0)
                result = sd_bus_message_append(call, "as", 1, change->name);
        for (unsigned i = 0; i < unit_calls[action].flags && result >= 0; i++)
                result = sd_bus_message_append(call, "b", false);
        if (result >= 0)
                result = sd_bus_call(change->bus, call, 0, &refusal, &reply);
        if (result >= 0 && action == UNIT_ENABLE && check_enabled(reply, error) < 0)
                return -1;
        if (result >= 0)
                result = sd_bus_call_method(change->bus, MANAGER, "Reload", &refusal, NULL, NULL);
        return result < 0 ? call_error(change->work, result, &refusal, error) : 0;
}

int systemd_change(
        const struct work *work, const struct systemd_way *way, bool *ret_reached, struct error *error)
{
        CLEANUP(sd_bus_error_free) sd_bus_error refusal = SD_BUS_ERROR_NULL;
        CLEANUP(change_done) struct change change = {.work = work, .name = work->step->unit.name};
        enum unit_action action = work->step->unit.action;
        int result = bus_open(work->link, way, work->deadline, &change.bus);

        if (result >= 0)
                result = knock(&change, &refusal);
        *ret_reached = !is_cut(result);
        if (result < 0)
                return call_error(work, result, &refusal, error);
        return unit_calls[action].is_job ? run_job(&change, action, error)
                                         : change_files(&change, action, error);
}
