/* The throw-away guest, booted by QEMU itself; and the shell that looks for its proof, run by a shell. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/shell.h"
#include "means/canary.h"

extern const char canary_image[];
extern const unsigned canary_image_length;

static void run(const char *command, struct text *output)
{
        FILE *pipe = popen(command, "re");
        char buffer[4096];
        size_t count;

        assert_non_null(pipe);
        while ((count = fread(buffer, 1, sizeof(buffer), pipe)) > 0)
                text_add_n(output, buffer, count);
        pclose(pipe);
}

/* The disk is memory, so that nothing can be left behind. */
static void test_the_guest_boots_by_emulation(void **state)
{
        CLEANUP(fd_close) int disk = memfd_create("canary", 0);
        CLEANUP(string_free) char *command = NULL;
        CLEANUP(text_done) struct text said = {0};

        (void)state;
        if (access("/usr/bin/qemu-system-x86_64", X_OK) < 0 || canary_image_length == 0)
                skip();
        assert_int_equal(write(disk, canary_image, canary_image_length), canary_image_length);
        assert_int_equal(ftruncate(disk, 1 << 20), 0);
        command = string_format(
                "timeout 60 qemu-system-x86_64 -accel tcg -m 32 -display none -monitor none -serial stdio "
                "-drive file=/proc/self/fd/%d,format=raw,if=virtio,snapshot=on </dev/null 2>&1",
                disk);
        run(command, &said);
        if (!strstr(text_string(&said), "provision-canary: passed ring 3\nprovision-canary: OK\n"))
                fail_msg("it said: %s", text_string(&said));
}

static void test_the_probe_is_shell_that_says_two_lines(void **state)
{
        static const char *const shells[] = {"dash", "bash", "busybox sh"};

        (void)state;
        for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
                CLEANUP(text_done) struct text script = {0}, command = {0}, said = {0};
                struct canary_state canary;
                const char *now;

                canary_add_probe(&script);
                text_format(&command, "command -v %s >/dev/null || exit 0; %s -euc ", shells[i], shells[i]);
                shell_add_word(&command, text_string(&script));
                text_add(&command, " 2>&1");
                run(text_string(&command), &said);
                if (said.length == 0)
                        continue; /* no such shell here */
                now = strstr(text_string(&said), "\ncanary.now ");
                if (strncmp(text_string(&said), "canary.proof ", strlen("canary.proof ")) != 0 || !now ||
                        strchr(now + 1, '\n')[1] != '\0')
                        fail_msg("%s said: %s", shells[i], text_string(&said));
                canary_read(text_string(&said), &canary);
                free(canary.why);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_guest_boots_by_emulation),
                cmocka_unit_test(test_the_probe_is_shell_that_says_two_lines),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
