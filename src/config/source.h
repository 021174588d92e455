/* The bytes of a local file, read without ever waiting for somebody to write them. */
#pragma once

#include <sys/types.h>

#include "base/error.h"

struct source {
        char *bytes; /* with a NUL that length doesn't count */
        size_t length;
        dev_t device;
        ino_t inode;
};

/* ERROR_CONFIG without the path in it ("is a directory", …): the caller has said whose file it is. */
int source_read(const char *path, size_t largest, struct source *ret_source, struct error *error);

void source_done(struct source *source);
