/* What outlives a run: history, ownership and deadlines in a real file, and the ways that file can be unusable. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "state/database.h"
#include "state/deadlines.h"
#include "state/history.h"
#include "state/ownership.h"
#include "state/schema.h"
#include "store_home.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char *file; /* state.db */

static int make_home(void **state)
{
        if (store_home_make(state) < 0)
                return -1;
        file = string_format("%s/data/state.db", store_home);
        return 0;
}

static int remove_home(void **state)
{
        string_free(&file);
        return store_home_remove(state);
}

static struct store *open_store(enum store_use use)
{
        struct error error = {0};
        struct store *store = NULL;

        if (store_open(use, &store, &error) < 0)
                fail_msg("%s", error_text(&error));
        return store;
}

static const char *const files[] = {"", "-wal", "-shm"};

static void remove_beside(const char *suffix)
{
        CLEANUP(string_free) char *path = string_format("%s%s", file, suffix);

        unlink(path);
}

static int access_beside(const char *suffix)
{
        CLEANUP(string_free) char *path = string_format("%s%s", file, suffix);

        return access(path, F_OK);
}

/* It can't be opened, and the sentence says so. */
static void assert_refused(enum store_use use, const char *words)
{
        CLEANUP(error_done) struct error error = {0};
        struct store *store = NULL;

        assert_int_equal(store_open(use, &store, &error), -1);
        assert_null(store);
        assert_int_equal(error.kind, ERROR_FAILED);
        if (!strstr(error_text(&error), words) || !strstr(error_text(&error), file))
                fail_msg("%s", error_text(&error));
}

/* ---- history ---- */

static struct history_run a_run(struct store *store)
{
        struct history_run run = {
                .began_us = 1700000000000000,
                .took_ms = NOT_YET,
                .controller = (char *)"desk",
                .user = (char *)"alice",
                .pid = 4711,
                .command = (char *)"provision host.conf",
                .verb = (char *)"promote",
                .phase = (char *)"kvm",
                .exit_status = NOT_YET,
                .host_count = 1,
        };
        struct error error = {0};

        assert_int_equal(history_add_run(store, &run, &error), 0);
        return run;
}

static struct history_host a_host(int64_t run, const char *name)
{
        return (struct history_host) {
                .run = run,
                .name = string_copy(name),
                .address = string_copy("root@10.77.1.2"),
                .level = string_copy("linux"),
                .activity = string_copy("promoting"),
                .changed_us = 1700000001000000,
                .took_ms = NOT_YET,
        };
}

static void save(struct store *store, struct history_host *host, struct history_step *step)
{
        struct error error = {0};

        if (history_save_host(store, host, step, &error) < 0)
                fail_msg("%s", error_text(&error));
}

static void what_a_run_did_is_read_back(void **state)
{
        CLEANUP(history_run_done) struct history_run read = {0};
        struct error error = {0};
        struct store *store = open_store(STORE_WRITE);
        struct history_run run = a_run(store);
        CLEANUP(history_host_done) struct history_host host = a_host(run.id, "lab1");
        struct history_step step = {.phase = (char *)"kvm",
                .score = (char *)"packages",
                .sentence = (char *)"install packages a, b",
                .kind = (char *)"packages.install",
                .began_ms = 400,
                .took_ms = NOT_YET};

        (void)state;
        *array_add(&host.phases) = (struct history_phase) {.name = string_copy("linux"), .took_ms = NOT_YET};
        save(store, &host, &step);
        *array_add(&host.notes) = (struct history_note) {
                .kind = string_copy("warning"), .text = string_copy("no \"KVM\" here; DROP TABLE run")};
        host.phases.items[0].took_ms = 300;
        host.phases.items[0].is_changed = true;
        string_replace(&host.phases.items[0].outcome, "done");
        string_replace(&host.outcome, "failed");
        string_replace(&host.error, "the disk is full");
        step.took_ms = 12000;
        step.outcome = (char *)"failed";
        step.output = (char *)"one\ntwo";
        save(store, &host, &step);
        run.took_ms = 12500;
        run.exit_status = 1;
        run.hosts_failed = 1;
        assert_int_equal(history_save_run(store, &run, &error), 0);
        store_close(store);

        store = open_store(STORE_READ);
        assert_int_equal(history_read(store, 0, &read, &error), 1);
        store_close(store);
        assert_int_equal(read.id, run.id);
        assert_int_equal(read.took_ms, 12500);
        assert_int_equal(read.exit_status, 1);
        assert_string_equal(read.command, "provision host.conf");
        assert_false(read.is_running);
        assert_int_equal(read.hosts.count, 1);
        assert_string_equal(read.hosts.items[0].error, "the disk is full");
        assert_null(read.hosts.items[0].machine);
        assert_int_equal(read.hosts.items[0].phases.count, 1);
        assert_int_equal(read.hosts.items[0].phases.items[0].took_ms, 300);
        assert_int_equal(read.hosts.items[0].steps.count, 1);
        assert_int_equal(read.hosts.items[0].steps.items[0].took_ms, 12000);
        assert_string_equal(read.hosts.items[0].steps.items[0].output, "one\ntwo");
        assert_int_equal(read.hosts.items[0].notes.count, 1);
        assert_string_equal(read.hosts.items[0].notes.items[0].text, "no \"KVM\" here; DROP TABLE run");
}

