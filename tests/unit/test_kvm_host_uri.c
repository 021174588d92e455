/* Where a machine is: what the parser takes and refuses, and that KVM_HOST agrees with it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/memory.h"
#include "topology/kvm_host_literal.h"

#define LABEL_63 "a23456789012345678901234567890123456789012345678901234567890123"
#define USER_64  "u234567890123456789012345678901234567890123456789012345678901234"

/* Read by both, the compiler and the parser:  text  and what it is once formatted again. */
#define ACCEPTED_BY_BOTH(ROW)                                                               \
        ROW("local", "local")                                                               \
        ROW("hypervisor1", "hypervisor1")                                                   \
        ROW("h", "h")                                                                       \
        ROW("localhost", "localhost")                                                       \
        ROW("localx", "localx")                                                             \
        ROW("Local", "Local")                                                               \
        ROW("root@local", "root@local")                                                     \
        ROW("ssh://local", "ssh://local")                                                   \
        ROW("root@hypervisor1", "root@hypervisor1")                                         \
        ROW("root@hypervisor-1.rack_4.example.com", "root@hypervisor-1.rack_4.example.com") \
        ROW("_backup.ops+lab-1@h", "_backup.ops+lab-1@h")                                   \
        ROW("9lives@9lives", "9lives@9lives")                                               \
        ROW("root@10g", "root@10g")                                                         \
        ROW("root@0xg", "root@0xg")                                                         \
        ROW("root@00x1", "root@00x1")                                                       \
        ROW("root@1.2.3.4.example", "root@1.2.3.4.example")                                 \
        ROW("root@10.0.0.1", "root@10.0.0.1")                                               \
        ROW("root@0.0.0.0", "root@0.0.0.0")                                                 \
        ROW("255.255.255.255", "255.255.255.255")                                           \
        ROW("a--b@a--b", "a--b@a--b")                                                       \
        ROW(LABEL_63, LABEL_63)                                                             \
        ROW(USER_64 "@h", USER_64 "@h")                                                     \
        ROW("ssh://hypervisor1", "hypervisor1")                                             \
        ROW("ssh://root@hypervisor1", "root@hypervisor1")                                   \
        ROW("ssh://root@hypervisor1:22", "ssh://root@hypervisor1:22")                       \
        ROW("ssh://hypervisor1:1", "ssh://hypervisor1:1")                                   \
        ROW("ssh://root@10.0.0.1:65535", "ssh://root@10.0.0.1:65535")                       \
        ROW("ssh://ssh@ssh:9", "ssh://ssh@ssh:9")                                           \
        ROW("qemu+ssh://root@hypervisor1/system", "root@hypervisor1")                       \
        ROW("qemu+ssh://hypervisor1/system", "hypervisor1")                                 \
        ROW("qemu+ssh://root@hypervisor1:2222/system", "ssh://root@hypervisor1:2222")       \
        ROW("qemu+ssh://root@10.0.0.1/system", "root@10.0.0.1")

static void check_accepted(const char *text, const char *formatted)
{
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(string_free) char *once = NULL;
        CLEANUP(string_free) char *twice = NULL;
        struct kvm_host_uri uri, again;

        if (kvm_host_uri_parse(text, &uri, &error) < 0)
                fail_msg("\"%s\" was refused: %s", text, error_text(&error));
        once = kvm_host_uri_format(&uri);
        if (!string_equal(once, formatted))
                fail_msg("\"%s\" became \"%s\", not \"%s\"", text, once, formatted);
        if (kvm_host_uri_parse(once, &again, &error) < 0)
                fail_msg("\"%s\" was formatted as \"%s\", which is refused: %s", text, once,
                        error_text(&error));
        twice = kvm_host_uri_format(&again);
        assert_string_equal(once, twice);
        assert_int_equal(uri.is_local, again.is_local);
        assert_string_equal(uri.user, again.user);
        assert_string_equal(uri.host, again.host);
        assert_int_equal(uri.port, again.port);
}

static void what_both_accept_parses_and_formats(void **state)
{
        (void)state;
#define CHECK(text, formatted) check_accepted(text, formatted);
        ACCEPTED_BY_BOTH(CHECK)
#undef CHECK
}

static void check_literal(struct kvm_host_uri uri, const char *formatted)
{
        CLEANUP(string_free) char *text = kvm_host_uri_format(&uri);

        assert_string_equal(text, formatted);
}

static void what_both_accept_compiles(void **state)
{
        (void)state;
#define CHECK(text, formatted) check_literal(KVM_HOST(text), formatted);
        ACCEPTED_BY_BOTH(CHECK)
#undef CHECK
}

static void what_does_not_compile_is_refused_when_running(void **state)
{
        static const char *const texts[] = {
#define REFUSED(text) text,
#include "../compile_fail/kvm_host_refused.rows"
#undef REFUSED
        };

        (void)state;
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                CLEANUP(error_done) struct error error = {0};
                struct kvm_host_uri uri = {.port = 7};

                if (kvm_host_uri_parse(texts[i], &uri, &error) == 0)
                        fail_msg("\"%s\" was accepted", texts[i]);
                assert_int_equal(error.kind, ERROR_CONFIG);
                assert_int_equal(uri.port, 7);
        }
}

