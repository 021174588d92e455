/* Commands over links: what comes back, how they are fed, and how they end. Every row runs on this machine and over SSH. */
#include "sshd.h"

static struct sshd sshd;
static struct link *over_ssh, *local;
static struct host_config ssh_host, local_host;

struct row {
        const char *name;
        const char *words[4]; /* or */
        const char *script;
        const char *input;
        int status;
        const char *out, *err; /* NULL: whatever */
};

static const struct row rows[] = {
        {.name = "a script's output comes back", .script = "echo hello", .out = "hello\n", .err = ""},
        {.name = "output without a newline at its end", .script = "printf hello", .out = "hello", .err = ""},
        {.name = "no output at all", .script = ":", .out = "", .err = ""},
        {.name = "both streams are kept apart",
                .script = "echo out; echo err >&2",
                .out = "out\n",
                .err = "err\n"},
        {.name = "an exit status", .script = "exit 7", .status = 7, .out = ""},
        {.name = "a signal", .script = "sh -c 'kill -SEGV $$'", .status = 128 + SIGSEGV},
        {.name = "a script that isn't one", .script = "if then", .status = 2, .out = ""},
        {.name = "a command that isn't there", .words = {"/no/such/program"}, .status = 127, .out = ""},
        {.name = "an argument vector", .words = {"printf", "%s|", "a b"}, .out = "a b|", .err = ""},
        {.name = "a word that is a keyword", .words = {"if"}, .status = 127},
        {.name = "a word that is an assignment", .words = {"a=b"}, .status = 127},
        {.name = "invalid UTF-8", .script = "printf '\\377\\376\\200'", .out = "\377\376\200"},
        {.name = "something that looks like a mark",
                .script = "printf '\\0010123456789abcdef0123456789abcdef 0\\n'",
                .out = "\0010123456789abcdef0123456789abcdef 0\n"},
        {.name = "the beginnings of marks", .script = "printf '\\001\\001\\001'", .out = "\001\001\001"},
        {.name = "input is read to its end", .script = "cat", .input = "one\ntwo", .out = "one\ntwo"},
        {.name = "no input is an end of file", .script = "cat; echo done", .out = "done\n"},
        {.name = "input that nobody reads", .script = "true", .input = "never read", .out = ""},
        {.name = "stdin closed at once", .script = "exec <&-; echo ok", .input = "x", .out = "ok\n"},
        {.name = "stdout closed", .script = "exec >&-; exit 3", .status = 3, .out = ""},
        {.name = "a daemon that keeps the streams open",
                .script = "sleep 30 & echo started",
                .out = "started\n"},
        {.name = "the language is C", .script = "echo $LC_ALL", .out = "C\n"},
        {.name = "sbin is in the path",
                .script = "case :$PATH: in *:/usr/sbin:*) echo yes;; esac",
                .out = "yes\n"},
        {.name = "a script of several lines",
                .script = "a=1\n\nif true; then\n\techo \"$a\"\nfi\n",
                .out = "1\n"},
        {.name = "a here-document", .script = "cat <<'END'\n$a `b` \\c !d\nEND\n", .out = "$a `b` \\c !d\n"},
        {.name = "set -e ends the script, not the frame",
                .script = "set -e; false; echo no",
                .status = 1,
                .out = ""},
};

static void run_row(struct link *link, const struct row *row)
{
        struct strings words = {.items = (char **)row->words};
        struct command command = {.script = row->script,
                .input = row->input,
                .input_length = row->input ? strlen(row->input) : 0};
        struct output output = {0};
        struct error error = {0};

        while (words.count < 4 && row->words[words.count])
                words.count++;
        if (words.count)
                command.words = &words;
        if (link_run(link, &command, deadline_in_s(20), &output, &error) < 0)
                fail_msg("%s: %s", row->name, error_text(&error));
        if (output.status != row->status || (row->out && strcmp(text_string(&output.out), row->out)) ||
                (row->err && strcmp(text_string(&output.err), row->err)))
                fail_msg("%s: status %d, stdout \"%s\", stderr \"%s\"", row->name, output.status,
                        text_string(&output.out), text_string(&output.err));
        output_done(&output);
}

static void each_command_gives_what_it_should(void **state)
{
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                run_row(*state, &rows[i]);
}