static void a_run_goes_on_while_its_process_does(void **state)
{
        CLEANUP(history_runs_done) struct history_runs runs = {0}, later = {0};
        struct error error = {0};
        struct store *reader, *writer = open_store(STORE_WRITE);
        struct history_run ended = a_run(writer);

        (void)state;
        ended.exit_status = 0;
        ended.took_ms = 5;
        assert_int_equal(history_save_run(writer, &ended, &error), 0);
        a_run(writer);
        reader = open_store(STORE_READ);
        assert_int_equal(history_list(reader, &runs, &error), 0);
        assert_int_equal(runs.runs.count, 2);
        assert_true(runs.runs.items[0].is_running);
        assert_false(runs.runs.items[1].is_running);
        store_close(writer);
        assert_int_equal(history_list(reader, &later, &error), 0);
        assert_false(later.runs.items[0].is_running);
        assert_int_equal(later.runs.items[0].exit_status, NOT_YET);
        store_close(reader);
}

static void a_killed_run_counts_as_cut_off(void **state)
{
        CLEANUP(history_run_done) struct history_run before = {0}, after = {0};
        struct error error = {0};
        struct store *reader;
        int ready[2], status;
        char byte;
        pid_t child;

        (void)state;
        assert_int_equal(pipe(ready), 0);
        child = fork();
        if (child == 0) {
                a_run(open_store(STORE_WRITE));
                if (write(ready[1], "x", 1) == 1)
                        pause();
                _exit(1);
        }
        assert_int_equal(read(ready[0], &byte, 1), 1);
        reader = open_store(STORE_READ);
        assert_int_equal(history_read(reader, 0, &before, &error), 1);
        assert_true(before.is_running);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(history_read(reader, before.id, &after, &error), 1);
        assert_false(after.is_running);
        assert_int_equal(after.exit_status, NOT_YET);
        store_close(reader);
        close(ready[0]);
        close(ready[1]);
}

static void only_so_many_runs_are_kept(void **state)
{
        CLEANUP(history_runs_done) struct history_runs runs = {0};
        CLEANUP(history_run_done) struct history_run none = {0};
        struct error error = {0};
        struct store *store = open_store(STORE_WRITE);
        struct history_run first = a_run(store);
        CLEANUP(history_host_done) struct history_host host = a_host(first.id, "lab1"), found = {0};

        (void)state;
        save(store, &host, NULL);
        for (int i = 0; i < 1000; i++)
                a_run(store);
        assert_int_equal(history_list(store, &runs, &error), 0);
        assert_int_equal(runs.runs.count, 1000);
        assert_int_equal(runs.runs.items[0].id, first.id + 1000);
        assert_int_equal(history_read(store, first.id, &none, &error), 0);
        assert_int_equal(history_last_of(store, "lab1", "root@10.77.1.2", &found, &none, &error), 0);
        store_close(store);
}