static void only_the_parser_takes_ipv6(void **state)
{
        static const struct {
                const char *text, *formatted;
        } rows[] = {
                {"::1", "::1"},
                {"[::1]", "::1"},
                {"root@::1", "root@::1"},
                {"root@[fd00:150::1]", "root@fd00:150::1"},
                {"root@fe80::1%eth0", "root@fe80::1%eth0"},
                {"[fe80::1%br-lab.7]", "fe80::1%br-lab.7"},
                {"::ffff:10.0.0.1", "::ffff:10.0.0.1"},
                {"root@::1:22", "root@::1:22"}, /* an address: there is no port in the plain form */
                {"ssh://[::1]", "::1"},
                {"ssh://root@[::1]:22022", "ssh://root@[::1]:22022"},
                {"ssh://[fe80::1%25eth0]", "fe80::1%eth0"},
                {"ssh://root@[fe80::1%25eth0]:22", "ssh://root@[fe80::1%25eth0]:22"},
                {"qemu+ssh://root@[fd00::1]/system", "root@fd00::1"},
                {"qemu+ssh://root@[fd00::1]:22/system", "ssh://root@[fd00::1]:22"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                check_accepted(rows[i].text, rows[i].formatted);
}

static void errors_say_what_is_wrong_and_what_would_be_right(void **state)
{
        static const struct {
                const char *text, *words;
        } rows[] = {
                {"", "names no host: write local, [USER@]HOST or ssh://"},
                {"@h", "before the '@'"},
                {"a@b@c", "more than one '@'"},
                {"-oProxyCommand=x", "the host \"-oProxyCommand=x\" is not a name"},
                {"root@-oProxyCommand=x", "the host \"-oProxyCommand=x\" is not a name"},
                {"-l@h", "the user \"-l\" starts with other than"},
                {"root@h:22", "has a port: write ssh://root@h:22"},
                {"[::1]:22", "has a port: write ssh://[::1]:22"},
                {"ssh://root@h:0", "\"0\" is not a port: write a number from 1 to 65535"},
                {"ssh://root@h:65536", "\"65536\" is not a port"},
                {"ssh://root@h: 22", "\" 22\" is not a port"},
                {"ssh://root@h:22/tmp", "\"/tmp\" stands behind the host"},
                {"ssh://root@::1", "write an IPv6 address in brackets"},
                {"ssh://root@[::1", "never closed"},
                {"ssh://root@[::1]22", "\"22\" stands behind the ']'"},
                {"ssh://root@[::g]", "\"::g\" is not an IPv6 address"},
                {"ssh://root@[10.0.0.1]", "\"10.0.0.1\" is not an IPv6 address"},
                {"ssh://root@[]", "\"\" is not an IPv6 address"},
                {"ssh://root@[fe80::1%eth0]", "fe80::1%25eth0"},
                {"ssh://root@[fe80::1%25]", "\"%25\" names no interface"},
                {"fe80::1%", "\"%\" names no interface"},
                {"fe80::1%-x", "\"%-x\" names no interface"},
                {"fe80::1%eth0;x", "names no interface"},
                {"fe80::1%sixteen-letters-", "names no interface"},
                {"::1::2", "is not an IPv6 address"},
                {"[::1]x", "stands behind the ']'"},
                {"root@010.0.0.1", "four numbers from 0 to 255"},
                {"qemu+ssh://root@h/session", "doesn't end in /system: write qemu+ssh://USER@HOST/system"},
                {"qemu:///system", "write ssh:// or qemu+ssh://"},
                {"http://h", "no host is reached in this way"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(error_done) struct error error = {0};
                struct kvm_host_uri uri;

                assert_int_equal(kvm_host_uri_parse(rows[i].text, &uri, &error), -1);
                if (!strstr(error_text(&error), rows[i].words))
                        fail_msg("\"%s\": the error lacks \"%s\": %s", rows[i].text, rows[i].words,
                                error_text(&error));
        }
}

static void a_password_is_never_repeated(void **state)
{
        static const char *const texts[] = {"root:hunter2@h", "ssh://root:hunter2@h", "root:hun@ter2@h",
                "http://root:hunter2@h/", "qemu+ssh://root:hunter2@h/system", ":hunter2@h"};

        (void)state;
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                CLEANUP(error_done) struct error error = {0};
                struct kvm_host_uri uri;

                assert_int_equal(kvm_host_uri_parse(texts[i], &uri, &error), -1);
                assert_null(strstr(error_text(&error), "ter2"));
                assert_non_null(strstr(error_text(&error), "password"));
        }
}

static void a_long_name_ends_where_dns_ends(void **state)
{
        CLEANUP(error_done) struct error error = {0};
        struct kvm_host_uri uri;
        char name[400] = LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63;

        (void)state;
        name[253] = '\0';
        check_accepted(name, name);
        name[253] = 'a';
        name[254] = '\0';
        assert_int_equal(kvm_host_uri_parse(name, &uri, &error), -1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_both_accept_parses_and_formats),
                cmocka_unit_test(what_both_accept_compiles),
                cmocka_unit_test(what_does_not_compile_is_refused_when_running),
                cmocka_unit_test(only_the_parser_takes_ipv6),
                cmocka_unit_test(errors_say_what_is_wrong_and_what_would_be_right),
                cmocka_unit_test(a_password_is_never_repeated),
                cmocka_unit_test(a_long_name_ends_where_dns_ends),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
