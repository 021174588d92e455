/* What is written for guests' births, on their machine. */
#pragma once

#include <sys/types.h>

#include "means/parts.h"

/* Where it lies. */
int seed_make_directory(const struct work *work, struct error *error);

/* One file of root's there. The path is taken over. */
int seed_put(
        const struct work *work, char *path, mode_t mode, char *content, size_t length, struct error *error);
