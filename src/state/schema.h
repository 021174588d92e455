/* What stands in the file, and how an older one becomes as this program knows it. Internal to state. */
#pragma once

#include "state/database.h"

/* Each step makes the format that has its number, counted from 1, of the one before; none is ever changed. */
extern const char *const schema_steps[];
extern const int64_t schema_step_count;

/* 0 for a file in which nothing was ever written. */
int schema_format(struct database *database, int64_t *ret_format, struct error *error);

/* Takes the file to the format that the steps end with, all of them or none. ERROR_FAILED for one from a newer
 * version. */
int schema_migrate(
        struct database *database, const char *const *steps, int64_t step_count, struct error *error);
