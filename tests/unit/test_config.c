/* host.conf: what it becomes, and what is said about each way to get it wrong.
 *
 * Files are memory files that the process holds as /proc/self/fd/100 ("A" in what is expected below) and 101 ("B"):
 * relative includes work between them, and nothing is left behind whatever happens. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

#include "config/duration.h"
#include "config/schema.h"
#include "config_files.h"
#include "test_config_rows.h"

/* ---- bytes, sizes, kinds of files ---- */

static void assert_one(const struct result *result, const char *expected)
{
        assert_problems(result, (const char *const[]) {expected, NULL});
}

static void test_bytes(void **state)
{
        static const struct {
                const char *bytes;
                size_t length;
                const char *problem;
        } rows[] = {
                {"host\n\0 x", 8, "A:2: a NUL byte (0x00) stands in it: this is not a text file"},
                {"\x7f"
                 "ELF",
                        4,
                        "A:1: a control character (byte 0x7f) stands in it: remove it, or write it as an "
                        "escape in "
                        "double quotes"},
                {"\n\nhost \"\xff\" {}", 12,
                        "A:3: the byte 0xff is no UTF-8 text, or a control character: save the file as "
                        "UTF-8"},
                {"# \xed\xa0\x80", 5,
                        "A:1: the byte 0xed is no UTF-8 text, or a control character: save the file as "
                        "UTF-8"},
                {"# \xc0\xaf", 4,
                        "A:1: the byte 0xc0 is no UTF-8 text, or a control character: save the file as "
                        "UTF-8"},
                {"# \xc2\x9b", 4,
                        "A:1: the byte 0xc2 is no UTF-8 text, or a control character: save the file as "
                        "UTF-8"},
                {"# \xe2\x82", 4,
                        "A:1: the byte 0xe2 is no UTF-8 text, or a control character: save the file as "
                        "UTF-8"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(result_done) struct result result = load_bytes(rows[i].bytes, rows[i].length);

                assert_one(&result, rows[i].problem);
        }
}

static void test_dos_file(void **state)
{
        CLEANUP(result_done)
        struct result result = load("\xEF\xBB\xBFhost \"h\" {\r\n # \xC3\xA9\r\n connect = local\r\n}\r\n");

        (void)state;
        assert_loaded(&result);
        assert_int_equal(result.config.hosts.items[0].place.line, 1);
}

static void test_kinds_of_files(void **state)
{
        CLEANUP(result_done)
        struct result missing = load_files((const char *const[]) {"/nonexistent/host.conf", NULL}, NULL),
                      directory = load_files((const char *const[]) {"/proc/self/fd", NULL}, NULL),
                      nameless = load_files((const char *const[]) {"", NULL}, NULL), twice = {0}, fifo = {0},
                      none = load_files((const char *const[]) {NULL}, NULL);
        int ends[2];

        (void)state;
        assert_one(&missing, "/nonexistent/host.conf: can't be opened: No such file or directory");
        assert_one(&nameless, "'': can't be opened: No such file or directory");
        assert_one(&directory, "/proc/self/fd: is a directory, not a file");
        assert_string_equal(error_text(&none.error), "no configuration file is named");
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(dup2(ends[0], FILE_B), FILE_B);
        fifo = load_files((const char *const[]) {PATH_B, NULL}, NULL);
        assert_one(&fifo, "B: is not a regular file");
        close(ends[0]);
        close(ends[1]);
        put_file(FILE_A, HOST, strlen(HOST));
        twice = load_files((const char *const[]) {PATH_A, "/proc/self/fd/../fd/100", NULL}, NULL);
        assert_one(&twice, "/proc/self/fd/../fd/100: /proc/self/fd/../fd/100 is read already, as A: name "
                           "each file once");
}

static double seconds_since(const struct timespec *start)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

/* head, the repeated text and tail make a file; it is read in no time whatever comes of it. */
static struct result load_repeated(const char *head, const char *repeated, size_t times, const char *tail)
{
        struct text text = {0};
        struct timespec start;
        struct result result;
        double seconds;

        text_add(&text, head);
        for (size_t i = 0; i < times; i++)
                text_add(&text, repeated);
        text_add(&text, tail);
        clock_gettime(CLOCK_MONOTONIC, &start);
        result = load_bytes(text.data, text.length);
        seconds = seconds_since(&start);
        print_message("%zu bytes: %.2f s\n", text.length, seconds);
        assert_true(seconds < 120); /* valgrind is slow; what would hang takes hours */
        text_done(&text);
        return result;
}

static void test_sizes(void **state)
{
        static const struct {
                const char *head, *repeated;
                size_t times;
                const char *tail;
                const char *problem; /* NULL: it is read; %zu: the line behind what is repeated */
        } rows[] = {
                {HOST, "\n", 1000000, "", NULL},
                {HOST, "# comment\n", 1000000, "", NULL},
                {HOST, "/* */\n", 1000000, "bad {}",
                        "A:%zu: there is no section \"bad\"; there are host, deadlines, "
                        "network, pool, image, packages, unit, sysctl, group, file, guest, load_balancer, "
                        "boot_server, firewall, cluster, opnsense, firewall_pair, machine"},
                {HOST "packages { install = {", "\"a\",\n", 30000, "\"b\"} }", NULL},
                {HOST "file \"/x\" { content = \"", "0123456789abcd\n", 1000000, "\" }",
                        "A:2: the string that starts here has 15000001 bytes: at most 1048576 are possible"},
                {HOST, "group g{}\n", 1000000, "",
                        "A:10001: more than 10000 sections are no configuration: this is the "
                        "first too many"},
                {HOST, "# 15 characters\n", 1100000, "", "A: is larger than 16384 KiB"},
                {HOST, "# 10chars", 10000, "", "A:2: the line has 90000 bytes: at most 65536 are read"},
                {HOST "pool \"p\" { path = \"/", "a/", 2048, "\" }",
                        "A:2: pool \"p\": path: the value has 4097 bytes: at most 4095 are possible"},
                {HOST, "{", 60000, "",
                        "A:2: \"{\" is out of place here: write KEY = VALUE, KEY = {\"A\", \"B\"}, or "
                        "SECTION "
                        "\"NAME\" { ... }"},
                {HOST "x = \"", "${", 30000, "\"",
                        "A:2: ${ has no } on its line: write ${NAME} or ${NAME:-default}, or \\${ for "
                        "the characters themselves"},
        };

        /* valgrind, which is slow, sees in a tenth all that it would see; other sizes are just too large */
        bool is_watched = getenv("RUN_TESTS_VALGRIND") != NULL;

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                bool any_will_do = !rows[i].problem || strchr(rows[i].problem, '%');
                size_t times = is_watched && any_will_do ? rows[i].times / 10 : rows[i].times;
                CLEANUP(string_free)
                char *problem = rows[i].problem ? string_format(rows[i].problem, times + 2) : NULL;
                CLEANUP(result_done)
                struct result result = load_repeated(rows[i].head, rows[i].repeated, times, rows[i].tail);

                if (!problem)
                        assert_loaded(&result);
                else if (result.problems.count == 2) /* the { of a deep nest is never closed either */
                        assert_string_equal(rows[i].repeated, "{");
                else
                        assert_one(&result, problem);
        }
}

