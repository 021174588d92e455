/* Guests by the means against libvirt's own "test:///default", a driver without a daemon or a machine. What it can't do
 * (nics and CDs of a running guest, firmware, to take one away) is tried on lab hosts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <string.h>

#include "means/libvirt_parts.h"
#include "topology/guest_differences.h"

static struct deadline soon(void)
{
        return deadline_in_s(20);
}

static int open_test_driver(void **state)
{
        *state = libvirt_new_at("test:///default", NULL);
        return 0;
}

static int close_test_driver(void **state)
{
        libvirt_free(*state);
        return 0;
}

/* What is known of guests of these names; the caller ends with answers_done. */
static void look(struct libvirt *libvirt, const char *const *names, struct answers *ret_answers)
{
        struct survey survey = {0};
        struct error error = {0};

        for (; *names; names++)
                survey_ask(&survey, ASK_GUEST, *names);
        survey_ask(&survey, ASK_FIRMWARE, NULL);
        if (libvirt_answer(libvirt_ask(libvirt, &survey, soon()), ret_answers, &error) < 0)
                fail_msg("%s", error_text(&error));
        survey_done(&survey);
}

#define LOOK(libvirt, answers, ...) look(libvirt, (const char *const[]) {__VA_ARGS__, NULL}, answers)

/* ---- a guest, and steps for it ---- */

struct lab {
        struct libvirt *libvirt;
        struct guest_config config;
        struct guest wanted;
};

static void lab_init(struct lab *lab, struct libvirt *libvirt, const char *name)
{
        struct guest_nic *nic;

        *lab = (struct lab) {
                .libvirt = libvirt,
                .config = {.name = string_copy(name), .autostart = true},
                .wanted = {.name = string_copy(name),
                        .memory_kib = 65536,
                        .memory_max_kib = 131072,
                        .vcpus = 1,
                        .vcpus_max = 2,
                        .boot_count = 1,
                        .console_log = string_copy("/var/log/web-console.log"),
                        .iso = string_copy("/srv/a.iso")},
        };
        nic = array_add(&lab->wanted.nics);
        *nic = (struct guest_nic) {string_copy("default"), {{0x52, 0x54, 0, 0, 0, 1}}, true};
}

static void lab_done(struct lab *lab)
{
        free(lab->config.name);
        guest_done(&lab->wanted);
}

static int try_step(struct lab *lab, struct step step, struct error *error)
{
        step.guest.config = &lab->config;
        step.guest.wanted = &lab->wanted;
        return guest_carry_out(lab->libvirt, NULL, &step, soon(), error);
}

static void do_step(struct lab *lab, struct step step)
{
        struct error error = {0};

        if (try_step(lab, step, &error) < 0)
                fail_msg("%s", error_text(&error));
}

static void start(struct lab *lab, const char *name)
{
        struct step step = {.kind = STEP_GUEST_START};

        strings_add(&step.guest.names, name);
        do_step(lab, step);
        strings_done(&step.guest.names);
}

static void change(struct lab *lab, enum guest_edit_kind kind)
{
        do_step(lab, (struct step) {.kind = STEP_GUEST_CHANGE, .guest.edit.kind = kind});
}

/* ---- surveys ---- */

static void test_only_what_was_asked_about_is_answered(void **state)
{
        CLEANUP(answers_done) struct answers theirs = {0}, nobody = {0};
        const struct guest_state *guest;

        LOOK(*state, &theirs, "test");
        guest = answers_guest(&theirs, "test");
        assert_non_null(guest);
        assert_true(guest->running.name && guest->persistent);
        assert_false(guest->ours || guest->autostart || guest->paused);
        assert_int_equal(guest->defined.memory_max_kib, 8388608);
        assert_int_equal(guest->defined.vcpus, 2);
        assert_true(strings_has(&guest->unmodelled, "domain type='test'"));
        assert_int_equal(guest->running_unmodelled.count, 0);

        LOOK(*state, &nobody, "web");
        assert_int_equal(nobody.libvirt, REACH_ANSWERED);
        assert_int_equal(nobody.guests.count, 0);
}

static void test_of_a_driver_without_machines_only_the_bios_is_known(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};

        LOOK(*state, &answers, "web");
        assert_true(answers.has_firmware[FIRMWARE_BIOS]);
        assert_false(answers.has_firmware[FIRMWARE_UEFI] || answers.has_firmware[FIRMWARE_UEFI_SECURE]);
}

/* ---- steps ---- */

