/* Deadlines that outlive the program: which end counts, and that a keeper is told what it must know. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>

#include "base/memory.h"
#include "phases/deadline_keeper.h"

#define S INT64_C(1000000)

static const struct {
        const char *name;
        int64_t kept, now, wanted, chosen;
} choices[] = {
        {"none is kept", 0, 100 * S, 160 * S, 160 * S},
        {"a run was cut off and time is left", 130 * S, 100 * S, 160 * S, 130 * S},
        {"a run was given up long ago", 99 * S, 100 * S, 160 * S, 160 * S},
        {"it ends at this moment", 100 * S, 100 * S, 160 * S, 160 * S},
        {"the clock was set back, or less is wanted now", 500 * S, 100 * S, 160 * S, 160 * S},
        {"the same", 160 * S, 100 * S, 160 * S, 160 * S},
        {"what no clock has shown", -5 * S, 100 * S, 160 * S, 160 * S},
};

static void the_end_that_counts_is_chosen(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
                if (deadline_keeper_choose(choices[i].kept, choices[i].now, choices[i].wanted) !=
                        choices[i].chosen)
                        fail_msg("%s", choices[i].name);
}

/* A keeper of one. */
struct memory {
        int64_t until_us;
        int kept;
};

static int64_t find(void *context, const char *host, const char *what)
{
        assert_string_equal(host, "lab1");
        assert_string_equal(what, "kvm");
        return ((struct memory *)context)->until_us;
}

static void keep(void *context, const char *host, const char *what, int64_t until_us)
{
        struct memory *memory = context;

        find(context, host, what);
        memory->until_us = until_us;
        memory->kept++;
}

static int64_t seconds_from_now(int64_t until_us)
{
        return until_us / S - time(NULL);
}

static void what_is_begun_is_kept_and_ends_when_it_would_have(void **state)
{
        struct memory memory = {0};
        const struct deadline_keeper keeper = {.find = find, .keep = keep, .context = &memory};
        struct deadline deadline;

        (void)state;
        deadline = deadline_keeper_begin(&keeper, "lab1", "kvm", 600);
        assert_in_range(deadline_left_ms(deadline), 599000, 600000);
        assert_in_range(seconds_from_now(memory.until_us), 598, 601);
        memory.until_us -= 400 * S; /* as if that had been 400 s ago */
        deadline = deadline_keeper_begin(&keeper, "lab1", "kvm", 600);
        assert_in_range(deadline_left_ms(deadline), 198000, 200000);
        assert_int_equal(memory.kept, 1);
        deadline.at_ns += 300 * INT64_C(1000000000);
        deadline_keeper_move(&keeper, "lab1", "kvm", deadline);
        assert_in_range(seconds_from_now(memory.until_us), 497, 501);
}

static void without_a_keeper_each_run_has_all_its_time(void **state)
{
        (void)state;
        for (int i = 0; i < 2; i++)
                assert_in_range(
                        deadline_left_ms(deadline_keeper_begin(&deadline_keeper_none, "h", "kvm", 60)), 59000,
                        60000);
        deadline_keeper_none.forget(NULL, "h", "kvm");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_end_that_counts_is_chosen),
                cmocka_unit_test(what_is_begun_is_kept_and_ends_when_it_would_have),
                cmocka_unit_test(without_a_keeper_each_run_has_all_its_time),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
