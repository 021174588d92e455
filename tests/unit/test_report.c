/* What a report says, character for character: one story told to every sink. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "report/report.h"
#include "report/visible.h"
#include "report/words.h"

#define AT_US INT64_C(1700000000123456) /* 2023-11-14T22:13:20.123Z */

/* ---- helpers ---- */

static char *read_all(int fd)
{
        struct text text = {0};
        char buffer[4096];
        ssize_t count;

        lseek(fd, 0, SEEK_SET);
        while ((count = read(fd, buffer, sizeof(buffer))) > 0)
                text_add_n(&text, buffer, (size_t)count);
        return text_take(&text);
}

/* What a sink writes for some events. */
static char *told(struct report_options options, const struct event *events, size_t count)
{
        CLEANUP(fd_close) int fd = memfd_create("report", MFD_CLOEXEC);
        struct error error = {0};
        struct report *report;

        assert_true(fd >= 0);
        options.fd = fd;
        report = report_new(&options);
        for (size_t i = 0; i < count; i++) {
                struct event event = events[i];

                event.at_us = AT_US;
                report_event(report, &event);
        }
        assert_int_equal(report_finish(report, &error), 0);
        report_free(report);
        return read_all(fd);
}

static const struct error unreachable = {ERROR_UNREACHABLE, (char *)"no answer from 10.77.1.2 port 22"};
static const struct error failed = {ERROR_FAILED, (char *)"start unit libvirtd.socket: job failed"};
static const struct error blocked = {ERROR_BLOCKED, (char *)"network lab isn't ours (and more, see above)"};

/* ---- lines ---- */

#define STEP .host = "lab1", .phase = "kvm", .score = "unit", .step = "start unit libvirtd.socket"
#define KIND .step_kind = "unit"

struct story {
        const char *name;
        bool verbose, quiet;
        struct event events[12];
        const char *plain;
};