static void the_run_before_has_a_machine_in_common(void **state)
{
        CLEANUP(history_run_done) struct history_run before = {0}, none = {0}, of_last = {0};
        CLEANUP(history_host_done) struct history_host last = {0};
        struct error error = {0};
        struct store *store = open_store(STORE_WRITE);
        static const char *const names[] = {"lab1", "lab2", "lab1"};
        struct history_run runs[COUNT(names)];

        (void)state;
        for (size_t i = 0; i < COUNT(names); i++) {
                CLEANUP(history_host_done) struct history_host host = {0};

                runs[i] = a_run(store);
                host = a_host(runs[i].id, names[i]);
                save(store, &host, NULL);
        }
        assert_int_equal(history_read_before(store, &runs[2], &before, &error), 1);
        assert_int_equal(before.id, runs[0].id);
        assert_int_equal(history_read_before(store, &runs[1], &none, &error), 0);
        assert_int_equal(history_last_of(store, "lab1", "root@10.77.1.2", &last, &of_last, &error), 1);
        assert_int_equal(of_last.id, runs[2].id);
        assert_string_equal(last.level, "linux");
        assert_int_equal(history_last_of(store, "lab1", "root@10.77.1.3", &last, &of_last, &error), 0);
        store_close(store);
}

static void nothing_was_kept_yet(void **state)
{
        CLEANUP(history_runs_done) struct history_runs runs = {0};
        CLEANUP(history_run_done) struct history_run run = {0};
        struct error error = {0};
        struct store *store = open_store(STORE_READ);

        (void)state;
        assert_null(store);
        assert_int_equal(access(file, F_OK), -1);
        assert_int_equal(history_list(store, &runs, &error), 0);
        assert_int_equal(runs.runs.count, 0);
        assert_int_equal(history_read(store, 0, &run, &error), 0);
}

/* ---- ownership ---- */

static char *describe_owned(struct store *store, const char *machine)
{
        CLEANUP(owned_list_done) struct owned_list list = {0};
        struct text text = {0};
        struct error error = {0};

        assert_int_equal(ownership_list(store, machine, &list, &error), 0);
        for (array_each(const struct owned, thing, &list.items))
                text_format(&text, "%s %s by %d%s%s%s;", thing->kind, thing->name, (int)thing->run,
                        thing->is_made ? "" : ", perhaps", thing->before ? ", was " : "",
                        thing->before ? thing->before : "");
        return text_take(&text);
}

static void what_we_made_is_known_until_it_is_dropped(void **state)
{
        CLEANUP(owned_list_done) struct owned_list first = {0}, again = {0};
        struct error error = {0};
        struct store *store = open_store(STORE_WRITE);
        const struct {
                const char *machine, *words;
        } rows[] = {
                {"m1", "package nftables by 3;sysctl vm.swappiness by 3, was 60;file /etc/x by 4, perhaps;"},
                {"m2", "package nftables by 4, perhaps;"},
                {"m3", ""},
        };

        (void)state;
        owned_add(&first, "package", "nftables", NULL);
        owned_add(&first, "sysctl", "vm.swappiness", "60");
        owned_add(&first, "network", "lab", NULL);
        owned_add(&again, "sysctl", "vm.swappiness", "1");
        owned_add(&again, "file", "/etc/x", NULL);
        assert_int_equal(ownership_claim(store, "m1", 3, &first, &error), 0);
        assert_int_equal(ownership_made(store, "m1", &first, &error), 0);
        assert_int_equal(ownership_claim(store, "m1", 4, &again, &error), 0);
        assert_int_equal(ownership_drop(store, "m1", "network", "lab", &error), 0);
        first.items.count = 1;
        assert_int_equal(ownership_claim(store, "m2", 4, &first, &error), 0);
        first.items.count = 3;
        for (size_t i = 0; i < COUNT(rows); i++) {
                CLEANUP(string_free) char *words = describe_owned(store, rows[i].machine);

                assert_string_equal(words, rows[i].words);
        }
        store_close(store);
}

static void what_was_before_is_bounded(void **state)
{
        CLEANUP(owned_list_done) struct owned_list list = {0};
        CLEANUP(string_free) char *much = memory_new(100001, 1);

        (void)state;
        memset(much, 'x', 100000);
        owned_add(&list, "file", "/etc/x", much);
        assert_int_equal(strlen(list.items.items[0].before), 4096);
}

/* ---- deadlines ---- */

#define S INT64_C(1000000)