/* What a shell would make something of, in any place. */
static void hostile_strings_arrive_as_they_are(void **state)
{
        static const char *const hostile[] = {"", " ", "'", "''", "\"", "\\", "\\\\", "\\'", "!", "!!", "!$",
                "$HOME", "${IFS}", "`id`", "$(id)", "a\nb", "\n", "a\n\n", "*", "?", "[a]", "~", "~root",
                "{a,b}", "a;id", "a&id", "a|id", "a>b", "#a", "-n", "--", "%s", "%%", "^a^b", "=ls", "a=b",
                "\t", "\r", "\x7f\x1b[31m", "\xc3\xa4\xff", "end\\"};

        for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
                const char *const items[] = {"printf", "<%s>", hostile[i]};
                struct strings words = {.items = (char **)items, .count = 3};
                CLEANUP(string_free) char *expected = string_format("<%s>", hostile[i]);
                const struct command command = {.words = &words};
                struct output output = {0};
                struct error error = {0};

                assert_int_equal(link_run(*state, &command, deadline_in_s(20), &output, &error), 0);
                assert_string_equal(text_string(&output.out), expected);
                output_done(&output);
        }
}

static void nul_bytes_are_kept(void **state)
{
        const struct command command = {.script = "printf 'a\\000b\\000'"};
        struct output output = {0};
        struct error error = {0};

        assert_int_equal(link_run(*state, &command, deadline_in_s(20), &output, &error), 0);
        assert_int_equal(output.out.length, 4);
        assert_memory_equal(output.out.data, "a\0b\0", 4);
        output_done(&output);
}

/* More than the window of a channel on both streams, at once. */
static void four_mebibytes_of_stderr_do_not_block(void **state)
{
        const struct command command = {
                .script = "head -c 4194304 /dev/zero >&2; head -c 4194304 /dev/zero; echo end", .keep = 1000};
        struct output output = {0};
        struct error error = {0};

        assert_int_equal(link_run(*state, &command, deadline_in_s(60), &output, &error), 0);
        assert_int_equal(output.err.length, 1000);
        assert_int_equal(output.err_dropped, 4194304 - 1000);
        assert_int_equal(output.out_dropped, 4194304 + 4 - 1000);
        assert_memory_equal(output.out.data + 996, "end\n", 4);
        output_done(&output);
}

static long resident_kib(void)
{
        CLEANUP(string_free) char *status = read_file("/proc/self/status");
        const char *line = strstr(status, "VmHWM:");

        return line ? strtol(line + 6, NULL, 10) : 0;
}

static void a_hundred_megabytes_pass_through_little_memory(void **state)
{
        const struct command command = {.script = "echo begin; head -c 100000000 /dev/zero; echo end"};
        long before = resident_kib();
        struct output output = {0};
        struct error error = {0};

        assert_int_equal(link_run(*state, &command, deadline_in_s(120), &output, &error), 0);
        assert_int_equal(output.out.length, 1024 * 1024);
        assert_int_equal(output.out_dropped, 100000010 - 1024 * 1024);
        assert_memory_equal(output.out.data, "begin\n", 6);
        assert_memory_equal(output.out.data + 1024 * 1024 - 4, "end\n", 4);
        output_done(&output);
        if (!IS_SANITIZED && !getenv("RUN_TESTS_VALGRIND")) /* which keep what was freed for a while */
                assert_in_range(resident_kib() - before, 0, 8192);
}

static void count_bytes(void *context, const char *bytes, size_t count)
{
        (void)bytes;
        *(size_t *)context += count;
}

static void progress_is_told_in_the_callers_thread(void **state)
{
        size_t counted = 0;
        const struct command command = {.script = "head -c 5000000 /dev/zero",
                .keep = 10,
                .on_output = count_bytes,
                .context = &counted};
        struct output output = {0};
        struct error error = {0};

        assert_int_equal(link_run(*state, &command, deadline_in_s(60), &output, &error), 0);
        assert_int_equal(counted, 5000000);
        output_done(&output);
}

static void much_input_arrives(void **state)
{
        size_t length = 10 * 1024 * 1024;
        char *input = memory_new(length, 1);
        const struct command command = {.script = "cksum", .input = input, .input_length = length};
        struct output output = {0};
        struct error error = {0};

        memset(input, 'x', length);
        assert_int_equal(link_run(*state, &command, deadline_in_s(60), &output, &error), 0);
        assert_non_null(strstr(text_string(&output.out), " 10485760"));
        output_done(&output);
        free(input);
}

static void a_script_longer_than_a_packet_runs(void **state)
{
        struct text script = {0};
        struct command command = {.input = "input", .input_length = 5};
        struct output output = {0};
        struct error error = {0};

        text_add(&script, "n=0\n");
        for (int i = 0; i < 20000; i++)
                text_add(&script, "n=$((n+1)) # it's a line\n");
        text_add(&script, "cat; echo $n");
        command.script = text_string(&script);
        assert_int_equal(link_run(*state, &command, deadline_in_s(60), &output, &error), 0);
        assert_string_equal(text_string(&output.out), "input20000\n");
        output_done(&output);
        text_done(&script);
}

