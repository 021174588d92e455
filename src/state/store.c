/* The file and the locks beside it.
 *
 * Whether a run goes on is asked of the kernel: it holds a lock on one byte of runs.lock, which ends with its process,
 * whatever ends that. (Such a lock belongs to an open file, so it can't be state.db itself: to close any other
 * descriptor of that file would end SQLite's own locks.) */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "state/directories.h"
#include "state/schema.h"
#include "state/store_parts.h"

/* Two that make the file at the same moment take turns: this byte is nobody's run. */
static void take_turn(int fd, short type)
{
        struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};

        while (fd >= 0 && fcntl(fd, F_OFD_SETLKW, &lock) < 0 && errno == EINTR)
                ;
}

static int open_locks(const char *directory, enum store_use use, int *ret_fd, struct error *error)
{
        CLEANUP(string_free) char *path = string_format("%s/runs.lock", directory);
        char buffer[128];
        int fd = open(path, use == STORE_WRITE ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0600);

        *ret_fd = fd;
        if (fd >= 0 || use == STORE_READ)
                return 0; /* a reader without it takes every run for ended */
        return error_set(error, ERROR_FAILED,
                "%s can't be written (%s): make its directory writable, or name another one (PROVISION_HOME)",
                path, strerror_r(errno, buffer, sizeof(buffer)));
}

/* What machines said is nobody else's business. SQLite gives its other files the same mode. */
static void make_private(const char *path)
{
        CLEANUP(fd_close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        (void)fd; /* why it can't be made is told by whoever opens it next */
}

/* A log whose file is gone would be taken for that of the file that comes next. */
static int check_no_log(const char *path, struct error *error)
{
        static const char *const logs[] = {"-wal", "-journal"};
        struct stat log;

        for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
                CLEANUP(string_free) char *name = string_format("%s%s", path, logs[i]);

                if (stat(name, &log) == 0 && log.st_size > 0)
                        return database_refuse_damaged(path, "it is gone, and its log isn't", error);
        }
        return 0;
}

static void remove_part(const char *part)
{
        static const char *const files[] = {"", "-journal", "-wal", "-shm"};

        for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
                CLEANUP(string_free) char *name = string_format("%s%s", part, files[i]);

                unlink(name);
        }
}

static int fill_part(const char *part, struct error *error)
{
        struct database *database = NULL;
        int result;

        make_private(part);
        if (database_open(part, DATABASE_NEW, &database, error) < 0)
                return -1;
        result = schema_migrate(database, schema_steps, schema_step_count, error);
        database_close(database);
        return result;
}

/* It gets its name when it is whole: so one that is empty isn't ours, whenever we were killed. One that somebody has put
 * there meanwhile stays. */
static int make_file(const char *path, const char *part, struct error *error)
{
        if (check_no_log(path, error) < 0 || fill_part(part, error) < 0)
                return -1;
        if (link(part, path) < 0 && errno != EEXIST)
                return error_set_errno(error, ERROR_FAILED, "%s can't be made", path);
        return 0;
}

static int open_in_turn(const char *path, struct store *store, struct error *error)
{
        CLEANUP(string_free) char *part = string_format("%s.part", path);
        int result = 0;

        remove_part(part); /* of one that was killed */
        if (access(path, F_OK) < 0 && errno == ENOENT) {
                result = make_file(path, part, error);
                remove_part(part);
        }
        if (result == 0)
                result = database_open(path, DATABASE_WRITE, &store->database, error);
        if (result == 0)
                result = schema_migrate(store->database, schema_steps, schema_step_count, error);
        return result;
}

static int open_for_writing(const char *path, struct store *store, struct error *error)
{
        int result;

        take_turn(store->runs_fd, F_WRLCK);
        result = open_in_turn(path, store, error);
        take_turn(store->runs_fd, F_UNLCK);
        return result;
}

/* 1: there is something to read; 0: nothing was ever written. An older format is made the one that we know. */
static int open_for_reading(const char *path, struct store *store, struct error *error)
{
        int64_t format = 0;

        if (access(path, F_OK) < 0 && errno == ENOENT)
                return check_no_log(path, error);
        if (database_open(path, DATABASE_READ, &store->database, error) < 0 ||
                schema_format(store->database, &format, error) < 0)
                return -1;
        if (format > schema_step_count)
                return database_refuse_newer(store->database, format, schema_step_count, error);
        if (format == 0 || format == schema_step_count)
                return format != 0;
        database_close(STEAL(store->database));
        return open_for_writing(path, store, error) < 0 ? -1 : 1;
}

int store_open(enum store_use use, struct store **ret_store, struct error *error)
{
        CLEANUP(string_free) char *directory = NULL;
        CLEANUP(string_free) char *path = NULL;
        struct store *store;
        int result;

        if (data_dir(&directory, error) < 0)
                return -1;
        path = string_format("%s/state.db", directory);
        store = memory_new(1, sizeof(*store));
        store->runs_fd = -1;
        result = open_locks(directory, use, &store->runs_fd, error);
        if (result == 0)
                result = use == STORE_WRITE ? open_for_writing(path, store, error)
                                            : open_for_reading(path, store, error);
        if (result < 0 || (result == 0 && use == STORE_READ))
                store_close(STEAL(store));
        if (result >= 0)
                *ret_store = store;
        return result < 0 ? -1 : 0;
}

void store_close(struct store *store)
{
        if (!store)
                return;
        database_close(store->database);
        fd_close(&store->runs_fd);
        free(store);
}

const char *store_library_version(void)
{
        return database_library_version();
}
