/* The parts of a link that need no machine: marks, kept output, frames, and what is read of OpenSSH's files and tools. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/memory.h"
#include "base/wire_string.h"
#include "link/capture.h"
#include "link/frame.h"
#include "link/key_file.h"
#include "link/known_hosts.h"
#include "link/mark.h"
#include "link/ssh_config.h"

#define NONCE "0123456789abcdef0123456789abcdef"
#define MARK  "\001" NONCE " "

static void add(void *context, const char *bytes, size_t count)
{
        text_add_n(context, bytes, count);
}

/* However the bytes are cut into pieces, the same comes out. */
static void marks_are_found_in_any_pieces(void **state)
{
        static const struct {
                const char *bytes, *plain, *rest;
                long number; /* -1: no mark */
        } rows[] = {
                {"output" MARK "0\nrest", "output", "rest", 0},
                {MARK "137\n", "", "", 137},
                {"no mark at all\n", "no mark at all\n", "", -1},
                {"\001\001" MARK "5\n", "\001\001", "", 5},
                {"\001" NONCE "x" MARK "6\n", "\001" NONCE "x", "", 6},
                {"\0010123456789\001" NONCE "-\n", "\0010123456789\001" NONCE "-\n", "", -1},
                {MARK "12", "", "", -1},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                size_t length = strlen(rows[i].bytes);

                for (size_t piece = 1; piece <= length; piece++) {
                        CLEANUP(text_done) struct text plain = {0};
                        struct mark mark;
                        size_t at = 0;

                        mark_init(&mark, NONCE);
                        while (at < length && !mark.is_complete) {
                                size_t count = length - at < piece ? length - at : piece;

                                at += mark_feed(&mark, rows[i].bytes + at, count, add, &plain);
                        }
                        assert_int_equal(mark.is_complete, rows[i].number >= 0);
                        assert_string_equal(text_string(&plain), rows[i].plain);
                        assert_string_equal(rows[i].bytes + at, rows[i].rest);
                        if (mark.is_complete)
                                assert_int_equal(mark.number, rows[i].number);
                }
        }
}

static void the_beginning_and_the_end_are_kept(void **state)
{
        static const struct {
                size_t keep;
                const char *in, *out;
                size_t dropped;
        } rows[] = {
                {10, "", "", 0},
                {10, "0123456789", "0123456789", 0},
                {10, "0123456789a", "012346789a", 1},
                {4, "abcdefghijklmnop", "abop", 12},
                {1, "abc", "c", 2},
                {5, "abcdefgh", "abfgh", 3},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                for (size_t piece = 1; piece <= 16; piece++) {
                        struct capture capture = {.keep = rows[i].keep};
                        CLEANUP(text_done) struct text text = {0};
                        size_t length = strlen(rows[i].in), dropped;

                        for (size_t at = 0; at < length; at += piece)
                                capture_add(
                                        &capture, rows[i].in + at, length - at < piece ? length - at : piece);
                        capture_take(&capture, &text, &dropped);
                        assert_string_equal(text_string(&text), rows[i].out);
                        assert_int_equal(dropped, rows[i].dropped);
                }
        }
}

static void base64_there_and_back(void **state)
{
        static const struct {
                const char *bytes, *text;
        } rows[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
                {"\xff\xfe\xfd", "//79"}};
        size_t count;

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(string_free) char *text = base64_encode(rows[i].bytes, strlen(rows[i].bytes));
                unsigned char *bytes = base64_decode(rows[i].text, strlen(rows[i].text), &count);

                assert_string_equal(text, rows[i].text);
                assert_int_equal(count, strlen(rows[i].bytes));
                assert_memory_equal(bytes, rows[i].bytes, count);
                free(bytes);
        }
        assert_null(base64_decode("a*b=", 4, &count));
}

static void a_frame_names_no_password_and_asks_as_it_should(void **state)
{
        static const struct {
                enum become become;
                const char *line;
        } rows[] = {
                {BECOME_NOBODY, "exec 'sh' '-c' "},
                {BECOME_ROOT, "exec 'env' 'LC_ALL=C' 'sudo' '-n' '--' 'sh' '-c' "},
                {BECOME_ROOT_ASK, "exec 'env' 'LC_ALL=C' 'sudo' '-S' '-p' "},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(entry_done) struct entry entry = {0};
                CLEANUP(text_done) struct text script = {0}, input = {0};
                CLEANUP(strings_done) struct strings argv = {0};
                CLEANUP(string_free) char *line = NULL;

                entry_init(&entry, rows[i].become, "/no/such/file");
                text_add(&script, "one\ntwo");
                frame_enter(&entry, &script, &argv, &input);
                line = frame_login_line(&argv);
                assert_int_equal(strncmp(line, rows[i].line, strlen(rows[i].line)), 0);
                assert_non_null(strstr(line, " 'sh' 'one' 'two'"));
                assert_null(strchr(line, '\n'));
                assert_int_equal(input.length, 0);
        }
}

static void a_long_script_comes_on_stdin(void **state)
{
        CLEANUP(entry_done) struct entry entry = {0};
        CLEANUP(text_done) struct text script = {0}, input = {0};
        CLEANUP(strings_done) struct strings argv = {0};
        CLEANUP(string_free) char *line = NULL;

        (void)state;
        entry_init(&entry, BECOME_NOBODY, NULL);
        for (int i = 0; i < 5000; i++)
                text_add(&script, "echo it\n");
        frame_enter(&entry, &script, &argv, &input);
        line = frame_login_line(&argv);
        assert_true(strlen(line) < 1000);
        assert_int_equal(input.length, script.length);
}