/* More than sshd lets in at once (MaxSessions 10). */
static void a_hundred_commands_side_by_side(void **state)
{
        struct running *running[100];
        struct strings words[100] = {0};
        struct command commands[100] = {0};

        for (int i = 0; i < 100; i++) {
                strings_add(&words[i], "echo");
                strings_take(&words[i], string_format("%d", i));
                commands[i].words = &words[i];
                running[i] = link_start(*state, &commands[i], deadline_in_s(120));
        }
        for (int i = 0; i < 100; i++) {
                struct output output = {0};
                struct error error = {0};

                if (link_finish(running[i], &output, &error) < 0)
                        fail_msg("%d: %s", i, error_text(&error));
                assert_int_equal(atoi(text_string(&output.out)), i);
                output_done(&output);
                strings_done(&words[i]);
        }
}

/* It is gone from the machine soon after, or at most a zombie that nobody has looked at yet. */
static void assert_ended(const char *pid_file)
{
        CLEANUP(string_free) char *text = read_file(pid_file);
        CLEANUP(string_free) char *status_path = string_format("/proc/%d/status", atoi(text));

        assert_true(atoi(text) > 1);
        for (int i = 0; i < 100; i++) {
                CLEANUP(string_free) char *status = read_file(status_path);

                if (!*status || strstr(status, "State:\tZ"))
                        return;
                poll(NULL, 0, 50);
        }
        fail_msg("%s still runs", text);
}

static void a_deadline_ends_even_what_ignores_sigterm(void **state)
{
        CLEANUP(string_free) char *file = in_directory("pid-%p", *state);
        CLEANUP(string_free)
        char *script =
                string_format("trap '' TERM; echo $$ >%s; sh -c 'trap \"\" TERM; sleep 60; sleep 60'", file);
        const struct command command = {.script = script};
        int64_t began = clock_now_ns();
        struct output output = {0};
        CLEANUP(error_done) struct error error = {0};

        assert_int_equal(link_run(*state, &command, deadline_in_s(2), &output, &error), -1);
        assert_error(&error, ERROR_DEADLINE, "SIGKILL");
        assert_in_range((clock_now_ns() - began) / 1000000, 1900, 9000);
        assert_ended(file);
        free(output_of(*state, "echo the link still works"));
}

/* Longer than a machine may be silent without being asked for a sign of life. */
static void who_is_silent_and_there_is_late_and_not_lost(void **state)
{
        const struct command command = {.script = "sleep 60"};
        int64_t began = clock_now_ns();
        struct output output = {0};
        CLEANUP(error_done) struct error error = {0};

        assert_int_equal(link_run(*state, &command, deadline_in_s(7), &output, &error), -1);
        assert_error(&error, ERROR_DEADLINE, "did not end in time");
        assert_in_range((clock_now_ns() - began) / 1000000000, 7, 10);
}

static void a_killed_shell_is_no_success(void **state)
{
        const struct command command = {.script = "kill -KILL 0"};
        struct output output = {0};
        CLEANUP(error_done) struct error error = {0};

        assert_int_equal(link_run(*state, &command, deadline_in_s(20), &output, &error), -1);
        assert_error(&error, ERROR_FAILED, "was killed");
        free(output_of(*state, "echo the link still works"));
}

static void *interrupt_soon(void *context)
{
        poll(NULL, 0, 1000);
        links_interrupt(context);
        return NULL;
}

static void an_interrupt_ends_every_wait(void **state)
{
        const struct host_config *host = *state == local ? &local_host : &ssh_host;
        CLEANUP(string_free) char *file = in_directory("interrupted-%p", *state);
        CLEANUP(string_free) char *script = string_format("echo $$ >%s; sleep 60", file);
        const struct command command = {.script = script};
        struct output output = {0};
        CLEANUP(error_done) struct error error = {0}, again = {0};
        struct links *own;
        struct link *link;
        pthread_t thread;

        assert_int_equal(links_start(&own, &error), 0);
        link = link_open(own, host, deadline_in_s(20));
        assert_int_equal(link_wait(link, deadline_in_s(20), &error), 0);
        pthread_create(&thread, NULL, interrupt_soon, own);
        assert_int_equal(link_run(link, &command, deadline_in_s(40), &output, &error), -1);
        assert_error(&error, ERROR_INTERRUPTED, NULL);
        assert_ended(file);
        assert_int_equal(link_run(link, &command, deadline_in_s(40), &output, &again), -1);
        assert_error(&again, ERROR_INTERRUPTED, NULL);
        pthread_join(thread, NULL);
        link_close(link);
        links_stop(own);
}

