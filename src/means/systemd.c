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

static void bus_close(sd_bus **bus)
{
        *bus = sd_bus_close_unref(*bus);
}

static void message_drop(sd_bus_message **message)
{
        *message = sd_bus_message_unref(*message);
}

static uint64_t left_us(struct deadline deadline)
{
        int left_ms = deadline_left_ms(deadline);

        return left_ms < 0 ? UINT64_MAX : (uint64_t)left_ms * 1000 + 1; /* 0 would mean a default */
}

/* A connection that is on its way up. Negative errno. */
static int bus_open(
        struct link *link, const struct systemd_way *way, struct deadline deadline, sd_bus **ret_bus)
{
        CLEANUP(bus_close) sd_bus *bus = NULL;
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

/* ---- questions ---- */

struct inquiry {
        size_t waiting; /* replies that haven't come yet */
        bool is_done;
        bool is_lost; /* the connection ended before they came */
};

struct unit_question {
        struct inquiry *inquiry;
        struct unit_state *unit;
};

static void questions_free(struct unit_question **questions)
{
        free(*questions);
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

/* Either a word, or something that needs more care. */
static const struct property {
        const char *name;
        void (*set)(struct unit_state *unit, const char *word);
        int (*read)(sd_bus_message *reply, struct unit_state *unit);
} properties[] = {
        {.name = "LoadState", .set = unit_set_load_state},
        {.name = "ActiveState", .set = unit_set_active_state},
        {.name = "UnitFileState", .set = unit_set_file_state},
        {.name = "ActiveEnterTimestamp", .read = read_since},
        {.name = "LoadError", .read = read_load_error},
};

static int read_value(sd_bus_message *reply, const struct property *property, struct unit_state *unit)
{
        const char *word;
        int result;

        if (property->read)
                return property->read(reply, unit);
        result = sd_bus_message_read(reply, "v", "s", &word);
        if (result >= 0)
                property->set(unit, word);
        return result;
}

static int read_property(sd_bus_message *reply, struct unit_state *unit)
{
        const char *name;
        int result = sd_bus_message_read(reply, "s", &name);

        for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]) && result >= 0; i++)
                if (strcmp(name, properties[i].name) == 0)
                        return read_value(reply, &properties[i], unit);
        return result < 0 ? result : sd_bus_message_skip(reply, "v");
}

static int read_properties(sd_bus_message *reply, struct unit_state *unit)
{
        int result = sd_bus_message_enter_container(reply, 'a', "{sv}");

        while (result >= 0 && (result = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
                result = read_property(reply, unit);
                if (result >= 0)
                        result = sd_bus_message_exit_container(reply);
        }
        return result;
}

static int on_properties(sd_bus_message *reply, void *context, sd_bus_error *ret_error)
{
        struct unit_question *question = context;
        struct inquiry *inquiry = question->inquiry;
        const sd_bus_error *refusal = sd_bus_message_get_error(reply);

        (void)ret_error;
        if (sd_bus_error_has_names(
                    refusal, SD_BUS_ERROR_NO_REPLY, SD_BUS_ERROR_TIMEOUT, SD_BUS_ERROR_DISCONNECTED))
                inquiry->is_lost = true;
        else if (refusal) /* no unit can have this name */
                string_replace(&question->unit->load_error, refusal->message);
        else if (read_properties(reply, question->unit) < 0)
                inquiry->is_lost = true;
        inquiry->is_done = --inquiry->waiting == 0;
        return 0;
}

/* All of a unit's properties, although few are wanted: a small message for each would take longer. */
static int ask_properties(sd_bus *bus, struct unit_question *question)
{
        CLEANUP(string_free) char *path = NULL;
        int result = sd_bus_path_encode(UNIT_PATH, question->unit->name, &path);

        if (result < 0)
                return result;
        return sd_bus_call_method_async(bus, NULL, NAME, path, "org.freedesktop.DBus.Properties", "GetAll",
                on_properties, question, "s", UNIT_INTERFACE);
}

int systemd_ask(
        struct link *link, const struct systemd_way *way, struct deadline deadline, struct answers *answers)
{
        struct inquiry inquiry = {.waiting = answers->units.count};
        CLEANUP(questions_free)
        struct unit_question *questions = memory_new(inquiry.waiting, sizeof(*questions));
        CLEANUP(bus_close) sd_bus *bus = NULL;
        int result = bus_open(link, way, deadline, &bus);

        for (size_t i = 0; i < answers->units.count && result >= 0; i++) {
                questions[i] = (struct unit_question) {.inquiry = &inquiry, .unit = &answers->units.items[i]};
                result = ask_properties(bus, &questions[i]);
        }
        if (result >= 0)
                result = bus_work(bus, deadline, &inquiry.is_done);
        return result >= 0 && inquiry.is_lost ? -ECONNRESET : result;
}

/* ---- changes ---- */

static const struct {
        const char *method;
        bool is_job;    /* systemd queues it and tells when it is done; else it changes unit files */
        unsigned flags; /* how many booleans follow the names; none of them is set */
} actions[UNIT_ACTIONS] = {
        [UNIT_ENABLE] = {"EnableUnitFiles", false, 2},
        [UNIT_DISABLE] = {"DisableUnitFiles", false, 1},
        [UNIT_MASK] = {"MaskUnitFiles", false, 2},
        [UNIT_UNMASK] = {"UnmaskUnitFiles", false, 1},
        [UNIT_START] = {"StartUnit", true, 0},
        [UNIT_STOP] = {"StopUnit", true, 0},
        [UNIT_RESTART] = {"RestartUnit", true, 0},
};

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
        bus_close(&change->bus);
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
        if (!is_stale)
                return 0;
        return sd_bus_call_method(change->bus, MANAGER, "Reload", refusal, NULL, NULL);
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
        CLEANUP(message_drop) sd_bus_message *reply = NULL;
        const char *job;
        int result = sd_bus_match_signal(
                change->bus, NULL, NULL, PATH, NAME ".Manager", "JobRemoved", on_job_removed, change);

        if (result >= 0) /* a private connection gets all signals anyway, and may ask for them */
                result = sd_bus_call_method(change->bus, MANAGER, "Subscribe", &refusal, NULL, NULL);
        if (result >= 0)
                result = sd_bus_call_method(change->bus, MANAGER, actions[action].method, &refusal, &reply,
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
        CLEANUP(message_drop) sd_bus_message *call = NULL, *reply = NULL;
        int result = sd_bus_message_new_method_call(change->bus, &call, MANAGER, actions[action].method);

        if (result >= 0)
                result = sd_bus_message_append(call, "as", 1, change->name);
        for (unsigned i = 0; i < actions[action].flags && result >= 0; i++)
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
        return actions[action].is_job ? run_job(&change, action, error)
                                      : change_files(&change, action, error);
}
