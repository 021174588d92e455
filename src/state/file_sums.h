/* Checksums of large files of this machine, each computed once. */
#pragma once

#include "base/error.h"

/* The SHA-256 of a regular file, 64 lower-case hex digits owned by the caller. It is remembered in the cache directory
 * for as long as the file's size, inode and times stay as they are, as git does; without such a directory it is computed
 * each time. begin is called when that has to be done, which takes seconds for each GiB; NULL: it isn't. Errors are
 * ERROR_CONFIG, without the path. */
int file_sum(const char *path, void (*begin)(const char *path), char **ret_sha256, struct error *error);
