/* How storage is called: sizes, sources, names; and a configuration with all of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "config/storage.h"

#define SUM "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void test_sizes(void **state)
{
        static const struct {
                uint64_t bytes;
                const char *words;
        } rows[] = {
                {0, "0 bytes"},
                {1023, "1023 bytes"},
                {1024, "1 KiB"},
                {1536, "1.5 KiB"},
                {1537, "1537 bytes"},
                {UINT64_C(20) << 30, "20 GiB"},
                {(UINT64_C(1) << 30) + (UINT64_C(1) << 29), "1.5 GiB"},
                {(UINT64_C(1) << 30) + (UINT64_C(1) << 28), "1.25 GiB"},
                {(UINT64_C(1) << 30) + 1, "1073741825 bytes"},
                {UINT64_C(3) << 40, "3 TiB"},
                {UINT64_C(5) << 50, "5120 TiB"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(string_free) char *words = size_format(rows[i].bytes);

                assert_string_equal(words, rows[i].words);
        }
}

static void test_settings(void **state)
{
        static const struct {
                uint64_t bytes;
                const char *words;
        } rows[] = {
                {0, "0KiB"},
                {1, "1KiB"},
                {1024, "1KiB"},
                {1025, "2KiB"},
                {UINT64_C(20) << 30, "20GiB"},
                {(UINT64_C(1) << 30) + (UINT64_C(1) << 29), "1536MiB"},
                {UINT64_C(5) << 50, "5120TiB"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(string_free) char *words = size_setting(rows[i].bytes);

                assert_string_equal(words, rows[i].words);
        }
}

static void test_sources(void **state)
{
        static const struct {
                const char *source, *host, *path; /* host NULL: it is none */
        } rows[] = {
                {"server:/export", "server", "/export"},
                {"10.0.0.1:/a:/b", "10.0.0.1", "/a:/b"},
                {"[2001:db8::1]:/", "2001:db8::1", "/"},
                {"2001:db8::1:/x", NULL, NULL},
                {"[]:/x", NULL, NULL},
                {":/x", NULL, NULL},
                {"server", NULL, NULL},
                {"-o:/x", NULL, NULL},
                {"a b:/x", NULL, NULL},
                {"[2001:db8::1:/x", NULL, NULL},
                {"server:export", NULL, NULL},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(string_free) char *host = NULL, *path = NULL;

                assert_int_equal(pool_source_split(rows[i].source, &host, &path), rows[i].host != NULL);
                if (!rows[i].host)
                        continue;
                assert_string_equal(host, rows[i].host);
                assert_string_equal(path, rows[i].path);
        }
}

static void test_notes(void **state)
{
        static const struct {
                struct disk_config disk;
                const char *note;
        } rows[] = {
                {{.origin = DISK_EMPTY}, "empty qcow2"},
                {{.origin = DISK_EMPTY, .is_raw = true}, "empty raw"},
                {{.origin = DISK_BACKED}, "qcow2 based on d-1.qcow2"},
                {{.origin = DISK_COPIED}, "qcow2 copy of d-1.qcow2"},
                {{.origin = DISK_COPIED, .is_raw = true}, "raw copy of d-1.qcow2"},
        };
        CLEANUP(string_free) char *path = disk_note_path("lab", "web-root.qcow2");

        (void)state;
        assert_string_equal(path, "/var/lib/provision/volumes/lab/web-root.qcow2");
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(string_free)
                char *note = disk_note(&rows[i].disk, rows[i].disk.origin == DISK_EMPTY ? NULL : "d-1.qcow2");

                assert_string_equal(note, rows[i].note);
        }
}

static void test_names(void **state)
{
        const struct image_config image = {.name = (char *)"debian", .sha256 = (char *)SUM, .is_raw = true};
        const struct guest_config guest = {.name = (char *)"web"};
        const struct disk_config disk = {.name = (char *)"root"};
        CLEANUP(string_free) char *image_name = image_volume_name(&image);
        CLEANUP(string_free) char *disk_name = disk_volume_name(&guest, &disk);
        CLEANUP(string_free) char *path = volume_path("/srv/lab", disk_name);

        (void)state;
        assert_string_equal(image_name, "debian-001122334455.raw");
        assert_string_equal(disk_name, "web-root.qcow2");
        assert_string_equal(path, "/srv/lab/web-root.qcow2");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_sizes),
                cmocka_unit_test(test_settings),
                cmocka_unit_test(test_sources),
                cmocka_unit_test(test_names),
                cmocka_unit_test(test_notes),
        };

        return cmocka_run_group_tests_name("storage", tests, NULL, NULL);
}
