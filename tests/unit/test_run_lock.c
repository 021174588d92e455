/* What is said of who holds a machine's lock, and what a look reads of it. That the lock holds is tested in the lab. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/memory.h"
#include "means/run_lock.h"

static const char nobody[] = "somebody who doesn't say who it is";

static const struct {
        const char *name, *line, *phrase;
} holders[] = {
        {"a run of a moment ago",
                "1795558365 4242 0123abcd root@lab 1795558360 provision --phase kvm host.conf",
                "root@lab (\"provision --phase kvm host.conf\"), since 2026-11-24 22:12:40 UTC, for 5 s"},
        {"minutes", "1795558960 1 n me@here 1795558360 provision x",
                "me@here (\"provision x\"), since 2026-11-24 22:12:40 UTC, for 10 min"},
        {"hours", "1795567000 1 n me@here 1795558360 provision x",
                "me@here (\"provision x\"), since 2026-11-24 22:12:40 UTC, for 2 h 24 min"},
        {"a clock that was set back", "1795558360 1 n me@here 1795558999 provision x",
                "me@here (\"provision x\"), since 2026-11-24 22:23:19 UTC, for 0 s"},
        {"one that hasn't said it yet", "1795558360 ", nobody},
        {"nothing", "", nobody},
        {"half a line", "1795558360 17 abc me@here", nobody},
        {"no words", "1795558360 17 abc me@here 1795558360", nobody},
        {"no time", "1795558360 17 abc me@here yesterday provision x", nobody},
        {"a time that no calendar has", "1 17 abc me@here 9223372036854775807 provision x", "me@here"},
};

static void a_holder_is_told_in_a_phrase(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(holders) / sizeof(holders[0]); i++) {
                CLEANUP(string_free) char *phrase = run_lock_holder(holders[i].line);

                if (!string_equal(phrase, holders[i].phrase))
                        fail_msg("%s: %s", holders[i].name, phrase);
        }
}

static void words_stay_on_one_line_and_are_only_words(void **state)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(string_free) char *longest = memory_new(10001, 1);
        struct run_lock_wish wish = {
                .who = "me@here", .words = "provision\n'; touch x; '\x1b[2J", .run = "0123"};

        (void)state;
        run_lock_script(&wish, &script);
        assert_non_null(strstr(text_string(&script), "words='provision '\\''; touch x; '\\'' [2J'\n"));
        text_clear(&script);
        memset(longest, 'x', 10000);
        wish.words = longest;
        run_lock_script(&wish, &script);
        assert_in_range(script.length, 500, 4000);
}

/* Root would write to whatever somebody had put there. */
static void the_lock_is_opened_behind_no_link(void **state)
{
        CLEANUP(text_done) struct text script = {0};
        const struct run_lock_wish wish = {.who = "me@here", .words = "provision", .run = "0123"};
        const char *look, *opening;

        (void)state;
        run_lock_script(&wish, &script);
        look = strstr(text_string(&script), "[ ! -L lock ] || ");
        opening = strstr(text_string(&script), "exec 9>>lock");
        assert_true(look && opening && look < opening);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_holder_is_told_in_a_phrase),
                cmocka_unit_test(words_stay_on_one_line_and_are_only_words),
                cmocka_unit_test(the_lock_is_opened_behind_no_link),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
