/* How long is waited between tries. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/backoff.h"

static const struct {
        unsigned failed;
        int least_ms, most_ms;
} rows[] = {{1, 500, 1000}, {2, 1000, 2000}, {3, 2000, 4000}, {4, 4000, 8000}, {5, 8000, 16000},
        {6, 15000, 30000}, {7, 15000, 30000}, {1000, 15000, 30000}, {UINT32_MAX, 15000, 30000}};

static void waits_grow_and_have_a_limit(void **state)
{
        static const uint32_t randoms[] = {0, 1, 499, 500, 501, 12345678, UINT32_MAX};

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                for (size_t j = 0; j < sizeof(randoms) / sizeof(randoms[0]); j++)
                        assert_in_range(
                                backoff_ms(rows[i].failed, randoms[j]), rows[i].least_ms, rows[i].most_ms);
}

static void who_waits_for_the_same_does_not_come_at_the_same_time(void **state)
{
        unsigned differ = 0;

        (void)state;
        for (uint32_t random = 0; random < 100; random++)
                differ += backoff_ms(4, random * 2654435761U) != backoff_ms(4, (random + 1) * 2654435761U);
        assert_in_range(differ, 95, 100);
        assert_int_equal(backoff_ms(1, 500), 1000); /* both ends are reached */
        assert_int_equal(backoff_ms(1, 501), 500);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(waits_grow_and_have_a_limit),
                cmocka_unit_test(who_waits_for_the_same_does_not_come_at_the_same_time),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
