/* Configurations for the tests: files in memory that the process holds as /proc/self/fd/100 ("A" in what is expected) and
 * 101 ("B"): relative includes work between them, and nothing is left behind whatever happens. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "config/config.h"

struct row {
        const char *name;
        const char *text;
        const char *more;        /* B, or NULL */
        const char *settings[4]; /* --set */
        const char *problems[12];
};

#define HOST "host \"h\" { connect = local }\n"

#define FILE_A 100
#define FILE_B 101
#define PATH_A "/proc/self/fd/100"
#define PATH_B "/proc/self/fd/101"

/* ---- loading ---- */

static inline void put_file(int fd, const void *bytes, size_t length)
{
        int memory = memfd_create("test", 0);

        assert_true(memory >= 0);
        assert_int_equal(write(memory, bytes, length), (ssize_t)length);
        assert_int_equal(dup2(memory, fd), fd);
        if (memory != fd)
                close(memory);
}

struct result {
        int status;
        struct config config;
        struct strings problems;
        struct error error;
};

static inline void result_done(struct result *result)
{
        config_done(&result->config);
        strings_done(&result->problems);
        error_done(&result->error);
}

static inline struct result load_files(const char *const *paths, const char *const *settings)
{
        struct result result = {0};
        struct strings files = {0};
        struct config_overrides overrides = {0};

        for (; *paths; paths++)
                strings_add(&files, *paths);
        for (; settings && *settings; settings++)
                strings_add(&overrides.settings, *settings);
        result.status = config_load(&files, &overrides, &result.config, &result.problems, &result.error);
        strings_done(&files);
        strings_done(&overrides.settings);
        return result;
}

static inline struct result load_bytes(const char *bytes, size_t length)
{
        put_file(FILE_A, bytes, length);
        return load_files((const char *const[]) {PATH_A, NULL}, NULL);
}

static inline struct result load(const char *text)
{
        return load_bytes(text, strlen(text));
}

static inline void assert_loaded(const struct result *result)
{
        for (array_each(char *, problem, &result->problems))
                print_error("%s\n", *problem);
        assert_int_equal(result->status, 0);
        assert_int_equal(result->problems.count, 0);
        assert_false(error_is_set(&result->error));
}

/* With A and B for the files' paths. */
static inline char *shorten(const char *problem)
{
        struct text text = {0};

        while (*problem) {
                if (strncmp(problem, PATH_A, strlen(PATH_A)) == 0 ||
                        strncmp(problem, PATH_B, strlen(PATH_B)) == 0) {
                        text_add(&text, problem[strlen(PATH_A) - 1] == '0' ? "A" : "B");
                        problem += strlen(PATH_A);
                } else {
                        text_add_n(&text, problem++, 1);
                }
        }
        return text_take(&text);
}

static inline void assert_problems(const struct result *result, const char *const *expected)
{
        size_t count = 0;

        for (array_each(char *, problem, &result->problems)) {
                CLEANUP(string_free) char *text = shorten(*problem);

                if (!expected[count])
                        fail_msg("not expected: %s", text);
                assert_string_equal(text, expected[count++]);
        }
        if (expected[count])
                fail_msg("not found: %s", expected[count]);
        assert_int_equal(result->status, -1);
        assert_int_equal(result->error.kind, ERROR_CONFIG);
        assert_int_equal(result->config.hosts.count, 0);
}

/* ---- what is wrong ---- */

static inline void test_row(void **state)
{
        const struct row *row = *state;
        CLEANUP(result_done) struct result result = {0};

        put_file(FILE_A, row->text, strlen(row->text));
        put_file(FILE_B, row->more ? row->more : "", row->more ? strlen(row->more) : 0);
        result = load_files((const char *const[]) {PATH_A, NULL}, row->settings);
        if (row->problems[0])
                assert_problems(&result, row->problems);
        else
                assert_loaded(&result);
}
