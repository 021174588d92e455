/* History as it is read. */
#include <fcntl.h>
#include <stdlib.h>

#include "base/memory.h"
#include "state/history.h"
#include "state/store_parts.h"

#define RUN_COLUMNS                                                                                     \
        "run.id, run.began_us, run.took_ms, run.controller, run.user, run.pid, run.command, run.verb, " \
        "run.phase, run.exit_status, run.hosts, run.hosts_changed, run.hosts_failed"
#define HOST_COLUMNS                                                                                      \
        "host.id, host.run, host.name, host.address, host.machine, host.level, host.activity, host.why, " \
        "host.until_us, host.changed_us, host.began_ms, host.took_ms, host.steps_done, host.outcome, "    \
        "host.error, host.note"
#define RUN_COLUMN_COUNT 13

static int64_t ended(const struct row *row, int column)
{
        return row_is_nothing(row, column) ? NOT_YET : row_integer(row, column);
}

/* ---- rows ---- */

static struct history_run run_of(const struct row *row)
{
        return (struct history_run) {
                .id = row_integer(row, 0),
                .began_us = row_integer(row, 1),
                .took_ms = ended(row, 2),
                .controller = row_text(row, 3),
                .user = row_text(row, 4),
                .pid = row_integer(row, 5),
                .command = row_text(row, 6),
                .verb = row_text(row, 7),
                .phase = row_text(row, 8),
                .exit_status = ended(row, 9),
                .host_count = row_integer(row, 10),
                .hosts_changed = row_integer(row, 11),
                .hosts_failed = row_integer(row, 12),
        };
}

static struct history_host host_of(const struct row *row, int first)
{
        return (struct history_host) {
                .id = row_integer(row, first),
                .run = row_integer(row, first + 1),
                .name = row_text(row, first + 2),
                .address = row_text(row, first + 3),
                .machine = row_text(row, first + 4),
                .level = row_text(row, first + 5),
                .activity = row_text(row, first + 6),
                .why = row_text(row, first + 7),
                .until_us = row_integer(row, first + 8),
                .changed_us = row_integer(row, first + 9),
                .began_ms = row_integer(row, first + 10),
                .took_ms = ended(row, first + 11),
                .steps_done = row_integer(row, first + 12),
                .outcome = row_text(row, first + 13),
                .error = row_text(row, first + 14),
                .note = row_text(row, first + 15),
        };
}

static void add_run(void *context, const struct row *row)
{
        struct history_runs *runs = context;

        *array_add(&runs->runs) = run_of(row);
}

static void take_run(void *context, const struct row *row)
{
        struct history_run *run = context;

        *run = run_of(row);
}

static void add_host(void *context, const struct row *row)
{
        struct history_run *run = context;

        *array_add(&run->hosts) = host_of(row, 0);
}

static void add_phase(void *context, const struct row *row)
{
        struct history_host *host = context;

        *array_add(&host->phases) = (struct history_phase) {
                .id = row_integer(row, 0),
                .name = row_text(row, 1),
                .began_ms = row_integer(row, 2),
                .took_ms = ended(row, 3),
                .steps_done = row_integer(row, 4),
                .outcome = row_text(row, 5),
        };
}

static void add_step(void *context, const struct row *row)
{
        struct history_host *host = context;

        *array_add(&host->steps) = (struct history_step) {
                .id = row_integer(row, 0),
                .phase = row_text(row, 1),
                .score = row_text(row, 2),
                .sentence = row_text(row, 3),
                .kind = row_text(row, 4),
                .began_ms = row_integer(row, 5),
                .took_ms = ended(row, 6),
                .outcome = row_text(row, 7),
                .error = row_text(row, 8),
                .output = row_text(row, 9),
        };
}

static void add_note(void *context, const struct row *row)
{
        struct history_host *host = context;

        *array_add(&host->notes) = (struct history_note) {
                .id = row_integer(row, 0),
                .kind = row_text(row, 1),
                .phase = row_text(row, 2),
                .score = row_text(row, 3),
                .text = row_text(row, 4),
                .at_ms = row_integer(row, 5),
        };
}

/* ---- whole things ---- */

