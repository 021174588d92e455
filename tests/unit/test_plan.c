/* Surveys without doubles, answers that are found again, plans whose steps have sentences. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "plan/plan.h"

static void a_question_asked_twice_is_in_the_survey_once(void **state)
{
        CLEANUP(survey_done) struct survey survey = {0};

        (void)state;
        for (int i = 0; i < 2; i++) {
                survey_ask(&survey, ASK_MACHINE, NULL);
                survey_ask(&survey, ASK_UNIT, "libvirtd.socket");
                survey_ask(&survey, ASK_UNIT, "libvirtd.service");
                survey_ask(&survey, ASK_FILE, "/etc/motd");
                survey_ask_package(&survey, PACKAGES_APT, "nftables");
                survey_ask_package(&survey, PACKAGES_DNF, "nftables");
        }
        assert_int_equal(survey.questions.count, 6);
        assert_string_equal(survey.questions.items[1].subject, "libvirtd.socket");
        assert_int_equal(survey.questions.items[5].manager, PACKAGES_DNF);
}

static void the_same_subject_is_another_question_for_another_kind(void **state)
{
        CLEANUP(survey_done) struct survey survey = {0};

        (void)state;
        survey_ask(&survey, ASK_GROUP, "libvirt");
        survey_ask(&survey, ASK_USER, "libvirt");
        assert_int_equal(survey.questions.count, 2);
}

/* Who wants a checksum gets it, whoever else only wants to know that the file is there. */
static void a_file_and_its_presence_are_one_question(void **state)
{
        static const enum question_kind orders[][2] = {{ASK_FILE, ASK_PRESENCE}, {ASK_PRESENCE, ASK_FILE}};

        (void)state;
        for (int i = 0; i < 2; i++) {
                CLEANUP(survey_done) struct survey survey = {0};

                survey_ask(&survey, ASK_PRESENCE, "/srv/a.iso");
                survey_ask(&survey, orders[i][0], "/etc/motd");
                survey_ask(&survey, orders[i][1], "/etc/motd");
                assert_int_equal(survey.questions.count, 2);
                assert_int_equal(survey.questions.items[0].kind, ASK_PRESENCE);
                assert_int_equal(survey.questions.items[1].kind, ASK_FILE);
        }
}

static void a_survey_keeps_its_own_copy_of_a_subject(void **state)
{
        CLEANUP(survey_done) struct survey survey = {0};
        char subject[] = "vm.swappiness";

        (void)state;
        survey_ask(&survey, ASK_SYSCTL, subject);
        subject[0] = 'X';
        assert_string_equal(survey.questions.items[0].subject, "vm.swappiness");
}

static void a_survey_knows_what_kinds_it_asks(void **state)
{
        CLEANUP(survey_done) struct survey survey = {0};

        (void)state;
        assert_false(survey_asks(&survey, ASK_MACHINE));
        survey_ask(&survey, ASK_POOLS, NULL);
        assert_true(survey_asks(&survey, ASK_POOLS));
        assert_false(survey_asks(&survey, ASK_NETWORKS));
        survey_done(&survey);
        assert_false(survey_asks(&survey, ASK_POOLS));
}

/* One answer of each kind, every owned string set, so that a leak checker sees what is forgotten. */
static void fill(struct answers *answers)
{
        struct machine_facts *machine = &answers->machine;
        char **const facts[] = {&machine->hostname, &machine->os_id, &machine->os_id_like,
                &machine->os_version, &machine->os_name, &machine->kernel, &machine->arch, &machine->boot_id,
                &machine->machine_id, &answers->canary.why, &answers->libvirt_why, &answers->libvirt_version};

        for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
                *facts[i] = string_copy("fact");
        *array_add(&answers->packages) =
                (struct package_state) {.name = "nftables", .version = string_copy("1.0")};
        *array_add(&answers->units) = (struct unit_state) {.name = "a.service",
                .active_state = string_copy("active"),
                .file_state = string_copy("enabled"),
                .load_error = string_copy("none")};
        *array_add(&answers->sysctls) = (struct sysctl_state) {
                .key = "vm.swappiness", .value = string_copy("1"), .persistent_value = string_copy("2")};
        strings_add(&array_add(&answers->groups)->members, "alice");
        answers->groups.items[0].name = "libvirt";
        array_add(&answers->users)->name = "alice";
        *array_add(&answers->files) = (struct file_state) {.path = "/etc/motd",
                .what = string_copy("socket"),
                .owner = string_copy("root"),
                .group = string_copy("root"),
                .sha256 = string_copy("00")};
        array_add(&answers->routes)->interface = string_copy("eth0");
        array_add(&answers->interfaces)->name = string_copy("br0");
        *array_add(&answers->services) = (struct service_state) {string_copy("lab"), true};
        array_add(&answers->networks)->network.name = string_copy("lab");
        answers->networks.items[0].uuid = string_copy("uuid");
        strings_add(&answers->networks.items[0].unmodelled, "portgroup");
        strings_add(&answers->networks.items[0].live_differences, "mtu is 1500, wanted 9000");
        *array_add(&answers->pools) = (struct pool_state) {.name = string_copy("images"),
                .uuid = string_copy("uuid"),
                .type = string_copy("dir"),
                .path = string_copy("/srv")};
}