static const struct story stories[] = {
        {
                .name = "a converged host is one line",
                .events = {{EVENT_RUN_START, .hosts = 1},
                        {EVENT_PHASE_START, .host = "lab1", .phase = "linux"},
                        {EVENT_HOST_CONNECTED, .host = "lab1", .phase = "linux", .elapsed_ms = 170},
                        {EVENT_PHASE_DONE, .host = "lab1", .phase = "linux", .elapsed_ms = 180},
                        {EVENT_PHASE_START, .host = "lab1", .phase = "kvm"},
                        {EVENT_PHASE_DONE, .host = "lab1", .phase = "kvm"},
                        {EVENT_HOST_DONE, .host = "lab1", .phase = "kvm", .elapsed_ms = 200,
                                .text = "guests run by TCG"},
                        {EVENT_RUN_DONE, .hosts = 1}},
                .plain = "lab1: kvm: nothing to do (0.2 s, guests run by TCG)\n",
        },
        {
                .name = "each step done is a line",
                .events = {{EVENT_STEP_ANNOUNCED, STEP}, {EVENT_STEP_PROGRESS, STEP, .text = "Job queued"},
                        {EVENT_STEP_DONE, STEP, .elapsed_ms = 12345},
                        {EVENT_HOST_DONE, .host = "lab1", .phase = "kvm", .elapsed_ms = 61000,
                                .steps_done = 1}},
                .plain = "lab1: kvm: start unit libvirtd.socket (12 s)\n"
                         "lab1: kvm: done, 1 step (1 min 1 s)\n",
        },
        {
                .name = "verbose adds beginnings and what steps print",
                .verbose = true,
                .events = {{EVENT_HOST_CONNECTED, .host = "lab1", .phase = "linux", .elapsed_ms = 170},
                        {EVENT_STEP_ANNOUNCED, STEP}, {EVENT_STEP_PROGRESS, STEP, .text = "Job queued"},
                        {EVENT_STEP_DONE, STEP, .elapsed_ms = 12345},
                        {EVENT_WAITING, .host = "lab1", .phase = "kvm", .text = "libvirtd to answer",
                                .left_ms = 5000},
                        {EVENT_PHASE_DONE, .host = "lab1", .phase = "kvm", .elapsed_ms = 3723000,
                                .steps_done = 2}},
                .plain = "lab1: linux: connected (0.2 s)\n"
                         "lab1: kvm: start unit libvirtd.socket ...\n"
                         "lab1: kvm:   | Job queued\n"
                         "lab1: kvm: start unit libvirtd.socket (12 s)\n"
                         "lab1: kvm: waiting for: libvirtd to answer (at most 5.0 s)\n"
                         "lab1: kvm: reached by 2 steps (1 h 2 min)\n",
        },
        {
                .name = "the same wait told again is told once",
                .verbose = true,
                .events = {{EVENT_WAITING, .host = "lab1", .text = "a lock"},
                        {EVENT_WAITING, .host = "lab1", .text = "a lock"},
                        {EVENT_WAITING, .host = "lab2", .text = "a lock"},
                        {EVENT_WAITING, .host = "lab1", .text = "a job"}},
                .plain = "lab1: waiting for: a lock\nlab2: waiting for: a lock\nlab1: waiting for: a job\n",
        },
        {
                .name = "an error is told once, in the machine's last line",
                .events = {{EVENT_STEP_ANNOUNCED, STEP}, {EVENT_STEP_FAILED, STEP, .error = &failed},
                        {EVENT_PHASE_FAILED, .host = "lab1", .phase = "kvm", .error = &failed},
                        {EVENT_HOST_DONE, .host = "lab1", .phase = "kvm", .error = &failed, .steps_done = 3,
                                .elapsed_ms = 900}},
                .plain = "lab1: kvm: failed: start unit libvirtd.socket: job failed (after 3 steps, 0.9 s)\n",
        },
        {
                .name = "every block is a line, and the machine's last line repeats none",
                .events = {{EVENT_BLOCKED, .host = "lab1", .phase = "kvm",
                                   .text = "network lab isn't ours: mtu is 1500, wanted 9000"},
                        {EVENT_BLOCKED, .host = "lab1", .phase = "kvm", .text = "pool lab isn't ours"},
                        {EVENT_PHASE_FAILED, .host = "lab1", .phase = "kvm", .error = &blocked},
                        {EVENT_HOST_DONE, .host = "lab1", .phase = "kvm", .error = &blocked,
                                .elapsed_ms = 300}},
                .plain = "lab1: kvm: in the way: network lab isn't ours: mtu is 1500, wanted 9000\n"
                         "lab1: kvm: in the way: pool lab isn't ours\n"
                         "lab1: kvm: blocked (0.3 s)\n",
        },
        {
                .name = "blocked with nothing told before says why",
                .events = {{EVENT_HOST_DONE, .host = "lab1", .phase = "kvm", .error = &blocked,
                        .elapsed_ms = 300}},
                .plain = "lab1: kvm: blocked: network lab isn't ours (and more, see above) (0.3 s)\n",
        },
        {
                .name = "a plan says would, and what hangs on what comes before",
                .events = {{EVENT_PLAN_STEP, STEP}, {EVENT_PLAN_STEP, STEP, .expected = true},
                        {EVENT_HOST_DONE, .host = "lab1", .phase = "kvm", .steps_planned = 2,
                                .elapsed_ms = 250}},
                .plain = "lab1: kvm: would start unit libvirtd.socket\n"
                         "lab1: kvm: would start unit libvirtd.socket, if still needed then\n"
                         "lab1: kvm: 2 steps to do (0.3 s)\n",
        },
        {
                .name = "a plan that something is in the way of says that its steps wouldn't be made",
                .events = {{EVENT_BLOCKED, .host = "lab1", .phase = "kvm", .text = "pool lab isn't ours"},
                        {EVENT_PLAN_STEP, STEP}},
                .plain = "lab1: kvm: in the way: pool lab isn't ours\n"
                         "lab1: kvm: would, were nothing in the way, start unit libvirtd.socket\n",
        },
        {
                .name = "several machines get a sum",
                .events = {{EVENT_HOST_DONE, .host = "lab1", .phase = "kvm", .elapsed_ms = 200},
                        {EVENT_HOST_DONE, .host = "lab2", .phase = "linux", .error = &unreachable,
                                .elapsed_ms = 9949},
                        {EVENT_RUN_DONE, .hosts = 3, .hosts_changed = 1, .hosts_failed = 1,
                                .elapsed_ms = 9951}},
                .plain = "lab1: kvm: nothing to do (0.2 s)\n"
                         "lab2: linux: not reached: no answer from 10.77.1.2 port 22 (9.9 s)\n"
                         "3 hosts: 1 with nothing to do, 1 with changes, 1 failed (10 s)\n",
        },
        {
                .name = "quiet tells only what went wrong",
                .quiet = true,
                .verbose = true,
                .events = {{EVENT_STEP_ANNOUNCED, STEP}, {EVENT_STEP_DONE, STEP}, {EVENT_PLAN_STEP, STEP},
                        {EVENT_WARNING, .host = "lab1", .text = "wants a reboot"},
                        {EVENT_HOST_DONE, .host = "lab1", .phase = "kvm"},
                        {EVENT_HOST_DONE, .host = "lab2", .phase = "linux", .error = &unreachable},
                        {EVENT_RUN_DONE, .hosts = 2}},
                .plain = "lab1: warning: wants a reboot\n"
                         "lab2: linux: not reached: no answer from 10.77.1.2 port 22 (0.0 s)\n",
        },
        {
                .name = "verbose tells each tenth of something large",
                .verbose = true,
                .events = {{EVENT_STEP_ANNOUNCED, STEP},
                        {EVENT_STEP_PROGRESS, STEP, .bytes_done = 1, .bytes_total = 2000},
                        {EVENT_STEP_PROGRESS, STEP, .bytes_done = 500, .bytes_total = 2000},
                        {EVENT_STEP_PROGRESS, STEP, .bytes_done = 501, .bytes_total = 2000},
                        {EVENT_STEP_PROGRESS, STEP, .bytes_done = 2000, .bytes_total = 2000},
                        {EVENT_STEP_PROGRESS, STEP, .bytes_done = 3000}},
                .plain = "lab1: kvm: start unit libvirtd.socket ...\n"
                         "lab1: kvm:   | 0.5 of 2.0 KiB\nlab1: kvm:   | 2.0 of 2.0 KiB\n",
        },
        {
                .name = "only verbose does",
                .events = {{EVENT_STEP_PROGRESS, STEP, .bytes_done = 500, .bytes_total = 2000}},
                .plain = "",
        },
        {
                .name = "a warning of the whole run has no machine",
                .events = {{EVENT_WARNING, .text = "tuned for none"}},
                .plain = "warning: tuned for none\n",
        },
        {
                .name = "hostile text stays on its line and moves no cursor",
                .verbose = true,
                .events = {{EVENT_STEP_PROGRESS, STEP,
                                   .text = "a\033[2Jb\r\nlab1: kvm: done\x7f\xff\xc2\x9b\xe2\x80\xae!"},
                        {EVENT_HOST_DONE, .host = "la\nb1", .phase = "k\tvm"}},
                .plain = "lab1: kvm:   | a\\x1b[2Jb\\x0d\\nlab1: kvm: done\\x7f\\xff\\u{9b}\\u{202e}!\n"
                         "la\\nb1: k vm: nothing to do (0.0 s)\n",
        },
};