static void test_nest_of_unknown_sections(void **state)
{
        CLEANUP(result_done) struct result result = load_repeated(HOST, "a { ", 1000, "");

        (void)state;
        assert_int_equal(result.status, -1);
        assert_in_range(result.problems.count, 2, 3);
}

/* The sentence repeats the path, which repeats itself: a length that is just too long is cut as well as any. */
static void test_long_sentences(void **state)
{
        (void)state;
        for (size_t length = 480; length < 620; length++) {
                CLEANUP(string_free) char *text = string_format(HOST "include(\"/%0*d\")", (int)length, 0);
                CLEANUP(result_done) struct result result = load(text);
                size_t sentence;

                assert_int_equal(result.problems.count, 1);
                sentence = strlen(result.problems.items[0]);
                assert_true(sentence <= strlen(PATH_A ":2: ") + 600);
        }
}

static void test_many_problems(void **state)
{
        CLEANUP(result_done)
        struct result result = load_repeated(HOST, "unit \"x\" { active = 2 }\n", 100, "");

        (void)state;
        assert_int_equal(result.problems.count, 51);
        assert_string_equal(result.problems.items[50], "and 150 more");
        assert_string_equal(error_text(&result.error), "200 problems in the configuration");
}

static void test_chain_of_includes(void **state)
{
        CLEANUP(result_done) struct result result = load_repeated(HOST, "include(\"101\")\n", 300, "");

        (void)state;
        assert_int_equal(result.status, -1);
        assert_int_equal(result.problems.count, 51);
}

