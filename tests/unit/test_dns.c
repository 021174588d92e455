/* Questions and answers of DNS, as the bytes that they are. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "means/dns.h"

#define ID 0x1234
#define BYTES(string)                      \
        {                                  \
                string, sizeof(string) - 1 \
        }
#define HEAD(flags, answers) "\x12\x34" flags "\x00\x01\x00" answers "\x00\x00\x00\x00"
#define GOOD                 "\x85\x80"
#define ONE                  "\x01"
#define ASKED     \
        "\x03"    \
        "api\x01" \
        "a\x00\x00\x01\x00\x01"
#define RECORD(type, length) "\xc0\x0c\x00" type "\x00\x01\x00\x00\x00\x00\x00" length

struct bytes {
        const char *bytes;
        size_t length;
};

static const struct {
        const char *name;
        enum name_question question;
        const char *asked, *address; /* of what is asked for */
        struct bytes message;
} questions[] = {
        {"an IPv4 address", NAME_IPV4, "api.a", "10.0.0.5",
                BYTES("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03"
                      "api\x01"
                      "a\x00\x00\x01\x00\x01")},
        {"an IPv6 address", NAME_IPV6, "api.a", "fd00::5",
                BYTES("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03"
                      "api\x01"
                      "a\x00\x00\x1c\x00\x01")},
        {"an IPv4 address' name", NAME_REVERSE, "10.0.20.135", "10.0.20.135",
                BYTES("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03"
                      "135\x02"
                      "20\x01"
                      "0\x02"
                      "10\x07"
                      "in-addr\x04"
                      "arpa\x00\x00\x0c\x00\x01")},
        {"an IPv6 address' name", NAME_REVERSE, "fd00::15", "fd00::15",
                BYTES("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
                      "\x01"
                      "5\x01"
                      "1\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0"
                      "\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0"
                      "\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0"
                      "\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "0\x01"
                      "d\x01"
                      "f"
                      "\x03"
                      "ip6\x04"
                      "arpa\x00\x00\x0c\x00\x01")},
        {"a name that can't be asked for", NAME_IPV4,
                "a123456789a123456789a123456789a123456789a123456789a123456789a123.a", "10.0.0.5", {"", 0}},
};

static void questions_are_written(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
                struct error error = {0};
                struct cluster_name name = {0};
                struct name_answer question = {.name = &name,
                        .question = questions[i].question,
                        .asked = (char *)questions[i].asked};
                uint8_t message[DNS_QUESTION_SIZE];
                size_t length;

                print_message("%s\n", questions[i].name);
                assert_int_equal(ip_address_parse(questions[i].address, &name.address, &error), 0);
                length = dns_question_write(&question, ID, message);
                assert_int_equal(length, questions[i].message.length);
                assert_memory_equal(message, questions[i].message.bytes, length);
        }
}

