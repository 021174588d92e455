/* state.db in data_dir(): what must outlive a run. History (state/history.h), who made what (state/ownership.h) and
 * until when something may take (state/deadlines.h). It is never asked what a machine can do.
 *
 * Every function is one transaction, may be called from any thread, and works while other processes use the same file.
 * A file that can't be used (damaged, from a newer version, on a full or read-only disk, locked for long) is ERROR_FAILED
 * with one sentence that says what to do; nothing in it is lost by that. */
#pragma once

#include "base/error.h"

struct store;

enum store_use {
        STORE_WRITE, /* the file is made when it is missing */
        STORE_READ,  /* works on a read-only disk, too */
};

/* With STORE_READ *ret_store is NULL where nothing was ever kept. */
int store_open(enum store_use use, struct store **ret_store, struct error *error);

/* NULL is allowed. */
void store_close(struct store *store);

/* SQLite's version as it was loaded, for --version. */
const char *store_library_version(void);
