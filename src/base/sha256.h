/* SHA-256 of what is in memory, to compare it with what a machine has without moving either. */
#pragma once

#include <stddef.h>

/* 64 lower-case hex digits, owned by the caller. */
char *sha256_hex(const void *bytes, size_t length) __attribute__((returns_nonnull));

/* libcrypto's version as it was loaded, for --version. */
const char *sha256_library_version(void);