static size_t event_count(const struct story *story)
{
        static const struct event none;
        size_t count = 0;

        while (count < 12 && memcmp(&story->events[count], &none, sizeof(none)) != 0)
                count++;
        return count;
}

static void plain_lines_say(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
                const struct story *story = &stories[i];
                const struct report_options options = {.verbose = story->verbose, .quiet = story->quiet};
                CLEANUP(string_free) char *said = told(options, story->events, event_count(story));

                if (strcmp(said, story->plain) != 0)
                        fail_msg("%s:\n--- said\n%s--- wanted\n%s", story->name, said, story->plain);
        }
}

/* ---- JSON lines ---- */

#define TIME "{\"time\":\"2023-11-14T22:13:20.123Z\","

static const struct {
        const char *name;
        struct event event;
        const char *json;
} json_rows[] = {
        {"the beginning", {EVENT_RUN_START, .hosts = 2},
                TIME "\"event\":\"run-start\",\"status\":\"running\",\"hosts\":2}\n"},
        {"a step", {EVENT_STEP_DONE, STEP, KIND, .elapsed_ms = 12},
                TIME "\"event\":\"step-done\",\"host\":\"lab1\",\"phase\":\"kvm\",\"score\":\"unit\","
                     "\"step\":\"start unit libvirtd.socket\",\"step_kind\":\"unit\",\"status\":\"done\","
                     "\"elapsed_ms\":12}\n"},
        {"a planned step", {EVENT_PLAN_STEP, .host = "lab1", .step = "x"},
                TIME "\"event\":\"plan-step\",\"host\":\"lab1\",\"step\":\"x\",\"status\":\"planned\","
                     "\"expected\":false}\n"},
        {"a failed step", {EVENT_STEP_FAILED, .host = "lab1", .step = "x", .error = &failed},
                TIME "\"event\":\"step-failed\",\"host\":\"lab1\",\"step\":\"x\",\"status\":\"failed\","
                     "\"elapsed_ms\":0,\"error\":{\"kind\":\"failed\","
                     "\"text\":\"start unit libvirtd.socket: job failed\"}}\n"},
        {"how far a step is",
                {EVENT_STEP_PROGRESS, .host = "lab1", .bytes_done = 0, .bytes_total = UINT64_C(5) << 30},
                TIME "\"event\":\"step-progress\",\"host\":\"lab1\",\"status\":\"running\",\"bytes_done\":0,"
                     "\"bytes_total\":5368709120}\n"},
        {"how far a step is, of nobody knows how much",
                {EVENT_STEP_PROGRESS, .host = "lab1", .bytes_done = 7},
                TIME
                "\"event\":\"step-progress\",\"host\":\"lab1\",\"status\":\"running\",\"bytes_done\":7}\n"},
        {"a wait", {EVENT_WAITING, .host = "lab1", .text = "a lock", .left_ms = 5},
                TIME "\"event\":\"waiting\",\"host\":\"lab1\",\"status\":\"waiting\",\"text\":\"a lock\","
                     "\"left_ms\":5}\n"},
        {"an unchanged machine", {EVENT_HOST_DONE, .host = "lab1", .phase = "kvm", .elapsed_ms = 200},
                TIME "\"event\":\"host-done\",\"host\":\"lab1\",\"phase\":\"kvm\",\"status\":\"unchanged\","
                     "\"elapsed_ms\":200,\"steps_done\":0,\"steps_planned\":0}\n"},
        {"a changed machine", {EVENT_HOST_DONE, .host = "lab1", .steps_done = 1},
                TIME "\"event\":\"host-done\",\"host\":\"lab1\",\"status\":\"changed\","
                     "\"elapsed_ms\":0,\"steps_done\":1,\"steps_planned\":0}\n"},
        {"a machine out of reach", {EVENT_HOST_DONE, .host = "lab1", .error = &unreachable},
                TIME
                "\"event\":\"host-done\",\"host\":\"lab1\",\"status\":\"unreachable\","
                "\"elapsed_ms\":0,\"steps_done\":0,\"steps_planned\":0,\"error\":{\"kind\":\"unreachable\","
                "\"text\":\"no answer from 10.77.1.2 port 22\"}}\n"},
        {"the end", {EVENT_RUN_DONE, .hosts = 2, .hosts_failed = 1, .elapsed_ms = 7},
                TIME "\"event\":\"run-done\",\"status\":\"failed\",\"elapsed_ms\":7,\"hosts\":2,"
                     "\"hosts_changed\":0,\"hosts_failed\":1}\n"},
        {"bytes that aren't UTF-8 become U+FFFD, controls are escaped",
                {EVENT_WARNING, .text = "a\xff\033[2J\n\xc3\xa4"},
                TIME "\"event\":\"warning\",\"text\":\"a\\uFFFD\\u001B[2J\\n\\u00E4\"}\n"},
};

