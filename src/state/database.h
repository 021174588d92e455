/* SQLite, thinly: statements with values in, rows out, and every way a file can be unusable as one sentence with
 * what to do. Internal to state. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct database;

enum database_use {
        DATABASE_NEW, /* a file in which nothing is yet; it is made when it is missing */
        DATABASE_WRITE,
        DATABASE_READ, /* also from where nothing can be written */
};

/* All errors are ERROR_FAILED. Both that work with what is there want a file that is there, and not empty. */
int database_open(
        const char *path, enum database_use use, struct database **ret_database, struct error *error);

/* NULL is allowed. What was committed stays in the file beside it (-wal), from where the next one takes it. */
void database_close(struct database *database);

/* ---- values for the question marks of a statement, in order ---- */

struct value {
        enum { VALUE_NOTHING, VALUE_INTEGER, VALUE_TEXT } type;
        int64_t integer;
        const char *text;
};

struct values {
        const struct value *items;
        size_t count;
};

#define INTEGER(number) ((struct value) {.type = VALUE_INTEGER, .integer = (number)})
/* A NULL string is nothing. */
#define TEXT(string) ((struct value) {.type = VALUE_TEXT, .text = (string)})
#define VALUES(...)                                                      \
        ((struct values) {.items = (const struct value[]) {__VA_ARGS__}, \
                .count = sizeof((const struct value[]) {__VA_ARGS__}) / sizeof(struct value)})
#define NO_VALUES ((struct values) {0})

/* ---- transactions: one at a time, from any thread; all statements belong into one ---- */

enum care {
        CARE_READ,    /* reads only, and all of the same moment */
        CARE_HISTORY, /* a killed process loses nothing, a power cut may lose the last moments */
        CARE_SYNCED,  /* on the disk before it returns */
};

int database_begin(struct database *database, enum care care, struct error *error);

/* Commits when status is 0, else takes everything back and returns -1 with the error that is set already. */
int database_end(struct database *database, int status, struct error *error);

/* One statement, or several without values and rows. */
int database_do(struct database *database, const char *statement, struct values values, struct error *error);

/* The rowid of the last insertion. */
int64_t database_last_row(const struct database *database);

struct row;

/* Calls each for every row. */
int database_query(struct database *database, const char *statement, struct values values,
        void (*each)(void *context, const struct row *row), void *context, struct error *error);

int64_t row_integer(const struct row *row, int column);
bool row_is_nothing(const struct row *row, int column);
/* Owned by the caller; NULL for nothing. */
char *row_text(const struct row *row, int column);

/* ERROR_FAILED: the file is from a newer version of this program. */
int database_refuse_newer(
        const struct database *database, int64_t format, int64_t known, struct error *error);

/* ERROR_FAILED: it can't be used any more, with the reason in words. */
int database_refuse_damaged(const char *path, const char *why, struct error *error);

/* SQLite's version as it was loaded, for --version. */
const char *database_library_version(void);