static void clocks_that_jump_give_no_nonsense(void **state)
{
        static const struct {
                const char *name;
                int64_t lasts_s;
                struct moment now;
                int64_t left_s;
        } rows[] = {
                {"the same boot", 60, {1010 * S, 110 * S, "A"}, 50},
                {"the same boot, and the clock was set far ahead", 60, {999999 * S, 110 * S, "A"}, 50},
                {"the same boot, and the clock was set back", 60, {1 * S, 110 * S, "A"}, 50},
                {"the same boot, too late", 60, {1010 * S, 161 * S, "A"}, 0},
                {"another boot", 60, {1040 * S, 5 * S, "B"}, 20},
                {"another boot, too late", 60, {1061 * S, 5 * S, "B"}, 0},
                {"another boot, and the clock was set back", 60, {1 * S, 5 * S, "B"}, 60},
                {"nobody knows which boot", 60, {1040 * S, 110 * S, ""}, 20},
                {"another time is wanted now", 90, {1010 * S, 110 * S, "A"}, 0},
        };

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                const struct kept_deadline kept = {60, 1060 * S, 160 * S, (char *)"A"};
                int64_t left = kept_deadline_left_us(&kept, &rows[i].now, rows[i].lasts_s);

                if (left != rows[i].left_s * S)
                        fail_msg("%s: %lld us", rows[i].name, (long long)left);
        }
}

static void a_deadline_outlives_its_process(void **state)
{
        struct deadline first, second, other, anew;
        struct error error = {0};
        struct store *store = open_store(STORE_WRITE);

        (void)state;
        assert_int_equal(deadline_keep(store, "m1", "kvm", 3600, &first, &error), 0);
        store_close(store);
        store = open_store(STORE_WRITE);
        assert_int_equal(deadline_keep(store, "m1", "kvm", 3600, &second, &error), 1);
        /* One clock was read after the other, twice. */
        assert_true(second.at_ns - first.at_ns < 100000000 && first.at_ns - second.at_ns < 100000000);
        assert_int_equal(deadline_keep(store, "m2", "kvm", 3600, &other, &error), 0);
        assert_int_equal(deadline_drop(store, "m1", "kvm", &error), 0);
        assert_int_equal(deadline_keep(store, "m1", "kvm", 3600, &anew, &error), 0);
        store_close(store);
}

/* ---- files that can't be used ---- */

static void overwrite(off_t at, size_t count)
{
        CLEANUP(fd_close) int fd = open(file, O_WRONLY | O_CLOEXEC);
        CLEANUP(string_free) char *noise = memory_new(count + 1, 1);

        memset(noise, 'x', count);
        assert_int_equal(pwrite(fd, noise, count, at), count);
}

/* A store with a run in it, and all of it in the file itself. */
static void fill_file(void)
{
        CLEANUP(error_done) struct error error = {0};
        struct database *database;
        struct store *store = open_store(STORE_WRITE);

        a_run(store);
        store_close(store);
        assert_int_equal(database_open(file, DATABASE_WRITE, &database, &error), 0);
        assert_int_equal(database_do(database, "PRAGMA wal_checkpoint(TRUNCATE)", NO_VALUES, &error), 0);
        database_close(database);
}

static void a_file_that_is_none_of_ours_is_refused(void **state)
{
        struct stat before, after;

        (void)state;
        fill_file();
        overwrite(0, 4096);
        stat(file, &before);
        assert_refused(STORE_WRITE, "is damaged");
        assert_refused(STORE_READ, "is damaged");
        stat(file, &after);
        assert_int_equal(before.st_size, after.st_size);
        assert_int_equal(before.st_mtime, after.st_mtime);
}

static void a_cut_off_file_is_refused(void **state)
{
        CLEANUP(error_done) struct error error = {0};
        struct history_run run = {.controller = (char *)"",
                .user = (char *)"",
                .command = (char *)"",
                .verb = (char *)"",
                .phase = (char *)""};
        struct store *store = NULL;

        (void)state;
        fill_file();
        assert_int_equal(truncate(file, 2 * 4096), 0);
        /* What is left begins well: the damage is met when something is to be written, before anything is done. */
        if (store_open(STORE_WRITE, &store, &error) == 0)
                assert_int_equal(history_add_run(store, &run, &error), -1);
        assert_non_null(strstr(error_text(&error), "is damaged"));
        assert_non_null(strstr(error_text(&error), "move "));
        store_close(store);
}

static void an_emptied_file_is_refused(void **state)
{
        struct store *store = open_store(STORE_WRITE);

        (void)state;
        a_run(store);
        store_close(store);
        assert_int_equal(truncate(file, 0), 0);
        assert_refused(STORE_WRITE, "is damaged (it is empty)"); /* with its log */
        assert_refused(STORE_READ, "is damaged (it is empty)");
}

