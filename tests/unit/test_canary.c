/* What a machine says about its last throw-away guest, and what that is worth. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "means/canary.h"

#define NOW "canary.now b00t kvm,/usr/bin/qemu-system-x86_64:1:2,/usr/sbin/libvirtd:3:4\n"
#define AS  "b00t kvm,/usr/bin/qemu-system-x86_64:1:2,/usr/sbin/libvirtd:3:4"

static const struct {
        const char *title;
        const char *printed;
        bool proven;
        enum canary_accelerator accelerator;
        const char *why;
} rows[] = {
        {"there never was one", "canary.proof \n" NOW, false, CANARY_NONE, NULL},
        {"one by KVM", "canary.proof 1 kvm " AS " \n" NOW, true, CANARY_KVM, NULL},
        {"one by TCG, and why", "canary.proof 1 tcg " AS " there is no /dev/kvm\n" NOW, true, CANARY_TCG,
                "there is no /dev/kvm"},
        {"the machine was booted", "canary.proof 1 kvm 01d kvm,x:1:2\n" NOW, false, CANARY_NONE,
                "the machine was booted since the last one"},
        {"QEMU was upgraded",
                "canary.proof 1 kvm b00t kvm,/usr/bin/qemu-system-x86_64:9:9,/usr/sbin/libvirtd:3:4\n" NOW,
                false, CANARY_NONE, "QEMU, libvirt or /dev/kvm has changed since the last one"},
        {"/dev/kvm came",
                "canary.proof 1 tcg b00t no-kvm,/usr/bin/qemu-system-x86_64:1:2,/usr/sbin/libvirtd:3:4\n" NOW,
                false, CANARY_NONE, "QEMU, libvirt or /dev/kvm has changed since the last one"},
        {"a proof of a version to come", "canary.proof 2 kvm " AS "\n" NOW, false, CANARY_NONE, NULL},
        {"an accelerator nobody knows", "canary.proof 1 xen " AS "\n" NOW, false, CANARY_NONE, NULL},
        {"a proof cut off", "canary.proof 1 kvm b00\n" NOW, false, CANARY_NONE, NULL},
        {"nothing is known about now", "canary.proof 1 kvm " AS "\ncanary.now \n", false, CANARY_NONE,
                "the machine was booted since the last one"},
        {"not a word", "", false, CANARY_NONE, NULL},
        {"a proof that pretends to be now", "canary.proof x canary.now " AS "\n", false, CANARY_NONE, NULL},
};

static void test_a_proof_is_worth_what_it_is(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct canary_state canary;

                canary_read(rows[i].printed, &canary);
                if (canary.proven != rows[i].proven || canary.accelerator != rows[i].accelerator ||
                        !string_equal(canary.why, rows[i].why))
                        fail_msg("%s: proven %d, accelerator %d, %s", rows[i].title, canary.proven,
                                (int)canary.accelerator, canary.why ? canary.why : "no reason");
                free(canary.why);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_proof_is_worth_what_it_is),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
