/* The states of a machine: every happening finds every state, and leads where it says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>

#include "base/memory.h"
#include "phases/states.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void every_happening_leads_to_a_state_from_every_state(void **state)
{
        (void)state;
        for (int level = 0; level < LEVELS; level++)
                for (int activity = 0; activity < ACTIVITIES; activity++)
                        for (int happening = 0; happening < HAPPENINGS; happening++)
                                for (int phase = 0; phase < PHASE_COUNT; phase++) {
                                        const struct machine_state before = {
                                                (enum machine_level)level, (enum machine_activity)activity};
                                        struct machine_state after = machine_state_after(before,
                                                (enum machine_happening)happening, (enum phase_name)phase);

                                        assert_in_range(after.level, 0, LEVELS - 1);
                                        assert_in_range(after.activity, 0, ACTIVITIES - 1);
                                        /* Nothing is higher afterwards but by a phase that was reached. */
                                        assert_true(after.level <= before.level ||
                                                    happening == HAPPENING_PHASE_REACHED);
                                }
}

#define END HAPPENINGS

static const struct {
        const char *name;
        struct machine_state before;
        struct {
                enum machine_happening happening;
                enum phase_name phase;
        } story[8];
        struct machine_state after;
} stories[] = {
        {"a fresh machine becomes a KVM host", {LEVEL_UNKNOWN, ACTIVITY_SETTLED},
                {{HAPPENING_PHASE_BEGINS, PHASE_LINUX}, {HAPPENING_PHASE_REACHED, PHASE_LINUX},
                        {HAPPENING_PHASE_BEGINS, PHASE_KVM}, {HAPPENING_STEP_BEGINS, PHASE_KVM},
                        {HAPPENING_STEP_ENDS, PHASE_KVM}, {HAPPENING_PHASE_REACHED, PHASE_KVM}, {END, 0}},
                {LEVEL_KVM, ACTIVITY_SETTLED}},
        {"a KVM host that is looked at only as a Linux machine stays one", {LEVEL_KVM, ACTIVITY_SETTLED},
                {{HAPPENING_PHASE_BEGINS, PHASE_LINUX}, {HAPPENING_PHASE_REACHED, PHASE_LINUX}, {END, 0}},
                {LEVEL_KVM, ACTIVITY_SETTLED}},
        {"a KVM host that lacks something is none until it is mended", {LEVEL_KVM, ACTIVITY_SETTLED},
                {{HAPPENING_PHASE_BEGINS, PHASE_KVM}, {HAPPENING_STEP_BEGINS, PHASE_KVM}, {END, 0}},
                {LEVEL_LINUX, ACTIVITY_PROMOTING}},
        {"a machine that isn't reached is what it was", {LEVEL_KVM, ACTIVITY_SETTLED},
                {{HAPPENING_PHASE_BEGINS, PHASE_LINUX}, {HAPPENING_LOST, PHASE_LINUX}, {END, 0}},
                {LEVEL_KVM, ACTIVITY_FAILED}},
        {"one that can't even be looked at is unknown", {LEVEL_KVM, ACTIVITY_SETTLED},
                {{HAPPENING_PHASE_BEGINS, PHASE_LINUX}, {HAPPENING_FAILS, PHASE_LINUX}, {END, 0}},
                {LEVEL_UNKNOWN, ACTIVITY_FAILED}},
        {"what is in the way leaves it below the phase", {LEVEL_UNKNOWN, ACTIVITY_FAILED},
                {{HAPPENING_PHASE_BEGINS, PHASE_LINUX}, {HAPPENING_PHASE_REACHED, PHASE_LINUX},
                        {HAPPENING_PHASE_BEGINS, PHASE_KVM}, {HAPPENING_IN_THE_WAY, PHASE_KVM}, {END, 0}},
                {LEVEL_LINUX, ACTIVITY_BLOCKED}},
        {"a wait ends with the next step", {LEVEL_LINUX, ACTIVITY_PROMOTING},
                {{HAPPENING_WAIT_BEGINS, PHASE_KVM}, {HAPPENING_STEP_BEGINS, PHASE_KVM}, {END, 0}},
                {LEVEL_LINUX, ACTIVITY_PROMOTING}},
        {"being told to stop is no failure", {LEVEL_LINUX, ACTIVITY_PROMOTING},
                {{HAPPENING_INTERRUPTED, PHASE_KVM}, {END, 0}}, {LEVEL_LINUX, ACTIVITY_SETTLED}},
        {"the end of a step hides no failure", {LEVEL_LINUX, ACTIVITY_FAILED},
                {{HAPPENING_STEP_ENDS, PHASE_KVM}, {END, 0}}, {LEVEL_LINUX, ACTIVITY_FAILED}},
};

static void stories_end_where_they_should(void **state)
{
        (void)state;
        for (size_t i = 0; i < COUNT(stories); i++) {
                struct machine_state now = stories[i].before;

                for (size_t j = 0; stories[i].story[j].happening != END; j++)
                        now = machine_state_after(
                                now, stories[i].story[j].happening, stories[i].story[j].phase);
                if (now.level != stories[i].after.level || now.activity != stories[i].after.activity)
                        fail_msg("%s: %s, %s", stories[i].name, machine_level_name(now.level),
                                machine_activity_name(now.activity));
        }
}

static void everything_has_a_name_of_its_own(void **state)
{
        (void)state;
        for (int i = 0; i < LEVELS; i++)
                assert_int_equal(machine_level_find(machine_level_name((enum machine_level)i)), i);
        assert_int_equal(machine_level_find(NULL), LEVEL_UNKNOWN);
        assert_int_equal(machine_level_find("castle"), LEVEL_UNKNOWN);
        for (int i = 0; i < PHASE_COUNT; i++)
                assert_string_equal(
                        phase_name((enum phase_name)i), machine_level_name((enum machine_level)(i + 1)));
        for (int i = 0; i < ACTIVITIES; i++)
                for (int j = 0; j < i; j++)
                        assert_string_not_equal(machine_activity_name((enum machine_activity)i),
                                machine_activity_name((enum machine_activity)j));
        for (int i = 0; i < HAPPENINGS; i++)
                assert_non_null(machine_happening_name((enum machine_happening)i));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_happening_leads_to_a_state_from_every_state),
                cmocka_unit_test(stories_end_where_they_should),
                cmocka_unit_test(everything_has_a_name_of_its_own),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
