/* openshift-install: what it is told, when its work is made again, and what it needs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "means/certificate.h"
#include "means/pull_secret.h"
#include "plan/installer.h"

/* ---- what it is told ---- */

#define KEY_OF(comment) \
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0uNuRE7SVO5Zyi87PkIX2ZVnGaOebdD4bzywv5WTWQ " comment

static const struct wish_row {
        const char *name;
        const char *domain;
        size_t control, workers;
        const char *keys[2];
        const char *replicas, *ssh_keys; /* as YAML */
} wish_rows[] = {
        {"3 control machines and 2 workers", "example.com", 3, 2, {KEY_OF("me@home")}, "3",
                KEY_OF("me@home")},
        {"one machine", "example.com", 1, 0, {KEY_OF("me@home")}, "1", KEY_OF("me@home")},
        {"two keys", "a.b", 3, 0, {KEY_OF("a"), KEY_OF("b")}, "3", KEY_OF("a") "\\n" KEY_OF("b")},
        {"a comment that is YAML", "a.b", 3, 0, {KEY_OF("\"\nplatform: {aws: {}} #\t\\ : '")}, "3",
                KEY_OF("\\\"\\nplatform: {aws: {}} #\\x09\\\\ : '")},
};

static void test_wish(void **state)
{
        const struct wish_row *row = *state;
        char name[] = "lab", node[] = "n";
        char *nodes[] = {node, node, node};
        struct cluster_config config = {
                .name = name,
                .domain = (char *)row->domain,
                .control = {.items = nodes, .count = row->control},
                .workers = {.items = nodes, .count = row->workers},
                .installer.ssh_keys = {.items = (char **)row->keys, .count = row->keys[1] ? 2 : 1},
        };
        CLEANUP(string_free) char *wish = installer_wish(&config);
        CLEANUP(string_free)
        char *expected = string_format("apiVersion: v1\n"
                                       "baseDomain: \"%s\"\n"
                                       "metadata:\n  name: \"lab\"\n"
                                       "controlPlane:\n  name: master\n  replicas: %s\n"
                                       "compute:\n- name: worker\n  replicas: 0\n"
                                       "networking:\n"
                                       "  clusterNetwork:\n  - cidr: 10.128.0.0/14\n    hostPrefix: 23\n"
                                       "  serviceNetwork:\n  - 172.30.0.0/16\n"
                                       "platform:\n  none: {}\n"
                                       "sshKey: \"%s\"\n",
                row->domain, row->replicas, row->ssh_keys);

        assert_string_equal(wish, expected);
}

/* ---- when ---- */

#define DAY     86400
#define MADE    1800000000 /* 2027-01-15 08:00 UTC */
#define ENDS    "2027-01-16 08:00 UTC"
#define MINUTES 60

enum fact { BEGUN = 1, ANSWERED = 2, CHANGED = 4, UNMADE = 8 };

#define AGAIN_ENDED   "its certificates ended at " ENDS
#define AGAIN_ENDS    "its certificates end at " ENDS ", before a bootstrap that begins now has to be complete"
#define AGAIN_CHANGED "what it is made from has changed"

static const struct age_row {
        const char *name;
        int facts;
        int age_s, bootstrap_s;
        bool is_needed;
        const char *why; /* NULL: the first time, or not at all */
} age_rows[] = {
        {"there is none", UNMADE, 0, 90 * MINUTES, true, NULL},
        {"it was just made", 0, 0, 90 * MINUTES, false, NULL},
        {"it lasts for a bootstrap to the second", 0, DAY - 90 * MINUTES, 90 * MINUTES, false, NULL},
        {"it is a second short of that", 0, DAY - 90 * MINUTES + 1, 90 * MINUTES, true, AGAIN_ENDS},
        {"machines may have started with it", BEGUN, DAY - 90 * MINUTES + 1, 90 * MINUTES, false, NULL},
        {"they have a second left", BEGUN, DAY - 1, 90 * MINUTES, false, NULL},
        {"they have none", BEGUN, DAY, 90 * MINUTES, true, AGAIN_ENDED},
        {"it has ended, and nobody has begun", 0, DAY, 90 * MINUTES, true, AGAIN_ENDED},
        {"it ended long ago", BEGUN, 400 * DAY, 90 * MINUTES, true, AGAIN_ENDED},
        {"a bootstrap that may take two days never makes a fresh one old", 0, DAY / 2, 2 * DAY, false, NULL},
        {"but one in its second half", 0, DAY / 2 + 1, 2 * DAY, true, AGAIN_ENDS},
        {"another wish, and nobody has begun", CHANGED, 60, 90 * MINUTES, true, AGAIN_CHANGED},
        {"another wish, too late", CHANGED | BEGUN, 60, 90 * MINUTES, false, NULL},
        {"the cluster was there, however old it is", ANSWERED, 400 * DAY, 90 * MINUTES, false, NULL},
        {"and whatever is wished", ANSWERED | CHANGED, 60, 90 * MINUTES, false, NULL},
        {"and even where nothing is left", ANSWERED | UNMADE, 60, 90 * MINUTES, false, NULL},
        {"the clock went back", 0, -3 * DAY, 90 * MINUTES, false, NULL},
};