static const struct {
        const char *name;
        enum name_question question;
        struct bytes message;
        const char *said; /* the status, then the values; or the error's words, after a '!' */
} answers[] = {
        {"an address", NAME_IPV4, BYTES(HEAD(GOOD, ONE) ASKED RECORD("\x01", "\x04") "\x0a\x00\x00\x05"),
                "NOERROR 10.0.0.5"},
        {"two", NAME_IPV4,
                BYTES(HEAD(GOOD, "\x02") ASKED RECORD("\x01", "\x04") "\x0a\x00\x00\x05" RECORD(
                        "\x01", "\x04") "\x0a\x00\x00\x06"),
                "NOERROR 10.0.0.5 10.0.0.6"},
        {"an IPv6 address", NAME_IPV6,
                BYTES(HEAD(GOOD, ONE) ASKED RECORD(
                        "\x1c", "\x10") "\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05"),
                "NOERROR fd00::5"},
        {"a name", NAME_REVERSE,
                BYTES(HEAD(GOOD, ONE) ASKED RECORD("\x0c", "\x06") "\x03"
                                                                   "api\xc0\x10"),
                "NOERROR api.a"},
        {"an alias, and the address behind it", NAME_IPV4,
                BYTES(HEAD(GOOD, "\x02") ASKED RECORD(
                        "\x05", "\x04") "\x01"
                                        "b\xc0\x10" RECORD("\x01", "\x04") "\x0a\x00\x00\x05"),
                "NOERROR 10.0.0.5"},
        {"what wasn't asked for", NAME_IPV4,
                BYTES(HEAD(GOOD, ONE) ASKED RECORD("\x0c", "\x06") "\x03"
                                                                   "api\xc0\x10"),
                "NOERROR"},
        {"nothing", NAME_IPV4, BYTES(HEAD(GOOD, "\x00") ASKED), "NOERROR"},
        {"no such name", NAME_IPV4, BYTES(HEAD("\x85\x83", "\x00") ASKED), "NXDOMAIN"},
        {"refused", NAME_IPV4, BYTES(HEAD("\x85\x85", "\x00") ASKED), "REFUSED"},
        {"a status of later days", NAME_IPV4, BYTES(HEAD("\x85\x8b", "\x00") ASKED), "status 11"},
        {"an address that is too short", NAME_IPV4,
                BYTES(HEAD(GOOD, ONE) ASKED RECORD("\x01", "\x03") "\x0a\x00\x00"), "NOERROR"},
        {"bytes that no name may have", NAME_REVERSE,
                BYTES(HEAD(GOOD, ONE) ASKED RECORD("\x0c", "\x05") "\x03\x1b[m\x00"), "NOERROR \\027[m"},
        {"a question", NAME_IPV4, BYTES(HEAD("\x01\x00", "\x00") ASKED), "!what answers doesn't speak DNS"},
        {"nothing at all", NAME_IPV4, BYTES(""), "!what answers doesn't speak DNS"},
        {"something else", NAME_IPV4, BYTES("HTTP/1.1 400 Bad Request"), "!what answers doesn't speak DNS"},
        {"another's answer", NAME_IPV4, BYTES("\x12\x35" GOOD "\x00\x01\x00\x00\x00\x00\x00\x00" ASKED),
                "!question 4660 was answered as 4661"},
        {"more records than there are", NAME_IPV4,
                BYTES(HEAD(GOOD, "\x02") ASKED RECORD("\x01", "\x04") "\x0a\x00\x00\x05"),
                "!what answers doesn't speak DNS"},
        {"a record that goes on after the end", NAME_IPV4,
                BYTES(HEAD(GOOD, ONE) ASKED RECORD("\x01", "\x40") "\x0a\x00\x00\x05"),
                "!what answers doesn't speak DNS"},
        {"a name that leads to itself", NAME_REVERSE,
                BYTES(HEAD(GOOD, ONE) ASKED RECORD("\x0c", "\x02") "\xc0\x23"), "NOERROR"},
};

static void answers_are_read(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
                CLEANUP(error_done) struct error error = {0};
                CLEANUP(string_free) char *said = NULL, *values = NULL;
                struct name_answer answer = {.question = answers[i].question, .asked = (char *)"api.a"};
                /* On the heap, so that reading on is seen. */
                char *message = memory_new(answers[i].message.length + 1, 1);

                message = realloc(message, answers[i].message.length ? answers[i].message.length : 1);
                memcpy(message, answers[i].message.bytes, answers[i].message.length);
                if (dns_answer_read(
                            (const uint8_t *)message, answers[i].message.length, ID, &answer, &error) < 0)
                        said = string_format("!%s", error_text(&error));
                values = strings_join(&answer.values, " ");
                if (!said)
                        said = string_format("%s%s%s", answer.status, *values ? " " : "", values);
                if (!string_equal(said, answers[i].said))
                        fail_msg("%s: expected \"%s\", found \"%s\"", answers[i].name, answers[i].said, said);
                strings_done(&answer.values);
                free(answer.status);
                free(message);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(questions_are_written),
                cmocka_unit_test(answers_are_read),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
