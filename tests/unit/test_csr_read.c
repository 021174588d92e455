/* Reading certificate signing requests and nodes: real ones, and JSON, base64 and PEM of every wrong shape. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>

#include "csr_items.h"

/* openssl req -new -newkey KIND -subj "/O=system:nodes/CN=system:node:worker1"
 *     -addext "subjectAltName=DNS:worker1.lab.test,IP:192.168.150.31,IP:fd00:150::31" */
static const char by_rsa[] = "-----BEGIN CERTIFICATE REQUEST-----\n"
                             "MIICwDCCAagCAQAwNTEVMBMGA1UECgwMc3lzdGVtOm5vZGVzMRwwGgYDVQQDDBNz\n"
                             "eXN0ZW06bm9kZTp3b3JrZXIxMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC\n"
                             "AQEAociI+CDgFHymSk1+MjFV9dmT41YTmg3Aap+IRnCRuGGBYNaBe2oJa6wWez4P\n"
                             "FCsUnjRup18SOlq5zQvAcT+4gb/24drWfJuzRW7dSgGpcEL0+d6x2OsiPOska8dU\n"
                             "fdx5gxYVJQr8GnBUZkIZ6i1A031Ml+kVYFwKdnPtzSAIwQNopBeBInNI6Va2326h\n"
                             "TV2lCK5xDQvXXeevUKFg9et/Bhv/1t2a9lFK2nAm67Hm/v8exMI/vtkGm+6NRIfu\n"
                             "ca9WMlFpXvPI6KTY/K2UIsJWQzzOUETsyO9uji+gHQWW3EomP0hzukO83y0jYP8L\n"
                             "I0dQmP5j06ecfZbOKD/iIycJIQIDAQABoEYwRAYJKoZIhvcNAQkOMTcwNTAzBgNV\n"
                             "HREELDAqghB3b3JrZXIxLmxhYi50ZXN0hwTAqJYfhxD9AAFQAAAAAAAAAAAAAAAx\n"
                             "MA0GCSqGSIb3DQEBCwUAA4IBAQAZjpxieb3uli55oCCOoc5TB1wwNLijslfFgwdt\n"
                             "5jTDiiEb+mvVzOCDz1OTCKZcjjGWdZmFIBK6zR1GLkcdFdMkSwvSxJ3sUm/AeUuY\n"
                             "5PBQiWLw145DJoWjvFT2EABw+E6Tm7dT/NFyTXsWZqMFTNEVueWWMzok78PWcAkY\n"
                             "gUZs0ZDJAUOsH2PggxPw91mSvziJcX+2Ddq5ZihamCIxgA/YkKagiXshFGIF3lia\n"
                             "crEJAyOLkUELU4nHB3bAhaTy5O8hC7Kb+q6sX3V/+1lJ37C5EaGS3O8TJWtyyOc0\n"
                             "1X9nWeOVgUjsD06I4l0fI3JN1KWO4kWSjR65XUdZu4yNSlcz\n"
                             "-----END CERTIFICATE REQUEST-----\n";

static const char by_p256[] = "-----BEGIN CERTIFICATE REQUEST-----\n"
                              "MIIBNjCB3QIBADA1MRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxHDAaBgNVBAMME3N5\n"
                              "c3RlbTpub2RlOndvcmtlcjEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASwyRkK\n"
                              "LRED8kqbvqckMbBTGxetSojS8K6eU4KlsOJrcYcgG7Y9COQGZN15g2nVRdg49NGJ\n"
                              "T3mAabHYTUk13s4zoEYwRAYJKoZIhvcNAQkOMTcwNTAzBgNVHREELDAqghB3b3Jr\n"
                              "ZXIxLmxhYi50ZXN0hwTAqJYfhxD9AAFQAAAAAAAAAAAAAAAxMAoGCCqGSM49BAMC\n"
                              "A0gAMEUCIQCDkBN6xeTnfCGed+oJGAijVwi7yB5LhUQR2pOfPEr1wAIgTzi4xBXA\n"
                              "EFcO9casHgVc+PR5n3X4zXAbpc/FepgVTIk=\n"
                              "-----END CERTIFICATE REQUEST-----\n";

