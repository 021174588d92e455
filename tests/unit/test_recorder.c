/* What the recorder keeps of what a run tells: events in, history, ownership and deadlines out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"
#include "phases/recorder.h"
#include "phases/step_things.h"
#include "state/deadlines.h"
#include "store_home.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define AT_US        INT64_C(1700000000000000)

static const struct error failed = {ERROR_FAILED, (char *)"install packages a: no space"};
static const struct error unreachable = {ERROR_UNREACHABLE, (char *)"no answer"};
static const struct error blocked = {ERROR_BLOCKED, (char *)"network lab isn't ours"};
static const struct error interrupted = {ERROR_INTERRUPTED, (char *)"stopped as asked"};

#define HOST  .host = "lab1", .at_us = AT_US
#define LINUX HOST, .phase = "linux"
#define KVM   HOST, .phase = "kvm"
#define STEP  KVM, .score = "packages", .step = "install packages a", .step_kind = "packages.install"

struct story {
        const char *name;
        struct event events[14];
        const char *kept; /* see describe() */
};

static const struct story stories[] = {
        {
                .name = "a machine with nothing to do",
                .events = {{EVENT_RUN_START, .hosts = 1}, {EVENT_PHASE_START, LINUX},
                        {EVENT_HOST_CONNECTED, LINUX, .machine_id = "m1"},
                        {EVENT_PHASE_DONE, LINUX, .elapsed_ms = 170}, {EVENT_PHASE_START, KVM},
                        {EVENT_PHASE_DONE, KVM, .elapsed_ms = 1},
                        {EVENT_HOST_DONE, KVM, .elapsed_ms = 200, .text = "guests run by KVM"},
                        {EVENT_RUN_DONE, .hosts = 1}},
                .kept = "lab1 m1: kvm, settled; unchanged after 0 steps in 200 ms (guests run by KVM)\n"
                        "  linux done 170 ms\n  kvm done 1 ms\n",
        },
        {
                .name = "steps, with what they print",
                .events = {{EVENT_PHASE_START, LINUX}, {EVENT_HOST_CONNECTED, LINUX, .machine_id = "m1"},
                        {EVENT_PHASE_DONE, LINUX}, {EVENT_PHASE_START, KVM}, {EVENT_STEP_ANNOUNCED, STEP},
                        {EVENT_STEP_PROGRESS, STEP, .bytes_done = 262144, .bytes_total = 734003200},
                        {EVENT_STEP_PROGRESS, STEP, .text = "Unpacking a"},
                        {EVENT_STEP_PROGRESS, STEP, .text = "Setting up a"},
                        {EVENT_STEP_DONE, STEP, .elapsed_ms = 900},
                        {EVENT_PHASE_DONE, KVM, .elapsed_ms = 1000, .steps_done = 1},
                        {EVENT_HOST_DONE, KVM, .elapsed_ms = 1200, .steps_done = 1},
                        {EVENT_RUN_DONE, .hosts = 1, .hosts_changed = 1}},
                .kept = "lab1 m1: kvm, settled; changed after 1 steps in 1200 ms\n"
                        "  linux done 0 ms\n  kvm done 1000 ms\n"
                        "  packages: install packages a done 900 ms [Unpacking a|Setting up a]\n",
        },
        {
                .name = "a step that fails",
                .events = {{EVENT_PHASE_START, LINUX}, {EVENT_PHASE_DONE, LINUX}, {EVENT_PHASE_START, KVM},
                        {EVENT_STEP_ANNOUNCED, STEP}, {EVENT_STEP_PROGRESS, STEP, .text = "E: full"},
                        {EVENT_STEP_FAILED, STEP, .error = &failed, .elapsed_ms = 5},
                        {EVENT_PHASE_FAILED, KVM, .error = &failed, .elapsed_ms = 6},
                        {EVENT_HOST_DONE, KVM, .error = &failed, .elapsed_ms = 7},
                        {EVENT_RUN_DONE, .hosts = 1, .hosts_failed = 1}},
                .kept = "lab1 -: linux, failed: install packages a: no space; failed after 0 steps in 7 ms: "
                        "install "
                        "packages a: no space\n"
                        "  linux done 0 ms\n  kvm failed 6 ms\n"
                        "  packages: install packages a failed 5 ms: install packages a: no space [E: "
                        "full]\n",
        },
        {
                .name = "a machine that isn't reached",
                .events = {{EVENT_PHASE_START, LINUX}, {EVENT_PHASE_FAILED, LINUX, .error = &unreachable},
                        {EVENT_HOST_DONE, LINUX, .error = &unreachable, .elapsed_ms = 7}},
                .kept = "lab1 -: unknown, failed: no answer; unreachable after 0 steps in 7 ms: no answer\n"
                        "  linux unreachable 0 ms\n",
        },
        {
                .name = "something in the way, and a warning",
                .events = {{EVENT_PHASE_START, LINUX}, {EVENT_HOST_CONNECTED, LINUX, .machine_id = ""},
                        {EVENT_PHASE_DONE, LINUX}, {EVENT_PHASE_START, KVM},
                        {EVENT_WARNING, KVM, .score = "canary", .text = "no KVM"},
                        {EVENT_BLOCKED, KVM, .text = "network lab isn't ours"},
                        {EVENT_PHASE_FAILED, KVM, .error = &blocked},
                        {EVENT_HOST_DONE, KVM, .error = &blocked, .elapsed_ms = 7}},
                .kept = "lab1 : linux, blocked: network lab isn't ours; blocked after 0 steps in 7 ms: "
                        "network lab "
                        "isn't ours\n"
                        "  linux done 0 ms\n  kvm blocked 0 ms\n"
                        "  warning canary: no KVM\n  blocked -: network lab isn't ours\n",
        },
        {
                .name = "a run that is cut off in a step",
                .events = {{EVENT_PHASE_START, LINUX}, {EVENT_PHASE_DONE, LINUX}, {EVENT_PHASE_START, KVM},
                        {EVENT_STEP_ANNOUNCED, STEP}},
                .kept = "lab1 -: linux, promoting: install packages a; - after 0 steps in -1 ms\n"
                        "  linux done 0 ms\n  kvm - -1 ms\n  packages: install packages a - -1 ms\n",
        },
        {
                .name = "a run that is cut off while it waits",
                .events = {{EVENT_PHASE_START, LINUX}, {EVENT_PHASE_DONE, LINUX}, {EVENT_PHASE_START, KVM},
                        {EVENT_WAITING, KVM, .text = "libvirtd to answer", .left_ms = 5000}},
                .kept = "lab1 -: linux, waiting: libvirtd to answer until +5 s; - after 0 steps in -1 ms\n"
                        "  linux done 0 ms\n  kvm - -1 ms\n",
        },
        {
                .name = "a run that was told to stop",
                .events = {{EVENT_PHASE_START, LINUX}, {EVENT_PHASE_DONE, LINUX}, {EVENT_PHASE_START, KVM},
                        {EVENT_PHASE_FAILED, KVM, .error = &interrupted},
                        {EVENT_HOST_DONE, KVM, .error = &interrupted, .elapsed_ms = 7}},
                .kept = "lab1 -: linux, settled: stopped as asked; interrupted after 0 steps in 7 ms: "
                        "stopped as "
                        "asked\n"
                        "  linux done 0 ms\n  kvm interrupted 0 ms\n",
        },
};

