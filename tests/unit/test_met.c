/* One machine under two names. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phases/met.h"

static void a_machine_is_one_hosts(void **state)
{
        struct met *met = met_new();

        (void)state;
        assert_null(met_claim(met, "a", "boot-1"));
        assert_null(met_claim(met, "b", "boot-2"));
        assert_string_equal(met_claim(met, "c", "boot-1"), "a");
        assert_string_equal(met_claim(met, "b", "boot-1"), "a");
        met_free(met);
}

static void a_reboot_is_no_other_machine(void **state)
{
        struct met *met = met_new();

        (void)state;
        assert_null(met_claim(met, "a", "boot-1"));
        assert_null(met_claim(met, "a", "boot-1"));
        assert_null(met_claim(met, "a", "boot-2"));
        assert_null(met_claim(met, "b", "boot-1"));
        assert_string_equal(met_claim(met, "b", "boot-2"), "a");
        met_free(met);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_machine_is_one_hosts),
                cmocka_unit_test(a_reboot_is_no_other_machine),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