static const char by_ed25519[] = "-----BEGIN CERTIFICATE REQUEST-----\n"
                                 "MIH7MIGuAgEAMDUxFTATBgNVBAoMDHN5c3RlbTpub2RlczEcMBoGA1UEAwwTc3lz\n"
                                 "dGVtOm5vZGU6d29ya2VyMTAqMAUGAytlcAMhANAKYICjDeVePzCItp3+KuMdsJRP\n"
                                 "iBcUF9QCZWnBlu7aoEYwRAYJKoZIhvcNAQkOMTcwNTAzBgNVHREELDAqghB3b3Jr\n"
                                 "ZXIxLmxhYi50ZXN0hwTAqJYfhxD9AAFQAAAAAAAAAAAAAAAxMAUGAytlcANBAOmY\n"
                                 "/RQUI15PHigDuZgFf9QaNZYiJc6dRDzlq9W9kjINVWUwi4X2KAkSzdvVe+DoSYef\n"
                                 "ldKFKiPs5gdK+aFTQAw=\n"
                                 "-----END CERTIFICATE REQUEST-----\n";

static void real_requests_are_read(void **state)
{
        static const struct {
                const char *pem, *key;
        } rows[] = {
                {by_rsa, "RSA of 2048 bits"},
                {by_p256, "EC P-256 of 256 bits"},
                {by_ed25519, "Ed25519 of"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(csr_done) struct csr csr = {0};
                CLEANUP(string_free) char *why = NULL;
                json_t *item = item_around(serving_item, rows[i].pem);
                char address[IP_TEXT];

                read_item(item, &csr);
                json_decref(item);
                assert_string_equal(csr.name, "csr-9zq4t");
                assert_string_equal(csr.signer, CSR_SIGNER_SERVING);
                assert_string_equal(csr.username, "system:node:worker1");
                assert_int_equal(csr.groups.count, 2);
                assert_string_equal(csr.groups.items[1], "system:authenticated");
                assert_int_equal(csr.usages.count, 2);
                assert_string_equal(csr.usages.items[1], "server auth");
                assert_int_equal(csr.expiration_s, 0);
                assert_string_equal(csr.common_name, "system:node:worker1");
                assert_int_equal(csr.organizations.count, 1);
                assert_string_equal(csr.organizations.items[0], "system:nodes");
                assert_int_equal(csr.dns_names.count, 1);
                assert_string_equal(csr.dns_names.items[0], "worker1.lab.test");
                assert_int_equal(csr.addresses.count, 2);
                assert_string_equal(ip_address_format(&csr.addresses.items[0], address), "192.168.150.31");
                assert_string_equal(ip_address_format(&csr.addresses.items[1], address), "fd00:150::31");
                assert_int_equal(csr.other_names.count, 0);
                assert_int_equal(csr.oddities.count, 0);
                assert_true(csr.proves_possession);
                assert_non_null(strstr(csr.key, rows[i].key));
                assert_true(csr_is_ours(&csr));
                assert_int_equal(judge_pem(serving_item, rows[i].pem, &why), CSR_APPROVE);
        }
}

/* ---- the wrappings ---- */

/* The text with the first of these words replaced; owned by the caller. */
static char *with(const char *text, const char *words, const char *others)
{
        const char *at = strstr(text, words);
        CLEANUP(text_done) struct text changed = {0};

        if (!at)
                fail_msg("there is no %s", words);
        text_add_n(&changed, text, (size_t)(at - text));
        text_add(&changed, others);
        text_add(&changed, at + strlen(words));
        return text_take(&changed);
}

static void a_pem_block_stands_alone(void **state)
{
        static const char no_block[] = "isn't one PEM block", no_base64[] = "PEM block isn't base64";
        static const char no_request[] = "no certification request that can be read";
        static const struct {
                const char *name, *words, *others, *why;
        } rows[] = {
                {"as it is", "-----BEGIN", "-----BEGIN", NULL},
                {"lines of DOS", "REQUEST-----\n", "REQUEST-----\r\n", NULL},
                {"text before", "-----BEGIN", "Certificate Request:\n-----BEGIN", no_block},
                {"a newline before", "-----BEGIN", "\n-----BEGIN", no_block},
                {"text behind", "-----END CERTIFICATE REQUEST-----\n", "-----END CERTIFICATE REQUEST-----\nx",
                        no_block},
                {"without the last newline", "-----END CERTIFICATE REQUEST-----\n",
                        "-----END CERTIFICATE REQUEST-----", NULL},
                {"without an end", "-----END CERTIFICATE REQUEST-----\n", "", no_block},
                {"with half an end", "-----END CERTIFICATE REQUEST-----\n", "-----END CERT", no_block},
                {"under another name", "BEGIN CERTIFICATE REQUEST", "BEGIN NEW CERTIFICATE REQUEST",
                        no_block},
                {"of a certificate", "BEGIN CERTIFICATE REQUEST", "BEGIN CERTIFICATE", no_block},
                {"with a header", "REQUEST-----\n", "REQUEST-----\nProc-Type: 4,ENCRYPTED\n\n", no_block},
                {"with another header", "REQUEST-----\n", "REQUEST-----\nA: b\n\n", no_base64},
                {"blanks in a line", "MIIB", "MI IB", no_base64},
                {"another letter", "MIIB", "MI!B", no_base64},
                {"one letter less", "MIIB", "MII", no_base64},
                {"four letters less at the end", "TIk=", "", no_request},
                {"an end in the middle", "MIIB", "MII=MIIB", no_base64},
                {"more behind the end", "TIk=", "TIkAAAA=", "has more in it behind its end"},
                {"bits that mean nothing", "TIk=", "TIl=", no_base64},
                {"another first byte", "MIIB", "AIIB", no_request},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(string_free) char *pem = with(by_p256, rows[i].words, rows[i].others);
                CLEANUP(string_free) char *why = NULL;
                enum csr_verdict verdict = judge_pem(serving_item, pem, &why);

                if (verdict != (rows[i].why ? CSR_REPORT : CSR_APPROVE))
                        fail_msg("%s: %d (%s)", rows[i].name, verdict, why ? why : "no reason");
                if (rows[i].why && !strstr(why, rows[i].why))
                        fail_msg("%s: \"%s\" isn't in: %s", rows[i].name, rows[i].why, why);
        }
}

static void other_texts_are_no_pem_block(void **state)
{
        static const char *const texts[] = {"", "x", PEM_BEGIN, PEM_END,
                "-----BEGIN CERTIFICATE REQUEST-----", PEM_BEGIN PEM_END, "-----",
                "-----BEGIN CERTIFICATE REQUEST----------END CERTIFICATE REQUEST-----"};
        CLEANUP(string_free) char *two = string_format("%s%s", by_p256, by_ed25519);
        CLEANUP(string_free) char *why_two = NULL;

        (void)state;
        assert_int_equal(judge_pem(serving_item, two, &why_two), CSR_REPORT);
        assert_non_null(strstr(why_two, "isn't one PEM block"));
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                CLEANUP(string_free) char *why = NULL;

                assert_int_equal(judge_pem(serving_item, texts[i], &why), CSR_REPORT);
                assert_non_null(strstr(why, "spec.request"));
        }
}