static void json_lines_say(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(json_rows) / sizeof(json_rows[0]); i++) {
                const struct report_options options = {.style = REPORT_JSON};
                CLEANUP(string_free) char *said = told(options, &json_rows[i].event, 1);

                if (strcmp(said, json_rows[i].json) != 0)
                        fail_msg("%s:\n--- said\n%s--- wanted\n%s", json_rows[i].name, said,
                                json_rows[i].json);
        }
}

static void every_event_has_a_name(void **state)
{
        (void)state;
        for (int i = 0; i < EVENT_KINDS; i++)
                assert_non_null(event_kind_name((enum event_kind)i));
}

/* ---- the live terminal ---- */

static void lines_at_work_stand_below_what_is_finished(void **state)
{
        static const struct event events[] = {
                {EVENT_PHASE_START, .host = "lab1", .phase = "linux"},
                {EVENT_STEP_ANNOUNCED, STEP},
                {EVENT_STEP_DONE, STEP, .elapsed_ms = 1000},
                {EVENT_HOST_DONE, .host = "lab1", .phase = "kvm", .steps_done = 1, .elapsed_ms = 2000},
        };
        const struct report_options options = {.style = REPORT_LIVE, .color = true};
        CLEANUP(string_free) char *said = told(options, events, sizeof(events) / sizeof(events[0]));
        const char *live, *cleared;

        (void)state;
        live = strstr(said, "lab1: linux: connecting  0.0 s\n");
        assert_non_null(live);
        cleared =
                strstr(live, "\r\033[1A\033[J\033[1mlab1\033[0m: kvm: start unit libvirtd.socket (1.0 s)\n");
        assert_non_null(cleared);
        assert_non_null(strstr(cleared, "\033[?7llab1: kvm: looking  0.0 s\n\033[?7h"));
        assert_non_null(strstr(cleared, "\033[1mlab1\033[0m: kvm: \033[32mdone\033[0m, 1 step (2.0 s)\n"));
        assert_string_equal(
                said + strlen(said) - strlen("(2.0 s)\n\033[?7l\033[?7h"), "(2.0 s)\n\033[?7l\033[?7h");
}

