/* Which lines of ssh's configuration leave no doubt that they are for everybody. That ssh agrees is seen in
 * tests/integration/test_ssh_config.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "link/config_scope.h"

static void lines_are_judged(void **state)
{
        static const struct {
                const char *text;
                bool is_for_everybody;
        } rows[] = {
                {"", true},
                {"\n\n", true},
                {"# Host b\n", true},
                {"   # 100%\n", true},
                {"\t\r\n", true},
                {"User root", true},
                {"User root\nPort 2222\n", true},
                {"  user\troot  \r\n", true},
                {"user=root\n", true},
                {"user = root\n", true},
                {"ForwardX11 no\n", true},
                {"IdentityFile \"~/.ssh/a key\"\n", true},
                {"Include /etc/ssh/ssh_config.d/*.conf\n", true},
                {"Host *\n", true},
                {"host=*\n", true},
                {"HOST = *\r\n", true},
                {"\tHost\t*\t\n", true},
                {"Match all\n", true},
                {"match = final all\n", true},
                {"Host .host machine/.host\nProxyCommand x %h\nHost *\nUser u\n", true},
                {"host=unix/* vsock/*\n HostName %h\n", true},
                {"Host .host\nHostName a\n", true},

                {"Host b\n", false},
                {"Host *.example\n", false},
                {"Host * b\n", false},
                {"Host * !b\n", false},
                {"Host **\n", false},
                {"Host==*\n", false},
                {"Host \"*\"\n", false},
                {"Host * # everybody\n", false},
                {"Host\n", false},
                {"Host=\n", false},
                {"\"Host\" b\n", false},
                {"\"Host\" *\n", false},
                {"Ho\"st\" b\n", false},
                {"Host\vb\n", false},
                {"Host\rb\n", false},
                {"\fHost b\n", false},
                {"\rHost b\n", false},
                {"= Host b\n", false},
                {"\xef\xbb\xbfHost b\n", false},
                {"User root\nHost b\n", false},
                {"Host .host b\n", false},
                {"Host unix/* *\n", false},
                {"Host unix/* \"b\"\n", false},
                {"Host *.host\n", false},
                {"Host ?host\n", false},
                {"Host !.host\n", false},
                {"Host unix/*\nUser u\nHost b\n", false},
                {"Host unix/*\nHost *\nHostName a\n", false},
                {"Host unix/*\nMatch all\nUserKnownHostsFile %h\n", false},
                {"User root\rHost b\n", true}, /* for ssh, too, this is one line */
                {"Match host b\n", false},
                {"Match final host b\n", false},
                {"Match exec true\n", false},
                {"Match !all\n", false},
                {"Match Final All\n", false},
                {"HostName a\n", false},
                {"hostname=%h.example\n", false},
                {"ProxyJump a\n", false},
                {"ProxyJump none\n", false},
                {"ProxyCommand nc %h %p\n", false},
                {"ProxyCommand nc a 22\n", true},
                {"UserKnownHostsFile ~/.ssh/%k\n", false},
                {"Include ~/.ssh/%h\n", false},
                {"HostKeyAlias a\n", true},
                {"CanonicalizeHostname no\n", false},
                {"CanonicalizeMaxDots 1\n", true},
                {"CanonicalizePermittedCNAMEs *.a:*.b\n", false},
                {"nonsense\n", false},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (config_text_is_for_everybody(rows[i].text) != rows[i].is_for_everybody)
                        fail_msg("%s", rows[i].text);
}

static void hosts_that_ssh_takes_as_they_are(void **state)
{
        static const struct {
                const char *host;
                bool is_plain;
        } rows[] = {{"h", true}, {"h-1.example_2", true}, {"10.0.0.1", true}, {"fe80::1", true},
                {"::1", true}, {"", false}, {".host", false}, {"unix/a", false}, {"Host", false},
                {"fe80::1%eth0", false}, {"u@h", false}, {"ssh://h", false}, {"h\n", false}};

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (config_host_is_plain(rows[i].host) != rows[i].is_plain)
                        fail_msg("%s", rows[i].host);
}

