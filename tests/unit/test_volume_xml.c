/* Volumes in libvirt's XML: what is written is read back the same, and what libvirt 9 says (its own words, as virsh showed
 * them) is understood. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/memory.h"
#include "means/volume_xml.h"

static void test_it_is_read_back(void **state)
{
        static const struct volume_wish rows[] = {
                {.name = "web-root.qcow2", .format = "qcow2", .size_bytes = UINT64_C(20) << 30},
                {.name = "a", .format = "raw", .size_bytes = 0},
                {.name = "a", .format = "raw", .size_bytes = UINT64_MAX},
                {.name = "b",
                        .format = "qcow2",
                        .size_bytes = 1,
                        .backing = "/srv/i.raw",
                        .backing_format = "raw"},
                {.name = "<&'\">",
                        .format = "q'\"<cow>&amp;",
                        .size_bytes = 1,
                        .backing = "/a </path>&amp;<path>/b",
                        .backing_format = "\"><x/>"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(string_free) char *written = volume_xml_write(&rows[i]), *xml = NULL;
                CLEANUP(answers_done) struct answers answers = {0};
                struct volume_state *volume = array_add(&answers.volumes);
                char *target = strstr(written, "<target>") + strlen("<target>");
                uint64_t length;
                struct error error = {0};

                /* libvirt adds where it lies. */
                xml = string_format("%.*s<path>/srv/x</path>%s", (int)(target - written), written, target);
                if (volume_xml_read(xml, volume, &length, &error) < 0)
                        fail_msg("%s", error_text(&error));
                assert_string_equal(volume->name, rows[i].name);
                assert_string_equal(volume->format, rows[i].format);
                assert_string_equal(volume->path, "/srv/x");
                assert_int_equal(volume->size_bytes, rows[i].size_bytes);
                assert_true(string_equal(volume->backing, rows[i].backing));
                assert_int_equal(length, rows[i].size_bytes);
        }
}

/* A volume group's snapshot without an origin is broken as soon as more is written to it than it has space. */
static void test_space_is_taken_as_wished(void **state)
{
        struct volume_wish wish = {.name = "a", .format = "raw", .size_bytes = 7};
        CLEANUP(string_free) char *later = volume_xml_write(&wish), *at_once = NULL;

        (void)state;
        wish.has_space = true;
        at_once = volume_xml_write(&wish);
        assert_non_null(strstr(later, "<allocation unit='bytes'>0</allocation>"));
        assert_non_null(strstr(at_once, "<allocation unit='bytes'>7</allocation>"));
}

static const char from_libvirt[] =
        "<volume type='file'>\n  <name>a.qcow2</name>\n  <key>/var/lib/libvirt/lab/a.qcow2</key>\n"
        "  <capacity unit='bytes'>134217728</capacity>\n  <allocation unit='bytes'>200704</allocation>\n"
        "  <physical unit='bytes'>196616</physical>\n  <target>\n    "
        "<path>/var/lib/libvirt/lab/a.qcow2</path>\n"
        "    <format type='qcow2'/>\n    <permissions>\n      <mode>0600</mode>\n      <owner>0</owner>\n"
        "      <group>0</group>\n    </permissions>\n    <timestamps>\n      "
        "<atime>1795545813.304205964</atime>\n"
        "    </timestamps>\n    <clusterSize unit='B'>65536</clusterSize>\n  </target>\n  <backingStore>\n"
        "    <path>/var/lib/libvirt/lab/img.qcow2</path>\n    <format type='qcow2'/>\n  "
        "</backingStore>\n</volume>\n";

static void test_libvirts_own(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};
        struct volume_state *volume = array_add(&answers.volumes);
        uint64_t length;
        struct error error = {0};

        (void)state;
        assert_int_equal(volume_xml_read(from_libvirt, volume, &length, &error), 0);
        assert_string_equal(volume->path, "/var/lib/libvirt/lab/a.qcow2");
        assert_string_equal(volume->format, "qcow2");
        assert_string_equal(volume->backing, "/var/lib/libvirt/lab/img.qcow2");
        assert_int_equal(volume->size_bytes, 134217728);
        assert_int_equal(length, 196616);
}

static void test_a_logical_volume_is_raw(void **state)
{
        static const char xml[] =
                "<volume type='block'><name>a</name><capacity unit='bytes'>7</capacity><target>"
                "<path>/dev/vg/a</path></target></volume>";
        CLEANUP(answers_done) struct answers answers = {0};
        struct volume_state *volume = array_add(&answers.volumes);
        uint64_t length;
        struct error error = {0};

        (void)state;
        assert_int_equal(volume_xml_read(xml, volume, &length, &error), 0);
        assert_string_equal(volume->format, "raw");
        assert_int_equal(length, 7);
}

#define BEGIN "<volume><name>a</name><target><path>/a</path></target>"

static void test_what_makes_no_sense(void **state)
{
        static const char *const rows[] = {
                "",
                "<pool><name>a</name></pool>",
                "<volume><name>a</name></volume>",
                BEGIN "</volume>",
                BEGIN "<capacity>-1</capacity></volume>",
                BEGIN "<capacity>1x</capacity></volume>",
                BEGIN "<capacity></capacity></volume>",
                BEGIN "<capacity unit='KiB'>1</capacity></volume>",
                BEGIN "<capacity>18446744073709551616</capacity></volume>",
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(answers_done) struct answers answers = {0};
                CLEANUP(error_done) struct error error = {0};
                uint64_t length;

                if (volume_xml_read(rows[i], array_add(&answers.volumes), &length, &error) == 0)
                        fail_msg("was understood: %s", rows[i]);
                assert_int_equal(error.kind, ERROR_FAILED);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_it_is_read_back),
                cmocka_unit_test(test_space_is_taken_as_wished),
                cmocka_unit_test(test_libvirts_own),
                cmocka_unit_test(test_a_logical_volume_is_raw),
                cmocka_unit_test(test_what_makes_no_sense),
        };

        return cmocka_run_group_tests_name("volume_xml", tests, NULL, NULL);
}