static void a_line_at_work_says_how_far_it_is(void **state)
{
        static const struct event events[] = {
                {EVENT_STEP_ANNOUNCED, STEP},
                {EVENT_STEP_PROGRESS, STEP, .bytes_done = UINT64_C(3) << 29,
                        .bytes_total = UINT64_C(1) << 32},
                {EVENT_WARNING, .host = "lab1", .text = "drawn"},
                {EVENT_STEP_DONE, STEP},
                {EVENT_STEP_ANNOUNCED, STEP},
                {EVENT_WARNING, .host = "lab1", .text = "drawn again"},
        };
        const struct report_options options = {.style = REPORT_LIVE};
        CLEANUP(string_free) char *said = told(options, events, sizeof(events) / sizeof(events[0]));

        (void)state;
        assert_non_null(strstr(said, "lab1: kvm: start unit libvirtd.socket  1.5 of 4.0 GiB  0.0 s\n"));
        assert_non_null(
                strstr(strstr(said, "drawn again"), "lab1: kvm: start unit libvirtd.socket  0.0 s\n"));
}

static void time_left_goes_by_what_came(void **state)
{
        static const struct {
                uint64_t first, done, total;
                int64_t took_ns;
                int64_t left_ms;
        } rows[] = {
                {0, 1000, 4000, 10 * INT64_C(1000000000), 30000},
                {3000, 3500, 4000, 10 * INT64_C(1000000000),
                        10000}, /* what was there before came in no time */
                {0, 4000, 4000, 10 * INT64_C(1000000000), 0},
                {0, 1000, 0, 10 * INT64_C(1000000000), -1},
                {1000, 1000, 4000, 10 * INT64_C(1000000000), -1},
                {0, 1000, 4000, INT64_C(999999999), -1}, /* too early to tell */
                {0, 5000, 4000, 10 * INT64_C(1000000000), -1},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                const struct host_state host = {.bytes_first = rows[i].first,
                        .bytes_done = rows[i].done,
                        .bytes_total = rows[i].total,
                        .bytes_since_ns = 5};

                assert_int_equal(host_state_left_ms(&host, 5 + rows[i].took_ns), rows[i].left_ms);
        }
}