/* ---- helpers ---- */

static const struct history_run about = {
        .controller = (char *)"desk",
        .user = (char *)"alice",
        .pid = 1,
        .command = (char *)"provision host.conf",
        .verb = (char *)"promote",
        .phase = (char *)"kvm",
};

static void fill_config(struct config *config)
{
        struct host_config *host = array_add(&config->hosts);
        CLEANUP(error_done) struct error error = {0};

        host->name = string_copy("lab1");
        assert_int_equal(kvm_host_uri_parse("root@10.77.1.2", &host->connect, &error), 0);
}

/* A store with a run begun in it. */
struct recording {
        struct config config;
        struct store *store;
        struct recorder *recorder;
};

static void begin(struct recording *recording)
{
        struct error error = {0};

        *recording = (struct recording) {0};
        fill_config(&recording->config);
        assert_int_equal(store_open(STORE_WRITE, &recording->store, &error), 0);
        assert_int_equal(
                recorder_new(recording->store, &recording->config, &about, &recording->recorder, &error), 0);
}

static void end(struct recording *recording)
{
        recorder_free(recording->recorder);
        store_close(recording->store);
        config_done(&recording->config);
}

static const char *or_dash(const char *string)
{
        return string ? string : "-";
}

static void describe_host(struct text *text, const struct history_host *host)
{
        text_format(text, "%s %s: %s, %s%s%s", host->name, or_dash(host->machine), host->level,
                host->activity, host->why ? ": " : "", host->why ? host->why : "");
        if (host->until_us)
                text_format(text, " until +%d s", (int)((host->until_us - AT_US) / 1000000));
        text_format(text, "; %s after %d steps in %d ms%s%s%s%s%s\n", or_dash(host->outcome),
                (int)host->steps_done, (int)host->took_ms, host->error ? ": " : "",
                host->error ? host->error : "", host->note ? " (" : "", host->note ? host->note : "",
                host->note ? ")" : "");
        for (array_each(const struct history_phase, phase, &host->phases))
                text_format(
                        text, "  %s %s %d ms\n", phase->name, or_dash(phase->outcome), (int)phase->took_ms);
        for (array_each(const struct history_step, step, &host->steps)) {
                text_format(text, "  %s: %s %s %d ms%s%s", step->score, step->sentence,
                        or_dash(step->outcome), (int)step->took_ms, step->error ? ": " : "",
                        step->error ? step->error : "");
                for (char *newline = step->output; newline && (newline = strchr(newline, '\n'));)
                        *newline = '|';
                text_format(text, step->output ? " [%s]\n" : "\n%s", step->output ? step->output : "");
        }
        for (array_each(const struct history_note, note, &host->notes))
                text_format(text, "  %s %s: %s\n", note->kind, or_dash(note->score), note->text);
}