/* Every byte of a good one, changed: what is still read isn't signed. */
static void no_changed_byte_passes(void **state)
{
        CLEANUP(string_free) char *block = with(by_p256, PEM_BEGIN, "");
        CLEANUP(string_free) char *base64 = with(block, PEM_END, "");
        size_t count;
        CLEANUP(string_free) char *der = (char *)base64_decode(base64, strlen(base64), &count);

        (void)state;
        for (size_t i = 0; i < count; i++) {
                CLEANUP(string_free) char *pem = NULL, *why = NULL;

                der[i] ^= 1;
                pem = pem_of((const unsigned char *)der, count);
                der[i] ^= 1;
                if (judge_pem(serving_item, pem, &why) != CSR_REPORT)
                        fail_msg("byte %zu may be another", i);
        }
        for (size_t i = 0; i < count; i++) {
                CLEANUP(string_free) char *pem = pem_of((const unsigned char *)der, i), *why = NULL;

                assert_int_equal(judge_pem(serving_item, pem, &why), CSR_REPORT);
        }
}

static void a_request_is_base64_of_some_size(void **state)
{
        CLEANUP(string_free) char *good = base64_encode(by_p256, strlen(by_p256));
        CLEANUP(string_free) char *huge = memory_new(64 * 1024 + 2, 1);
        CLEANUP(string_free) char *newline = string_format("%.8s\n%s", good, good + 8);
        CLEANUP(string_free) char *short_one = string_copy_n(good, strlen(good) - 3);
        CLEANUP(string_free) char *behind = string_format("%s=", good);
        const struct {
                const char *request, *why;
        } rows[] = {
                {newline, "spec.request isn't base64"},
                {short_one, "spec.request isn't base64"},
                {behind, "spec.request isn't base64"},
                {"", "spec.request isn't base64"},
                {"=", "spec.request isn't base64"},
                {"\xc3\xa9", "spec.request isn't base64"},
                {huge, "spec.request has 65537 characters"},
        };

        (void)state;
        memset(huge, 'A', 64 * 1024 + 1);
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(string_free) char *why = NULL;
                json_t *item = json_loads(serving_item, 0, NULL);

                json_object_set_new(json_object_get(item, "spec"), "request", json_string(rows[i].request));
                assert_int_equal(judge_item(item, true, &why), CSR_REPORT);
                if (!strstr(why, rows[i].why))
                        fail_msg("\"%s\" isn't in: %s", rows[i].why, why);
                json_decref(item);
        }
}