/* What a terminal of that size is sent until text shows up; the report is given the other end. */
static char *read_until(int fd, const char *text)
{
        struct text said = {0};
        char buffer[4096];

        while (!strstr(text_string(&said), text)) {
                ssize_t count =
                        read(fd, buffer, sizeof(buffer)); /* alarm() ends the test if it never comes */

                assert_true(count > 0);
                text_add_n(&said, buffer, (size_t)count);
        }
        return text_take(&said);
}

static void live_lines_fit_the_terminal(void **state)
{
        struct winsize size = {.ws_col = 33, .ws_row = 4};
        struct report_options options = {0};
        struct error error = {0};
        CLEANUP(fd_close) int master = -1;
        CLEANUP(fd_close) int slave = -1;
        CLEANUP(string_free) char *said = NULL;
        struct report *report;

        (void)state;
        alarm(20);
        assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
        report_options_suit(&options, slave, &(const struct report_environment) {.term = "xterm"});
        assert_int_equal(options.style, REPORT_LIVE);
        assert_true(options.color);
        report = report_new(&options);
        for (int i = 1; i <= 5; i++) {
                CLEANUP(string_free) char *host = string_format("lab%d", i);

                report_event(report,
                        &(struct event) {EVENT_STEP_ANNOUNCED, .host = host, .phase = "kvm",
                                .step = "install \xe5\xae\xb6\xe5\xae\xb6 and a great many packages"});
        }
        said = read_until(master, "... and 3 more");
        /* 33 columns, the last one free: the two ideographs take two each. */
        assert_non_null(strstr(said, "lab1: kvm: install \xe5\xae\xb6...  0."));
        assert_non_null(strstr(said, "lab2: kvm:"));
        assert_null(strstr(said, "lab3: kvm:"));
        assert_int_equal(report_finish(report, &error), 0);
        report_free(report);
        alarm(0);
}

static void the_thread_redraws_while_nothing_happens(void **state)
{
        struct winsize size = {.ws_col = 80, .ws_row = 24};
        const struct report_options base = {.style = REPORT_LIVE};
        struct report_options options = base;
        CLEANUP(fd_close) int master = -1;
        CLEANUP(fd_close) int slave = -1;
        CLEANUP(string_free) char *said = NULL;
        struct report *report;

        (void)state;
        alarm(20);
        assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
        options.fd = slave;
        report = report_new(&options);
        report_event(report,
                &(struct event) {EVENT_STEP_ANNOUNCED, .host = "lab1", .phase = "kvm", .step = "wait"});
        said = read_until(master, "\033[1A"); /* up over the line, to draw it again */
        report_free(report);
        alarm(0);
}

static const struct {
        const char *name, *term, *no_color;
        bool is_terminal;
        enum report_style style;
        bool color;
} suits[] = {
        {"a terminal", "xterm", NULL, true, REPORT_LIVE, true},
        {"a terminal, NO_COLOR", "xterm", "1", true, REPORT_LIVE, false},
        {"an empty NO_COLOR is none", "xterm", "", true, REPORT_LIVE, true},
        {"a dumb terminal", "dumb", NULL, true, REPORT_PLAIN, false},
        {"a terminal of no kind", NULL, NULL, true, REPORT_PLAIN, false},
        {"a pipe", "xterm", NULL, false, REPORT_PLAIN, false},
};

static void style_suits_the_descriptor(void **state)
{
        CLEANUP(fd_close) int master = -1;
        CLEANUP(fd_close) int slave = -1;

        (void)state;
        assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
        for (size_t i = 0; i < sizeof(suits) / sizeof(suits[0]); i++) {
                CLEANUP(fd_close) int other = memfd_create("report", MFD_CLOEXEC);
                struct report_options options = {0};

                const struct report_environment environment = {
                        .term = suits[i].term, .no_color = suits[i].no_color, .journal_stream = "1:2"};

                report_options_suit(&options, suits[i].is_terminal ? slave : other, &environment);
                if (options.style != suits[i].style || options.color != suits[i].color)
                        fail_msg("%s: style %d, color %d", suits[i].name, options.style, options.color);
        }
}