static void assert_kept(struct store *store, const char *name, const char *wanted)
{
        CLEANUP(history_run_done) struct history_run run = {0};
        CLEANUP(text_done) struct text text = {0};
        struct error error = {0};

        assert_int_equal(history_read(store, 0, &run, &error), 1);
        for (array_each(const struct history_host, host, &run.hosts))
                describe_host(&text, host);
        if (!string_equal(text_string(&text), wanted))
                fail_msg("%s:\n%s", name, text_string(&text));
}

/* ---- tests ---- */

static void every_story_is_kept(void **state)
{
        (void)state;
        for (size_t i = 0; i < COUNT(stories); i++) {
                struct recording recording;

                store_home_remove(NULL);
                store_home_make(NULL);
                begin(&recording);
                for (size_t j = 0; j < COUNT(stories[i].events) && (j == 0 || stories[i].events[j].kind); j++)
                        recorder_take(recording.recorder, &stories[i].events[j]);
                assert_kept(recording.store, stories[i].name, stories[i].kept);
                end(&recording);
        }
}

static void tell(struct recording *recording, const struct event *events, size_t count)
{
        for (size_t i = 0; i < count; i++)
                recorder_take(recording->recorder, &events[i]);
}

#define TELL(recording, ...)                                    \
        tell((recording), (const struct event[]) {__VA_ARGS__}, \
                sizeof((const struct event[]) {__VA_ARGS__}) / sizeof(struct event))

static void what_a_step_makes_is_ours_before_it_is_there(void **state)
{
        CLEANUP(owned_list_done) struct owned_list things = {0}, before = {0}, after = {0};
        struct error error = {0};
        struct recording recording;

        (void)state;
        begin(&recording);
        owned_add(&things, "package", "a", NULL);
        TELL(&recording, {EVENT_PHASE_START, KVM}, {EVENT_HOST_CONNECTED, KVM, .machine_id = "m1"},
                {EVENT_STEP_ANNOUNCED, STEP});
        assert_int_equal(recorder_step_begins(recording.recorder, "lab1", &things, &error), 0);
        assert_int_equal(ownership_list(recording.store, "m1", &before, &error), 0);
        assert_int_equal(before.items.count, 1);
        assert_false(before.items.items[0].is_made);
        TELL(&recording, {EVENT_STEP_DONE, STEP});
        assert_int_equal(ownership_list(recording.store, "m1", &after, &error), 0);
        assert_true(after.items.items[0].is_made);
        end(&recording);
}

