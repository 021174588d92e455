/* Becoming root: what is said to sudo, when, and what isn't. The sudo is one of the test's, which behaves like the
 * real one as far as it is spoken to; tests/lab has the real one. */
#include "sshd.h"

static struct sshd sshd;
static struct host_config host;
static char *fake, *password_file, *log_path;

/* Mode: what the next sudo does. */
enum mode { FREE, WANTS_PASSWORD, REFUSES, NOT_THERE, HANGS };

/* -n, or -S -p PROMPT; notes what it read as a password. */
static const char fake_sudo[] = "#!/bin/sh\n"
                                "mode=$(cat %s/mode)\n"
                                "n= prompt=\n"
                                "while :; do case $1 in\n"
                                "-n) n=1; shift;; -S) shift;; -p) prompt=$2; shift 2;; --) shift; break;;\n"
                                "*) echo \"usage: $1\" >&2; exit 1;;\n"
                                "esac; done\n"
                                "case $mode in\n"
                                "refuses) echo 'worker is not in the sudoers file.' >&2; exit 1;;\n"
                                "hangs) sleep 30;;\n"
                                "password)\n"
                                "  [ -z \"$n\" ] || { echo 'sudo: a password is required' >&2; exit 1; }\n"
                                "  echo 'We trust you have received the usual lecture.' >&2\n"
                                "  for try in 1 2 3; do\n"
                                "    printf %%s \"$prompt\" >&2; IFS= read -r password || exit 1\n"
                                "    echo \"$password\" >>%s/asked\n"
                                "    [ \"$password\" != 'pass word' ] || exec \"$@\"\n"
                                "    echo 'Sorry, try again.' >&2\n"
                                "  done; exit 1;;\n"
                                "esac\n"
                                "exec \"$@\"\n";

static void set_mode(enum mode mode)
{
        static const char *const names[] = {"free", "password", "refuses", "free", "hangs"};
        CLEANUP(string_free) char *file = in_directory("mode"), *text = NULL;

        write_file(file, 0644, names[mode]);
        text = string_format(fake_sudo, test_directory, test_directory);
        write_file(fake, 0755, text);
        chmod(fake, mode == NOT_THERE ? 0644 : 0755);
        write_file(log_path, 0666, "");
        write_file(password_file, 0600, "pass word\nsecond line\n");
        chown(password_file, 0, 0);
}

static int run(const struct command *command, struct output *output, struct error *error)
{
        struct link *link = link_open(links, &host, deadline_in_s(10));
        int result = link_wait(link, deadline_in_s(10), error);

        if (result == 0)
                assert_true(link_is_root(link));
        if (result == 0)
                result = link_run(link, command, deadline_in_s(10), output, error);
        link_close(link);
        return result;
}

static void sudo_without_a_password(void **state)
{
        const struct command command = {
                .script = "cat; echo out; echo err >&2; exit 4", .input = "in ", .input_length = 3};
        struct output output = {0};
        struct error error = {0};

        (void)state;
        set_mode(FREE);
        host.become_password_file = NULL;
        if (run(&command, &output, &error) < 0)
                fail_msg("%s", error_text(&error));
        assert_string_equal(text_string(&output.out), "in out\n");
        assert_string_equal(text_string(&output.err), "err\n");
        assert_int_equal(output.status, 4);
        output_done(&output);
}

static void sudo_with_the_password(void **state)
{
        const struct command command = {
                .script = "cat; echo err >&2", .input = "the input\n", .input_length = 10};
        CLEANUP(string_free) char *asked = NULL;
        struct output output = {0};
        struct error error = {0};

        (void)state;
        set_mode(WANTS_PASSWORD);
        host.become_password_file = password_file;
        if (run(&command, &output, &error) < 0)
                fail_msg("%s", error_text(&error));
        assert_string_equal(text_string(&output.out), "the input\n");
        assert_string_equal(text_string(&output.err), "err\n");
        output_done(&output);
        asked = read_file(log_path);
        assert_string_equal(asked, "pass word\npass word\n"); /* the proof, and the command */
}

/* The input must never be taken for a password, nor the password for input. */
static void a_password_that_nobody_asks_for_is_not_sent(void **state)
{
        const struct command command = {.script = "cat", .input = "the input\n", .input_length = 10};
        struct output output = {0};
        struct error error = {0};

        (void)state;
        set_mode(FREE);
        host.become_password_file = password_file;
        if (run(&command, &output, &error) < 0)
                fail_msg("%s", error_text(&error));
        assert_string_equal(text_string(&output.out), "the input\n");
        output_done(&output);
}

