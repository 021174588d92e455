/* Allocation that cannot fail, and cleanup at the end of a scope.
 *
 * Out of memory ends the program at once with one line on stderr: nothing can be said about the state of a
 * machine without memory to say it in, and a run that is started again ends where an undisturbed one would. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/* Zeroed memory of count * size bytes; the caller frees it. */
void *memory_new(size_t count, size_t size) __attribute__((malloc, returns_nonnull));

/* As realloc(3) for count * size bytes; never NULL unless that is 0 bytes. */
void *memory_resize(void *old, size_t count, size_t size);

/* An owned copy; NULL for NULL. */
char *string_copy(const char *string);
char *string_copy_n(const char *string, size_t length);

/* An owned, formatted string. */
char *string_format(const char *format, ...) __attribute__((format(printf, 1, 2), returns_nonnull));
char *string_vformat(const char *format, va_list arguments)
        __attribute__((format(printf, 1, 0), returns_nonnull));

/* Two strings, either of which may be NULL, are the same. */
int string_equal(const char *a, const char *b);

/* Frees the string and leaves *string pointing to the copy; copy may lie inside the old string. */
void string_replace(char **string, const char *copy);

/* CLEANUP(x_done) struct x x = {0};  calls x_done(&x) on every way out of the scope. */
#define CLEANUP(function) __attribute__((cleanup(function)))

/* For char *: CLEANUP(string_free). */
void string_free(char **string);

/* Overwrites length bytes in a way the compiler may not remove, then frees. NULL is allowed. */
void memory_free_secret(void *secret, size_t length);

/* Zeroed memory for secrets: in no core file, and never swapped out as far as the process's limits allow that. Not for many
 * small pieces: it comes in pages. Given back with the same size, after it was overwritten; NULL is allowed. */
void *memory_lock_new(size_t size) __attribute__((returns_nonnull));
void memory_lock_free(void *memory, size_t size);

/* For int file descriptors: CLEANUP(fd_close); -1 is allowed and errno is kept. */
void fd_close(int *fd);

/* Hands over what *pointer owns, leaving NULL (or -1 for a descriptor) behind. */
#define STEAL(pointer)                                        \
        ({                                                    \
                __typeof__(pointer) *steal_from = &(pointer); \
                __typeof__(pointer) stolen = *steal_from;     \
                *steal_from = NULL;                           \
                stolen;                                       \
        })
#define STEAL_FD(fd)                      \
        ({                                \
                int *steal_from = &(fd);  \
                int stolen = *steal_from; \
                *steal_from = -1;         \
                stolen;                   \
        })
