/* Ignition configurations: which are taken, what is said of those that aren't, and the pointers of our own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/memory.h"
#include "topology/ignition.h"

#define V(version) "{\"ignition\":{\"version\":\"" version "\"}}"
#define WITH(more) "{\"ignition\":{\"version\":\"3.3.0\"}," more "}"
#define NONE       "it is no Ignition configuration: "
#define PASSED_OVER                                                                        \
        " is nothing that Ignition knows, and it would pass it over: there are ignition, " \
        "kernelArguments, passwd, storage and systemd"

struct check_row {
        const char *title, *text;
        const char *problem; /* NULL: it is taken */
};

static const struct check_row configurations[] = {
        {"the oldest", V("3.0.0"), NULL},
        {"one of today's", V("3.5.0"), NULL},
        {"one that was still being made", V("3.4.0-experimental"), NULL},
        {"all there can be at its top",
                " \n" WITH("\"storage\":{},\"systemd\":{},\"passwd\":{},\"kernelArguments\":{}"), NULL},
        {"null is nothing", WITH("\"storage\":null"), NULL},
        {"nothing", "", "it is no JSON: what is written for Butane is translated by it first"},
        {"a list", "[]", "it is no JSON: what is written for Butane is translated by it first"},
        {"broken off", "{\n\"ignition\":{\"version\":\"3.3.0\"},\n",
                NONE "line 3, column 0: string or '}' expected near end of file"},
        {"more behind it", V("3.3.0") "\n}", NONE "line 2, column 1: end of file expected near '}'"},
        {"a key twice", "{\"ignition\":{},\"ignition\":{}}",
                NONE "line 1, column 25: duplicate object key near '\"ignition\"'"},
        {"no version", "{\"ignition\":{}}", NONE "there is no ignition.version in it"},
        {"a version that is no text", "{\"ignition\":{\"version\":3}}",
                NONE "there is no ignition.version in it"},
        {"a version with a NUL", V("3.3.0\\u0000"), NONE "there is no ignition.version in it"},
        {"an ignition that is no object", "{\"ignition\":\"3.3.0\"}",
                NONE "there is no ignition.version in it"},
        {"of the time before 3", V("2.2.0"),
                NONE "its ignition.version is \"2.2.0\", and Ignition has 3.0.0 to 3.6.0"},
        {"of a time to come", V("3.7.0"),
                NONE "its ignition.version is \"3.7.0\", and Ignition has 3.0.0 to 3.6.0"},
        {"a version with more behind it", V("3.3.0.1"),
                NONE "its ignition.version is \"3.3.0.1\", and Ignition has 3.0.0 to 3.6.0"},
        {"a word of no meaning", WITH("\"storge\":{}"), NONE "\"storge\"" PASSED_OVER},
        {"units that are a list", WITH("\"systemd\":[]"), NONE "its systemd is no object"},
};

static const struct check_row urls[] = {
        {"a machine config server's", "https://api-int.lab.example:22623/config/worker", NULL},
        {"without TLS", "http://192.168.150.1:8080/ignition/a.ign?b=c&d=%20", NULL},
        {"an IPv6 address", "https://[fd00::1]:22623/", NULL},
        {"another scheme", "ftp://a/b", "\"ftp://a/b\" is no URL like https://NAME:22623/config/worker"},
        {"no scheme", "a/b", "\"a/b\" is no URL like https://NAME:22623/config/worker"},
        {"no host", "https:///b", "\"https:///b\" is no URL like https://NAME:22623/config/worker"},
        {"a port that is none", "https://a:99999/",
                "\"https://a:99999/\" is no URL like https://NAME:22623/config/worker"},
        {"a name and password", "https://a:b@c/",
                "\"https://a:b@c/\" is no URL like https://NAME:22623/config/worker"},
        {"a space", "https://a/b c",
                "\"https://a/b c\" is no URL: \" c\" can't stand in one; write it as %HH"},
        {"a quote", "https://a/\"b",
                "\"https://a/\"b\" is no URL: \"\"b\" can't stand in one; write it as %HH"},
        {"braces", "https://a/${b}",
                "\"https://a/${b}\" is no URL: \"{b}\" can't stand in one; write it as %HH"},
        {"a line's end", "https://a/\n",
                "\"https://a/\n\" is no URL: \"\n\" can't stand in one; write it as %HH"},
};

