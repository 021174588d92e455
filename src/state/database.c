/* SQLite, thinly. The write-ahead log lets others read while one writes; it is taken into the file when it has grown,
 * not at every end, so that a run with nothing to do doesn't wait for the disk. */
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "state/database.h"

/* How long another process may hold the file; its own transactions take milliseconds. */
#define BUSY_MS 5000

/* Bytes of the log that are left for the next process to read. */
#define LOG_MOST (400 * 1024)

struct database {
        sqlite3 *handle;
        char *path;
        pthread_mutex_t lock;
        enum care care; /* what "synchronous" is set to */
};

static sqlite3_stmt *statement_of(const struct row *row)
{
        return (sqlite3_stmt *)row;
}

/* ---- what is wrong, in words ---- */

int database_refuse_damaged(const char *path, const char *why, struct error *error)
{
        return error_set(error, ERROR_FAILED,
                "%s is damaged (%s): put a copy from a backup in its place, or move %s* away and a new one "
                "is begun, "
                "which knows no history and not what was made by us",
                path, why, path);
}

int database_refuse_newer(const struct database *database, int64_t format, int64_t known, struct error *error)
{
        return error_set(error, ERROR_FAILED,
                "%s was written by a newer provision (format %d, and this one knows %d): use that version, "
                "or another "
                "directory (PROVISION_HOME)",
                database->path, (int)format, (int)known);
}

static int refuse_full(const struct database *database, struct error *error)
{
        return error_set(error, ERROR_FAILED,
                "%s: the disk it is on is full: make room and run again; what was written before is kept",
                database->path);
}

static int refuse_unwritable(const struct database *database, int number, struct error *error)
{
        char buffer[128];

        return error_set(error, ERROR_FAILED,
                "%s can't be written (%s): make its directory writable, or name another one (PROVISION_HOME)",
                database->path, number ? strerror_r(number, buffer, sizeof(buffer)) : "it is read-only");
}

static int refuse_locked(const struct database *database, struct error *error)
{
        return error_set(error, ERROR_FAILED,
                "%s has been locked by another program for %d s: if something copies it, wait for its end "
                "and run "
                "again (sqlite3 %s \".backup COPY\" copies without getting in the way)",
                database->path, BUSY_MS / 1000, database->path);
}

/* Sets the error for what the last call came back with. */
static int fail(const struct database *database, int code, struct error *error)
{
        int number = sqlite3_system_errno(database->handle);

        switch (code & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
                return database_refuse_damaged(database->path, sqlite3_errmsg(database->handle), error);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
                return refuse_locked(database, error);
        case SQLITE_FULL:
                return refuse_full(database, error);
        case SQLITE_READONLY:
                return refuse_unwritable(database, 0, error);
        case SQLITE_CANTOPEN:
        case SQLITE_IOERR:
                if (number == ENOSPC || number == EDQUOT)
                        return refuse_full(database, error);
                if (number == EROFS || number == EACCES || number == EPERM)
                        return refuse_unwritable(database, number, error);
                break;
        default:
                break;
        }
        errno = number;
        if (number)
                return error_set_errno(
                        error, ERROR_FAILED, "%s: %s", database->path, sqlite3_errmsg(database->handle));
        return error_set(error, ERROR_FAILED, "%s: %s", database->path, sqlite3_errmsg(database->handle));
}

/* ---- statements ---- */

static int bind(sqlite3_stmt *prepared, struct values values)
{
        int code = SQLITE_OK;

        for (size_t i = 0; i < values.count && code == SQLITE_OK; i++) {
                const struct value *value = &values.items[i];
                int position = (int)i + 1;

                switch (value->type) {
                case VALUE_NOTHING:
                        break;
                case VALUE_INTEGER:
                        code = sqlite3_bind_int64(prepared, position, value->integer);
                        break;
                case VALUE_TEXT:
                        code = sqlite3_bind_text(prepared, position, value->text, -1, SQLITE_STATIC);
                        break;
                }
        }
        return code;
}

int database_query(struct database *database, const char *statement, struct values values,
        void (*each)(void *context, const struct row *row), void *context, struct error *error)
{
        sqlite3_stmt *prepared = NULL;
        int code = sqlite3_prepare_v2(database->handle, statement, -1, &prepared, NULL);
        int result = 0;

        if (code == SQLITE_OK)
                code = bind(prepared, values);
        while (code == SQLITE_OK || code == SQLITE_ROW) {
                code = sqlite3_step(prepared);
                if (code == SQLITE_ROW && each)
                        each(context, (const struct row *)prepared);
        }
        if (code != SQLITE_DONE)
                result = fail(database, code, error);
        sqlite3_finalize(prepared);
        return result;
}

int database_do(struct database *database, const char *statement, struct values values, struct error *error)
{
        int code;

        if (values.count)
                return database_query(database, statement, values, NULL, NULL, error);
        code = sqlite3_exec(database->handle, statement, NULL, NULL, NULL);
        return code == SQLITE_OK ? 0 : fail(database, code, error);
}

int64_t database_last_row(const struct database *database)
{
        return sqlite3_last_insert_rowid(database->handle);
}

int64_t row_integer(const struct row *row, int column)
{
        return sqlite3_column_int64(statement_of(row), column);
}

bool row_is_nothing(const struct row *row, int column)
{
        return sqlite3_column_type(statement_of(row), column) == SQLITE_NULL;
}

char *row_text(const struct row *row, int column)
{
        return string_copy((const char *)sqlite3_column_text(statement_of(row), column));
}

/* ---- transactions ---- */

