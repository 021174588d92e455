/* Long steps: what they are called, and how slow is told from stuck. That they outlive who began them is tested in the
 * lab. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/memory.h"
#include "means/long_step.h"
#include "means/pace.h"

/* ---- names ---- */

static void the_same_step_has_the_same_name(void **state)
{
        const struct long_step one = {.kind = "packages.install", .content = "a b"},
                               two = {.kind = one.kind, .content = "a c"};
        CLEANUP(string_free) char *first = long_step_name(&one), *again = long_step_name(&one);
        CLEANUP(string_free) char *other = long_step_name(&two);

        (void)state;
        assert_string_equal(first, "provision-packages.install-c8687a08aa5d");
        assert_string_equal(first, again);
        assert_string_not_equal(first, other);
        assert_true(long_step_is_name(first));
}

static void what_is_no_name_of_ours_is_seen(void **state)
{
        static const char *const names[] = {"", "provision", "packages.install-1", "provision-../x",
                "provision-a b", "provision-$(touch x)", "provision-A", "*"};

        (void)state;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                if (long_step_is_name(names[i]))
                        fail_msg("\"%s\" is taken for a name", names[i]);
}

static void a_sentence_stays_on_one_line(void **state)
{
        CLEANUP(text_done) struct text script = {0};

        (void)state;
        long_step_add_begin(&script, "provision-x-1", "install 'it'\nand more", NULL, 60);
        assert_non_null(strstr(text_string(&script), "words='install '\\''it'\\'' and more'\n"));
        assert_non_null(strstr(text_string(&script), "limit=60 "));
}

/* ---- slow or stuck ---- */

static const char nothing[] = "no output, no processor time, nothing written";

static const struct {
        const char *name, *samples;
        bool moves;
        const char *words;
} paces[] = {
        {"nothing has changed", "cpu 100\nsaid 7\nwrote 1 10\n--\ncpu 100\nsaid 7\nwrote 1 10\n--\n", false,
                nothing},
        {"it talks", "cpu 100\nsaid 7\n--\ncpu 100\nsaid 8\n--\n", true, "talking"},
        {"it calculates", "cpu 100\nsaid 7\n--\ncpu 1020100\nsaid 7\n--\n", true, "using 34% of a processor"},
        {"it asks again and again whether it may go on", "cpu 100\nsaid 7\n--\ncpu 90100\nsaid 7\n--\n",
                false, nothing},
        {"it writes what it downloads", "cpu 100\nwrote 5 1000\n--\ncpu 100\nwrote 5 7000\n--\n", true,
                "writing 2000 bytes a second"},
        {"all of it", "cpu 0\nsaid 1\nwrote 5 1\n--\ncpu 6000000\nsaid 2\nwrote 5 3001\n--\n", true,
                "talking, using 200% of a processor, writing 1000 bytes a second"},
        {"what children that come and go have written is not known",
                "said 1\nwrote 5 100\nwrote 6 0\n--\nsaid 1\nwrote 5 100\nwrote 7 9\n--\n", false, nothing},
        {"its children write into its pipes", "said 1\nwrote 5 100\n--\nsaid 1\nwrote 5 136\n--\n", false,
                nothing},
        {"a machine that tells no processor time", "said 1\n--\nsaid 1\n--\n", false, nothing},
        {"a group that has just ended", "cpu 100\nsaid 1\n--\nsaid 1\n--\n", false, nothing},
        {"what makes no sense", "cpu x\nsaid\nwrote 1\n\nhello\n--\ncpu -\n--\n", false, nothing},
};

static void slow_is_told_from_stuck(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(paces) / sizeof(paces[0]); i++) {
                CLEANUP(pace_sample_done) struct pace_sample before = {0}, after = {0};
                CLEANUP(string_free) char *words = NULL;
                const char *rest = pace_read(paces[i].samples, &before);

                assert_non_null(rest);
                assert_non_null(pace_read(rest, &after));
                if (pace_moves(&before, &after, &words) != paces[i].moves ||
                        !string_equal(words, paces[i].words))
                        fail_msg("%s: %s", paces[i].name, words);
        }
}

static void half_a_sample_is_none(void **state)
{
        CLEANUP(pace_sample_done) struct pace_sample sample = {0};

        (void)state;
        assert_null(pace_read("", &sample));
        assert_null(pace_read("cpu 1\nsaid 2\n", &sample));
        assert_int_equal(sample.said, 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_same_step_has_the_same_name),
                cmocka_unit_test(what_is_no_name_of_ours_is_seen),
                cmocka_unit_test(a_sentence_stays_on_one_line),
                cmocka_unit_test(slow_is_told_from_stuck),
                cmocka_unit_test(half_a_sample_is_none),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
