/* The ground floor: errors, memory, text, lists, words that were nearly right, points in time, digests. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/array.h"
#include "base/deadline.h"
#include "base/error.h"
#include "base/library.h"
#include "base/nearest.h"
#include "base/path.h"
#include "base/sha256.h"
#include "base/text.h"

/* ---- errors ---- */

static void an_error_has_a_kind_and_a_sentence(void **state)
{
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        assert_false(error_is_set(&error));
        assert_string_equal(error_text(&error), "no error");
        assert_int_equal(error_set(&error, ERROR_BLOCKED, "network %s is in the way", "lab%s"), -1);
        assert_true(error_is_set(&error));
        assert_int_equal(error.kind, ERROR_BLOCKED);
        assert_string_equal(error_text(&error), "network lab%s is in the way");
}

static void errno_is_put_into_words_at_the_end(void **state)
{
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        errno = ENOENT;
        assert_int_equal(error_set_errno(&error, ERROR_FAILED, "open %s", "/nowhere"), -1);
        assert_string_equal(error_text(&error), "open /nowhere: No such file or directory");
}

static void each_layer_puts_what_it_knows_in_front(void **state)
{
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        error_set(&error, ERROR_DEADLINE, "nothing came back");
        assert_int_equal(error_prefix(&error, "start unit %s", "a"), -1);
        assert_int_equal(error_prefix(&error, "lab1"), -1);
        assert_string_equal(error_text(&error), "lab1: start unit a: nothing came back");
        assert_int_equal(error.kind, ERROR_DEADLINE);
}

static void an_error_can_be_handed_over(void **state)
{
        CLEANUP(error_done) struct error from = {0}, to = {0};

        (void)state;
        error_set(&from, ERROR_REFUSED, "no");
        assert_int_equal(error_move(&to, &from), -1);
        assert_false(error_is_set(&from));
        assert_string_equal(error_text(&to), "no");
        error_done(&to);
        error_done(&to);
}

static void every_kind_has_a_name_and_an_exit_status(void **state)
{
        static const int statuses[ERROR_KINDS] = {
                [ERROR_NONE] = 0,
                [ERROR_FAILED] = 1,
                [ERROR_USAGE] = 2,
                [ERROR_CONFIG] = 3,
                [ERROR_UNREACHABLE] = 4,
                [ERROR_REFUSED] = 4,
                [ERROR_BLOCKED] = 5,
                [ERROR_DEADLINE] = 6,
                [ERROR_INTERRUPTED] = 8,
        };

        (void)state;
        for (int kind = 0; kind < ERROR_KINDS; kind++) {
                assert_int_equal(error_exit_status((enum error_kind)kind), statuses[kind]);
                assert_non_null(error_kind_name((enum error_kind)kind));
        }
}

/* ---- paths ---- */

static void a_path_is_below_another(void **state)
{
        static const struct {
                const char *path, *directory;
                bool is_below;
        } rows[] = {{"/srv/a", "/srv", true}, {"/srv/a", "/srv/", true}, {"/srv/a/b", "/srv", true},
                {"/a", "/", true}, {"/srv", "/srv", false}, {"/srv/", "/srv", false},
                {"/srva", "/srv", false}, {"/sr", "/srv", false}, {"", "/srv", false}};

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (path_is_below(rows[i].path, rows[i].directory) != rows[i].is_below)
                        fail_msg("%s below %s", rows[i].path, rows[i].directory);
}

/* ---- memory ---- */

static void strings_may_be_null(void **state)
{
        (void)state;
        assert_null(string_copy(NULL));
        assert_true(string_equal(NULL, NULL));
        assert_false(string_equal(NULL, ""));
        assert_false(string_equal("", NULL));
        assert_true(string_equal("a", "a"));
        memory_free_secret(NULL, 7);
        memory_free_secret(string_copy("secret"), 6);
}

static void a_string_may_be_replaced_by_a_part_of_itself(void **state)
{
        CLEANUP(string_free) char *string = string_copy("prefix/rest");

        (void)state;
        string_replace(&string, string + 7);
        assert_string_equal(string, "rest");
        string_replace(&string, NULL);
        assert_null(string);
}