static void what_sudo_refuses_is_said(void **state)
{
        const struct {
                const char *name;
                enum mode mode;
                const char *password;
                mode_t file_mode;
                const char *words;
        } rows[] = {
                {"a wrong password", WANTS_PASSWORD, "wrong\n", 0600, "does not accept the password"},
                {"an empty password file", WANTS_PASSWORD, "", 0600, "has no first line"},
                {"a password file others can read", WANTS_PASSWORD, "pass word\n", 0640, "chmod 600"},
                {"a password is wanted and none configured", WANTS_PASSWORD, NULL, 0600, "wants a password"},
                {"not in the sudoers file", REFUSES, "pass word\n", 0600, "not in the sudoers file"},
                {"not in the sudoers file, without a password", REFUSES, NULL, 0600,
                        "not in the sudoers file"},
                {"no sudo", NOT_THERE, NULL, 0600, "sudo"},
        };
        const struct command command = {.script = "echo never"};

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(error_done) struct error error = {0};
                CLEANUP(string_free) char *asked = NULL;
                struct output output = {0};

                print_message("    %s\n", rows[i].name);
                set_mode(rows[i].mode);
                host.become_password_file = rows[i].password ? password_file : NULL;
                if (rows[i].password)
                        write_file(password_file, rows[i].file_mode, rows[i].password);
                assert_int_equal(run(&command, &output, &error), -1);
                assert_error(&error, ERROR_REFUSED, rows[i].words);
                asked = read_file(log_path);
                if (strchr(asked, '\n')) /* never a second time */
                        assert_string_equal(strchr(asked, '\n'), "\n");
        }
}

static void a_sudo_that_hangs_is_waited_for_until_the_deadline(void **state)
{
        struct link *link;
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        set_mode(HANGS);
        host.become_password_file = password_file;
        link = link_open(links, &host, deadline_in_s(2));
        assert_int_equal(link_wait(link, deadline_in_s(10), &error), -1);
        assert_error(&error, ERROR_DEADLINE, "sudo");
        link_close(link);
}

static void a_stream_through_sudo(void **state)
{
        const char *const words[] = {"cat"};
        const struct strings bridge = {.items = (char **)words, .count = 1};
        struct error error = {0};
        char bytes[16] = "";
        struct link *link;
        int fd;

        (void)state;
        for (int i = 0; i < 2; i++) {
                set_mode(i ? WANTS_PASSWORD : FREE);
                host.become_password_file = i ? password_file : NULL;
                link = link_open(links, &host, deadline_in_s(10));
                assert_int_equal(link_open_socket(link, "/any", &bridge, &fd, &error), 0);
                assert_int_equal(write(fd, "hello", 5), 5);
                assert_int_equal(read(fd, bytes, sizeof(bytes)), 5);
                assert_memory_equal(bytes, "hello", 5);
                close(fd);
                link_close(link);
        }
}

/* Neither on a command line nor in an environment, while it runs. */
static void the_password_is_in_no_command_line(void **state)
{
        const struct command command = {.script = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null "
                                                  "| tr '\\0' '\\n' | grep -c '^pass word'"};
        struct output output = {0};
        struct error error = {0};

        (void)state;
        set_mode(WANTS_PASSWORD);
        host.become_password_file = password_file;
        if (run(&command, &output, &error) < 0)
                fail_msg("%s", error_text(&error));
        assert_string_equal(text_string(&output.out), "0\n");
        output_done(&output);
}

static int set_up(void **state)
{
        CLEANUP(string_free) char *host_key = make_key("host", "ed25519", "");
        CLEANUP(string_free) char *authorized = in_directory("authorized_keys"), *key = NULL, *line = NULL;
        CLEANUP(string_free) char *bin = in_directory("bin");
        char *id = make_key("id", "ed25519", ""), *known_hosts = in_directory("known_hosts");
        struct error error = {0};

        (void)state;
        key = public_key(id);
        write_file(authorized, 0644, key);
        mkdir(bin, 0755);
        fake = in_directory("bin/sudo");
        password_file = in_directory("password");
        log_path = in_directory("asked");
        sshd = sshd_start("sshd", host_key, "");
        line = string_format("* %s\n", sshd.key);
        write_file(known_hosts, 0644, line);
        host = host_at("worker", sshd.port, id, known_hosts);
        host.become = true;
        assert_int_equal(links_start(&links, &error), 0);
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        links_stop(links);
        sshd_stop(&sshd);
        free(host.identity);
        free(host.known_hosts);
        free(fake);
        free(password_file);
        free(log_path);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sudo_without_a_password),
                cmocka_unit_test(sudo_with_the_password),
                cmocka_unit_test(a_password_that_nobody_asks_for_is_not_sent),
                cmocka_unit_test(what_sudo_refuses_is_said),
                cmocka_unit_test(a_sudo_that_hangs_is_waited_for_until_the_deadline),
                cmocka_unit_test(a_stream_through_sudo),
                cmocka_unit_test(the_password_is_in_no_command_line),
        };

        if (begin_tests() < 0)
                return 0;
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
