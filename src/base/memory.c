/* Allocation that cannot fail, and cleanup at the end of a scope. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"

static void out_of_memory(void)
{
        static const char message[] = "provision: out of memory; free some and run again\n";
        ssize_t ignored = write(STDERR_FILENO, message, sizeof(message) - 1);

        (void)ignored; /* there is nobody left to tell */
        _exit(1);
}

void *memory_new(size_t count, size_t size)
{
        void *fresh = calloc(count ? count : 1, size ? size : 1);

        if (!fresh)
                out_of_memory();
        return fresh;
}

void *memory_resize(void *old, size_t count, size_t size)
{
        void *fresh = reallocarray(old, count, size);

        if (!fresh && count && size)
                out_of_memory();
        return fresh;
}

char *string_copy(const char *string)
{
        return string ? string_copy_n(string, strlen(string)) : NULL;
}

char *string_copy_n(const char *string, size_t length)
{
        char *copy = memory_new(length + 1, 1);

        memcpy(copy, string, length);
        return copy;
}

char *string_vformat(const char *format, va_list arguments)
{
        char *text = NULL;

        if (vasprintf(&text, format, arguments) < 0)
                out_of_memory();
        return text;
}

char *string_format(const char *format, ...)
{
        va_list arguments;
        char *text;

        va_start(arguments, format);
        text = string_vformat(format, arguments);
        va_end(arguments);
        return text;
}

int string_equal(const char *a, const char *b)
{
        if (!a || !b)
                return a == b;
        return strcmp(a, b) == 0;
}

void string_replace(char **string, const char *copy)
{
        char *fresh = string_copy(copy);

        free(*string);
        *string = fresh;
}

void string_free(char **string)
{
        free(*string);
        *string = NULL;
}

void memory_free_secret(void *secret, size_t length)
{
        if (!secret)
                return;
        explicit_bzero(secret, length);
        free(secret);
}

void *memory_lock_new(size_t size)
{
        void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (memory == MAP_FAILED)
                out_of_memory();
        mlock(memory, size); /* may fail where limits are low: it is wiped soon all the same */
        madvise(memory, size, MADV_DONTDUMP);
        return memory;
}

void memory_lock_free(void *memory, size_t size)
{
        if (!memory)
                return;
        explicit_bzero(memory, size);
        munmap(memory, size);
}

void fd_close(int *fd)
{
        int saved = errno;

        if (*fd >= 0)
                close(*fd);
        *fd = -1;
        errno = saved;
}
