/* Descriptors. */
#pragma once

#include <stddef.h>

/* All of it, however many writes that takes. -1: errno says why; some of it may be written then. Not for a descriptor that doesn't block. */
int write_all(int fd, const char *bytes, size_t count);
