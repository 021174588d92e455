/* History as it is written: one transaction a call. */
#include <errno.h>
#include <fcntl.h>

#include "base/memory.h"
#include "state/history.h"
#include "state/store_parts.h"

#define RUNS_KEPT 1000

/* NOT_YET stands there as nothing. */
static struct value ended(int64_t number)
{
        return (struct value) {.type = number == NOT_YET ? VALUE_NOTHING : VALUE_INTEGER, .integer = number};
}

/* ---- runs ---- */

static int insert_run(struct store *store, struct history_run *run, struct error *error)
{
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};

        if (database_do(store->database,
                    "INSERT INTO run (began_us, controller, user, pid, command, verb, phase, hosts, "
                    "hosts_changed, "
                    "hosts_failed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
                    VALUES(INTEGER(run->began_us), TEXT(run->controller), TEXT(run->user), INTEGER(run->pid),
                            TEXT(run->command), TEXT(run->verb), TEXT(run->phase), INTEGER(run->host_count)),
                    error) < 0)
                return -1;
        run->id = database_last_row(store->database);
        lock.l_start = run->id;
        if (fcntl(store->runs_fd, F_OFD_SETLK, &lock) < 0)
                return error_set_errno(error, ERROR_FAILED, "locking byte %d of runs.lock", (int)run->id);
        return database_do(store->database, "DELETE FROM run WHERE id <= ?",
                VALUES(INTEGER(run->id - RUNS_KEPT)), error);
}

int history_add_run(struct store *store, struct history_run *run, struct error *error)
{
        if (database_begin(store->database, CARE_HISTORY, error) < 0)
                return -1;
        return database_end(store->database, insert_run(store, run, error), error);
}

int history_save_run(struct store *store, const struct history_run *run, struct error *error)
{
        int result;

        if (database_begin(store->database, CARE_HISTORY, error) < 0)
                return -1;
        result = database_do(store->database,
                "UPDATE run SET took_ms = ?, exit_status = ?, hosts = ?, hosts_changed = ?, hosts_failed = ? "
                "WHERE id = ?",
                VALUES(ended(run->took_ms), ended(run->exit_status), INTEGER(run->host_count),
                        INTEGER(run->hosts_changed), INTEGER(run->hosts_failed), INTEGER(run->id)),
                error);
        return database_end(store->database, result, error);
}

/* ---- machines ---- */

static int save_host(struct store *store, struct history_host *host, struct error *error)
{
        if (host->id)
                return database_do(store->database,
                        "UPDATE host SET machine = ?, level = ?, activity = ?, why = ?, until_us = ?, "
                        "changed_us = ?, took_ms = ?, steps_done = ?, outcome = ?, error = ?, note = ? WHERE "
                        "id = ?",
                        VALUES(TEXT(host->machine), TEXT(host->level), TEXT(host->activity), TEXT(host->why),
                                INTEGER(host->until_us), INTEGER(host->changed_us), ended(host->took_ms),
                                INTEGER(host->steps_done), TEXT(host->outcome), TEXT(host->error),
                                TEXT(host->note), INTEGER(host->id)),
                        error);
        if (database_do(store->database,
                    "INSERT INTO host (run, name, address, machine, level, activity, why, until_us, "
                    "changed_us, "
                    "began_ms, took_ms, steps_done, outcome, error, note) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    VALUES(INTEGER(host->run), TEXT(host->name), TEXT(host->address), TEXT(host->machine),
                            TEXT(host->level), TEXT(host->activity), TEXT(host->why), INTEGER(host->until_us),
                            INTEGER(host->changed_us), INTEGER(host->began_ms), ended(host->took_ms),
                            INTEGER(host->steps_done), TEXT(host->outcome), TEXT(host->error),
                            TEXT(host->note)),
                    error) < 0)
                return -1;
        host->id = database_last_row(store->database);
        return 0;
}

static int save_phase(struct store *store, int64_t host, struct history_phase *phase, struct error *error)
{
        if (phase->id)
                return database_do(store->database,
                        "UPDATE phase SET took_ms = ?, steps_done = ?, outcome = ? WHERE id = ?",
                        VALUES(ended(phase->took_ms), INTEGER(phase->steps_done), TEXT(phase->outcome),
                                INTEGER(phase->id)),
                        error);
        if (database_do(store->database,
                    "INSERT INTO phase (host, name, began_ms, took_ms, steps_done, outcome) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    VALUES(INTEGER(host), TEXT(phase->name), INTEGER(phase->began_ms), ended(phase->took_ms),
                            INTEGER(phase->steps_done), TEXT(phase->outcome)),
                    error) < 0)
                return -1;
        phase->id = database_last_row(store->database);
        return 0;
}

static int save_step(struct store *store, int64_t host, struct history_step *step, struct error *error)
{
        if (step->id)
                return database_do(store->database,
                        "UPDATE step SET took_ms = ?, outcome = ?, error = ?, output = ? WHERE id = ?",
                        VALUES(ended(step->took_ms), TEXT(step->outcome), TEXT(step->error),
                                TEXT(step->output), INTEGER(step->id)),
                        error);
        if (database_do(store->database,
                    "INSERT INTO step (host, phase, score, sentence, kind, began_ms, took_ms, outcome, "
                    "error, output) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    VALUES(INTEGER(host), TEXT(step->phase), TEXT(step->score), TEXT(step->sentence),
                            TEXT(step->kind), INTEGER(step->began_ms), ended(step->took_ms),
                            TEXT(step->outcome), TEXT(step->error), TEXT(step->output)),
                    error) < 0)
                return -1;
        step->id = database_last_row(store->database);
        return 0;
}

static int save_note(struct store *store, int64_t host, struct history_note *note, struct error *error)
{
        if (database_do(store->database,
                    "INSERT INTO note (host, kind, phase, score, text, at_ms) VALUES (?, ?, ?, ?, ?, ?)",
                    VALUES(INTEGER(host), TEXT(note->kind), TEXT(note->phase), TEXT(note->score),
                            TEXT(note->text), INTEGER(note->at_ms)),
                    error) < 0)
                return -1;
        note->id = database_last_row(store->database);
        return 0;
}

static int save_all(
        struct store *store, struct history_host *host, struct history_step *step, struct error *error)
{
        if (save_host(store, host, error) < 0)
                return -1;
        for (array_each(struct history_phase, phase, &host->phases))
                if ((phase->id == 0 || phase->is_changed) && save_phase(store, host->id, phase, error) < 0)
                        return -1;
        for (array_each(struct history_note, note, &host->notes))
                if (note->id == 0 && save_note(store, host->id, note, error) < 0)
                        return -1;
        return step ? save_step(store, host->id, step, error) : 0;
}

int history_save_host(
        struct store *store, struct history_host *host, struct history_step *step, struct error *error)
{
        if (database_begin(store->database, CARE_HISTORY, error) < 0 ||
                database_end(store->database, save_all(store, host, step, error), error) < 0)
                return -1;
        for (array_each(struct history_phase, phase, &host->phases))
                phase->is_changed = false;
        return 0;
}
