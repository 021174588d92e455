/* What shells and tools say, and what is told of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/memory.h"
#include "means/script.h"

static const struct {
        const char *said;
        const char *words;
} rows[] = {
        {"sh: 21: eval: cannot create /ro/.x.provision: Read-only file system",
                "what it lies on is mounted read-only"},
        {"bash: line 3: /ro/.x.provision: Read-only file system", "what it lies on is mounted read-only"},
        {"cat: write error: No space left on device", "a disk of the machine is full"},
        {"qemu-img: error while writing: No space left on device",
                "a disk of the machine is full: qemu-img: error while writing: No space left on device"},
        {"/bin/sh: 1: eval: cannot create /x/y: Directory nonexistent",
                "cannot create /x/y: Directory nonexistent"},
        {"sh: 3: frobnicate: not found", "frobnicate: not found"},
        {"sh: frobnicate: not found", "frobnicate: not found"},
        {"chown: invalid user: 'nobody:x'", "chown: invalid user: 'nobody:x'"},
        {"the kernel refuses the value sh: 1: x", "the kernel refuses the value sh: 1: x"},
        {"sh: 1", "1"},
        {"sh: ", ""},
        {"h", "h"},
};

static void a_shell_is_not_quoted(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(string_free) char *words = script_words(rows[i].said);

                assert_string_equal(words, rows[i].words);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(a_shell_is_not_quoted)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
