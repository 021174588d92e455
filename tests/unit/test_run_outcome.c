/* What became of a recorded run, and what is different from the run before it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/memory.h"
#include "cli/run_compare.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- outcomes ---- */

static void a_run_ends_as_its_status_says(void **state)
{
        static const struct {
                struct history_run run;
                enum outcome outcome;
        } rows[] = {
                {{.exit_status = 0}, OUTCOME_UNCHANGED},
                {{.exit_status = 0, .hosts_changed = 1}, OUTCOME_CHANGED},
                {{.exit_status = 1}, OUTCOME_FAILED},
                {{.exit_status = 4}, OUTCOME_UNREACHED},
                {{.exit_status = 5}, OUTCOME_BLOCKED},
                {{.exit_status = 6}, OUTCOME_OUT_OF_TIME},
                {{.exit_status = 8}, OUTCOME_INTERRUPTED},
                {{.exit_status = 77}, OUTCOME_FAILED},
                {{.exit_status = NOT_YET, .is_running = true}, OUTCOME_RUNNING},
                {{.exit_status = NOT_YET}, OUTCOME_CUT_OFF},
        };

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++)
                assert_int_equal(outcome_of_run(&rows[i].run), rows[i].outcome);
}

/* Every kind of error that an event can carry is known for what it is. */
static void every_error_kind_is_an_outcome(void **state)
{
        static const enum outcome wanted[ERROR_KINDS] = {
                [ERROR_NONE] = OUTCOME_FAILED, /* is never kept */
                [ERROR_FAILED] = OUTCOME_FAILED,
                [ERROR_USAGE] = OUTCOME_FAILED,
                [ERROR_CONFIG] = OUTCOME_FAILED,
                [ERROR_UNREACHABLE] = OUTCOME_UNREACHED,
                [ERROR_REFUSED] = OUTCOME_UNREACHED,
                [ERROR_BLOCKED] = OUTCOME_BLOCKED,
                [ERROR_DEADLINE] = OUTCOME_OUT_OF_TIME,
                [ERROR_INTERRUPTED] = OUTCOME_INTERRUPTED,
        };
        const struct history_run run = {0};

        (void)state;
        for (int kind = ERROR_NONE + 1; kind < ERROR_KINDS; kind++)
                assert_int_equal(outcome_of_part(&run, error_kind_name((enum error_kind)kind)), wanted[kind]);
        for (int i = 0; i < OUTCOMES; i++)
                assert_non_null(outcome_words((enum outcome)i));
}

static void ages_are_told_in_one_unit(void **state)
{
        static const struct {
                int64_t seconds;
                const char *words;
        } rows[] = {{-5, "0 s"}, {59, "59 s"}, {60, "1 min"}, {3599, "59 min"}, {3600, "1 h"},
                {47 * 3600, "47 h"}, {48 * 3600, "2 days"}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                CLEANUP(text_done) struct text text = {0};

                add_age(&text, 1000000000, 1000000000 + rows[i].seconds * 1000000);
                assert_string_equal(text_string(&text), rows[i].words);
        }
}

/* ---- comparison ---- */

/* One machine with at most one step, now and before. */
struct seen {
        const char *outcome; /* of the machine; NULL: cut off */
        int64_t step_ms;     /* 0: no step */
};

static void fill_run(struct history_run *run, const struct seen *seen)
{
        struct history_host *host = array_add(&run->hosts);

        host->name = string_copy("lab1");
        host->address = string_copy("root@10.77.1.2");
        host->outcome = string_copy(seen->outcome);
        host->steps_done = seen->step_ms != 0;
        if (!seen->step_ms)
                return;
        *array_add(&host->steps) = (struct history_step) {.score = string_copy("packages"),
                .sentence = string_copy("install a"),
                .took_ms = seen->step_ms};
}

static const struct {
        const char *name;
        struct seen now, before;
        const char *differences;
} rows[] = {
        {"all is well, as before", {"unchanged", 0}, {"unchanged", 0}, ""},
        {"a failure that is new", {"failed", 0}, {"unchanged", 0}, "new-failure failed;"},
        {"a failure after a run that changed it", {"unreachable", 0}, {"changed", 0},
                "new-failure not reached;"},
        {"a failure as before", {"failed", 0}, {"blocked", 0}, "still-failing failed;"},
        {"a failure that is mended", {"unchanged", 0}, {"unreachable", 0}, "mended was not reached;"},
        {"mending takes steps and is no drift", {"changed", 5}, {"failed", 0}, "mended was failed;"},
        {"something to do again", {"changed", 5}, {"unchanged", 0}, "drift 1 step to bring it back;"},
        {"cut off, and well before", {NULL, 0}, {"unchanged", 0}, "new-failure cut off;"},
        {"a step that is a little slower", {"changed", 1400}, {"failed", 1000}, "mended was failed;"},
        {"a short step that is twice as slow", {"changed", 400}, {"failed", 200}, "mended was failed;"},
        {"a long step that is a tenth slower", {"failed", 110000}, {"failed", 100000},
                "still-failing failed;"},
        {"a step that is slower", {"failed", 3000}, {"failed", 2000},
                "still-failing failed;slower install a: 3.0 s, was 2.0 s;"},
        {"a step that is faster", {"failed", 1000}, {"failed", 20000}, "still-failing failed;"},
        {"a step that didn't end", {"failed", NOT_YET}, {"failed", 20000}, "still-failing failed;"},
        {"a step that didn't end before", {"failed", 20000}, {"failed", NOT_YET}, "still-failing failed;"},
};

static void each_pair_of_runs_differs_as_it_should(void **state)
{
        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                CLEANUP(history_run_done) struct history_run now = {0}, before = {0};
                CLEANUP(run_differences_done) struct run_differences differences = {0};
                CLEANUP(text_done) struct text text = {0};

                fill_run(&now, &rows[i].now);
                fill_run(&before, &rows[i].before);
                run_compare(&now, &before, &differences);
                for (array_each(const struct difference, difference, &differences.items))
                        text_format(&text, "%s %s;", difference_name(difference->kind), difference->text);
                if (!string_equal(text_string(&text), rows[i].differences))
                        fail_msg("%s: %s", rows[i].name, text_string(&text));
        }
}

static void a_machine_that_moved_is_another(void **state)
{
        CLEANUP(history_run_done) struct history_run now = {0}, before = {0};
        CLEANUP(run_differences_done) struct run_differences differences = {0};

        (void)state;
        fill_run(&now, &(struct seen) {"failed", 0});
        fill_run(&before, &(struct seen) {"unchanged", 0});
        string_replace(&before.hosts.items[0].address, "root@10.77.1.3");
        run_compare(&now, &before, &differences);
        assert_int_equal(differences.items.count, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_run_ends_as_its_status_says),
                cmocka_unit_test(every_error_kind_is_an_outcome),
                cmocka_unit_test(ages_are_told_in_one_unit),
                cmocka_unit_test(each_pair_of_runs_differs_as_it_should),
                cmocka_unit_test(a_machine_that_moved_is_another),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
