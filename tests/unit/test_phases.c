/* The phase table as data: the same that is checked when compiling, and what only a walk along it shows. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phases/table.h"

static const struct phase *phase_at(int name)
{
        return phase_get((enum phase_name)name);
}

static void every_need_is_given_earlier(void **state)
{
        capabilities can = 0;

        (void)state;
        for (int name = 0; name < PHASE_COUNT; name++) {
                const struct phase *phase = phase_at(name);

                for (size_t i = 0; i < phase->entry_count; i++) {
                        const struct phase_entry *entry = &phase->entries[i];

                        if (entry->needs & ~can)
                                fail_msg("phase %s: %s needs what nothing before it gives",
                                        phase_name(phase->name), entry->score->name);
                        can |= entry->gives;
                }
        }
}

static void each_phase_gives_what_its_scores_give(void **state)
{
        capabilities can = 0;

        (void)state;
        for (int name = 0; name < PHASE_COUNT; name++) {
                const struct phase *phase = phase_at(name);
                capabilities given = 0;

                assert_int_equal(phase->needs & ~can, 0);
                for (size_t i = 0; i < phase->entry_count; i++) {
                        assert_int_equal(phase->entries[i].needs & ~(phase->needs | given), 0);
                        given |= phase->entries[i].gives;
                }
                assert_int_equal(phase->gives, given);
                can |= given;
        }
}

static void every_capability_is_given_once(void **state)
{
        (void)state;
        for (int bit = 0; bit < CAPABILITY_COUNT; bit++) {
                int givers = 0;

                for (int name = 0; name < PHASE_COUNT; name++)
                        for (size_t i = 0; i < phase_at(name)->entry_count; i++)
                                givers += (phase_at(name)->entries[i].gives & (capabilities)1 << bit) != 0;
                if (givers != 1)
                        fail_msg("\"%s\" is given %d times", capability_words((enum capability)(1 << bit)),
                                givers);
        }
}

static void each_phase_stands_under_its_own_name(void **state)
{
        (void)state;
        for (int name = 0; name < PHASE_COUNT; name++) {
                enum phase_name found = PHASE_COUNT;

                assert_int_equal(phase_at(name)->name, name);
                assert_true(phase_at(name)->entry_count > 0);
                assert_true(phase_at(name)->deadline_s > 0);
                assert_non_null(phase_at(name)->summary);
                assert_int_equal(phase_find(phase_name((enum phase_name)name), &found), 0);
                assert_int_equal(found, name);
                assert_string_equal(phase_names()[name], phase_name((enum phase_name)name));
        }
}

static void a_phase_that_is_not_there_is_not_found(void **state)
{
        enum phase_name found = PHASE_KVM;

        (void)state;
        assert_int_equal(phase_find("", &found), -1);
        assert_int_equal(phase_find("kv", &found), -1);
        assert_int_equal(phase_find("KVM", &found), -1);
        assert_int_equal(found, PHASE_KVM);
}

static void every_score_is_whole_and_stands_in_the_story_once(void **state)
{
        const struct score *seen[64];
        size_t count = 0;

        (void)state;
        for (int name = 0; name < PHASE_COUNT; name++) {
                for (size_t i = 0; i < phase_at(name)->entry_count; i++) {
                        const struct score *score = phase_at(name)->entries[i].score;

                        assert_non_null(score->name);
                        assert_non_null(score->summary);
                        assert_non_null(score->ask);
                        assert_non_null(score->plan);
                        assert_true(score->settle_s >= 0);
                        for (size_t s = 0; s < count; s++)
                                assert_string_not_equal(seen[s]->name, score->name);
                        seen[count++] = score;
                }
        }
}

static void the_canary_proves_that_guests_run_and_guests_need_that(void **state)
{
        const struct phase *kvm = phase_get(PHASE_KVM);

        (void)state;
        for (size_t i = 0; i < kvm->entry_count; i++) {
                const struct phase_entry *entry = &kvm->entries[i];

                assert_int_equal((entry->gives & CAN_RUN_GUESTS) != 0, entry->score == &score_canary);
                if (entry->score == &score_guest)
                        assert_int_equal(entry->needs, CAN_RUN_GUESTS | CAN_IGNITE);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_need_is_given_earlier),
                cmocka_unit_test(each_phase_gives_what_its_scores_give),
                cmocka_unit_test(every_capability_is_given_once),
                cmocka_unit_test(each_phase_stands_under_its_own_name),
                cmocka_unit_test(a_phase_that_is_not_there_is_not_found),
                cmocka_unit_test(every_score_is_whole_and_stands_in_the_story_once),
                cmocka_unit_test(the_canary_proves_that_guests_run_and_guests_need_that),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