int database_begin(struct database *database, enum care care, struct error *error)
{
        int result = 0;

        pthread_mutex_lock(&database->lock);
        if (care != CARE_READ && care != database->care) {
                result = database_do(database,
                        care == CARE_SYNCED ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
                        NO_VALUES, error);
                database->care = care;
        }
        if (result == 0)
                result = database_do(
                        database, care == CARE_READ ? "BEGIN" : "BEGIN IMMEDIATE", NO_VALUES, error);
        if (result < 0)
                pthread_mutex_unlock(&database->lock);
        return result;
}

int database_end(struct database *database, int status, struct error *error)
{
        if (status == 0)
                status = database_do(database, "COMMIT", NO_VALUES, error);
        if (status < 0 && !sqlite3_get_autocommit(database->handle))
                sqlite3_exec(
                        database->handle, "ROLLBACK", NULL, NULL, NULL); /* what failed is told already */
        pthread_mutex_unlock(&database->lock);
        return status;
}

/* ---- the file ---- */

/* SQLite would take it for a new one. */
static int check_not_empty(const struct database *database, struct error *error)
{
        struct stat file;

        if (stat(database->path, &file) == 0 && S_ISREG(file.st_mode) && file.st_size == 0)
                return database_refuse_damaged(database->path, "it is empty", error);
        return 0;
}

/* Where nothing can be written there is nobody to be kept out: if there is no log, the file is all there is. */
static int open_unchanging(struct database *database)
{
        CLEANUP(string_free) char *log = string_format("%s-wal", database->path);
        CLEANUP(string_free) char *escaped = NULL;
        CLEANUP(string_free) char *address = NULL;
        struct stat log_file;

        if (stat(log, &log_file) == 0 && log_file.st_size > 0)
                return SQLITE_CANTOPEN;
        sqlite3_close(database->handle);
        database->handle = NULL;
        escaped = memory_new(3 * strlen(database->path) + 1, 1);
        for (const char *from = database->path, *hex = "0123456789ABCDEF"; *from; from++) {
                char *end = escaped + strlen(escaped);

                if (strchr("?#%", *from))
                        memcpy(end, (char[]) {'%', hex[(unsigned char)*from >> 4], hex[*from & 15]}, 3);
                else
                        *end = *from;
        }
        address = string_format("file:%s?immutable=1", escaped);
        return sqlite3_open_v2(address, &database->handle,
                SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
}

/* Little memory: what is kept here is read and written once. */
static void make_small(const struct database *database)
{
        sqlite3_db_config(database->handle, SQLITE_DBCONFIG_LOOKASIDE, NULL, 0, 0);
        sqlite3_db_config(database->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        sqlite3_db_config(database->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_extended_result_codes(database->handle, 1);
        sqlite3_busy_timeout(database->handle, BUSY_MS);
}

static int try_to_read(const struct database *database)
{
        return sqlite3_exec(database->handle,
                "PRAGMA cache_size = -256; PRAGMA foreign_keys = ON; "
                "SELECT 1 FROM sqlite_master LIMIT 1",
                NULL, NULL, NULL);
}

static int open_file(struct database *database, enum database_use use, struct error *error)
{
        static const int flags[] = {
                [DATABASE_NEW] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                [DATABASE_WRITE] = SQLITE_OPEN_READWRITE,
                [DATABASE_READ] = SQLITE_OPEN_READONLY,
        };
        int code;

        if (use != DATABASE_NEW && check_not_empty(database, error) < 0)
                return -1;
        code = sqlite3_open_v2(database->path, &database->handle, flags[use] | SQLITE_OPEN_NOMUTEX, NULL);
        if (!database->handle)
                return error_set(error, ERROR_FAILED, "%s: out of memory", database->path);
        make_small(database);
        if (code == SQLITE_OK)
                code = try_to_read(database);
        if (use == DATABASE_READ && (code & 0xff) == SQLITE_CANTOPEN) {
                code = open_unchanging(database);
                make_small(database);
                if (code == SQLITE_OK)
                        code = try_to_read(database);
        }
        if (code != SQLITE_OK)
                return fail(database, code, error);
        if (use != DATABASE_READ && sqlite3_db_readonly(database->handle, "main"))
                return refuse_unwritable(database, access(database->path, W_OK) < 0 ? errno : 0, error);
        return 0;
}

int database_open(
        const char *path, enum database_use use, struct database **ret_database, struct error *error)
{
        struct database *database = memory_new(1, sizeof(*database));

        database->path = string_copy(path);
        pthread_mutex_init(&database->lock, NULL);
        if (open_file(database, use, error) < 0) {
                database_close(database);
                return -1;
        }
        *ret_database = database;
        return 0;
}

/* Takes a log that has grown into the file, if nobody else is at it. Whoever opens the file reads the whole log, and only
 * the process that takes it in knows that it can begin anew. */
static void take_in_log(const struct database *database)
{
        CLEANUP(string_free) char *log = string_format("%s-wal", database->path);
        struct stat status;

        if (!database->handle || sqlite3_db_readonly(database->handle, "main") || stat(log, &status) < 0 ||
                status.st_size < LOG_MOST)
                return;
        sqlite3_busy_timeout(database->handle, 0);
        sqlite3_wal_checkpoint_v2(database->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

void database_close(struct database *database)
{
        if (!database)
                return;
        take_in_log(database);
        sqlite3_close(database->handle);
        pthread_mutex_destroy(&database->lock);
        free(database->path);
        free(database);
}

const char *database_library_version(void)
{
        return sqlite3_libversion();
}