static void what_leads_to_the_journal_is_written_there(void **state)
{
        CLEANUP(fd_close) int fd = memfd_create("report", MFD_CLOEXEC);
        CLEANUP(string_free) char *stream = NULL;
        struct report_environment environment = {.term = "xterm"};
        struct report_options options = {0};
        struct stat there;

        (void)state;
        assert_int_equal(fstat(fd, &there), 0);
        stream = string_format(
                "%llu:%llu", (unsigned long long)there.st_dev, (unsigned long long)there.st_ino);
        environment.journal_stream = stream;
        report_options_suit(&options, fd, &environment);
        assert_int_equal(options.style, REPORT_JOURNAL);
        environment.journal_stream = "not a stream";
        report_options_suit(&options, fd, &environment);
        assert_int_equal(options.style, REPORT_PLAIN);
}

/* ---- threads and failing output ---- */

static void *tell_a_hundred(void *argument)
{
        for (int i = 0; i < 100; i++)
                report_event(argument, &(struct event) {EVENT_STEP_DONE, STEP, KIND});
        return NULL;
}

static void lines_of_several_threads_stay_whole(void **state)
{
        CLEANUP(fd_close) int fd = memfd_create("report", MFD_CLOEXEC);
        CLEANUP(string_free) char *said = NULL;
        const char *line = "lab1: kvm: start unit libvirtd.socket (0.0 s)\n";
        struct report_options options = {.fd = fd};
        struct report *report = report_new(&options);
        pthread_t threads[8];

        (void)state;
        for (int i = 0; i < 8; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, tell_a_hundred, report), 0);
        for (int i = 0; i < 8; i++)
                pthread_join(threads[i], NULL);
        report_free(report);
        said = read_all(fd);
        assert_int_equal(strlen(said), 800 * strlen(line));
        for (size_t i = 0; i < 800; i++)
                assert_memory_equal(said + i * strlen(line), line, strlen(line));
}

static void a_lost_output_is_told_at_the_end(int fd, int number)
{
        struct report_options options = {.fd = fd};
        CLEANUP(error_done) struct error error = {0};
        struct report *report = report_new(&options);

        tell_a_hundred(report);
        assert_int_equal(report_finish(report, &error), -1);
        assert_int_equal(error.kind, ERROR_FAILED);
        assert_non_null(strstr(error.text, strerror(number)));
        report_free(report);
}

static void a_closed_pipe_is_an_error(void **state)
{
        int ends[2];

        (void)state;
        signal(SIGPIPE, SIG_IGN);
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        close(ends[0]);
        a_lost_output_is_told_at_the_end(ends[1], EPIPE);
        close(ends[1]);
}

static void a_full_disk_is_an_error(void **state)
{
        CLEANUP(fd_close) int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

        (void)state;
        assert_true(fd >= 0);
        a_lost_output_is_told_at_the_end(fd, ENOSPC);
}

static void a_pipe_that_does_not_block_loses_nothing(void **state)
{
        int ends[2];
        size_t wanted = 0, count = 0;
        struct report_options options = {0};
        struct report *report;
        pthread_t threads[20];
        char buffer[1000];

        (void)state;
        alarm(20);
        assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        fcntl(ends[0], F_SETFL, 0);
        options.fd = ends[1];
        report = report_new(&options);
        for (int i = 0; i < 20; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, tell_a_hundred, report), 0);
        wanted =
                2000 * strlen("lab1: kvm: start unit libvirtd.socket (0.0 s)\n"); /* more than a pipe holds */
        assert_true(wanted > 65536);
        while (count < wanted) {
                ssize_t more = read(ends[0], buffer, sizeof(buffer));

                assert_true(more > 0);
                count += (size_t)more;
        }
        for (int i = 0; i < 20; i++)
                pthread_join(threads[i], NULL);
        report_free(report);
        close(ends[0]);
        close(ends[1]);
        alarm(0);
}

/* ---- visible ---- */

