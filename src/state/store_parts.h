/* What the files of the store share. Internal to state. */
#pragma once

#include "state/database.h"
#include "state/store.h"

struct store {
        struct database *database;
        int runs_fd; /* runs.lock: a run that goes on holds a lock on the byte of its number; -1: there is none */
};
