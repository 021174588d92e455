/* What the files that know libvirt's library share; nobody else needs it. */
#pragma once

#include "base/library.h"
#include "means/libvirt.h"

/* What one file calls of the library. Each names its functions in an X macro, and calls them as virt.virDomainFree(…);
 * whoever opens a session has had all parts loaded. */
struct libvirt_part {
        const struct library_function *functions;
        size_t count;
};

#define LIBVIRT_POINTER(name) __typeof__(&(name)) name;
#define LIBVIRT_ENTRY(name)   {#name, (void **)&virt.name},
#define LIBVIRT_PART(part, FUNCTIONS)                                                         \
        static struct {                                                                       \
                FUNCTIONS(LIBVIRT_POINTER)                                                    \
        } virt;                                                                               \
        static const struct library_function part##_functions[] = {FUNCTIONS(LIBVIRT_ENTRY)}; \
        const struct libvirt_part part = {                                                    \
                part##_functions, sizeof(part##_functions) / sizeof(part##_functions[0])}

extern const struct libvirt_part libvirt_sessions, libvirt_guests, libvirt_console, libvirt_volumes;

struct session {
        void *connection; /* the library's */
};

/* "libvirt can't define the network: …": in its own words, which may be several lines. Always -1. */
int libvirt_fail(struct error *error, const char *doing, const char *what);

/* What failed last on this thread failed by this code of the library's. */
bool libvirt_last_error_is(int code);