/* A run that has no end goes on if its process still holds the lock. */
static void see_whether_running(const struct store *store, struct history_run *run)
{
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = run->id, .l_len = 1};

        run->is_running = run->exit_status == NOT_YET && store->runs_fd >= 0 &&
                          fcntl(store->runs_fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

static int read_host_details(struct store *store, struct history_host *host, struct error *error)
{
        const struct {
                const char *statement;
                void (*each)(void *context, const struct row *row);
        } parts[] = {
                {"SELECT id, name, began_ms, took_ms, steps_done, outcome FROM phase WHERE host = ? ORDER BY "
                 "id",
                        add_phase},
                {"SELECT id, phase, score, sentence, kind, began_ms, took_ms, outcome, error, output "
                 "FROM step WHERE host = ? ORDER BY id",
                        add_step},
                {"SELECT id, kind, phase, score, text, at_ms FROM note WHERE host = ? ORDER BY id", add_note},
        };

        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
                if (database_query(store->database, parts[i].statement, VALUES(INTEGER(host->id)),
                            parts[i].each, host, error) < 0)
                        return -1;
        return 0;
}

static int read_hosts(struct store *store, struct history_run *run, struct error *error)
{
        if (run->id == 0)
                return 0;
        see_whether_running(store, run);
        if (database_query(store->database, "SELECT " HOST_COLUMNS " FROM host WHERE run = ? ORDER BY name",
                    VALUES(INTEGER(run->id)), add_host, run, error) < 0)
                return -1;
        for (array_each(struct history_host, host, &run->hosts))
                if (read_host_details(store, host, error) < 0)
                        return -1;
        return 0;
}

/* The run that the statement finds, with everything, in a view of one moment. */
static int read_run(struct store *store, const char *statement, struct values values,
        struct history_run *ret_run, struct error *error)
{
        struct history_run run = {0};
        int result;

        if (!store)
                return 0;
        if (database_begin(store->database, CARE_READ, error) < 0)
                return -1;
        result = database_query(store->database, statement, values, take_run, &run, error);
        if (result == 0)
                result = read_hosts(store, &run, error);
        if (database_end(store->database, result, error) < 0) {
                history_run_done(&run);
                return -1;
        }
        *ret_run = run;
        return run.id != 0;
}

int history_list(struct store *store, struct history_runs *ret_runs, struct error *error)
{
        int result;

        if (!store)
                return 0;
        if (database_begin(store->database, CARE_READ, error) < 0)
                return -1;
        result = database_query(store->database, "SELECT " RUN_COLUMNS " FROM run ORDER BY id DESC",
                NO_VALUES, add_run, ret_runs, error);
        for (array_each(struct history_run, run, &ret_runs->runs))
                see_whether_running(store, run);
        return database_end(store->database, result, error);
}

int history_read(struct store *store, int64_t number, struct history_run *ret_run, struct error *error)
{
        return read_run(store,
                "SELECT " RUN_COLUMNS " FROM run WHERE id = ?1 OR ?1 = 0 ORDER BY id DESC LIMIT 1",
                VALUES(INTEGER(number)), ret_run, error);
}

int history_read_before(
        struct store *store, const struct history_run *run, struct history_run *ret_run, struct error *error)
{
        return read_run(store,
                "SELECT " RUN_COLUMNS
                " FROM run WHERE id = (SELECT max(before.run) FROM host AS now JOIN host AS "
                "before ON before.name = now.name AND before.address = now.address AND before.run < now.run "
                "WHERE now.run = ?)",
                VALUES(INTEGER(run->id)), ret_run, error);
}

struct host_and_run {
        struct history_host host;
        struct history_run run;
};

static void take_host_and_run(void *context, const struct row *row)
{
        struct host_and_run *both = context;

        both->run = run_of(row);
        both->host = host_of(row, RUN_COLUMN_COUNT);
}

int history_last_of(struct store *store, const char *name, const char *address, struct history_host *ret_host,
        struct history_run *ret_run, struct error *error)
{
        struct host_and_run both = {0};
        int result;

        if (!store)
                return 0;
        if (database_begin(store->database, CARE_READ, error) < 0)
                return -1;
        result = database_query(store->database,
                "SELECT " RUN_COLUMNS ", " HOST_COLUMNS " FROM host JOIN run ON run.id = host.run "
                "WHERE host.name = ? AND host.address = ? ORDER BY host.run DESC LIMIT 1",
                VALUES(TEXT(name), TEXT(address)), take_host_and_run, &both, error);
        if (database_end(store->database, result, error) < 0) {
                history_host_done(&both.host);
                history_run_done(&both.run);
                return -1;
        }
        if (both.run.id == 0)
                return 0;
        see_whether_running(store, &both.run);
        *ret_host = both.host;
        *ret_run = both.run;
        return 1;
}

/* ---- what they own ---- */

static void free_all(char *const *strings, size_t count)
{
        for (size_t i = 0; i < count; i++)
                free(strings[i]);
}

#define FREE_ALL(...) \
        free_all((char *const[]) {__VA_ARGS__}, sizeof((char *const[]) {__VA_ARGS__}) / sizeof(char *))

void history_step_done(struct history_step *step)
{
        FREE_ALL(step->phase, step->score, step->sentence, step->kind, step->outcome, step->error,
                step->output);
        *step = (struct history_step) {0};
}

void history_host_done(struct history_host *host)
{
        for (array_each(struct history_phase, phase, &host->phases))
                FREE_ALL(phase->name, phase->outcome);
        for (array_each(struct history_step, step, &host->steps))
                history_step_done(step);
        for (array_each(struct history_note, note, &host->notes))
                FREE_ALL(note->kind, note->phase, note->score, note->text);
        array_free(&host->phases);
        array_free(&host->steps);
        array_free(&host->notes);
        FREE_ALL(host->name, host->address, host->machine, host->level, host->activity, host->why,
                host->outcome, host->error, host->note);
        *host = (struct history_host) {0};
}

void history_run_done(struct history_run *run)
{
        for (array_each(struct history_host, host, &run->hosts))
                history_host_done(host);
        array_free(&run->hosts);
        FREE_ALL(run->controller, run->user, run->command, run->verb, run->phase);
        *run = (struct history_run) {0};
}

void history_runs_done(struct history_runs *runs)
{
        for (array_each(struct history_run, run, &runs->runs))
                history_run_done(run);
        array_free(&runs->runs);
}