static void test_a_guest_goes_all_its_way(void **state)
{
        CLEANUP(lab_done) struct lab lab = {0};
        CLEANUP(answers_done) struct answers defined = {0}, running = {0}, off = {0};
        const struct guest_state *guest;

        lab_init(&lab, *state, "web");
        do_step(&lab, (struct step) {.kind = STEP_GUEST_DEFINE});
        LOOK(*state, &defined, "web");
        guest = answers_guest(&defined, "web");
        assert_true(guest && guest->ours && guest->persistent && !guest->running.name && !guest->autostart);
        assert_int_equal(guest->unmodelled.count, 0);
        assert_int_equal(guest->defined.memory_kib, 65536);
        assert_string_equal(guest->defined.iso, "/srv/a.iso");

        start(&lab, "web");
        do_step(&lab, (struct step) {.kind = STEP_GUEST_AUTOSTART});
        lab.wanted.memory_kib = 98304;
        lab.wanted.vcpus = 2;
        change(&lab, GUEST_EDIT_MEMORY);
        change(&lab, GUEST_EDIT_VCPUS);
        LOOK(*state, &running, "web");
        guest = answers_guest(&running, "web");
        assert_true(guest->running.name && guest->autostart);
        assert_int_equal(guest->running.memory_kib, 98304);
        assert_int_equal(guest->running.vcpus, 2);
        assert_int_equal(guest->defined.memory_kib, 65536); /* a change is of what runs */
        assert_int_equal(guest->defined.vcpus, 1);

        do_step(&lab, (struct step) {.kind = STEP_GUEST_STOP});
        LOOK(*state, &off, "web");
        assert_null(answers_guest(&off, "web")->running.name);
}

struct ending {
        const char *guest;
        const char *end;
};

static int ask_end(struct session *session, void *context, struct error *error)
{
        struct ending *ending = context;

        return session_guest_end(session, ending->guest, &ending->end, error);
}

static int switch_off(struct session *session, void *context, struct error *error)
{
        return session_act(session, LIBVIRT_GUEST, ((struct ending *)context)->guest, LIBVIRT_STOP, error);
}

static void assert_end(struct libvirt *libvirt, const char *guest, const char *end)
{
        struct ending ending = {.guest = guest, .end = "not asked"};
        struct error error = {0};

        if (libvirt_run(libvirt, ask_end, &ending, soon(), &error) < 0)
                fail_msg("%s", error_text(&error));
        if (end)
                assert_string_equal(ending.end, end);
        else
                assert_null(ending.end);
}

static void test_how_a_guest_came_to_be_off_is_told(void **state)
{
        CLEANUP(lab_done) struct lab lab = {0};
        struct error error = {0};

        lab_init(&lab, *state, "web");
        assert_end(*state, "web", "it is gone");
        do_step(&lab, (struct step) {.kind = STEP_GUEST_DEFINE});
        start(&lab, "web");
        assert_end(*state, "web", NULL);
        do_step(&lab, (struct step) {.kind = STEP_GUEST_STOP});
        assert_end(*state, "web", "it has powered off");
        start(&lab, "web");
        assert_int_equal(
                libvirt_run(*state, switch_off, &(struct ending) {.guest = "web"}, soon(), &error), 0);
        assert_end(*state, "web", "somebody has switched it off");
}

static void assert_has(const struct guest *wanted, const struct guest *found)
{
        struct guest_differences differences = {0};
        CLEANUP(string_free) char *words = NULL;

        guest_compare(wanted, found, &differences);
        words = guest_differences_words(&differences);
        guest_differences_done(&differences);
        assert_string_equal(words, "");
}

static void test_a_disk_is_a_file_or_a_device(void **state)
{
        CLEANUP(lab_done) struct lab lab = {0};
        CLEANUP(answers_done) struct answers answers = {0};
        const struct guest_disk disks[] = {
                {.target = (char *)"vda",
                        .path = (char *)"/dev/vg0/web-root.raw",
                        .is_raw = true,
                        .is_block = true},
                {.target = (char *)"vdb", .path = (char *)"/dev/shm/pool/web-data.raw", .is_raw = true},
                {.target = (char *)"vdc", .path = (char *)"/srv/web-more.qcow2"},
        };
        const struct guest_state *guest;

        lab_init(&lab, *state, "web");
        for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++) {
                struct guest_disk *disk = array_add(&lab.wanted.disks);

                *disk = disks[i];
                disk->target = string_copy(disks[i].target);
                disk->path = string_copy(disks[i].path);
        }
        do_step(&lab, (struct step) {.kind = STEP_GUEST_DEFINE});
        start(&lab, "web");
        LOOK(*state, &answers, "web");
        guest = answers_guest(&answers, "web");
        assert_int_equal(guest->unmodelled.count, 0);
        assert_has(&lab.wanted, &guest->defined);
        assert_has(&lab.wanted, &guest->running);
}

