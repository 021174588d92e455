/* What the files that know libvirt's library share; nobody else needs it. */
#pragma once

#include "means/libvirt.h"

#define LIBVIRT_LIBRARY "libvirt.so.0"

struct session {
        void *connection; /* the library's */
};

/* Looks up what libvirt_guests.c calls; as library_load. */
const char *libvirt_guests_load(void);

/* "libvirt can't define the network: …": in its own words, which may be several lines. Always -1. */
int libvirt_fail(struct error *error, const char *doing, const char *what);

/* What failed last on this thread failed by this code of the library's. */
bool libvirt_last_error_is(int code);