/* ---- JSON ---- */

static void a_value_of_any_type_is_no_way_in(void **state)
{
        static const char *const places[][2] = {{NULL, "metadata"}, {"metadata", "name"}, {NULL, "spec"},
                {"spec", "signerName"}, {"spec", "username"}, {"spec", "groups"}, {"spec", "usages"},
                {"spec", "request"}, {"spec", "expirationSeconds"}, {NULL, "status"},
                {"status", "conditions"}, {"status", "certificate"}};
        static const char *const values[] = {"null", "true", "-1", "0", "1.5", "\"x\"", "\"\"",
                "\"a\\u0000b\"", "[]", "{}", "[null]", "[1]", "[[]]", "[{}]", "[\"x\"]", "[\"\\u0000\"]",
                "[{\"type\":1}]", "{\"a\":{}}"};
        static const char harmless[] =
                " name=\"x\" expirationSeconds=null status=null status={} status={\"a\":{}} conditions=null "
                "conditions=[] certificate=null certificate=\"\" ";

        (void)state;
        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
                for (size_t j = 0; j < sizeof(values) / sizeof(values[0]); j++) {
                        json_t *item = item_around(serving_item, by_p256);
                        json_t *inside = places[i][0] ? json_object_get(item, places[i][0]) : item;
                        CLEANUP(string_free) char *which = string_format(" %s=%s ", places[i][1], values[j]);
                        CLEANUP(string_free) char *why = NULL;
                        enum csr_verdict verdict;

                        json_object_set_new(inside, places[i][1],
                                json_loads(values[j], JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL));
                        verdict = judge_item(item, true, &why);
                        if ((verdict == CSR_APPROVE) != (strstr(harmless, which) != NULL))
                                fail_msg("%s: %d (%s)", which, verdict, why ? why : "no reason");
                        json_decref(item);
                }
        }
}