/* ---- what it becomes ---- */

extern const char example_start[], example_end[], manual_start[], manual_end[];
#define EMBED(name, file)                                                                                    \
        __asm__(".section .rodata\n.global " #name "_start, " #name "_end\n" #name "_start: .incbin \"" file \
                "\"\n.byte 0\n" #name "_end: .previous\n")
EMBED(example, "examples/lab.conf");
EMBED(manual, "docs/host.conf.5");

static void test_example_hosts(const struct config *config)
{
        const struct host_config *first = &config->hosts.items[0], *second = &config->hosts.items[1];
        CLEANUP(string_free) char *identity = string_format("%s/.ssh/id_ed25519", getenv("HOME"));

        assert_int_equal(config->hosts.count, 2);
        assert_string_equal(first->name, "lab1");
        assert_string_equal(first->connect.host, "10.77.1.2");
        assert_string_equal(first->identity, identity);
        assert_null(first->known_hosts);
        assert_int_equal(first->host_key_policy, HOST_KEY_ACCEPT_NEW);
        assert_false(first->become);
        assert_int_equal(first->deadline_s[PHASE_LINUX], 60);
        assert_int_equal(first->deadline_s[PHASE_KVM], 15 * 60);
        assert_int_equal(first->place.line, 4);
        assert_string_equal(second->connect.user, "deploy");
        assert_int_equal(second->connect.port, 22);
        assert_int_equal(second->host_key_policy, HOST_KEY_STRICT);
        assert_true(second->become);
        assert_int_equal(second->deadline_s[PHASE_LINUX], 60);
        assert_int_equal(second->deadline_s[PHASE_KVM], 30 * 60);
}

static void test_example_networks(const struct config *config)
{
        const struct network_config *lab = &config->networks.items[0], *storage = &config->networks.items[1];
        char text[SUBNET_TEXT], mac[MAC_ADDRESS_TEXT];

        assert_int_equal(config->networks.count, 2);
        assert_int_equal(lab->network.mode, NETWORK_NAT);
        assert_string_equal(lab->network.bridge, "virbr-lab");
        assert_string_equal(subnet_format(&lab->network.address, text), "192.168.150.1/24");
        assert_int_equal(lab->network.ranges.count, 1);
        assert_int_equal(lab->network.ranges.items[0].end.bytes[3], 99);
        assert_string_equal(lab->network.domain, "lab.test");
        assert_int_equal(lab->network.leases.count, 1);
        assert_string_equal(lab->network.leases.items[0].name, "web");
        assert_string_equal(mac_address_format(&lab->network.leases.items[0].mac, mac), "52:54:00:00:00:01");
        assert_int_equal(lab->network.leases.items[0].address.bytes[3], 20);
        assert_int_equal(lab->network.dns.count, 1);
        assert_int_equal(lab->network.dns.items[0].address.bytes[3], 5);
        assert_string_equal(lab->network.dns.items[0].names.items[1], "registry");
        assert_int_equal(lab->network.mtu, 0);
        assert_true(lab->autostart);
        assert_int_equal(lab->object.hosts.count, 0);
        assert_int_equal(storage->network.mode, NETWORK_ISOLATED);
        assert_int_equal(storage->network.mtu, 9000);
        assert_null(storage->network.bridge);
        assert_string_equal(storage->object.hosts.items[0], "lab2");
}

static void test_example_others(const struct config *config)
{
        const struct file_config *file = &config->files.items[0], *directory = &config->files.items[1];

        assert_string_equal(config->pools.items[0].path, "/var/lib/libvirt/lab");
        assert_true(config->pools.items[0].autostart);
        assert_string_equal(config->packages.items[0].names[PACKAGES_UNKNOWN].items[0], "tcpdump");
        assert_string_equal(config->packages.items[0].names[PACKAGES_APT].items[0], "nginx-light");
        assert_string_equal(config->packages.items[0].names[PACKAGES_DNF].items[0], "nginx");
        assert_int_equal(config->packages.items[0].names[PACKAGES_PACMAN].count, 0);
        assert_int_equal(file->type, FILE_REGULAR);
        assert_int_equal(file->mode, 0644);
        assert_string_equal(file->owner, "root");
        assert_string_equal(file->group, "root");
        assert_int_equal(file->content_length, strlen(file->content));
        assert_non_null(strstr(file->content, "listen 192.168.150.1:8080;\n"));
        assert_int_equal(directory->type, FILE_DIRECTORY);
        assert_int_equal(directory->mode, 0755);
        assert_string_equal(config->units.items[0].name, "nginx.service");
        assert_true(config->units.items[0].enabled && config->units.items[0].active &&
                    !config->units.items[0].masked);
        assert_string_equal(config->units.items[0].restart_on.items[0], "/etc/nginx/conf.d/mirror.conf");
        assert_string_equal(config->sysctls.items[0].key, "net.ipv4.ip_forward");
        assert_string_equal(config->sysctls.items[0].value, "1");
        assert_string_equal(config->groups.items[0].name, "libvirt");
        assert_string_equal(config->groups.items[0].members.items[0], "deploy");
}

static void test_example(void **state)
{
        CLEANUP(result_done) struct result result = load(example_start);

        (void)state;
        assert_loaded(&result);
        test_example_hosts(&result.config);
        test_example_networks(&result.config);
        test_example_others(&result.config);
}

static void test_values_from_outside(void **state)
{
        CLEANUP(result_done) struct result result = {0};
        static const char text[] =
                "host \"a.b\" { connect = ${TEST_CONFIG_HOST} known_hosts = \"known\" }\n"
                "host \"a\" { connect = \"${TEST_CONFIG_NONE:-two words? no: ten.example}\" }\n"
                "include(\"101\")\n"
                "group \"g\" { members = {\"x\"} members += {\"y\"} }\n"
                "file \"//etc/./motd/\" { from = \"101\" mode = 0600 }\n"
                "unit \"x.service\" { masked = true }\n";
        const struct config *config = &result.config;

        (void)state;
        setenv("TEST_CONFIG_HOST", "root@one", 1);
        put_file(FILE_A, text, strlen(text));
        put_file(FILE_B, "deadlines { kvm = 1h30min }\n", 28);
        result = load_files((const char *const[]) {PATH_A, NULL},
                (const char *const[]) {"host.a.connect=ten", "host.a.b.become=yes", "deadlines.linux=5min",
                        "group.g.hosts=a,a.b", "host.a.deadlines.kvm=7s", NULL});
        assert_loaded(&result);
        assert_string_equal(config->hosts.items[0].connect.host, "one");
        assert_string_equal(config->hosts.items[0].known_hosts, "/proc/self/fd/known");
        assert_true(config->hosts.items[0].become);
        assert_int_equal(config->hosts.items[0].deadline_s[PHASE_KVM], 90 * 60);
        assert_string_equal(config->hosts.items[1].connect.host, "ten");
        assert_int_equal(config->hosts.items[1].deadline_s[PHASE_KVM], 7);
        assert_int_equal(config->hosts.items[1].deadline_s[PHASE_LINUX], 5 * 60);
        assert_int_equal(config->groups.items[0].members.count, 2);
        assert_int_equal(config->groups.items[0].object.hosts.count, 2);
        assert_string_equal(config->files.items[0].path, "/etc/motd");
        assert_int_equal(config->files.items[0].mode, 0600);
        assert_int_equal(config->files.items[0].content_length, 28);
        assert_true(config->units.items[0].masked && !config->units.items[0].enabled &&
                    !config->units.items[0].active);
}

static void test_metacharacters(void **state)
{
        CLEANUP(result_done)
        struct result result = load(
                HOST "file \"/tmp/$(id) `id` '<&>\" { content = \"$(reboot) ; <x> & ' \\\" \\${A}\\n\" }\n"
                     "sysctl \"kernel.core_pattern\" { value = '|/bin/x %p; \"y\" \\n' }\n");

        (void)state;
        assert_loaded(&result);
        assert_string_equal(result.config.files.items[0].path, "/tmp/$(id) `id` '<&>");
        assert_string_equal(result.config.files.items[0].content, "$(reboot) ; <x> & ' \" ${A}\n");
        assert_string_equal(result.config.sysctls.items[0].value, "|/bin/x %p; \"y\" \\n");
}

static void test_durations(void **state)
{
        static const struct {
                const char *text;
                int seconds; /* 0: not a duration */
        } rows[] = {{"90s", 90}, {"15min", 900}, {"1h30min", 5400}, {"1h1s", 3601}, {"7d", 604800},
                {"0h1s", 1}, {"007s", 7}, {"8d", 0}, {"7d1s", 0}, {"0s", 0}, {"90", 0}, {"", 0}, {"s", 0},
                {"-5s", 0}, {"1min1h", 0}, {"1h1h", 0}, {"5 min", 0}, {"5m", 0}, {"5minutes", 0},
                {"99999999999999999999s", 0}, {"1.5h", 0}};

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(error_done) struct error error = {0};
                int seconds = 0;

                assert_int_equal(duration_parse(rows[i].text, &seconds, &error), rows[i].seconds ? 0 : -1);
                assert_int_equal(seconds, rows[i].seconds);
                assert_int_equal(error_is_set(&error), !rows[i].seconds);
        }
}