static void test_age(void **state)
{
        const struct age_row *row = *state;
        struct installer_state made = {
                .is_made = !(row->facts & UNMADE),
                .is_begun = row->facts & BEGUN,
                .has_answered = row->facts & ANSWERED,
                .is_as_wished = !(row->facts & CHANGED),
                .made_s = MADE,
                .until_s = MADE + DAY,
                .now_s = MADE + row->age_s,
        };
        CLEANUP(string_free) char *why = NULL;

        if (row->facts & UNMADE)
                made.made_s = made.until_s = 0;
        assert_int_equal(installer_is_needed(&made, row->bootstrap_s, &why), row->is_needed);
        if (row->why)
                assert_non_null(why);
        else
                assert_null(why);
        if (why)
                assert_string_equal(why, row->why);
}

/* ---- the pull secret ---- */

#define SECRET_FILE "/tmp/provision-pull-secret"

static const struct secret_row {
        const char *name;
        const char *text;
        mode_t mode;
        const char *then; /* as a line of YAML; or the problem, behind the file's name */
} secret_rows[] = {
        {"on one line", "{\"auths\":{\"quay.io\":{\"auth\":\"dTpw\"}}}", 0600,
                "pullSecret: '{\"auths\":{\"quay.io\":{\"auth\":\"dTpw\"}}}'\n"},
        {"on many", "{\r\n\t\"auths\": {}\r\n}\n\n", 0400, "pullSecret: '{   \"auths\": {}  }'\n"},
        {"with a quote", "{\"auths\":{\"it's\":{}}}", 0600, "pullSecret: '{\"auths\":{\"it''s\":{}}}'\n"},
        {"with escapes", "{\"auths\":{\"a\":{\"auth\":\"x\\/y\\\\/z\\\"\\u0041\"}}}", 0600,
                "pullSecret: '{\"auths\":{\"a\":{\"auth\":\"x/y\\\\/z\\\"\\u0041\"}}}'\n"},
        {"what would end YAML's quotes stays in them", "{\"auths\":{\"'\": {}}, \" #' : \": 1}", 0600,
                "pullSecret: '{\"auths\":{\"''\": {}}, \" #'' : \": 1}'\n"},
        {"readable by a group", "{\"auths\":{}}", 0640, " may be read by others: run chmod 600 " SECRET_FILE},
        {"no JSON", "{\"auths\":{\"geheim\"", 0600,
                " isn't JSON: fetch the pull secret anew, or make it with podman login"},
        {"empty", "", 0600, " isn't JSON: fetch the pull secret anew, or make it with podman login"},
        {"no auths", "{\"auth\":{}}", 0600,
                " is no pull secret, which has \"auths\" in it: {\"auths\": {\"quay.io\": {\"auth\": ...}}}"},
        {"auths of another kind", "{\"auths\":[\"geheim\"]}", 0600,
                " is no pull secret, which has \"auths\" in it: {\"auths\": {\"quay.io\": {\"auth\": ...}}}"},
        {"no ASCII", "{\"auths\":{\"\xc3\xa4\":{}}}", 0600,
                " has a character in it that isn't ASCII: JSON has \\u0000 for it"},
};

static void write_secret(const char *text, mode_t mode)
{
        CLEANUP(fd_close) int fd = -1;

        unlink(SECRET_FILE);
        fd = open(SECRET_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), strlen(text));
        assert_int_equal(fchmod(fd, mode), 0);
}

static void test_secret(void **state)
{
        const struct secret_row *row = *state;
        struct locked secret = {0}, yaml = {0};
        struct error error = {0};

        write_secret(row->text, row->mode);
        if (pull_secret_read(SECRET_FILE, &secret, &error) < 0) {
                CLEANUP(string_free) char *expected = string_format(SECRET_FILE "%s", row->then);

                assert_int_equal(error.kind, ERROR_CONFIG);
                assert_string_equal(error_text(&error), expected);
        } else {
                assert_int_equal(secret.length, strlen(secret.bytes));
                yaml = pull_secret_yaml(&secret);
                assert_string_equal(yaml.bytes, row->then);
                assert_int_equal(yaml.length, strlen(yaml.bytes));
        }
        unlink(SECRET_FILE);
        error_done(&error);
        locked_done(&yaml);
        locked_done(&secret);
}

