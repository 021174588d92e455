/* Checksums of files are computed once, and again whenever a file may have changed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/sha256.h"
#include "state/file_sums.h"

static char home[] = "/tmp/provision-test-XXXXXX";
static char file[64];
static int computed;

static void count(const char *path)
{
        assert_string_equal(path, file);
        computed++;
}

static void put(const char *text)
{
        int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

        assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
        close(fd);
}

/* It is the content's checksum, and was computed so often for this. */
static void sums(const char *content, int times)
{
        CLEANUP(string_free) char *sum = NULL, *right = sha256_hex(content, strlen(content));
        struct error error = {0};

        computed = 0;
        if (file_sum(file, count, &sum, &error) < 0)
                fail_msg("%s", error_text(&error));
        assert_string_equal(sum, right);
        assert_int_equal(computed, times);
}

static void test_it_is_computed_once(void **state)
{
        (void)state;
        put("one");
        sums("one", 1);
        sums("one", 0);
}

static void test_a_changed_file_is_computed_again(void **state)
{
        struct timespec old[2] = {0};
        struct stat status;

        (void)state;
        put("one");
        sums("one", 1);
        put("two");
        sums("two", 1);
        sums("two", 0);
        /* Of the same size and time: the time of its last change can't be set. */
        assert_int_equal(stat(file, &status), 0);
        old[0] = old[1] = status.st_mtim;
        put("six");
        assert_int_equal(utimensat(AT_FDCWD, file, old, 0), 0);
        sums("six", 1);
}

static void test_what_is_remembered_badly_is_computed(void **state)
{
        CLEANUP(string_free) char *name = sha256_hex(file, strlen(file));
        CLEANUP(string_free) char *note = string_format("%s/cache/sums/%s", home, name);

        (void)state;
        put("one");
        sums("one", 1);
        assert_int_equal(truncate(note, 30), 0);
        sums("one", 1);
        sums("one", 0);
        assert_int_equal(truncate(note, 0), 0);
        sums("one", 1);
        assert_int_equal(unlink(note), 0);
        assert_int_equal(symlink(file, note), 0);
        sums("one", 1);
}

static void test_more_than_one_piece(void **state)
{
        CLEANUP(string_free) char *large = memory_new((5 << 20) + 2, 1);

        (void)state;
        memset(large, 'x', (5 << 20) + 1);
        put(large);
        sums(large, 1);
        put("");
        sums("", 1);
}

static void test_what_is_no_file(void **state)
{
        static const struct {
                const char *path, *words;
        } rows[] = {
                {"/nonexistent", "it can't be read: No such file or directory"},
                {"/dev/null", "it is no file"},
                {"/tmp", "it is no file"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(error_done) struct error error = {0};
                char *sum = NULL;

                assert_int_equal(file_sum(rows[i].path, NULL, &sum, &error), -1);
                assert_int_equal(error.kind, ERROR_CONFIG);
                assert_string_equal(error_text(&error), rows[i].words);
        }
}

static int set_up(void **state)
{
        (void)state;
        if (!mkdtemp(home))
                return -1;
        snprintf(file, sizeof(file), "%s/image", home);
        return setenv("PROVISION_HOME", home, 1);
}

static int take_away(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
        (void)status;
        (void)flag;
        (void)walk;
        return remove(path);
}

static int tear_down(void **state)
{
        (void)state;
        return nftw(home, take_away, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_it_is_computed_once),
                cmocka_unit_test(test_a_changed_file_is_computed_again),
                cmocka_unit_test(test_what_is_remembered_badly_is_computed),
                cmocka_unit_test(test_more_than_one_piece),
                cmocka_unit_test(test_what_is_no_file),
        };

        return cmocka_run_group_tests_name("file_sums", tests, set_up, tear_down);
}