/* ---- the manual ---- */

/* The part of the manual from the line that starts with heading to the next line that starts with end. */
static char *manual_part(const char *manual, const char *heading, const char *end)
{
        const char *start = strstr(manual, heading), *stop;

        if (!start)
                return NULL;
        stop = strstr(start + strlen(heading), end);
        return string_copy_n(start, stop ? (size_t)(stop - start) : strlen(start));
}

/* Sections inside stand behind the one around them: there may be others of their name. */
static void assert_documented(const struct section_schema *section, const char *manual)
{
        CLEANUP(string_free) char *heading = string_format("\n.Ss %s\n", section->name);
        CLEANUP(string_free) char *part = manual_part(manual, heading, "\n.S");
        const char *start = strstr(manual, heading);

        if (section->key_count > 0 && !part)
                fail_msg("host.conf(5) has no part about %s", section->name);
        for (size_t i = 0; i < section->key_count; i++) {
                const struct key *key = &section->keys[i];
                CLEANUP(string_free) char *item_heading = string_format("\n.It Ic %s No =", key->name);
                CLEANUP(string_free) char *item = manual_part(part, item_heading, "\n.It");

                if (!item)
                        fail_msg("host.conf(5) says nothing about %s in %s", key->name, section->name);
                if (key->standard && !strstr(item, key->standard))
                        fail_msg("host.conf(5) doesn't give the default of %s in %s", key->name,
                                section->name);
                if (key->is_required && !strstr(item, "\nRequired."))
                        fail_msg("host.conf(5) doesn't say that %s in %s is required", key->name,
                                section->name);
        }
        for (size_t i = 0; section->sections && section->sections[i]; i++)
                assert_documented(section->sections[i], start ? start : manual);
}

