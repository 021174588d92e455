/* What a package manager said, and the one sentence that is told of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/memory.h"
#include "means/package_said.h"

#define MIRROR "http://mirror.example/debian/pool/main/"
#define ADVICE                                                                                            \
        "see whether the machine reaches that and finds them there, or name another mirror in /etc/apt, " \
        "then run again"
#define REFUSED "Could not connect to mirror.example:80 (192.0.2.1). - connect (111: Connection refused)"

static const struct transaction apt = {.complaints = {"E: ", " depends on "}};

static const struct row {
        const char *name;
        const char *err, *out;
        const char *told;
} rows[] = {
        {"a mirror that isn't reached",
                "E: Failed to fetch " MIRROR "n/nft.deb  " REFUSED "\n"
                "E: Failed to fetch " MIRROR "s/sl.deb  Unable to connect to mirror.example:http:\n"
                "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n",
                "Err:1 " MIRROR "n/nft.deb\n  " REFUSED "\n",
                "2 files could not be fetched from mirror.example (" REFUSED "): " ADVICE},
        {"one file that it hasn't",
                "E: Failed to fetch https://mirror.example:8443/a.deb  404  Not Found [IP: 192.0.2.1 8443]\n",
                "",
                "1 file could not be fetched from mirror.example:8443 (404  Not Found [IP: 192.0.2.1 "
                "8443]): " ADVICE},
        {"lists that can't be had, and then a package that nobody knows",
                "W: Failed to fetch " MIRROR "InRelease  Temporary failure resolving 'mirror.example'\n"
                "W: Failed to fetch http://security.example/InRelease  Temporary failure resolving\n"
                "W: Some index files failed to download. They have been ignored, or old ones used instead.\n"
                "E: Unable to locate package sl\n",
                "",
                "no repository of the machine has it: E: Unable to locate package sl; 2 files could not be "
                "fetched "
                "from mirror.example and others (Temporary failure resolving 'mirror.example'): " ADVICE},
        {"a disk that is full of what was fetched",
                "E: Failed to fetch " MIRROR "n/nft.deb  Error writing to file - write (28: No space left on "
                "device)\n",
                "",
                "a disk of the machine is full: 1 file could not be fetched from mirror.example (Error "
                "writing to "
                "file - write (28: No space left on device)): " ADVICE},
        {"nothing about fetching", "E: Sub-process /usr/bin/dpkg returned an error code (1)\n", "",
                "E: Sub-process /usr/bin/dpkg returned an error code (1)"},
        {"nothing at all", "", "", "it ended with status 100 and said nothing"},
};

static void one_sentence_is_told(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(output_done) struct output output = {.status = 100};
                CLEANUP(error_done) struct error error = {0};

                text_add(&output.err, rows[i].err);
                text_add(&output.out, rows[i].out);
                assert_int_equal(package_error(&apt, &output, &error), -1);
                if (!string_equal(error_text(&error), rows[i].told))
                        fail_msg("%s: %s", rows[i].name, error_text(&error));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(one_sentence_is_told)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
