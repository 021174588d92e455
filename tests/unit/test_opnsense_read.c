/* What an OPNsense answers, as PHP writes it: read into objects with fields, or told as what is wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/uuid.h"
#include "means/opnsense_parts.h"

/* ---- fields ---- */

static const struct {
        const char *json, *wanted;
} fields[] = {
        {"\"a\"", "a"}, {"\"\"", ""}, {"7", "7"}, {"[]", ""}, /* nothing to choose from */
        {"{\"tcp\":{\"value\":\"TCP\",\"selected\":1},\"http\":{\"value\":\"HTTP\",\"selected\":0}}", "tcp"},
        {"{\"\":{\"value\":\"None\",\"selected\":1},\"a\":{\"value\":\"A\",\"selected\":0}}", ""},
        {"{\"a\":{\"value\":\"A\",\"selected\":1},\"b\":{\"value\":\"B\",\"selected\":\"1\"}}", "a,b"},
        /* keys that count from 0 are a list's */
        {"[{\"value\":\"A\",\"selected\":0},{\"value\":\"B\",\"selected\":1},{\"value\":\"C\",\"selected\":1}"
         "]",
                "1,2"},
        {"null", NULL}, {"1.5", NULL}, {"{\"b\":\"c\"}", NULL}, /* holds another one */
};

static void test_fields(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
                CLEANUP(string_free)
                char *text = string_format(
                        "{\"filter\":{\"rules\":{\"rule\":{\"u\":{\"f\":%s,\"%%f\":\"label\"}}}}}",
                        fields[i].json);
                CLEANUP(opnsense_state_done) struct opnsense_state found = {0};
                CLEANUP(json_free) struct json *json = NULL;
                struct error error = {0};
                const struct opnsense_object *object;
                const char *value = NULL;

                assert_int_equal(json_read(text, strlen(text), &json, &error), 0);
                opnsense_read_rules(json, &found);
                assert_int_equal(found.objects.list.count, 1);
                object = &found.objects.list.items[0];
                assert_string_equal(object->uuid, "u");
                for (array_each(const struct opnsense_field, field, &object->fields)) {
                        assert_string_not_equal(field->name, "%f");
                        if (string_equal(field->name, "f"))
                                value = field->value;
                }
                if (!string_equal(value, fields[i].wanted))
                        fail_msg("%s is read as %s", fields[i].json, value ? value : "nothing");
                if (!fields[i].wanted && strstr(fields[i].json, "\"b\""))
                        assert_string_equal(opnsense_value(object, "f.b"), "c");
        }
}

static void test_models_with_nothing_in_them(void **state)
{
        static const char *const texts[] = {"[]", "{}", "null",
                "{\"haproxy\":[],\"filter\":[],\"dhcpv4\":[],\"dnsmasq\":[]}",
                "{\"haproxy\":{\"servers\":{\"server\":[]}},\"filter\":{\"rules\":{\"rule\":[]}}}",
                "[1,{\"pxname\":1}]"};

        (void)state;
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                CLEANUP(opnsense_state_done) struct opnsense_state found = {0};
                CLEANUP(json_free) struct json *json = NULL;
                struct error error = {0};

                assert_int_equal(json_read(texts[i], strlen(texts[i]), &json, &error), 0);
                opnsense_read_services(json, &found);
                opnsense_read_rules(json, &found);
                opnsense_read_reservations(json, &found);
                opnsense_read_hosts(json, &found);
                opnsense_read_running(json, &found);
                assert_int_equal(found.objects.list.count, 1); /* haproxy's own */
                assert_int_equal(found.running.count, 0);
        }
}

/* ---- what is wrong ---- */

static const struct {
        long status;
        const char *body;
        enum error_kind kind;
        const char *words;
} answers[] = {
        {302, "", ERROR_REFUSED, "OPNsense fw1 answers /api/x with another page (status 302)"},
        {401, "{\"status\":401,\"message\":\"Authentication Failed\"}", ERROR_REFUSED,
                "OPNsense fw1 doesn't know the key, or the secret is another's: Authentication Failed"},
        {403, "{\"status\":403,\"message\":\"Forbidden\"}", ERROR_REFUSED,
                "OPNsense fw1 doesn't let this key have /api/x: give its user the privilege for it"},
        {404, "{\"errorMessage\":\"Endpoint not found\"}", ERROR_FAILED, "OPNsense fw1 has no /api/x"},
        {500, "{\"errorMessage\":\"Unexpected error,\\ncheck log\",\"errorTitle\":\"x\"}", ERROR_FAILED,
                "OPNsense fw1 answers /api/x with status 500: Unexpected error, check log"},
        {502, "<html>Bad gateway</html>", ERROR_FAILED, "OPNsense fw1 answers /api/x with status 502"},
        {200, "", ERROR_FAILED, "OPNsense fw1 answers /api/x with nothing"},
        {200, "<html>", ERROR_FAILED, "OPNsense fw1 answers /api/x with what isn't JSON"},
        {200, "[\n{\"a\\\n", ERROR_FAILED,
                "OPNsense fw1 answers /api/x with what isn't JSON: line 3, column 0: invalid escape near "
                "'\"a\\ '"},
};

static void test_answers(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
                CLEANUP(web_answer_done) struct web_answer answer = {.status = answers[i].status};
                CLEANUP(error_done) struct error error = {0};
                struct json *json = NULL;

                text_add(&answer.body, answers[i].body);
                assert_int_equal(opnsense_read_answer("fw1", "/api/x", &answer, &json, &error), -1);
                assert_int_equal(error.kind, answers[i].kind);
                if (strncmp(error_text(&error), answers[i].words, strlen(answers[i].words)) != 0)
                        fail_msg("it says: %s", error_text(&error));
                assert_null(strchr(error_text(&error), '\n'));
        }
}

/* As Python's uuid.uuid5(NAMESPACE_URL, …) has it. */
static void test_uuids(void **state)
{
        char uuid[UUID_TEXT];

        (void)state;
        assert_string_equal(
                uuid_of_uri("http://www.example.com/", uuid), "fcde3c85-2270-590f-9e7c-ee003d65e0e2");
        assert_string_equal(uuid_of_uri("urn:provision:opnsense:server:lab/api/control1", uuid),
                "b1123856-2942-57a6-922f-59b3c3f100e2");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_fields),
                cmocka_unit_test(test_models_with_nothing_in_them),
                cmocka_unit_test(test_answers),
                cmocka_unit_test(test_uuids),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
