/* BMCs that are difficult: busy, silent, with tasks, particular about versions, or saying no. How a real one is told is tested with
 * sushy-tools, in tests/lab. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "means/means.h"

#define WAIT_S 60

static char directory[] = "/tmp/provision-bmc.XXXXXX";
static unsigned port;
static pid_t server;

static void put(const char *name, const char *text, mode_t mode)
{
        CLEANUP(string_free) char *path = string_format("%s/%s", directory, name);
        FILE *file = fopen(path, "we");

        assert_non_null(file);
        fputs(text, file);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(chmod(path, mode), 0);
}

static int begin(void **state)
{
        CLEANUP(string_free) char *command = NULL, *pem = NULL, *log = NULL;
        char said[16] = "";
        int pipes[2];

        (void)state;
        if (!mkdtemp(directory))
                return -1;
        put("login", "admin:se:cret\n", 0600);
        put("wrong", "admin:guessed\n", 0600);
        put("shown", "admin:se:cret\n", 0644);
        put("empty", "admin\n", 0600);
        command = string_format("cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
                                "-nodes -keyout pem -out crt "
                                "-days 2 -subj /CN=bmc -addext subjectAltName=IP:127.0.0.1 2>err && cat crt "
                                ">>pem && openssl req -x509 "
                                "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null "
                                "-out other -days 2 -subj "
                                "/CN=other 2>err",
                directory);
        assert_int_equal(system(command), 0);
        pem = string_format("%s/pem", directory);
        log = string_format("%s/log", directory);
        assert_int_equal(pipe(pipes), 0);
        server = fork();
        if (server == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                dup2(pipes[1], 1);
                execlp("python3", "python3", "tests/integration/bmc_server.py", pem, log, (char *)NULL);
                _exit(126);
        }
        close(pipes[1]);
        assert_true(read(pipes[0], said, sizeof(said) - 1) > 0); /* until it listens */
        port = (unsigned)strtoul(said, NULL, 10);
        return 0;
}

static int end(void **state)
{
        CLEANUP(string_free) char *command = string_format("rm -rf %s", directory);

        (void)state;
        kill(server, SIGKILL);
        return system(command);
}

/* ---- a host, which is this machine, and a machine behind the BMC ---- */

struct world {
        struct links *links;
        struct link *link;
        struct means *means;
        struct host_config host;
        struct machine_config machine;
};

static void world_done(struct world *world)
{
        means_free(world->means);
        link_close(world->link);
        links_stop(world->links);
        bmc_url_done(&world->machine.bmc);
        free(world->machine.credentials);
        free(world->machine.ca);
}

static void meet(struct world *world, const char *path)
{
        CLEANUP(string_free) char *url = string_format("https://127.0.0.1:%u%s", port, path);
        struct error error = {0};

        *world = (struct world) {
                .host = {.name = (char *)"here", .connect = {.is_local = true}},
                .machine = {.name = (char *)"m1",
                        .credentials = string_format("%s/login", directory),
                        .ca = string_format("%s/crt", directory),
                        .iso = (char *)"http://127.0.0.1/boot.iso",
                        .mac = {{0x0c, 0x42, 0xa1, 0, 0, 1}}},
        };
        assert_int_equal(bmc_url_parse(url, &world->machine.bmc, &error), 0);
        assert_int_equal(links_start(&world->links, &error), 0);
        world->link = link_open(world->links, &world->host, deadline_in_s(WAIT_S));
        world->means = means_new(world->link);
}

static void use(char **file, const char *name)
{
        free(*file);
        *file = string_format("%s/%s", directory, name);
}

/* What is said of it in a survey; lent until the answers are done. */
static const struct bmc_state *look(struct world *world, bool with_drive, struct answers *answers)
{
        CLEANUP(survey_done) struct survey survey = {0};
        struct error error = {0};

        survey_ask_bmc(&survey, &world->machine, with_drive);
        if (means_answer(world->means, &survey, deadline_in_s(WAIT_S), answers, &error) < 0)
                fail_msg("%s", error_text(&error));
        return answers_bmc(answers, "m1");
}

