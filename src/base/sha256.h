/* SHA-256, to compare contents without moving them. */
#pragma once

#include <stddef.h>

#define SHA256_HEX 64 /* digits */

/* Of what is in memory: 64 lower-case hex digits, owned by the caller. */
char *sha256_hex(const void *bytes, size_t length) __attribute__((returns_nonnull));

/* Of what comes piece by piece; sha256_end gives the digits as above, and frees. */
struct sha256;
struct sha256 *sha256_begin(void) __attribute__((returns_nonnull));
void sha256_add(struct sha256 *sum, const void *bytes, size_t length);
char *sha256_end(struct sha256 *sum) __attribute__((returns_nonnull));

/* libcrypto's version as it was loaded, for --version. */
const char *sha256_library_version(void);