/* Of what is inside only the first byte matters here: Ignition reads the rest. */
#define PEM(bytes) "-----BEGIN CERTIFICATE-----\n" bytes "\n-----END CERTIFICATE-----\n"

static const struct check_row authorities[] = {
        {"one", PEM("MIIB"), NULL},
        {"two, with words", "# ours\n" PEM("MIIB") "# theirs\n" PEM("MIIC"), NULL},
        {"none", "hello\n", "there is no certificate in it (PEM)"},
        {"a key with it", PEM("MIIB") "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
                "it has \"-----BEGIN PRIVATE KEY-----\" in it, and whoever is in the network could read "
                "that: let "
                "it have certificates only"},
        {"broken off", PEM("MIIB") "-----BEGIN CERTIFICATE-----\nMIIB\n",
                "its certificate 2 is broken off, or none"},
        {"no base64", PEM("M!"), "its certificate 1 is broken off, or none"},
        {"another content", PEM("AAAA"), "its certificate 1 is broken off, or none"},
        {"empty", PEM(""), "its certificate 1 is broken off, or none"},
};

static int check_url(const char *url, size_t length, struct error *error)
{
        (void)length;
        return ignition_check_url(url, error);
}

typedef int check_text(const char *text, size_t length, struct error *error);

static void run(check_text *check, const struct check_row *rows, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                CLEANUP(error_done) struct error error = {0};
                int status = check(rows[i].text, strlen(rows[i].text), &error);

                if (!rows[i].problem) {
                        if (status < 0)
                                fail_msg("%s: %s", rows[i].title, error_text(&error));
                        continue;
                }
                if (status == 0)
                        fail_msg("%s: it is taken", rows[i].title);
                if (strcmp(error_text(&error), rows[i].problem) != 0)
                        fail_msg("%s: \"%s\", wanted \"%s\"", rows[i].title, error_text(&error),
                                rows[i].problem);
        }
}

#define RUN(check, rows) run(check, rows, sizeof(rows) / sizeof((rows)[0]))

static void test_configurations_are_checked(void **state)
{
        (void)state;
        RUN(ignition_check, configurations);
}

static void test_urls_are_checked(void **state)
{
        (void)state;
        RUN(check_url, urls);
}

static void test_authorities_are_checked(void **state)
{
        (void)state;
        RUN(ignition_check_authorities, authorities);
}

static void expect_pointer(const char *url, const char *given, const char *wanted)
{
        CLEANUP(string_free) char *text = ignition_write_pointer(url, given);
        CLEANUP(error_done) struct error error = {0};

        assert_string_equal(text, wanted);
        if (ignition_check(text, strlen(text), &error) < 0)
                fail_msg("%s: %s", text, error_text(&error));
}

static void test_pointers_are_written(void **state)
{
        (void)state;
        expect_pointer("https://api-int.lab.example:22623/config/worker", NULL,
                "{\"ignition\":{\"version\":\"3.2.0\",\"config\":{\"merge\":[{\"source\":\"https://"
                "api-int.lab.example:22623/config/worker\"}]}}}");
        expect_pointer("https://a/", "PEM\n",
                "{\"ignition\":{\"version\":\"3.2.0\",\"config\":{\"merge\":[{\"source\":\"https://a/\"}]},"
                "\"security\":{\"tls\":{\"certificateAuthorities\":[{\"source\":\"data:text/"
                "plain;charset=utf-8;base64,UEVNCg==\"}]}}}}");
        expect_pointer("http://a/\"\\", NULL,
                "{\"ignition\":{\"version\":\"3.2.0\",\"config\":{\"merge\":[{\"source\":\"http://a/"
                "\\\"\\\\\"}]}}}");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_configurations_are_checked),
                cmocka_unit_test(test_urls_are_checked),
                cmocka_unit_test(test_authorities_are_checked),
                cmocka_unit_test(test_pointers_are_written),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