static const struct {
        const char *name, *text;
        size_t columns;
        const char *cut;
        size_t taken;
} cuts[] = {
        {"what fits stays", "abc", 3, "abc", 3},
        {"what doesn't ends in dots", "abcdef", 5, "ab...", 5},
        {"no room for dots", "abcdef", 2, "..", 2},
        {"no room at all", "abcdef", 0, "", 0},
        {"a wide character isn't halved", "\xe5\xae\xb6\xe5\xae\xb6\xe5\xae\xb6", 5, "\xe5\xae\xb6...", 5},
        {"a combining mark takes no column",
                "e\xcc\x81"
                "e",
                2,
                "e\xcc\x81"
                "e",
                2},
};

static void text_is_cut_to_columns(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
                CLEANUP(text_done) struct text text = {0};
                size_t taken = visible_cut(&text, cuts[i].text, cuts[i].columns);

                if (taken != cuts[i].taken || strcmp(text_string(&text), cuts[i].cut) != 0)
                        fail_msg("%s: %zu columns, \"%s\"", cuts[i].name, taken, text_string(&text));
        }
}

static const struct {
        const char *name, *text, *visible;
} visibles[] = {
        {"plain text", "abc \\ \xc3\xa4", "abc \\ \xc3\xa4"},
        {"an overlong slash", "\xc0\xaf", "\\xc0\\xaf"},
        {"half a surrogate pair", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {"beyond Unicode", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
        {"cut off in a character", "a\xe5\xae", "a\\xe5\\xae"},
        {"a byte order mark", "\xef\xbb\xbfx", "\\u{feff}x"},
        {"C1 controls", "\xc2\x9b", "\\u{9b}"},
        {"an emoji stays", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
};

static void text_is_made_visible(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(visibles) / sizeof(visibles[0]); i++) {
                CLEANUP(text_done) struct text text = {0};

                visible_add(&text, visibles[i].text);
                if (strcmp(text_string(&text), visibles[i].visible) != 0)
                        fail_msg("%s: \"%s\"", visibles[i].name, text_string(&text));
        }
}

static void note_kind(void *context, const struct event *event)
{
        text_format(context, "%s%s;", event_kind_name(event->kind), event->at_us == AT_US ? "" : " undated");
}

static void somebody_else_is_told_what_is_news(void **state)
{
        CLEANUP(fd_close) int fd = memfd_create("report", MFD_CLOEXEC);
        CLEANUP(text_done) struct text told_too = {0};
        struct report *report = report_new(&(struct report_options) {.fd = fd});
        const struct event wait = {EVENT_WAITING, .host = "lab1", .text = "a lock", .at_us = AT_US};

        (void)state;
        report_also(report, note_kind, &told_too);
        report_event(report, &(struct event) {EVENT_RUN_START, .at_us = AT_US});
        report_event(report, &wait);
        report_event(report, &wait);
        report_event(report, &(struct event) {EVENT_STEP_PROGRESS, STEP, .at_us = AT_US});
        report_free(report);
        assert_string_equal(text_string(&told_too), "run-start;waiting;step-progress;");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(plain_lines_say),
                cmocka_unit_test(json_lines_say),
                cmocka_unit_test(every_event_has_a_name),
                cmocka_unit_test(lines_at_work_stand_below_what_is_finished),
                cmocka_unit_test(a_line_at_work_says_how_far_it_is),
                cmocka_unit_test(time_left_goes_by_what_came),
                cmocka_unit_test(live_lines_fit_the_terminal),
                cmocka_unit_test(the_thread_redraws_while_nothing_happens),
                cmocka_unit_test(style_suits_the_descriptor),
                cmocka_unit_test(what_leads_to_the_journal_is_written_there),
                cmocka_unit_test(lines_of_several_threads_stay_whole),
                cmocka_unit_test(a_closed_pipe_is_an_error),
                cmocka_unit_test(a_full_disk_is_an_error),
                cmocka_unit_test(a_pipe_that_does_not_block_loses_nothing),
                cmocka_unit_test(text_is_cut_to_columns),
                cmocka_unit_test(text_is_made_visible),
                cmocka_unit_test(somebody_else_is_told_what_is_news),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