static void a_machine_without_an_id_goes_by_its_name(void **state)
{
        CLEANUP(owned_list_done) struct owned_list things = {0}, owned = {0};
        struct error error = {0};
        struct recording recording;

        (void)state;
        begin(&recording);
        owned_add(&things, "package", "a", NULL);
        TELL(&recording, {EVENT_PHASE_START, KVM}, {EVENT_HOST_CONNECTED, KVM, .machine_id = ""},
                {EVENT_STEP_ANNOUNCED, STEP});
        assert_int_equal(recorder_step_begins(recording.recorder, "lab1", &things, &error), 0);
        assert_int_equal(ownership_list(recording.store, "lab1", &owned, &error), 0);
        assert_int_equal(owned.items.count, 1);
        end(&recording);
}

static int64_t left_of(struct recording *recording, int is_continued)
{
        struct error error = {0};
        struct deadline deadline;

        assert_int_equal(
                recorder_phase_deadline(recording->recorder, "lab1", PHASE_KVM, 3600, &deadline, &error),
                is_continued);
        return deadline_left_ms(deadline);
}

static void a_phase_that_was_cut_off_has_what_it_left(void **state)
{
        struct recording recording;
        struct error error = {0};
        struct deadline kept;

        (void)state;
        begin(&recording);
        TELL(&recording, {EVENT_PHASE_START, KVM}, {EVENT_HOST_CONNECTED, KVM, .machine_id = "m1"});
        left_of(&recording, 0);
        end(&recording);

        begin(&recording);
        assert_int_equal(deadline_keep(recording.store, "m1", "kvm", 3600, &kept, &error), 1);
        TELL(&recording, {EVENT_PHASE_START, KVM}, {EVENT_HOST_CONNECTED, KVM, .machine_id = "m1"});
        assert_true(left_of(&recording, 1) > 3500000);
        TELL(&recording, {EVENT_PHASE_FAILED, KVM, .error = &failed});
        assert_int_equal(deadline_keep(recording.store, "m1", "kvm", 3600, &kept, &error), 0);
        end(&recording);
}

static void a_level_is_remembered_from_the_run_before(void **state)
{
        struct recording recording;

        (void)state;
        begin(&recording);
        tell(&recording, stories[0].events, 8);
        end(&recording);
        begin(&recording);
        TELL(&recording, {EVENT_PHASE_START, LINUX}, {EVENT_HOST_CONNECTED, LINUX, .machine_id = "m1"},
                {EVENT_PHASE_DONE, LINUX}, {EVENT_HOST_DONE, LINUX, .elapsed_ms = 5});
        assert_kept(recording.store, "only looked at as a Linux machine",
                "lab1 m1: kvm, settled; unchanged after 0 steps in 5 ms\n  linux done 0 ms\n");
        end(&recording);
}

static void only_the_last_lines_are_kept(void **state)
{
        CLEANUP(history_run_done) struct history_run run = {0};
        struct recording recording;
        struct error error = {0};
        const char *output;

        (void)state;
        begin(&recording);
        TELL(&recording, {EVENT_PHASE_START, KVM}, {EVENT_STEP_ANNOUNCED, STEP});
        for (int i = 0; i < 100; i++) {
                CLEANUP(string_free) char *line = string_format("%d: %0600d", i, 0);

                TELL(&recording, {EVENT_STEP_PROGRESS, STEP, .text = line});
        }
        TELL(&recording, {EVENT_STEP_DONE, STEP});
        assert_int_equal(history_read(recording.store, 0, &run, &error), 1);
        output = run.hosts.items[0].steps.items[0].output;
        assert_int_equal(strlen(output), 20 * 501 - 1);
        assert_memory_equal(output, "80: ", 4);
        end(&recording);
}

/* A file that can't grow under a run, as on a full disk: nothing more is done, and the run says so. */
static void what_cannot_be_kept_is_not_done(void **state)
{
        CLEANUP(owned_list_done) struct owned_list things = {0};
        CLEANUP(error_done) struct error error = {0}, end_error = {0};
        struct rlimit before, none;
        struct recording recording;

        (void)state;
        begin(&recording);
        getrlimit(RLIMIT_FSIZE, &before);
        none = (struct rlimit) {0, before.rlim_max};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &none);
        TELL(&recording, {EVENT_PHASE_START, KVM}, {EVENT_STEP_ANNOUNCED, STEP});
        setrlimit(RLIMIT_FSIZE, &before);
        assert_int_equal(recorder_step_begins(recording.recorder, "lab1", &things, &error), -1);
        assert_int_equal(error.kind, ERROR_FAILED);
        assert_non_null(strstr(error_text(&error), "state.db: "));
        assert_int_equal(recorder_finish(recording.recorder, 1, &end_error), -1);
        assert_memory_equal(error_text(&end_error), "not everything about this run could be kept: ", 45);
        end(&recording);
}