static void what_is_handed_over_leaves_nothing_behind(void **state)
{
        CLEANUP(string_free) char *owned = string_copy("x");
        CLEANUP(string_free) char *taken = STEAL(owned);
        CLEANUP(fd_close) int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        CLEANUP(fd_close) int taken_fd = STEAL_FD(fd);

        (void)state;
        assert_null(owned);
        assert_string_equal(taken, "x");
        assert_int_equal(fd, -1);
        assert_true(taken_fd >= 0);
}

static void closing_keeps_errno(void **state)
{
        int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), closed = fd;

        (void)state;
        errno = EPIPE;
        fd_close(&fd);
        assert_int_equal(errno, EPIPE);
        assert_int_equal(fd, -1);
        assert_int_equal(fcntl(closed, F_GETFD), -1);
        fd_close(&fd);
}

/* ---- text ---- */

static void text_grows_and_always_ends_in_a_nul(void **state)
{
        CLEANUP(text_done) struct text text = {0};

        (void)state;
        assert_string_equal(text_string(&text), "");
        for (size_t i = 0; i < 10000; i++) {
                text_add_n(&text, "abc", i % 4);
                assert_int_equal(text.data[text.length], '\0');
        }
        assert_int_equal(text.length, 15000);
        text_clear(&text);
        assert_string_equal(text_string(&text), "");
        text_format(&text, "%d%s", 7, "%s");
        assert_string_equal(text_string(&text), "7%s");
}

static void text_may_hold_nul_bytes(void **state)
{
        CLEANUP(text_done) struct text text = {0};

        (void)state;
        text_add_n(&text, "a\0b", 3);
        assert_int_equal(text.length, 3);
        assert_memory_equal(text.data, "a\0b", 4);
}

static void taken_text_is_never_null(void **state)
{
        CLEANUP(text_done) struct text text = {0};
        CLEANUP(string_free) char *nothing = text_take(&text);
        CLEANUP(string_free) char *something = NULL;

        (void)state;
        text_add(&text, "x");
        something = text_take(&text);
        assert_string_equal(nothing, "");
        assert_string_equal(something, "x");
        assert_int_equal(text.length, 0);
}

/* ---- lists ---- */

static void an_array_gives_zeroed_items_and_keeps_the_old_ones(void **state)
{
        ARRAY(struct {
                int number;
                const char *pointer;
        })
        array = {0};
        int sum = 0;

        (void)state;
        for (int i = 0; i < 1000; i++) {
                assert_null(array_add(&array)->pointer);
                array.items[i].number = i;
                array.items[i].pointer = "x";
        }
        for (size_t i = 0; i < array.count; i++)
                sum += array.items[i].number;
        assert_int_equal(sum, 499500);
        array_free(&array);
        assert_int_equal(array.count, 0);
        array_free(&array);
}

static void an_empty_array_has_nothing_to_walk(void **state)
{
        struct strings none = {0};

        (void)state;
        for (array_each(char *, string, &none))
                fail_msg("%s", *string);
        strings_sort(&none);
        strings_done(&none);
}

static void lists_of_strings_are_sorted_joined_and_compared(void **state)
{
        CLEANUP(strings_done) struct strings a = {0}, b = {0};
        CLEANUP(string_free) char *joined = NULL;
        CLEANUP(string_free) char *empty = strings_join(&a, ", ");

        (void)state;
        strings_add(&a, "b");
        strings_take(&a, string_copy("a"));
        strings_add(&a, "c");
        strings_copy(&b, &a);
        assert_true(strings_equal(&a, &b));
        strings_sort(&a);
        assert_false(strings_equal(&a, &b));
        joined = strings_join(&a, ", ");
        assert_string_equal(joined, "a, b, c");
        assert_string_equal(empty, "");
        assert_true(strings_has(&a, "b"));
        assert_false(strings_has(&a, "bb"));
        strings_add(&b, "d");
        strings_sort(&b);
        assert_false(strings_equal(&a, &b));
}

/* ---- suggestions ---- */