static void an_empty_file_is_refused_and_stays(void **state)
{
        struct stat status;

        (void)state;
        store_close(open_store(STORE_WRITE));
        remove_beside("-wal");
        remove_beside("-shm");
        assert_int_equal(truncate(file, 0), 0);
        assert_refused(STORE_WRITE, "is damaged (it is empty)");
        assert_refused(STORE_WRITE, "move ");
        assert_refused(STORE_READ, "is damaged (it is empty)");
        assert_int_equal(stat(file, &status), 0);
        assert_int_equal(status.st_size, 0);
}

static void a_log_without_its_file_is_refused(void **state)
{
        struct store *store = open_store(STORE_WRITE);

        (void)state;
        a_run(store);
        store_close(store);
        assert_int_equal(unlink(file), 0);
        assert_refused(STORE_WRITE, "is damaged (it is gone, and its log isn't)");
        assert_refused(STORE_READ, "is damaged (it is gone, and its log isn't)");
        assert_int_equal(access(file, F_OK), -1);
        remove_beside("-wal");
        store_close(open_store(STORE_WRITE));
}

/* The system ends whoever writes beyond so many bytes of a file: so the maker dies at each of its writes. */
static bool is_killed_beyond(rlim_t bytes)
{
        pid_t child = fork();
        int status;

        if (child == 0) {
                const struct rlimit limit = {bytes, bytes};
                CLEANUP(error_done) struct error error = {0};
                struct store *store;

                signal(SIGXFSZ, SIG_DFL);
                setrlimit(RLIMIT_FSIZE, &limit);
                setrlimit(RLIMIT_CORE, &(struct rlimit) {0});
                _exit(store_open(STORE_WRITE, &store, &error) < 0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
        return WIFSIGNALED(status);
}

static void a_file_is_whole_or_not_there_wherever_its_maker_is_killed(void **state)
{
        size_t killed = 0;
        struct stat status;

        (void)state;
        for (rlim_t bytes = 0;; bytes += 512) {
                bool was_killed = is_killed_beyond(bytes);

                killed += was_killed;
                assert_true(stat(file, &status) < 0 || status.st_size >= 4096);
                store_close(open_store(STORE_WRITE)); /* what was left half made is no hindrance, */
                assert_int_equal(access_beside(".part"), -1);
                assert_int_equal(access_beside(".part-journal"), -1); /* and goes */
                if (!was_killed)
                        break;
                for (size_t i = 0; i < COUNT(files); i++)
                        remove_beside(files[i]);
        }
        assert_true(killed > 8);
}

static void a_newer_file_is_refused(void **state)
{
        CLEANUP(error_done) struct error error = {0};
        struct database *database;

        (void)state;
        fill_file();
        assert_int_equal(database_open(file, DATABASE_WRITE, &database, &error), 0);
        assert_int_equal(database_do(database, "PRAGMA user_version = 1000", NO_VALUES, &error), 0);
        database_close(database);
        assert_refused(STORE_WRITE, "was written by a newer provision (format 1000");
        assert_refused(STORE_READ, "was written by a newer provision (format 1000");
}

static void a_locked_file_is_waited_for_and_then_refused(void **state)
{
        CLEANUP(error_done) struct error error = {0};
        int ready[2], status;
        char byte;
        pid_t child;

        (void)state;
        fill_file();
        assert_int_equal(pipe(ready), 0);
        child = fork();
        if (child == 0) {
                struct database *database;

                if (database_open(file, DATABASE_WRITE, &database, &error) < 0 ||
                        database_do(database, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", NO_VALUES,
                                &error) < 0)
                        _exit(1);
                if (write(ready[1], "x", 1) == 1)
                        pause();
                _exit(1);
        }
        assert_int_equal(read(ready[0], &byte, 1), 1);
        assert_refused(STORE_WRITE, "has been locked by another program for 5 s");
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        store_close(open_store(STORE_WRITE));
        close(ready[0]);
        close(ready[1]);
}

static void a_directory_in_its_place_is_told(void **state)
{
        CLEANUP(string_free) char *data = string_format("%s/data", store_home);

        (void)state;
        assert_int_equal(mkdir(data, 0700), 0);
        assert_int_equal(mkdir(file, 0700), 0);
        assert_refused(STORE_WRITE, "unable to open");
}

static void the_file_is_private(void **state)
{
        struct stat status;

        (void)state;
        store_close(open_store(STORE_WRITE));
        assert_int_equal(stat(file, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
}

/* ---- older formats ---- */

static void take_format(void *context, const struct row *row)
{
        *(int64_t *)context = row_integer(row, 0);
}

static void an_older_file_is_brought_forward_or_left_alone(void **state)
{
        static const char *const good[] = {
                "CREATE TABLE a (x)", "INSERT INTO a VALUES (1)", "INSERT INTO a VALUES (2)"};
        static const char *const bad[] = {
                "CREATE TABLE a (x)", "INSERT INTO a VALUES (1)", "INSERT INTO b VALUES (2)"};
        CLEANUP(error_done) struct error error = {0}, why = {0};
        CLEANUP(string_free) char *path = string_format("%s/older.db", store_home);
        struct database *database;
        int64_t count = 0, format = 0;

        (void)state;
        assert_int_equal(database_open(path, DATABASE_NEW, &database, &error), 0);
        assert_int_equal(schema_migrate(database, good, 1, &error), 0);
        assert_int_equal(schema_migrate(database, bad, 3, &why), -1);
        assert_int_equal(schema_format(database, &format, &error), 0);
        assert_int_equal(format, 1); /* all of the steps or none */
        assert_int_equal(schema_migrate(database, good, 3, &error), 0);
        assert_int_equal(schema_migrate(database, good, 3, &error), 0);
        assert_int_equal(
                database_query(database, "SELECT count(*) FROM a", NO_VALUES, take_format, &count, &error),
                0);
        assert_int_equal(count, 2);
        database_close(database);
}

/* ---- several at once ---- */

static void processes_at_once_lose_nothing(void **state)
{
        CLEANUP(history_runs_done) struct history_runs runs = {0};
        struct error error = {0};
        struct store *store;

        (void)state;
        /* They also make the file at the same moment. */
        for (int i = 0; i < 4; i++) {
                if (fork() == 0) {
                        store = open_store(STORE_WRITE);
                        for (int j = 0; j < 25; j++) {
                                struct history_run run = a_run(store);
                                struct history_host host = a_host(run.id, "lab1");

                                save(store, &host, NULL);
                                history_host_done(&host);
                        }
                        store_close(store);
                        _exit(0);
                }
        }
        for (int i = 0; i < 4; i++) {
                int status;

                assert_true(wait(&status) > 0);
                assert_int_equal(status, 0);
        }
        store = open_store(STORE_READ);
        assert_int_equal(history_list(store, &runs, &error), 0);
        assert_int_equal(runs.runs.count, 100);
        store_close(store);
}

#define IN_HOME(test) cmocka_unit_test_setup_teardown(test, make_home, remove_home)

int main(void)
{
        const struct CMUnitTest tests[] = {
                IN_HOME(what_a_run_did_is_read_back),
                IN_HOME(a_run_goes_on_while_its_process_does),
                IN_HOME(a_killed_run_counts_as_cut_off),
                IN_HOME(only_so_many_runs_are_kept),
                IN_HOME(the_run_before_has_a_machine_in_common),
                IN_HOME(nothing_was_kept_yet),
                IN_HOME(what_we_made_is_known_until_it_is_dropped),
                IN_HOME(what_was_before_is_bounded),
                IN_HOME(clocks_that_jump_give_no_nonsense),
                IN_HOME(a_deadline_outlives_its_process),
                IN_HOME(a_file_that_is_none_of_ours_is_refused),
                IN_HOME(a_cut_off_file_is_refused),
                IN_HOME(an_emptied_file_is_refused),
                IN_HOME(an_empty_file_is_refused_and_stays),
                IN_HOME(a_log_without_its_file_is_refused),
                IN_HOME(a_file_is_whole_or_not_there_wherever_its_maker_is_killed),
                IN_HOME(a_newer_file_is_refused),
                IN_HOME(a_locked_file_is_waited_for_and_then_refused),
                IN_HOME(a_directory_in_its_place_is_told),
                IN_HOME(the_file_is_private),
                IN_HOME(an_older_file_is_brought_forward_or_left_alone),
                IN_HOME(processes_at_once_lose_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