/* A file of this content, in the directory of the test. */
static char *make_file(const char *directory, const char *name, const void *content, size_t count)
{
        char *path = string_format("%s/%s", directory, name);
        FILE *file = fopen(path, "we");

        assert_non_null(file);
        assert_int_equal(fwrite(content, 1, count, file), count);
        fclose(file);
        return path;
}

static bool judge_log(const char *format, const char *first, const char *second)
{
        CLEANUP(text_done) struct text log = {0};
        const char *const paths[] = {first, second};
        int next = 0;

        for (const char *c = format; *c; c++)
                if (*c == '@')
                        text_add(&log, paths[next++]);
                else
                        text_add_n(&log, c, 1);
        return config_log_is_for_everybody(&log);
}

#define VERSION_LINE "OpenSSH_9.2p1 Debian, OpenSSL 3.0\r\n"
#define READING      "debug1: Reading configuration data "

static void files_are_those_that_ssh_names(void **state)
{
        char directory[] = "/tmp/test-scope-XXXXXX";
        CLEANUP(string_free) char *good = NULL, *bad = NULL, *binary = NULL, *large = NULL, *pipe = NULL;
        CLEANUP(string_free) char *comments = memory_new(65538, 1);

        (void)state;
        memset(comments, '#', 65537);
        assert_non_null(mkdtemp(directory));
        good = make_file(directory, "good", "User root\n", 10);
        bad = make_file(directory, "bad", "User root\nHost b\n", 17);
        binary = make_file(directory, "binary", "User root\0\nHost b\n", 18);
        large = make_file(directory, "large", comments, 65537);
        pipe = string_format("%s/pipe", directory);
        assert_int_equal(mkfifo(pipe, 0600), 0);

        assert_true(judge_log(VERSION_LINE, NULL, NULL));
        assert_true(judge_log("debug1: " VERSION_LINE, NULL, NULL));
        assert_false(judge_log("debug1: " VERSION_LINE READING "@\r\n", bad, NULL));
        assert_true(judge_log(VERSION_LINE READING "@\r\n" READING "@\r\ndebug1: more\r\n", good, good));
        assert_false(judge_log(VERSION_LINE READING "@\r\n" READING "@\r\n", good, bad));
        assert_false(judge_log(VERSION_LINE READING "@\r\n", bad, NULL));
        assert_false(judge_log(VERSION_LINE READING "@\r\n", binary, NULL));
        assert_false(judge_log(VERSION_LINE READING "@\r\n", large, NULL));
        assert_false(judge_log(VERSION_LINE READING "@\r\n", pipe, NULL));
        assert_false(judge_log(VERSION_LINE READING "@\r\n", directory, NULL));
        assert_false(judge_log(VERSION_LINE READING "/no/such/file\r\n", NULL, NULL));
        assert_false(judge_log("", NULL, NULL));
        assert_false(judge_log("Pseudo-terminal will not be allocated\r\n", NULL, NULL));
        assert_false(judge_log(VERSION_LINE "@", comments, NULL));

        unlink(good);
        unlink(bad);
        unlink(binary);
        unlink(large);
        unlink(pipe);
        rmdir(directory);
}

static void scripts_are_no_programs(void **state)
{
        char directory[] = "/tmp/test-scope-XXXXXX";
        CLEANUP(string_free) char *before = string_copy(getenv("PATH")), *script = NULL, *path = NULL;

        (void)state;
        assert_non_null(mkdtemp(directory));
        assert_true(config_program_is_binary("env"));
        assert_false(config_program_is_binary("no-such-program"));
        script = make_file(directory, "env", "#!/bin/sh\n", 10);
        path = string_format("/no/such/directory:%s:%s", directory, before);
        setenv("PATH", path, 1);
        assert_true(config_program_is_binary("env")); /* can't be executed */
        chmod(script, 0755);
        assert_false(config_program_is_binary("env"));
        unsetenv("PATH");
        assert_false(config_program_is_binary("env"));
        setenv("PATH", before, 1);
        unlink(script);
        rmdir(directory);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lines_are_judged),
                cmocka_unit_test(hosts_that_ssh_takes_as_they_are),
                cmocka_unit_test(files_are_those_that_ssh_names),
                cmocka_unit_test(scripts_are_no_programs),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