/* ---- what a step makes ---- */

static void assert_things(const struct step *step, const struct answers *answers, const char *wanted)
{
        CLEANUP(owned_list_done) struct owned_list things = {0};
        CLEANUP(text_done) struct text text = {0};

        step_things(step, answers, &things);
        for (array_each(const struct owned, thing, &things.items))
                text_format(&text, "%s %s (%s);", thing->kind, thing->name,
                        thing->before ? thing->before : "new");
        assert_string_equal(text_string(&text), wanted);
}

static void each_kind_of_step_makes_its_things(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};
        char *names[] = {(char *)"a", (char *)"b"};
        const struct sysctl_config sysctl = {.key = (char *)"vm.swappiness"};
        const struct file_config file = {.path = (char *)"/etc/motd"},
                                 other_file = {.path = (char *)"/etc/new"};
        const struct network_config network = {.network = {.name = (char *)"lab"}};
        const struct network_state found = {.uuid = (char *)"u-u-i-d"};
        const struct pool_config pool = {.name = (char *)"lab"};

        (void)state;
        *array_add(&answers.units) = (struct unit_state) {
                .name = "a.service", .exists = true, .active = true, .file_state = string_copy("disabled")};
        *array_add(&answers.sysctls) =
                (struct sysctl_state) {.key = "vm.swappiness", .exists = true, .value = string_copy("60")};
        *array_add(&answers.files) = (struct file_state) {.path = "/etc/motd",
                .exists = true,
                .what = string_copy("regular file"),
                .mode = 0644,
                .owner = string_copy("root"),
                .group = string_copy("root"),
                .sha256 = string_copy("abc")};
        const struct {
                struct step step;
                const char *things;
        } rows[] = {
                {{.kind = STEP_PACKAGES_INSTALL, .packages = {.names = {names, 2, 2}}},
                        "package a (new);package b (new);"},
                {{.kind = STEP_UNIT, .unit = {"a.service", UNIT_ENABLE}},
                        "unit a.service (disabled, active);"},
                {{.kind = STEP_UNIT, .unit = {"b.service", UNIT_START}}, "unit b.service (new);"},
                {{.kind = STEP_SYSCTL, .sysctl = &sysctl}, "sysctl vm.swappiness (60);"},
                {{.kind = STEP_GROUP_CREATE, .group = {"lab", NULL}}, "group lab (new);"},
                {{.kind = STEP_GROUP_MEMBER, .group = {"lab", "alice"}}, "group-member lab/alice (new);"},
                {{.kind = STEP_FILE, .file = &file},
                        "file /etc/motd (regular file, mode 0644, owner root, group root, sha256 abc);"},
                {{.kind = STEP_FILE, .file = &other_file}, "file /etc/new (new);"},
                {{.kind = STEP_NETWORK_DEFINE, .network = {.wanted = &network}}, "network lab (new);"},
                {{.kind = STEP_NETWORK_DEFINE, .network = {.wanted = &network, .found = &found}},
                        "network lab (u-u-i-d);"},
                {{.kind = STEP_POOL_DEFINE, .pool = {.wanted = &pool}}, "pool lab (new);"},
                {{.kind = STEP_NETWORK_START, .network = {.wanted = &network}}, ""},
                {{.kind = STEP_CANARY}, ""},
        };
        for (size_t i = 0; i < COUNT(rows); i++)
                assert_things(&rows[i].step, &answers, rows[i].things);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                IN_STORE_HOME(every_story_is_kept),
                IN_STORE_HOME(what_a_step_makes_is_ours_before_it_is_there),
                IN_STORE_HOME(a_machine_without_an_id_goes_by_its_name),
                IN_STORE_HOME(a_phase_that_was_cut_off_has_what_it_left),
                IN_STORE_HOME(a_level_is_remembered_from_the_run_before),
                IN_STORE_HOME(only_the_last_lines_are_kept),
                IN_STORE_HOME(what_cannot_be_kept_is_not_done),
                cmocka_unit_test(each_kind_of_step_makes_its_things),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