static void test_defined_again_it_runs_on_and_keeps_its_name_and_uuid(void **state)
{
        CLEANUP(lab_done) struct lab lab = {0};
        CLEANUP(answers_done) struct answers before = {0}, after = {0}, restarted = {0};
        const struct guest_state *guest;

        lab_init(&lab, *state, "web");
        do_step(&lab, (struct step) {.kind = STEP_GUEST_DEFINE});
        start(&lab, "web");
        LOOK(*state, &before, "web");
        lab.wanted.memory_max_kib = 262144;
        string_replace(&lab.wanted.iso, "/srv/'/><b.iso>");
        do_step(&lab,
                (struct step) {.kind = STEP_GUEST_DEFINE, .guest.found = answers_guest(&before, "web")});
        LOOK(*state, &after, "web");
        guest = answers_guest(&after, "web");
        assert_true(guest->ours && guest->running.name);
        assert_string_equal(guest->uuid, answers_guest(&before, "web")->uuid);
        assert_int_equal(guest->defined.memory_max_kib, 262144);
        assert_int_equal(guest->running.memory_max_kib, 131072);
        assert_string_equal(guest->defined.iso, "/srv/'/><b.iso>");

        do_step(&lab, (struct step) {.kind = STEP_GUEST_RESTART});
        LOOK(*state, &restarted, "web");
        guest = answers_guest(&restarted, "web");
        assert_true(guest->running.name);
        assert_int_equal(guest->running.memory_max_kib, 262144);
}

static void test_many_start_in_one_step(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};
        struct step step = {.kind = STEP_GUEST_START};
        struct lab labs[24] = {0};

        for (int i = 0; i < 24; i++) {
                CLEANUP(string_free) char *name = string_format("many-%d", i);

                lab_init(&labs[i], *state, name);
                do_step(&labs[i], (struct step) {.kind = STEP_GUEST_DEFINE});
                strings_add(&step.guest.names, name);
        }
        do_step(&labs[0], step);
        look(*state, (const char *const[]) {"many-0", "many-11", "many-23", NULL}, &answers);
        assert_int_equal(answers.guests.count, 3);
        for (array_each(const struct guest_state, guest, &answers.guests))
                assert_non_null(guest->running.name);
        strings_done(&step.guest.names);
        for (int i = 0; i < 24; i++)
                lab_done(&labs[i]);
}

static void test_what_does_not_start_is_named_and_the_others_start(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(lab_done) struct lab lab = {0};
        struct step step = {.kind = STEP_GUEST_START};

        lab_init(&lab, *state, "web");
        do_step(&lab, (struct step) {.kind = STEP_GUEST_DEFINE});
        strings_add(&step.guest.names, "gone");
        strings_add(&step.guest.names, "web");
        assert_int_equal(try_step(&lab, step, &error), -1);
        assert_int_equal(error.kind, ERROR_FAILED);
        assert_non_null(strstr(error.text, "guest gone: libvirt can't find the guest"));
        assert_null(strstr(error.text, "guest web"));
        LOOK(*state, &answers, "web");
        assert_non_null(answers_guest(&answers, "web")->running.name);
        strings_done(&step.guest.names);
}

/* A change that a driver can't make is told in its own words. */
static void test_a_change_that_fails_is_said(void **state)
{
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(lab_done) struct lab lab = {0};

        lab_init(&lab, *state, "web");
        do_step(&lab, (struct step) {.kind = STEP_GUEST_DEFINE});
        start(&lab, "web");
        assert_int_equal(try_step(&lab,
                                 (struct step) {.kind = STEP_GUEST_CHANGE,
                                         .guest.edit = {GUEST_EDIT_ADD_NIC, .nic = lab.wanted.nics.items}},
                                 &error),
                -1);
        assert_int_equal(error.kind, ERROR_FAILED);
        assert_non_null(strstr(error.text, "libvirt can't attach a device to the guest: "));
}

int main(void)
{
#define IN_TEST_DRIVER(test) cmocka_unit_test_setup_teardown(test, open_test_driver, close_test_driver)
        const struct CMUnitTest tests[] = {
                IN_TEST_DRIVER(test_only_what_was_asked_about_is_answered),
                IN_TEST_DRIVER(test_of_a_driver_without_machines_only_the_bios_is_known),
                IN_TEST_DRIVER(test_a_guest_goes_all_its_way),
                IN_TEST_DRIVER(test_how_a_guest_came_to_be_off_is_told),
                IN_TEST_DRIVER(test_a_disk_is_a_file_or_a_device),
                IN_TEST_DRIVER(test_defined_again_it_runs_on_and_keeps_its_name_and_uuid),
                IN_TEST_DRIVER(test_many_start_in_one_step),
                IN_TEST_DRIVER(test_what_does_not_start_is_named_and_the_others_start),
                IN_TEST_DRIVER(test_a_change_that_fails_is_said),
        };

        signal(SIGPIPE, SIG_IGN);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