static void the_nearest_word_is_what_was_probably_meant(void **state)
{
        static const char *const words[] = {"connect", "identity", "known_hosts", "become", "mtu"};
        static const struct {
                const char *typed, *meant;
        } rows[] = {
                {"connect", "connect"},
                {"conect", "connect"},
                {"conenct", "connect"},
                {"Connect", "connect"},
                {"known-hosts", "known_hosts"},
                {"mut", NULL}, /* two edits of three letters */
                {"mt", "mtu"},
                {"identiy", "identity"},
                {"password", NULL},
                {"", NULL},
                {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                        NULL},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                const char *found = nearest_word(rows[i].typed, words, sizeof(words) / sizeof(words[0]));

                if (!string_equal(found, rows[i].meant))
                        fail_msg("\"%s\" suggested %s", rows[i].typed, found);
        }
        assert_null(nearest_word("x", NULL, 0));
}

/* ---- time ---- */

static void deadlines_are_points_in_time(void **state)
{
        const struct deadline never = {0};
        struct deadline past = {1}, soon = deadline_in_ms(60000), later = deadline_in_s(120);

        (void)state;
        assert_int_equal(deadline_left_ms(never), -1);
        assert_false(deadline_passed(never));
        assert_int_equal(deadline_left_ms(past), 0);
        assert_true(deadline_passed(past));
        assert_false(deadline_passed(soon));
        assert_in_range(deadline_left_ms(soon), 50000, 60000);
        assert_true(deadline_passed(deadline_in_ms(0)));
        assert_int_equal(deadline_min(soon, later).at_ns, soon.at_ns);
        assert_int_equal(deadline_min(later, soon).at_ns, soon.at_ns);
        assert_int_equal(deadline_min(never, soon).at_ns, soon.at_ns);
        assert_int_equal(deadline_min(soon, never).at_ns, soon.at_ns);
        assert_int_equal(deadline_min(never, never).at_ns, 0);
}

static void what_is_left_is_rounded_up_and_fits_poll(void **state)
{
        (void)state;
        assert_in_range(deadline_left_ms((struct deadline) {clock_now_ns() + 1000000000}), 1, 1001);
        assert_int_equal(deadline_left_ms(deadline_in_s(10000000)), INT_MAX);
}

/* ---- digests ---- */

static void digests_are_those_of_sha256sum(void **state)
{
        CLEANUP(string_free) char *nothing = sha256_hex(NULL, 0);
        CLEANUP(string_free) char *abc = sha256_hex("abc", 3);

        (void)state;
        assert_string_equal(nothing, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_string_equal(abc, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void a_library_is_whole_or_what_is_missing_is_named(void **state)
{
        double (*cosine)(double) = NULL;
        void *nothing = NULL;
        const struct library_function functions[] = {{"cos", (void **)&cosine}, {"no_such_cosine", &nothing}};

        (void)state;
        assert_null(library_load("libm.so.6", functions, 1));
        assert_true(cosine(0) == 1); /* its pages come back when they are needed */
        assert_string_equal(library_load("libm.so.6", functions, 2), "no_such_cosine");
        assert_string_equal(library_load("libnothing.so.0", functions, 1), "libnothing.so.0");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_error_has_a_kind_and_a_sentence),
                cmocka_unit_test(errno_is_put_into_words_at_the_end),
                cmocka_unit_test(each_layer_puts_what_it_knows_in_front),
                cmocka_unit_test(an_error_can_be_handed_over),
                cmocka_unit_test(every_kind_has_a_name_and_an_exit_status),
                cmocka_unit_test(a_path_is_below_another),
                cmocka_unit_test(strings_may_be_null),
                cmocka_unit_test(a_string_may_be_replaced_by_a_part_of_itself),
                cmocka_unit_test(what_is_handed_over_leaves_nothing_behind),
                cmocka_unit_test(closing_keeps_errno),
                cmocka_unit_test(text_grows_and_always_ends_in_a_nul),
                cmocka_unit_test(text_may_hold_nul_bytes),
                cmocka_unit_test(taken_text_is_never_null),
                cmocka_unit_test(an_array_gives_zeroed_items_and_keeps_the_old_ones),
                cmocka_unit_test(an_empty_array_has_nothing_to_walk),
                cmocka_unit_test(lists_of_strings_are_sorted_joined_and_compared),
                cmocka_unit_test(the_nearest_word_is_what_was_probably_meant),
                cmocka_unit_test(deadlines_are_points_in_time),
                cmocka_unit_test(what_is_left_is_rounded_up_and_fits_poll),
                cmocka_unit_test(digests_are_those_of_sha256sum),
                cmocka_unit_test(a_library_is_whole_or_what_is_missing_is_named),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