static void test_manual(void **state)
{
        (void)state;
        assert_documented(&schema_root, manual_start);
}

static void test_deadlines_follow_phases(void **state)
{
        const struct section_schema *deadlines = schema_section(&schema_root, "deadlines");

        (void)state;
        for (int phase = 0; phase < PHASE_COUNT; phase++)
                assert_string_equal(deadlines->keys[phase].name, phase_name((enum phase_name)phase));
        assert_string_equal(deadlines->keys[DEADLINE_STEP].name, "step");
        assert_string_equal(deadlines->keys[DEADLINE_GRACE].name, "grace");
}

int main(void)
{
        static const struct CMUnitTest others[] = {
                cmocka_unit_test(test_bytes),
                cmocka_unit_test(test_dos_file),
                cmocka_unit_test(test_kinds_of_files),
                cmocka_unit_test(test_sizes),
                cmocka_unit_test(test_nest_of_unknown_sections),
                cmocka_unit_test(test_long_sentences),
                cmocka_unit_test(test_many_problems),
                cmocka_unit_test(test_chain_of_includes),
                cmocka_unit_test(test_example),
                cmocka_unit_test(test_values_from_outside),
                cmocka_unit_test(test_metacharacters),
                cmocka_unit_test(test_durations),
                cmocka_unit_test(test_manual),
                cmocka_unit_test(test_deadlines_follow_phases),
        };
        struct CMUnitTest row_tests[sizeof(wrongs) / sizeof(wrongs[0])];
        int failed;

        for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++)
                row_tests[i] = (struct CMUnitTest) {wrongs[i].name, test_row, NULL, NULL, (void *)&wrongs[i]};
        setenv("HOME", "/home/somebody", 1);
        unsetenv("TEST_CONFIG_NONE");
        failed = cmocka_run_group_tests_name("rows", row_tests, NULL, NULL);
        return failed + cmocka_run_group_tests_name("others", others, NULL, NULL);
}