static int carry_out(struct world *world, struct step step, int limit_s, struct error *error)
{
        step.bmc.machine = &world->machine;
        return means_carry_out(world->means, &step, deadline_in_s(limit_s), 0, NULL, error);
}

static void does(struct world *world, struct step step)
{
        CLEANUP(error_done) struct error error = {0};

        if (carry_out(world, step, WAIT_S, &error) < 0)
                fail_msg("%s", error_text(&error));
}

static void fails(struct world *world, struct step step, enum error_kind kind, const char *words)
{
        CLEANUP(error_done) struct error error = {0};

        assert_int_equal(carry_out(world, step, WAIT_S, &error), -1);
        if (error.kind != kind || !strstr(error_text(&error), words))
                fail_msg("%s: %s", error_kind_name(error.kind), error_text(&error));
}

static void is_told(const char *line)
{
        CLEANUP(string_free) char *command = string_format("grep -qxF '%s' %s/log", line, directory);

        assert_int_equal(system(command), 0);
}

#define ON   ((struct step) {.kind = STEP_BMC_POWER, .bmc.on = true})
#define BOOT ((struct step) {.kind = STEP_BMC_BOOT, .bmc.target = "Pxe"})

/* ---- */

static void the_only_system_is_found(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        CLEANUP(answers_done) struct answers answers = {0};
        const struct bmc_state *bmc;

        (void)state;
        meet(&world, "/redfish/v1");
        bmc = look(&world, false, &answers);
        assert_true(bmc->answers);
        assert_string_equal(bmc->path, "/redfish/v1/Systems/only");
        assert_int_equal(bmc->power, BMC_POWER_OFF);
}

static void one_that_has_moved_is_followed(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        CLEANUP(answers_done) struct answers answers = {0};

        (void)state;
        meet(&world, "/redfish/v1/Systems/moved");
        does(&world, BOOT);
        assert_string_equal(look(&world, false, &answers)->boot_target, "Pxe");
        assert_string_equal(answers_bmc(&answers, "m1")->path, "/redfish/v1/Systems/there");
}

static void refuses(const char *path, const char *credentials, const char *words)
{
        CLEANUP(world_done) struct world world = {0};
        CLEANUP(answers_done) struct answers answers = {0};
        const struct bmc_state *bmc;

        meet(&world, path);
        use(&world.machine.credentials, credentials);
        bmc = look(&world, false, &answers);
        assert_false(bmc->answers);
        if (!bmc->is_refused || !strstr(bmc->why, words))
                fail_msg("%s", bmc->why);
}

static void what_asking_again_doesnt_mend_is_refused(void **state)
{
        (void)state;
        refuses("/redfish/v1/Systems/a", "wrong", "refuses the login in");
        refuses("/redfish/v1/Systems/a", "shown", "may be read by others: run chmod 600");
        refuses("/redfish/v1/Systems/a", "empty", "doesn't begin with USER:PASSWORD");
        refuses("/redfish/v1/Systems/a", "nowhere", "can't be read");
        refuses("/redfish/v1/Systems/away", "login", "leads elsewhere");
}

static void doesnt_answer(const char *path, const char *ca, const char *words)
{
        CLEANUP(world_done) struct world world = {0};
        CLEANUP(answers_done) struct answers answers = {0};
        const struct bmc_state *bmc;

        meet(&world, path);
        use(&world.machine.ca, ca);
        bmc = look(&world, false, &answers);
        assert_false(bmc->answers || bmc->is_refused);
        if (!strstr(bmc->why, words))
                fail_msg("%s", bmc->why);
}

static void what_it_may_mend_is_told(void **state)
{
        (void)state;
        doesnt_answer("/redfish/v1/Systems/garbage", "crt", "doesn't answer in JSON");
        doesnt_answer("/redfish/v1/Systems/a", "other", "certificate");
        doesnt_answer("/redfish/v1/Systems/always-busy", "crt", "It is busy");
        doesnt_answer("/redfish/v1/Systems/silent", "crt", "doesn't answer");
}

