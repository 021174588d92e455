/* What shells and tools say, and what is told of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "base/memory.h"
#include "means/ready.h"
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

static void a_consoles_last_words_say_something(void **state)
{
        static const struct {
                const char *log, *words; /* NULL: there are none */
        } logs[] = {
                {"booting\r\nlogin: ", "login: "},
                {"booting\n\n\r\n", "booting"},
                {"booting\r\n    \r\n \n", "booting"},
                {" \r\n  ", NULL},
                {"", NULL},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
                char path[] = "/tmp/console.XXXXXX", line[200] = "";
                int fd = mkstemp(path), seconds, end = 0;
                CLEANUP(string_free) char *script = string_format("log=%s\n%s", path, ready_console_script);
                FILE *shell;

                assert_true(write(fd, logs[i].log, strlen(logs[i].log)) >= 0);
                close(fd);
                shell = popen(script, "r");
                if (!fgets(line, sizeof(line), shell))
                        line[0] = '\0';
                assert_int_equal(pclose(shell) != 0, !logs[i].words);
                unlink(path);
                line[strcspn(line, "\n")] = '\0';
                if (!logs[i].words) {
                        assert_string_equal(line, "");
                        continue;
                }
                assert_int_equal(sscanf(line, "%d s ago: %n", &seconds, &end), 1);
                assert_string_equal(line + end, logs[i].words);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_shell_is_not_quoted),
                cmocka_unit_test(a_consoles_last_words_say_something),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
