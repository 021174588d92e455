/* The machine's systemd, through sd-bus: the way to it, and changes. systemd_ask.c has the questions; no other file knows
 * systemd's library.
 *
 * A connection is made for each use and closed after it: systemd sends its signals to every private
 * connection whether they are wanted or not, and one that nobody reads would fill up. The stream may still be
 * coming up when the first bytes are written, and if it never does, the bus sees its end. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/memory.h"
#include "means/systemd_parts.h"
#include "means/unit.h"

static uint64_t left_us(struct deadline deadline)
{
        int left_ms = deadline_left_ms(deadline);

        return left_ms < 0 ? UINT64_MAX : (uint64_t)left_ms * 1000 + 1; /* 0 would mean a default */
}

int systemd_open(
        struct link *link, const struct systemd_way *way, struct deadline deadline, struct sd_bus **ret_bus)
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

int systemd_work(struct sd_bus *bus, struct deadline deadline, const bool *is_done)
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

static int job_error(struct change *change, struct error *error)
{
        CLEANUP(string_free)
        char *story = unit_story(change->work->link, change->name, change->work->deadline);

        return error_set(error, ERROR_FAILED, "%s%s", unit_job_words(change->result), story);
}

/* One that was started too often lately may be started again, and what a socket starts with it. */
static void reset_failed(struct change *change)
{
        CLEANUP(string_free) char *path = NULL;
        char **triggers = NULL;

        sd_bus_call_method(change->bus, MANAGER, "ResetFailedUnit", NULL, NULL, "s", change->name);
        if (sd_bus_path_encode(UNIT_PATH, change->name, &path) < 0 ||
                sd_bus_get_property_strv(
                        change->bus, NAME, path, UNIT_INTERFACE, "Triggers", NULL, &triggers) < 0)
                return;
        for (char **trigger = triggers; trigger && *trigger; trigger++) {
                sd_bus_call_method(change->bus, MANAGER, "ResetFailedUnit", NULL, NULL, "s", *trigger);
                free(*trigger);
        }
        free(triggers);
}

static int run_job(struct change *change, enum unit_action action, struct error *error)
{
        CLEANUP(sd_bus_error_free) sd_bus_error refusal = SD_BUS_ERROR_NULL;
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const char *job;
        int result = sd_bus_match_signal(
                change->bus, NULL, NULL, PATH, NAME ".Manager", "JobRemoved", on_job_removed, change);

        if (action != UNIT_STOP)
                reset_failed(change);
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
        result = systemd_work(change->bus, change->work->deadline, &change->is_done);
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
        int result = systemd_open(work->link, way, work->deadline, &change.bus);

        if (result >= 0)
                result = knock(&change, &refusal);
        *ret_reached = !is_cut(result);
        if (result < 0)
                return call_error(work, result, &refusal, error);
        return unit_calls[action].is_job ? run_job(&change, action, error)
                                         : change_files(&change, action, error);
}