static void one_that_is_busy_is_asked_again(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        CLEANUP(answers_done) struct answers answers = {0};

        (void)state;
        meet(&world, "/redfish/v1/Systems/busy");
        assert_true(look(&world, false, &answers)->answers);
}

static void one_that_is_down_is_waited_for(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        meet(&world, "/redfish/v1/Systems/a");
        world.machine.bmc.port = 1;
        assert_int_equal(carry_out(&world, (struct step) {.kind = STEP_BMC_WAIT}, 3, &error), -1);
        assert_int_equal(error.kind, ERROR_DEADLINE);
        if (!strstr(error_text(&error), "connection refused"))
                fail_msg("%s", error_text(&error));
}

static void the_version_is_named(void **state)
{
        CLEANUP(world_done) struct world world = {0};

        (void)state;
        meet(&world, "/redfish/v1/Systems/versions");
        does(&world, BOOT);
        does(&world, BOOT); /* which it is told already */
        is_told("PATCH /redfish/v1/Systems/versions {\"Boot\": {\"BootSourceOverrideEnabled\": \"Once\", "
                "\"BootSourceOverrideTarget\": \"Pxe\"}} W/\"1\"");
}

static void why_it_refuses_is_a_sentence(void **state)
{
        CLEANUP(world_done) struct world world = {0};

        (void)state;
        meet(&world, "/redfish/v1/Systems/refusing");
        fails(&world, BOOT, ERROR_FAILED, "The value Pxe isn't in the list; Choose another (status 400)");
}

static void tasks_are_followed(void **state)
{
        CLEANUP(world_done) struct world world = {0};

        (void)state;
        meet(&world, "/redfish/v1/Systems/tasks");
        does(&world, ON);
}

static void tasks_may_fail(void **state)
{
        CLEANUP(world_done) struct world world = {0};

        (void)state;
        meet(&world, "/redfish/v1/Systems/failing");
        fails(&world, ON, ERROR_FAILED, "Its power supply is missing");
}

static void it_is_asked_for_what_it_can(void **state)
{
        CLEANUP(world_done) struct world world = {0};

        (void)state;
        meet(&world, "/redfish/v1/Systems/stubborn");
        does(&world, ON);
        is_told("POST /redfish/v1/Systems/stubborn/Actions/ComputerSystem.Reset {\"ResetType\": \"ForceOn\"} "
                "None");
}

static void drives_of_its_manager(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        CLEANUP(answers_done) struct answers before = {0}, between = {0}, after = {0};

        (void)state;
        meet(&world, "/redfish/v1/Systems/media");
        assert_string_equal(
                look(&world, true, &before)->drive.path, "/redfish/v1/Managers/media/VirtualMedia/2");
        assert_null(answers_bmc(&before, "m1")->drive.image);
        does(&world, (struct step) {.kind = STEP_BMC_INSERT});
        assert_string_equal(look(&world, true, &between)->drive.image, "http://127.0.0.1/boot.iso");
        does(&world, (struct step) {.kind = STEP_BMC_EJECT});
        assert_null(look(&world, true, &after)->drive.image);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_only_system_is_found),
                cmocka_unit_test(one_that_has_moved_is_followed),
                cmocka_unit_test(what_asking_again_doesnt_mend_is_refused),
                cmocka_unit_test(what_it_may_mend_is_told),
                cmocka_unit_test(one_that_is_busy_is_asked_again),
                cmocka_unit_test(one_that_is_down_is_waited_for),
                cmocka_unit_test(the_version_is_named),
                cmocka_unit_test(why_it_refuses_is_a_sentence),
                cmocka_unit_test(tasks_are_followed),
                cmocka_unit_test(tasks_may_fail),
                cmocka_unit_test(it_is_asked_for_what_it_can),
                cmocka_unit_test(drives_of_its_manager),
        };

        return cmocka_run_group_tests(tests, begin, end);
}
