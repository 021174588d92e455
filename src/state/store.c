/* The file and the locks beside it.
 *
 * Whether a run goes on is asked of the kernel: it holds a lock on one byte of runs.lock, which ends with its process,
 * whatever ends that. (Such a lock belongs to an open file, so it can't be state.db itself: to close any other
 * descriptor of that file would end SQLite's own locks.) */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
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

static int open_for_writing(const char *path, struct store *store, struct error *error)
{
        int result;

        take_turn(store->runs_fd, F_WRLCK);
        make_private(path);
        result = database_open(path, DATABASE_WRITE, &store->database, error);
        if (result == 0)
                result = schema_migrate(store->database, schema_steps, schema_step_count, error);
        take_turn(store->runs_fd, F_UNLCK);
        return result;
}

/* 1: there is something to read; 0: nothing was ever written. An older format is made the one that we know. */
static int open_for_reading(const char *path, struct store *store, struct error *error)
{
        int64_t format = 0;

        if (access(path, F_OK) < 0 && errno == ENOENT)
                return 0;
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