#define OF_TWO                                                                                             \
        "{\"auths\": {\"quay.io\": {\"auth\" :  \"dXNlcjpwYXNz\", \"email\": \"me@example.com\"}, \"r\": " \
        "{\"auth\":\"ab/cd+ef=\", "                                                                        \
        "\"x\": \"ab\"}}}"

static const struct {
        const char *name, *line, *then;
} hide_rows[] = {
        {"nothing", "level=info msg=\"Consuming\"", "level=info msg=\"Consuming\""},
        {"one", "bad dXNlcjpwYXNz!", "bad ************!"},
        {"each, wherever it is", "ab/cd+ef=dXNlcjpwYXNz ab/cd+ef= me@example.com",
                "********************* ********* **************"},
        {"quoted once more", "Invalid value: \"{\\\"auth\\\":\\\"dXNlcjpwYXNz\\\"}\"",
                "Invalid value: \"{\\\"auth\\\":\\\"************\\\"}\""},
        {"what is short, and names", "ab auth quay.io auths", "ab auth quay.io auths"},
        {"a part of it only", "dXNlcjpwYXN", "dXNlcjpwYXN"},
};

static void what_is_secret_is_hidden(void **state)
{
        struct locked secret = locked_new(OF_TWO, strlen(OF_TWO));

        (void)state;
        for (size_t i = 0; i < sizeof(hide_rows) / sizeof(hide_rows[0]); i++) {
                CLEANUP(string_free) char *line = string_copy(hide_rows[i].line);

                pull_secret_hide(&secret, line);
                if (!string_equal(line, hide_rows[i].then))
                        fail_msg("%s: %s", hide_rows[i].name, line);
        }
        locked_done(&secret);
}

/* ---- certificates ---- */

#define TEN_YEARS                                                            \
        "-----BEGIN CERTIFICATE-----\n"                                      \
        "MIHSMIGFAhQ1wZBPTIlbI5agNR95LE2/ttxBiDAFBgMrZXAwDDEKMAgGA1UEAwwB\n" \
        "czAeFw0yNjExMjUxMzQ2NTRaFw0zNjExMjIxMzQ2NTRaMAwxCjAIBgNVBAMMAXMw\n" \
        "KjAFBgMrZXADIQCdLjbkRO0lTuWcovOz5CF9mVZxmjnm3Q+G88sL+Vk1kDAFBgMr\n" \
        "ZXADQQATaUd14/bdJ+GI3sQm0eskunB+U5ot5DP2dt5L+u5mdfzJwbtreFmRWHaJ\n" \
        "c95tNVGcR/MJ0+NVXsmMTLrWkNUF\n"                                     \
        "-----END CERTIFICATE-----\n"
#define ONE_DAY                                                              \
        "-----BEGIN CERTIFICATE-----\n"                                      \
        "MIHSMIGFAhQ09AEmNDOK7ls9d/DNiaox37NToDAFBgMrZXAwDDEKMAgGA1UEAwwB\n" \
        "czAeFw0yNjExMjUxMzQ2NTVaFw0yNjExMjYxMzQ2NTVaMAwxCjAIBgNVBAMMAXMw\n" \
        "KjAFBgMrZXADIQBP67H6ZQB4OVdyZE3PX/mP7O9K6TVXO1LdQMCs0o2M6DAFBgMr\n" \
        "ZXADQQBibDFGmxQNHt8ZQNAY2eGQCF2AgMa+xKfw9zlQ+uWNrClxBzFJPmdSB77k\n" \
        "TLwzHtaFvwVfWyesMEzlNeYm3/8L\n"                                     \
        "-----END CERTIFICATE-----\n"

static void the_first_end_counts(void **state)
{
        static const struct {
                const char *text;
                int64_t end;
        } rows[] = {
                {TEN_YEARS, 2110974414},
                {ONE_DAY, 1795700815},
                {TEN_YEARS ONE_DAY, 1795700815},
                {"# signer\n" ONE_DAY TEN_YEARS "rest", 1795700815},
                {"", INT64_MAX},
                {"-----BEGIN CERTIFICATE-----\nMIHS\n-----END CERTIFICATE-----\n", INT64_MAX},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                assert_true(certificate_first_end(rows[i].text, strlen(rows[i].text)) == rows[i].end);
}

#define RUN(table, test)                                                                 \
        ({                                                                               \
                struct CMUnitTest cases[sizeof(table) / sizeof((table)[0])];             \
                for (size_t i = 0; i < sizeof(table) / sizeof((table)[0]); i++)          \
                        cases[i] = (struct CMUnitTest) {                                 \
                                (table)[i].name, test, NULL, NULL, (void *)&(table)[i]}; \
                cmocka_run_group_tests_name(#table, cases, NULL, NULL);                  \
        })

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_secret_is_hidden),
                cmocka_unit_test(the_first_end_counts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL) + RUN(wish_rows, test_wish) +
               RUN(age_rows, test_age) + RUN(secret_rows, test_secret);
}
