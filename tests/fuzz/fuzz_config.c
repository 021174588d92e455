/* host.conf from any bytes: libFuzzer's entry. What stands before a NUL is a --set, the rest the file. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/characters.h"
#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int memory_file(const uint8_t *bytes, size_t length)
{
        int fd = memfd_create("host.conf", MFD_CLOEXEC);

        assert(fd >= 0);
        assert(write(fd, bytes, length) == (ssize_t)length);
        return fd;
}

/* A problem can be shown as it is: one line, no control characters, with its place in front. */
static void check_problem(const char *problem)
{
        assert(characters_plain(problem, strlen(problem)) == strlen(problem));
        assert(strstr(problem, ": ") || strncmp(problem, "and ", 4) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const uint8_t *nul = memchr(data, 0, size);
        size_t setting = nul ? (size_t)(nul - data) + 1 : 0;
        CLEANUP(fd_close) int fd = memory_file(data + setting, size - setting);
        CLEANUP(strings_done) struct strings files = {0}, problems = {0};
        CLEANUP(config_done) struct config config = {0};
        CLEANUP(error_done) struct error error = {0};
        struct config_overrides overrides = {0};
        int result;

        strings_take(&files, string_format("/proc/self/fd/%d", fd));
        if (nul)
                strings_add(&overrides.settings, (const char *)data);
        result = config_load(&files, &overrides, &config, &problems, &error);
        assert((result == 0) == (problems.count == 0));
        assert((result == 0) == !error_is_set(&error));
        for (array_each(char *, problem, &problems))
                check_problem(*problem);
        strings_done(&overrides.settings);
        return 0;
}