static void the_login_is_who_it_should_be(void **state)
{
        struct error error = {0};

        assert_int_equal(link_wait(*state, deadline_in_s(20), &error), 0);
        assert_true(link_is_root(*state));
}

/* A login shell that greets, reads its profile aloud and leaves a line unfinished. */
static void a_login_shell_may_talk(void **state)
{
        struct host_config host = host_at("worker", sshd.port, ssh_host.identity, ssh_host.known_hosts);
        CLEANUP(string_free) char *shell = in_directory("shell");
        struct link *link;

        (void)state;
        write_file(shell, 0755,
                "#!/bin/sh\necho welcome; printf 'no newline'; echo hi >&2\nexec /bin/sh \"$@\"\n");
        link = link_open(links, &host, deadline_in_s(20));
        run_row(link, &rows[0]);
        run_row(link, &rows[3]);
        assert_false(link_is_root(link));
        link_close(link);
}

static void a_login_shell_may_refuse(void **state)
{
        struct host_config host = host_at("worker", sshd.port, ssh_host.identity, ssh_host.known_hosts);
        CLEANUP(string_free) char *shell = in_directory("shell");
        CLEANUP(error_done) struct error error = {0};
        const struct command command = {.script = "echo never"};
        struct output output = {0};
        struct link *link;

        (void)state;
        write_file(shell, 0755, "#!/bin/sh\necho 'This account is not available.'; exit 1\n");
        link = link_open(links, &host, deadline_in_s(20));
        assert_int_equal(link_run(link, &command, deadline_in_s(20), &output, &error), -1);
        assert_error(&error, ERROR_REFUSED, "This account is not available.");
        link_close(link);
}

static int set_up(void **state)
{
        CLEANUP(string_free) char *host_key = make_key("host", "ed25519", "");
        CLEANUP(string_free) char *key = NULL, *authorized = in_directory("authorized_keys"), *line = NULL;
        struct error error = {0};

        (void)state;
        ssh_host = host_at("root", 0, make_key("id", "ed25519", ""), in_directory("known_hosts"));
        key = public_key(ssh_host.identity);
        write_file(authorized, 0644, key);
        sshd = sshd_start("sshd", host_key, "RekeyLimit 20M");
        ssh_host.connect.port = sshd.port;
        line = string_format("[127.0.0.1]:%u %s\n", sshd.port, sshd.key);
        write_file(ssh_host.known_hosts, 0644, line);
        local_host = (struct host_config) {.name = (char *)"here", .connect.is_local = 1};
        assert_int_equal(links_start(&links, &error), 0);
        over_ssh = link_open(links, &ssh_host, deadline_in_s(30));
        local = link_open(links, &local_host, deadline_in_s(30));
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        link_close(over_ssh);
        link_close(local);
        links_stop(links);
        sshd_stop(&sshd);
        free(ssh_host.identity);
        free(ssh_host.known_hosts);
        return 0;
}

static int use_ssh(void **state)
{
        *state = over_ssh;
        return 0;
}

static int use_local(void **state)
{
        *state = local;
        return 0;
}

#define BOTH(test)                                           \
        {#test " (over SSH)", test, use_ssh, NULL, NULL},    \
        {                                                    \
#test " (here)", test, use_local, NULL, NULL \
        }

int main(void)
{
        const struct CMUnitTest tests[] = {
                BOTH(each_command_gives_what_it_should),
                BOTH(hostile_strings_arrive_as_they_are),
                BOTH(nul_bytes_are_kept),
                BOTH(four_mebibytes_of_stderr_do_not_block),
                BOTH(a_hundred_megabytes_pass_through_little_memory),
                BOTH(progress_is_told_in_the_callers_thread),
                BOTH(much_input_arrives),
                BOTH(a_script_longer_than_a_packet_runs),
                BOTH(a_hundred_commands_side_by_side),
                BOTH(a_deadline_ends_even_what_ignores_sigterm),
                BOTH(who_is_silent_and_there_is_late_and_not_lost),
                BOTH(a_killed_shell_is_no_success),
                BOTH(an_interrupt_ends_every_wait),
                BOTH(the_login_is_who_it_should_be),
                cmocka_unit_test(a_login_shell_may_talk),
                cmocka_unit_test(a_login_shell_may_refuse),
        };

        if (begin_tests() < 0)
                return 0;
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
