/* Whether a service that a run has started stays up: looks, and what each of them makes of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phases/watch.h"

#define MS    INT64_C(1000000)
#define LOOKS 8

struct look {
        int64_t at_ms;
        struct unit_state found;
        enum watch_verdict verdict;
        const char *words;
};

#define RUNS(since)                                                         \
        {                                                                   \
                .active = true, .since_us = (since), .service_type = simple \
        }
#define HAS_ENDED                      \
        {                              \
                .service_type = simple \
        }
#define HAS_FAILED                                     \
        {                                              \
                .failed = true, .service_type = simple \
        }
#define WAITS_FOR_ANOTHER_TRY                                                \
        {                                                                    \
                .changing = true, .restarting = true, .service_type = simple \
        }
#define TELLS_AND_RUNS                                                \
        {                                                             \
                .active = true, .since_us = 5, .service_type = notify \
        }
#define GOES_ON(at_ms, ...)                             \
        {                                               \
                at_ms, __VA_ARGS__, WATCH_GOES_ON, NULL \
        }
#define STAYS(at_ms, ...)                             \
        {                                             \
                at_ms, __VA_ARGS__, WATCH_STAYS, NULL \
        }
#define HAS_FAILED_SO(at_ms, words, ...)                \
        {                                               \
                at_ms, __VA_ARGS__, WATCH_FAILED, words \
        }

static char simple[] = "simple", notify[] = "notify";

static const struct row {
        const char *name;
        struct look looks[LOOKS];
} rows[] = {
        {"one that tells when it is up", {STAYS(0, TELLS_AND_RUNS)}},
        {"one that goes on running", {GOES_ON(0, RUNS(5)), GOES_ON(900, RUNS(5)), STAYS(1000, RUNS(5))}},
        {"one that died before the first look", {HAS_FAILED_SO(0, "has failed since", HAS_FAILED)}},
        {"one that dies after it", {GOES_ON(0, RUNS(5)), HAS_FAILED_SO(300, "has failed since", HAS_FAILED)}},
        {"one that ends by itself",
                {GOES_ON(0, RUNS(5)), HAS_FAILED_SO(300, "has ended since, without a failure", HAS_ENDED)}},
        {"one that was started again and stays",
                {GOES_ON(0, RUNS(5)), GOES_ON(600, WAITS_FOR_ANOTHER_TRY), GOES_ON(1200, RUNS(9)),
                        GOES_ON(2000, RUNS(9)), STAYS(2300, RUNS(9))}},
        {"one that is started again and again",
                {GOES_ON(0, RUNS(1)), GOES_ON(3000, WAITS_FOR_ANOTHER_TRY), GOES_ON(6000, RUNS(2)),
                        GOES_ON(9000, RUNS(3)),
                        HAS_FAILED_SO(10000, "has not stayed up since", WAITS_FOR_ANOTHER_TRY)}},
        {"one that was started again while nobody looked",
                {GOES_ON(0, RUNS(1)), GOES_ON(60000, RUNS(2)), STAYS(61000, RUNS(2))}},
};

static void each_look_says_what_became_of_it(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct watched watched = {0};

                for (const struct look *look = rows[i].looks;
                        look < rows[i].looks + LOOKS && look->found.service_type; look++) {
                        const char *words = NULL;

                        if (watched_judge(&watched, &look->found, look->at_ms * MS, &words) ==
                                        look->verdict &&
                                string_equal(words, look->words))
                                continue;
                        fail_msg("%s: the look at %d ms says %s", rows[i].name, (int)look->at_ms,
                                words ? words : "something else");
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(each_look_says_what_became_of_it)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