static void keys_are_judged(void **state)
{
        static const struct {
                const char *printed;
                enum known_verdict verdict;
                const char *where;
        } rows[] = {
                {"", KNOWN_NOTHING, NULL},
                {"# Host h found: line 3 \nh ssh-ed25519 AAAA comment\n", KNOWN_SAME, "file:3"},
                {"# Host h found: line 1 \nh ssh-ed25519 BBBB\n# Host h found: line 12 \nh ssh-rsa AAAA\n",
                        KNOWN_SAME, "file:12"},
                {"# Host h found: line 1 \nh ssh-rsa BBBB\n", KNOWN_OTHER, "file:1"},
                {"# Host h found: line 1 REVOKED\n@revoked * ssh-ed25519 AAAA\n", KNOWN_BAD, "file:1"},
                {"# Host h found: line 1 \nh ssh-ed25519 AAAA\n# Host h found: line 2 REVOKED\n@revoked h "
                 "ssh-ed25519 AAAA\n",
                        KNOWN_BAD, "file:2"},
                {"# Host h found: line 1 CA\n@cert-authority h ssh-ed25519 AAAA\n", KNOWN_NOTHING, NULL},
                {"# Host h found: line 1 \n|1|salt=|hash= ssh-ed25519 AAAA\n", KNOWN_SAME, "file:1"},
                {"h\nh ssh-ed25519\n\n", KNOWN_NOTHING, NULL},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(known_keys_done) struct known_keys keys = {0};
                const struct known_key *entry = NULL;

                known_keys_parse(rows[i].printed, "file", &keys);
                assert_int_equal(known_keys_judge(&keys, "AAAA", &entry), rows[i].verdict);
                if (rows[i].where)
                        assert_string_equal(entry->where, rows[i].where);
        }
}

static void known_hosts_names(void **state)
{
        static const struct {
                const char *host;
                unsigned port;
                const char *alias, *name;
        } rows[] = {{"Host", 22, NULL, "host"}, {"h", 2222, NULL, "[h]:2222"}, {"h", 2222, "Alias", "Alias"},
                {"::1", 22, NULL, "::1"}, {"::1", 23, NULL, "[::1]:23"}};

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(string_free) char *name = known_hosts_name(rows[i].host, rows[i].port, rows[i].alias);

                assert_string_equal(name, rows[i].name);
        }
}

static void the_configuration_is_read(void **state)
{
        static const char printed[] =
                "user admin\nhostname 10.0.0.1\nport 2222\nidentitiesonly yes\n"
                "identityfile /keys/%h-%p\nidentityfile ~/id\nidentityagent /run/agent-%u\n"
                "proxyjump a,b:23\nuserknownhostsfile /a /b\nglobalknownhostsfile /c\n"
                "hostkeyalias real\naddressfamily inet6\nconnecttimeout 7\n"
                "serveraliveinterval 20\nproxycommand none\nunknown thing\n";
        CLEANUP(ssh_config_done) struct ssh_config config = {0};
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        assert_int_equal(ssh_config_parse(printed, "lab", &config, &error), 0);
        assert_string_equal(config.host_name, "10.0.0.1");
        assert_int_equal(config.port, 2222);
        assert_string_equal(config.user, "admin");
        assert_string_equal(config.identities.items[0], "/keys/10.0.0.1-2222");
        assert_int_equal(config.identities.items[1][0], '/');
        assert_true(config.identities_only);
        assert_non_null(strstr(config.agent, "/run/agent-"));
        assert_string_equal(config.jump, "a,b:23");
        assert_null(config.proxy_command);
        assert_int_equal(config.known_hosts.count, 3);
        assert_int_equal(config.user_known_hosts, 2);
        assert_string_equal(config.host_key_alias, "real");
        assert_int_equal(config.family, AF_INET6);
        assert_int_equal(config.connect_s, 7);
        assert_int_equal(config.alive_s, 20);
}

static void what_is_no_configuration_is_an_error(void **state)
{
        static const char *const rows[] = {"", "\n\n", "hostname h\nport 22\n",
                "user u\nport x\nhostname h\n", "user\nhostname\nport\n"};

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(ssh_config_done) struct ssh_config config = {0};
                CLEANUP(error_done) struct error error = {0};

                assert_int_equal(ssh_config_parse(rows[i], "lab", &config, &error), -1);
        }
}

/* Where strings of the wire format reach over the end. */
static void strings_of_the_wire_stay_inside(void **state)
{
        static const unsigned char good[] = {0, 0, 0, 2, 'h', 'i', 0}, bad[] = {0, 0, 0, 3, 'h', 'i'},
                                   huge[] = {0xff, 0xff, 0xff, 0xff, 'h'};
        const unsigned char *at = good;
        size_t length = 0;

        (void)state;
        assert_non_null(wire_string(&at, good + sizeof(good), &length));
        assert_int_equal(length, 2);
        assert_ptr_equal(at, good + 6);
        assert_null(wire_string(&at, good + sizeof(good), &length));
        at = bad;
        assert_null(wire_string(&at, bad + sizeof(bad), &length));
        at = huge;
        assert_null(wire_string(&at, huge + sizeof(huge), &length));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(marks_are_found_in_any_pieces),
                cmocka_unit_test(the_beginning_and_the_end_are_kept),
                cmocka_unit_test(base64_there_and_back),
                cmocka_unit_test(a_frame_names_no_password_and_asks_as_it_should),
                cmocka_unit_test(a_long_script_comes_on_stdin),
                cmocka_unit_test(keys_are_judged),
                cmocka_unit_test(known_hosts_names),
                cmocka_unit_test(the_configuration_is_read),
                cmocka_unit_test(what_is_no_configuration_is_an_error),
                cmocka_unit_test(strings_of_the_wire_stay_inside),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
