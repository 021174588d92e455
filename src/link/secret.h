/* A password on its short way from a file to sudo's stdin. */
#pragma once

#include <stddef.h>

#include "base/error.h"

struct secret {
        char *bytes; /* with the newline that ends it; locked in memory; NULL: none */
        size_t length;
        size_t size;
};

/* The file's first line. ERROR_REFUSED when it can't be read or others can read it. */
int secret_read(const char *path, struct secret *ret_secret, struct error *error);
/* Overwrites it. */
void secret_done(struct secret *secret);