static void answers_are_found_by_name(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};

        (void)state;
        assert_null(answers_package(&answers, "nftables"));
        fill(&answers);
        assert_string_equal(answers_package(&answers, "nftables")->version, "1.0");
        assert_string_equal(answers_unit(&answers, "a.service")->file_state, "enabled");
        assert_string_equal(answers_sysctl(&answers, "vm.swappiness")->value, "1");
        assert_true(strings_has(&answers_group(&answers, "libvirt")->members, "alice"));
        assert_non_null(answers_user(&answers, "alice"));
        assert_string_equal(answers_file(&answers, "/etc/motd")->what, "socket");
        assert_non_null(answers_interface(&answers, "br0"));
        assert_true(answers_service(&answers, "lab")->is_served);
        assert_string_equal(answers_network(&answers, "lab")->uuid, "uuid");
        assert_string_equal(answers_pool(&answers, "images")->path, "/srv");
        assert_null(answers_unit(&answers, "a"));
        assert_null(answers_pool(&answers, "image"));
        assert_null(answers_network(&answers, ""));
}

static void answers_can_be_forgotten_twice(void **state)
{
        struct answers answers = {0};

        (void)state;
        fill(&answers);
        answers_done(&answers);
        assert_int_equal(answers.networks.count, 0);
        assert_int_equal(answers.libvirt, REACH_UNASKED);
        answers_done(&answers);
}

static void steps_have_sentences_and_know_their_score(void **state)
{
        CLEANUP(plan_done) struct plan plan = {.score = "unit"};
        struct step *step;

        (void)state;
        assert_true(plan_is_empty(&plan));
        step = plan_add(&plan, STEP_UNIT, "start unit %s", "%s%n.service");
        step->unit.action = UNIT_START;
        assert_string_equal(plan.steps.items[0].sentence, "start unit %s%n.service");
        assert_string_equal(plan.steps.items[0].score, "unit");
        assert_int_equal(plan.steps.items[0].kind, STEP_UNIT);
        assert_false(plan.steps.items[0].expected);
        assert_false(plan_is_empty(&plan));
}

static void what_is_in_the_way_makes_a_plan_not_empty_and_a_warning_does_not(void **state)
{
        CLEANUP(plan_done) struct plan plan = {0};

        (void)state;
        plan_warn(&plan, "%d processors", 1);
        assert_true(plan_is_empty(&plan));
        plan_block(&plan, "network %s isn't ours", "lab");
        assert_false(plan_is_empty(&plan));
        assert_string_equal(plan.warnings.items[0], "1 processors");
        assert_string_equal(plan.blocks.items[0], "network lab isn't ours");
}

static void every_kind_of_step_has_a_name_of_its_own_and_a_deadline(void **state)
{
        (void)state;
        for (int kind = 0; kind < STEP_KINDS; kind++) {
                struct step step = {.kind = (enum step_kind)kind};

                assert_non_null(step_kind_name(step.kind));
                assert_true(step_deadline_s(&step) > 0);
                for (int other = 0; other < kind; other++)
                        assert_string_not_equal(
                                step_kind_name(step.kind), step_kind_name((enum step_kind)other));
                step.deadline_s = 7;
                assert_int_equal(step_deadline_s(&step), 7);
        }
}

static void a_plan_owns_names_and_edits(void **state)
{
        struct plan plan = {0};

        (void)state;
        strings_add(&plan_add(&plan, STEP_PACKAGES_INSTALL, "install")->packages.names, "nftables");
        plan_add(&plan, STEP_NETWORK_EDIT, "edit")->network.edits =
                memory_new(1, sizeof(struct network_edit));
        for (int i = 0; i < 100; i++)
                plan_add(&plan, STEP_CANARY, "boot guest %d", i);
        assert_string_equal(plan.steps.items[0].packages.names.items[0], "nftables");
        assert_string_equal(plan.steps.items[101].sentence, "boot guest 99");
        plan_done(&plan);
        assert_true(plan_is_empty(&plan));
        plan_done(&plan);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_question_asked_twice_is_in_the_survey_once),
                cmocka_unit_test(a_file_and_its_presence_are_one_question),
                cmocka_unit_test(the_same_subject_is_another_question_for_another_kind),
                cmocka_unit_test(a_survey_keeps_its_own_copy_of_a_subject),
                cmocka_unit_test(a_survey_knows_what_kinds_it_asks),
                cmocka_unit_test(answers_are_found_by_name),
                cmocka_unit_test(answers_can_be_forgotten_twice),
                cmocka_unit_test(steps_have_sentences_and_know_their_score),
                cmocka_unit_test(what_is_in_the_way_makes_a_plan_not_empty_and_a_warning_does_not),
                cmocka_unit_test(every_kind_of_step_has_a_name_of_its_own_and_a_deadline),
                cmocka_unit_test(a_plan_owns_names_and_edits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
