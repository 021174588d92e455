/* Shared libraries that are loaded when they are first needed: most runs do without most of them, and each brings dozens
 * of others that it needs itself. */
#pragma once

#include <stddef.h>

/* A function's name and the pointer to be filled in. An X macro makes them: see means/libvirt.c. */
struct library_function {
        const char *name;
        void **function;
};

/* Loads a library by its file's name ("libvirt.so.0") and looks its functions up. Returns NULL, or what is missing: the
 * library's name or a function's, lent by the arguments. Loaded twice is loaded once. */
const char *library_load(const char *name, const struct library_function *functions, size_t count);