static void what_is_no_object_says_nothing(void **state)
{
        static const char *const items[] = {"null", "[]", "{}", "1", "\"x\"", "[{}]"};

        (void)state;
        for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
                CLEANUP(string_free) char *why = NULL;
                json_t *item = json_loads(items[i], JSON_DECODE_ANY, NULL);

                assert_int_equal(judge_item(item, true, &why), CSR_REPORT);
                json_decref(item);
        }
}

static void decisions_and_terms_are_read(void **state)
{
        static const struct {
                const char *place, *key, *value;
                enum csr_verdict verdict;
                const char *why;
        } rows[] = {
                {"status", "conditions", "[{\"type\":\"Approved\",\"status\":\"True\"}]", CSR_DECIDED, NULL},
                {"status", "conditions", "[{\"type\":\"Denied\"}]", CSR_DECIDED, NULL},
                {"status", "conditions", "[{\"type\":\"Noted\"},{\"type\":\"Failed\"}]", CSR_DECIDED, NULL},
                {"status", "conditions", "[{\"type\":\"Noted\"}]", CSR_APPROVE, NULL},
                {"status", "certificate", "\"LS0t\"", CSR_DECIDED, NULL},
                {"spec", "expirationSeconds", "600", CSR_APPROVE, NULL},
                {"spec", "expirationSeconds", "315360000", CSR_REPORT, "spec.expirationSeconds is 315360000"},
                {"spec", "expirationSeconds", "0", CSR_REPORT, "spec.expirationSeconds is 0"},
                {"spec", "signerName", "\"example.com/serving\"", CSR_FOREIGN, NULL},
                {"spec", "username", "\"system:node:worker1\\u0000\"", CSR_REPORT,
                        "spec.username has a NUL in it"},
                {"spec", "groups", "[\"system:nodes\",\"system:authenticated\",7]", CSR_REPORT,
                        "spec.groups have something"},
                {"spec", "usages", "[\"digital signature\",\"server auth\",null]", CSR_REPORT,
                        "spec.usages have something"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(string_free) char *why = NULL;
                json_t *item = item_around(serving_item, by_p256);
                json_t *value = json_loads(rows[i].value, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

                json_object_set_new(json_object_get(item, rows[i].place), rows[i].key, value);
                if (judge_item(item, true, &why) != rows[i].verdict)
                        fail_msg("%s: %s", rows[i].value, why ? why : "no reason");
                if (rows[i].why && !strstr(why, rows[i].why))
                        fail_msg("\"%s\" isn't in: %s", rows[i].why, why);
                json_decref(item);
        }
}

static void nobody_reads_what_is_not_ours(void **state)
{
        CLEANUP(csr_done) struct csr csr = {0};
        json_t *item = item_around(serving_item, "no PEM");

        (void)state;
        json_object_set_new(json_object_get(item, "spec"), "signerName", json_string("example.com/serving"));
        read_item(item, &csr);
        json_decref(item);
        assert_int_equal(csr.oddities.count, 0);
}

/* ---- nodes ---- */

static void a_nodes_names_and_addresses_are_read(void **state)
{
        static const char text[] =
                "{\"metadata\":{\"name\":\"worker1\"},\"status\":{\"addresses\":["
                "{\"type\":\"InternalIP\",\"address\":\"192.168.150.31\"},{\"type\":\"ExternalIP\","
                "\"address\":\"fd00::1\"},"
                "{\"type\":\"Hostname\",\"address\":\"10.0.0.1\"},{\"type\":\"Hostname\",\"address\":"
                "\"worker1\"},"
                "{\"type\":\"InternalDNS\",\"address\":\"w.lab.test\"},{\"type\":\"ExternalDNS\",\"address\":"
                "\"10.0.0.2\"},"
                "{\"type\":\"InternalIP\",\"address\":\"010.0.0.1\"},{\"type\":\"InternalIP\",\"address\":"
                "\"w\"},"
                "{\"type\":\"Other\",\"address\":\"o\"},{\"type\":\"Hostname\",\"address\":\"a\\u0000b\"},"
                "{\"type\":\"Hostname\",\"address\":\"\"},{\"type\":\"Hostname\"},{\"address\":\"x\"},null,7,"
                "[],{\"type\":7}]}}";
        static const char *const names[] = {"worker1", "w.lab.test", "10.0.0.2"};
        static const char *const addresses[] = {"192.168.150.31", "fd00::1", "10.0.0.1"};
        CLEANUP(csr_world_done) struct csr_world world = {0};
        CLEANUP(error_done) struct error error = {0};
        json_t *item = json_loads(text, JSON_ALLOW_NUL, NULL);
        char buffer[IP_TEXT];

        (void)state;
        assert_int_equal(read_node_item(item, &world, &error), 0);
        json_decref(item);
        assert_int_equal(world.nodes.count, 1);
        assert_string_equal(world.nodes.items[0].name, "worker1");
        assert_int_equal(world.nodes.items[0].dns_names.count, 3);
        assert_int_equal(world.nodes.items[0].addresses.count, 3);
        for (size_t i = 0; i < 3; i++) {
                assert_string_equal(world.nodes.items[0].dns_names.items[i], names[i]);
                assert_string_equal(
                        ip_address_format(&world.nodes.items[0].addresses.items[i], buffer), addresses[i]);
        }
}

static void a_node_without_a_name_is_an_error(void **state)
{
        static const char *const items[] = {"null", "{}", "[]", "7", "{\"metadata\":null}",
                "{\"metadata\":[]}", "{\"metadata\":{\"name\":7}}", "{\"metadata\":{\"name\":\"\"}}",
                "{\"metadata\":{\"name\":\"a\\u0000b\"}}"};
        static const char *const bare[] = {
                "null", "[]", "7", "{}", "{\"addresses\":null}", "{\"addresses\":{}}"};

        (void)state;
        for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
                CLEANUP(csr_world_done) struct csr_world world = {0};
                CLEANUP(error_done) struct error error = {0};
                json_t *item = json_loads(items[i], JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

                assert_int_equal(read_node_item(item, &world, &error), -1);
                assert_int_equal(error.kind, ERROR_FAILED);
                assert_int_equal(world.nodes.count, 0);
                json_decref(item);
        }
        for (size_t i = 0; i < sizeof(bare) / sizeof(bare[0]); i++) {
                CLEANUP(csr_world_done) struct csr_world world = {0};
                CLEANUP(error_done) struct error error = {0};
                json_t *item = json_loads(worker1_item, 0, NULL);

                json_object_set_new(item, "status", json_loads(bare[i], JSON_DECODE_ANY, NULL));
                assert_int_equal(read_node_item(item, &world, &error), 0);
                assert_int_equal(world.nodes.items[0].addresses.count, 0);
                json_decref(item);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(real_requests_are_read),
                cmocka_unit_test(a_pem_block_stands_alone),
                cmocka_unit_test(other_texts_are_no_pem_block),
                cmocka_unit_test(no_changed_byte_passes),
                cmocka_unit_test(a_request_is_base64_of_some_size),
                cmocka_unit_test(a_value_of_any_type_is_no_way_in),
                cmocka_unit_test(what_is_no_object_says_nothing),
                cmocka_unit_test(decisions_and_terms_are_read),
                cmocka_unit_test(nobody_reads_what_is_not_ours),
                cmocka_unit_test(a_nodes_names_and_addresses_are_read),
                cmocka_unit_test(a_node_without_a_name_is_an_error),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
