/* The libvirt part of the means against libvirt's own "test:///default", a driver without a daemon or a machine. What it
 * can't do (updates of a running network, guests with a serial port) is tried on lab hosts. */
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "means/libvirt_parts.h"
#include "means/parts.h"
#include "means/volume_xml.h"

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

/* The caller ends with answers_done. */
static void look(struct libvirt *libvirt, struct answers *ret_answers)
{
        struct survey survey = {0};
        struct error error = {0};

        survey_ask(&survey, ASK_NETWORKS, NULL);
        survey_ask(&survey, ASK_POOLS, NULL);
        if (libvirt_answer(libvirt_ask(libvirt, &survey, soon()), ret_answers, &error) < 0)
                fail_msg("%s", error_text(&error));
        survey_done(&survey);
}

static void do_network(struct libvirt *libvirt, struct step step)
{
        struct error error = {0};

        if (network_carry_out(libvirt, NULL, &step, soon(), &error) < 0)
                fail_msg("%s", error_text(&error));
}

static void do_pool(struct libvirt *libvirt, struct step step)
{
        struct error error = {0};

        if (pool_carry_out(libvirt, NULL, &step, soon(), &error) < 0)
                fail_msg("%s", error_text(&error));
}

static void make_wish(struct network_config *ret_wish)
{
        struct error error = {0};

        *ret_wish = (struct network_config) {
                .network = {.name = string_copy("lab"),
                        .mode = NETWORK_NAT,
                        .bridge = string_copy("virbr-lab")},
                .autostart = true,
        };
        assert_int_equal(subnet_parse("192.168.150.1/24", &ret_wish->network.address, &error), 0);
        assert_int_equal(
                ip_range_parse("192.168.150.10-192.168.150.99", array_add(&ret_wish->network.ranges), &error),
                0);
}

static void wish_done(struct network_config *wish)
{
        network_done(&wish->network);
}

/* ---- surveys ---- */

static void test_everything_is_answered(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};
        const struct network_state *network;
        const struct pool_state *pool;

        look(*state, &answers);
        assert_int_equal(answers.libvirt, REACH_ANSWERED);
        assert_non_null(answers.libvirt_version);
        assert_int_equal(answers.networks.count, 1);
        assert_int_equal(answers.pools.count, 1);
        network = answers_network(&answers, "default");
        assert_non_null(network);
        assert_true(network->active && network->persistent);
        assert_false(network->autostart || network->ours);
        assert_int_equal(network->network.mode, NETWORK_NAT);
        assert_int_equal(network->network.ranges.count, 1);
        assert_int_equal(network->unmodelled.count, 0);
        assert_int_equal(network->live_differences.count, 0);
        pool = answers_pool(&answers, "default-pool");
        assert_non_null(pool);
        assert_true(pool->active && pool->persistent);
        assert_false(pool->autostart || pool->ours);
        assert_string_equal(pool->type, "dir");
        assert_string_equal(pool->path, "/default-pool");
}

static void test_what_was_not_asked_is_not_answered(void **state)
{
        CLEANUP(answers_done) struct answers pools = {0}, nothing = {0};
        struct survey survey = {0};
        struct error error = {0};

        assert_int_equal(libvirt_answer(libvirt_ask(*state, &survey, soon()), &nothing, &error), 0);
        assert_int_equal(nothing.libvirt, REACH_UNASKED);
        survey_ask(&survey, ASK_POOLS, NULL);
        assert_int_equal(libvirt_answer(libvirt_ask(*state, &survey, soon()), &pools, &error), 0);
        assert_int_equal(pools.networks.count, 0);
        assert_int_equal(pools.pools.count, 1);
        survey_done(&survey);
}

static void test_forty_networks_are_all_there(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};

        for (int i = 0; i < 40; i++) {
                CLEANUP(wish_done) struct network_config wish = {0};
                struct step step = {.kind = STEP_NETWORK_DEFINE, .network.wanted = &wish};

                wish.network = (struct network) {.name = string_format("n%d", i),
                        .mode = NETWORK_ISOLATED,
                        .bridge = string_format("virbr-n%d", i)};
                do_network(*state, step);
                step.kind = STEP_NETWORK_START;
                if (i % 2)
                        do_network(*state, step);
        }
        look(*state, &answers);
        assert_int_equal(answers.networks.count, 41);
        for (int i = 0; i < 40; i++) {
                CLEANUP(string_free) char *name = string_format("n%d", i);
                CLEANUP(string_free) char *bridge = string_format("virbr-n%d", i);
                const struct network_state *network = answers_network(&answers, name);

                assert_non_null(network);
                assert_true(network->ours);
                assert_int_equal(network->active, i % 2);
                assert_string_equal(network->network.bridge, bridge);
        }
}

/* ---- steps ---- */

static void test_a_network_goes_all_its_way(void **state)
{
        CLEANUP(wish_done) struct network_config wish = {0};
        CLEANUP(answers_done) struct answers defined = {0}, started = {0}, stopped = {0};
        CLEANUP(strings_done) struct strings differences = {0};
        struct step step = {.network.wanted = &wish};
        const struct network_state *network;

        make_wish(&wish);
        step.kind = STEP_NETWORK_DEFINE;
        do_network(*state, step);
        look(*state, &defined);
        network = answers_network(&defined, "lab");
        assert_non_null(network);
        assert_true(network->ours && network->persistent);
        assert_false(network->active || network->autostart);
        network_differences(&wish.network, &network->network, &differences);
        assert_int_equal(differences.count, 0);
        assert_int_equal(network->unmodelled.count, 0);

        step.kind = STEP_NETWORK_START;
        do_network(*state, step);
        do_network(*state, step); /* again: it is what was wanted */
        step.kind = STEP_NETWORK_AUTOSTART;
        do_network(*state, step);
        look(*state, &started);
        network = answers_network(&started, "lab");
        assert_true(network->active && network->autostart);
        assert_int_equal(network->live_differences.count, 0);

        wish.autostart = false;
        do_network(*state, step);
        look(*state, &stopped);
        assert_false(answers_network(&stopped, "lab")->autostart);
}

static void test_an_inactive_network_is_defined_again(void **state)
{
        CLEANUP(wish_done) struct network_config wish = {0};
        CLEANUP(answers_done) struct answers before = {0}, after = {0};
        struct step step = {.kind = STEP_NETWORK_DEFINE, .network.wanted = &wish};

        make_wish(&wish);
        do_network(*state, step);
        look(*state, &before);
        wish.network.mtu = 9000;
        string_free(&wish.network.bridge); /* whichever: it keeps the one it has */
        wish.network.bridge = NULL;
        step.network.found = answers_network(&before, "lab");
        do_network(*state, step);
        look(*state, &after);
        assert_true(answers_network(&after, "lab")->ours);
        assert_int_equal(answers_network(&after, "lab")->network.mtu, 9000);
        assert_string_equal(answers_network(&after, "lab")->network.bridge, "virbr-lab");
}

/* That driver doesn't take over what was defined meanwhile; libvirtd does, and is tried on lab hosts. */
static void test_a_network_is_recreated(void **state)
{
        CLEANUP(wish_done) struct network_config wish = {0};
        CLEANUP(answers_done) struct answers before = {0}, after = {0};
        struct step step = {.kind = STEP_NETWORK_DEFINE, .network.wanted = &wish};
        const struct network_state *network;

        make_wish(&wish);
        do_network(*state, step);
        step.kind = STEP_NETWORK_START;
        do_network(*state, step);
        look(*state, &before);
        step.kind = STEP_NETWORK_RECREATE;
        step.network.found = answers_network(&before, "lab");
        do_network(*state, step);
        look(*state, &after);
        network = answers_network(&after, "lab");
        assert_true(network->active && network->ours);
        assert_int_equal(network->live_differences.count, 0);
}

static void test_a_foreign_network_stays_foreign(void **state)
{
        CLEANUP(wish_done) struct network_config wish = {0};
        CLEANUP(answers_done) struct answers before = {0}, after = {0};
        struct step step = {.kind = STEP_NETWORK_DEFINE, .network.wanted = &wish};
        struct error error = {0};

        look(*state, &before);
        make_wish(&wish);
        string_replace(&wish.network.name, "default");
        assert_int_equal(
                network_carry_out(*state, NULL, &step, soon(), &error), -1); /* its UUID is another */
        assert_int_equal(error.kind, ERROR_FAILED);
        assert_non_null(strstr(error_text(&error), "libvirt can't define the network: "));
        error_done(&error);
        step.network.found = answers_network(&before, "default");
        do_network(*state, step);
        look(*state, &after);
        assert_false(answers_network(&after, "default")->ours);
}

static void test_a_pool_goes_all_its_way(void **state)
{
        CLEANUP(answers_done) struct answers defined = {0}, started = {0};
        struct pool_config wish = {
                .name = (char *)"lab", .path = (char *)"/var/lib/libvirt/lab", .autostart = true};
        struct step step = {.kind = STEP_POOL_DEFINE, .pool.wanted = &wish};
        const struct pool_state *pool;

        do_pool(*state, step);
        look(*state, &defined);
        pool = answers_pool(&defined, "lab");
        assert_non_null(pool);
        assert_true(pool->ours && pool->persistent);
        assert_false(pool->active || pool->autostart);
        assert_string_equal(pool->path, "/var/lib/libvirt/lab");
        step.pool.found = pool;
        step.kind = STEP_POOL_START;
        do_pool(*state, step);
        step.kind = STEP_POOL_AUTOSTART;
        do_pool(*state, step);
        look(*state, &started);
        pool = answers_pool(&started, "lab");
        assert_true(pool->active && pool->autostart);
}

/* ---- volumes: that driver makes them, though nothing is behind them, and can't grow them ---- */

#define MIB (UINT64_C(1) << 20)

struct volume_trial {
        const char *name;
        uint64_t size_bytes;
        const char *original; /* or NULL */
};

static int make_volume(struct session *session, void *context, struct error *error)
{
        const struct volume_trial *trial = context;
        CLEANUP(string_free)
        char *xml = volume_xml_write(&(const struct volume_wish) {
                .name = trial->name, .format = "raw", .size_bytes = trial->size_bytes});

        return session_create_volume(session, "default-pool", xml, trial->original, error);
}

/* Runs on a thread of libvirt's, where nothing can be asserted. */
struct volume_outcome {
        int gone_again;
        char *gone_words;
        uint64_t room;
        bool nobody_runs;
};

static int change_volumes(struct session *session, void *context, struct error *error)
{
        struct volume_outcome *outcome = context;
        CLEANUP(error_done) struct error gone = {0};
        bool is_busy;

        outcome->nobody_runs = true;
        outcome->gone_again = session_grow_volume(session, "/default-pool/gone", MIB, &gone);
        outcome->gone_words = string_copy(error_text(&gone));
        if (session_delete_volume(session, "/default-pool/b.raw", error) < 0 ||
                session_delete_volume(session, "/default-pool/b.raw", error) < 0 || /* again */
                session_refresh_pool(session, "default-pool", &is_busy, error) < 0 ||
                session_pool_room(session, "default-pool", &outcome->room, error) < 0 ||
                session_grow_disk(session, "nobody", "/x", 1, &outcome->nobody_runs, error) < 0 ||
                guest_shut_down(session, "nobody", error) < 0 ||
                guest_shut_down(session, "test", error) < 0) /* which that driver has, and it runs */
                return -1;
        return guest_shut_down(session, "test", error);
}

static void look_at_volumes(struct libvirt *libvirt, struct answers *ret_answers)
{
        struct survey survey = {0};
        struct error error = {0};

        survey_ask_volume(&survey, "default-pool", "/default-pool", "a.raw");
        survey_ask_volume(&survey, "default-pool", NULL, "b.raw");
        survey_ask_volume(&survey, "default-pool", "/default-pool", "nowhere.raw");
        survey_ask_volume(&survey, "default-pool", NULL, "nowhere2.raw");
        survey_ask_volume(&survey, "no-pool", NULL, "a.raw");
        if (libvirt_answer(libvirt_ask(libvirt, &survey, soon()), ret_answers, &error) < 0)
                fail_msg("%s", error_text(&error));
        survey_done(&survey);
}

static void test_volumes_are_found_by_name(void **state)
{
        CLEANUP(answers_done) struct answers before = {0}, made = {0}, changed = {0};
        struct volume_trial a = {.name = "a.raw", .size_bytes = MIB};
        struct volume_trial b = {.name = "b.raw", .size_bytes = 2 * MIB, .original = "/default-pool/a.raw"};
        struct volume_outcome outcome = {0};
        struct error error = {0};
        const struct volume_state *volume;

        look_at_volumes(*state, &before);
        assert_int_equal(before.libvirt, REACH_ANSWERED);
        assert_int_equal(before.volumes.count, 0);
        if (libvirt_run(*state, make_volume, &a, soon(), &error) < 0 ||
                libvirt_run(*state, make_volume, &b, soon(), &error) < 0)
                fail_msg("%s", error_text(&error));
        look_at_volumes(*state, &made);
        assert_int_equal(made.volumes.count, 2);
        volume = answers_volume(&made, "default-pool", "a.raw");
        assert_non_null(volume);
        assert_int_equal(volume->size_bytes, MIB);
        assert_string_equal(volume->path, "/default-pool/a.raw");
        assert_non_null(answers_volume(&made, "default-pool", "b.raw"));
        if (libvirt_run(*state, change_volumes, &outcome, soon(), &error) < 0)
                fail_msg("%s", error_text(&error));
        assert_int_equal(outcome.gone_again, -1);
        assert_non_null(strstr(outcome.gone_words, "libvirt can't find the volume: "));
        free(outcome.gone_words);
        assert_true(outcome.room > 0);
        assert_false(outcome.nobody_runs);
        look_at_volumes(*state, &changed);
        assert_int_equal(changed.volumes.count, 1);
        assert_int_equal(answers_volume(&changed, "default-pool", "a.raw")->size_bytes, MIB);
}

/* A disk that waits for its guest's restart is no disk of what runs. That driver grows neither, and says which it was told to. */
static void test_a_disk_grows_through_the_guest_that_runs_with_it_only(void **state)
{
        CLEANUP(error_done) struct error error = {0};
        struct guest_config guest = {.name = (char *)"test"};
        struct disk_config disk = {.name = (char *)"two", .pool = (char *)"default-pool", .is_raw = true};
        struct volume_trial trial = {.name = "test-two.raw", .size_bytes = MIB};
        struct step step = {.kind = STEP_VOLUME_GROW,
                .volume = {
                        .guest = &guest, .disk = &disk, .pool_path = "/default-pool", .size_bytes = 2 * MIB}};
        struct work work = {.libvirt = *state, .step = &step, .deadline = soon()};

        if (libvirt_run(*state, make_volume, &trial, soon(), &error) < 0)
                fail_msg("%s", error_text(&error));
        assert_int_equal(volume_grow(&work, &error), -1);
        if (!strstr(error_text(&error), "libvirt can't grow the volume: "))
                fail_msg("%s", error_text(&error));
}

static void test_pools_of_other_types(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};
        struct pool_config group = {.name = (char *)"vg",
                .type = POOL_LOGICAL,
                .path = (char *)"/dev/vg0",
                .source = (char *)"vg0"};
        struct pool_config share = {.name = (char *)"nfs",
                .type = POOL_NETFS,
                .path = (char *)"/srv/nfs",
                .source = (char *)"[2001:db8::1]:/export"};

        do_pool(*state, (struct step) {.kind = STEP_POOL_DEFINE, .pool.wanted = &group});
        do_pool(*state, (struct step) {.kind = STEP_POOL_DEFINE, .pool.wanted = &share});
        do_pool(*state, (struct step) {.kind = STEP_POOL_START, .pool.wanted = &group});
        look(*state, &answers);
        assert_true(answers_pool(&answers, "vg")->ours && answers_pool(&answers, "vg")->active);
        assert_string_equal(answers_pool(&answers, "vg")->type, "logical");
        assert_string_equal(answers_pool(&answers, "vg")->source, "vg0");
        assert_string_equal(answers_pool(&answers, "nfs")->type, "netfs");
        assert_string_equal(answers_pool(&answers, "nfs")->path, "/srv/nfs");
        assert_string_equal(answers_pool(&answers, "nfs")->source, "[2001:db8::1]:/export");
}

/* ---- the way back ---- */

static void test_networks_of_ours_are_removed_however_far_they_came(void **state)
{
        CLEANUP(wish_done) struct network_config wish = {0};
        CLEANUP(answers_done) struct answers defined = {0}, active = {0}, gone = {0};
        struct step define = {.kind = STEP_NETWORK_DEFINE, .network.wanted = &wish};
        struct step start = {.kind = STEP_NETWORK_START, .network.wanted = &wish};
        struct step removal = {.kind = STEP_NETWORK_REMOVE};

        make_wish(&wish);
        do_network(*state, define);
        look(*state, &defined);
        removal.network.found = answers_network(&defined, "lab");
        do_network(*state, removal);
        do_network(*state, define);
        do_network(*state, start);
        look(*state, &active);
        removal.network.found = answers_network(&active, "lab");
        do_network(*state, removal);
        look(*state, &gone);
        assert_null(answers_network(&gone, "lab"));
        assert_non_null(answers_network(&gone, "default"));
}

static void test_pools_of_ours_are_removed_and_their_directory_is_nobodys_business(void **state)
{
        char name[] = "lab", path[] = "/srv/lab";
        const struct pool_config wish = {.name = name, .path = path};
        CLEANUP(answers_done) struct answers active = {0}, gone = {0};
        struct step define = {.kind = STEP_POOL_DEFINE, .pool.wanted = &wish};
        struct step start = {.kind = STEP_POOL_START, .pool.wanted = &wish};
        struct step removal = {.kind = STEP_POOL_REMOVE};

        do_pool(*state, define);
        do_pool(*state, start);
        look(*state, &active);
        removal.pool.found = answers_pool(&active, "lab");
        assert_true(removal.pool.found->ours && removal.pool.found->active);
        do_pool(*state, removal);
        look(*state, &gone);
        assert_null(answers_pool(&gone, "lab"));
        assert_non_null(answers_pool(&gone, "default-pool"));
}

static int lease_of_nobody(struct session *session, void *context, struct error *error)
{
        const struct mac_address mac = {{0x52, 0x54, 0, 0, 0, 1}};

        return session_leases(session, "nowhere", &mac, context, error);
}

/* The driver makes one up for each nic of its own guest, which no lease tells of. */
static void test_a_guests_addresses_are_told(void **state)
{
        CLEANUP(survey_done) struct survey survey = {0};
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(strings_done) struct strings addresses = {0};
        CLEANUP(error_done) struct error error = {0};

        survey_ask(&survey, ASK_GUEST, "test");
        survey_ask(&survey, ASK_ADDRESSES, NULL);
        assert_int_equal(libvirt_answer(libvirt_ask(*state, &survey, soon()), &answers, &error), 0);
        assert_int_equal(answers.libvirt, REACH_ANSWERED);
        assert_non_null(answers_guest(&answers, "test"));
        assert_int_equal(answers_guest(&answers, "test")->addresses.count, 1);
        assert_int_equal(strncmp(answers_guest(&answers, "test")->addresses.items[0], "192.168.122.", 12), 0);
        assert_int_equal(libvirt_run(*state, lease_of_nobody, &addresses, soon(), &error), -1);
        assert_non_null(strstr(error_text(&error), "libvirt can't find the network: "));
}

static void test_what_is_not_there_is_said(void **state)
{
        CLEANUP(wish_done) struct network_config wish = {0};
        CLEANUP(error_done) struct error error = {0};
        struct step step = {.kind = STEP_NETWORK_START, .network.wanted = &wish};

        make_wish(&wish);
        assert_int_equal(network_carry_out(*state, NULL, &step, soon(), &error), -1);
        assert_non_null(strstr(error_text(&error), "libvirt can't find the network: "));
        assert_null(strchr(error_text(&error), '\n'));
}

static void test_an_address_nobody_is_at_is_not_there_yet(void **state)
{
        struct libvirt *libvirt =
                libvirt_new_at("qemu+unix:///system?socket=/nonexistent/libvirt-sock", NULL);
        CLEANUP(answers_done) struct answers answers = {0};

        (void)state;
        look(libvirt, &answers);
        assert_int_equal(answers.libvirt, REACH_NOT_YET);
        assert_non_null(strstr(answers.libvirt_why, "No such file or directory"));
        libvirt_free(libvirt);
}

/* A daemon that takes connections and never answers. */
static void test_a_silent_daemon_costs_no_more_than_the_deadline(void **state)
{
        char directory[] = "/tmp/provision-test-XXXXXX";
        CLEANUP(string_free) char *uri = NULL;
        CLEANUP(fd_close) int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(error_done) struct error error = {0};
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        struct survey survey = {0};
        struct libvirt *libvirt;
        int64_t began_ns = clock_now_ns();

        (void)state;
        assert_non_null(mkdtemp(directory));
        snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", directory);
        assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
        assert_int_equal(listen(listener, 1), 0);
        uri = string_format("qemu+unix:///system?socket=%s", address.sun_path);
        libvirt = libvirt_new_at(uri, address.sun_path);
        survey_ask(&survey, ASK_POOLS, NULL);
        assert_int_equal(
                libvirt_answer(libvirt_ask(libvirt, &survey, deadline_in_ms(300)), &answers, &error), -1);
        assert_int_equal(error.kind, ERROR_DEADLINE);
        assert_true(clock_now_ns() - began_ns < 5000000000);
        libvirt_free(libvirt);
        survey_done(&survey);
        unlink(address.sun_path);
        rmdir(directory);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(
                        test_everything_is_answered, open_test_driver, close_test_driver),
                cmocka_unit_test_setup_teardown(
                        test_what_was_not_asked_is_not_answered, open_test_driver, close_test_driver),
                cmocka_unit_test_setup_teardown(
                        test_forty_networks_are_all_there, open_test_driver, close_test_driver),
                cmocka_unit_test_setup_teardown(
                        test_a_network_goes_all_its_way, open_test_driver, close_test_driver),
                cmocka_unit_test_setup_teardown(
                        test_a_network_is_recreated, open_test_driver, close_test_driver),
                cmocka_unit_test_setup_teardown(
                        test_an_inactive_network_is_defined_again, open_test_driver, close_test_driver),
                cmocka_unit_test_setup_teardown(
                        test_a_foreign_network_stays_foreign, open_test_driver, close_test_driver),
                cmocka_unit_test_setup_teardown(
                        test_a_pool_goes_all_its_way, open_test_driver, close_test_driver),
                cmocka_unit_test_setup_teardown(test_networks_of_ours_are_removed_however_far_they_came,
                        open_test_driver, close_test_driver),
                cmocka_unit_test_setup_teardown(
                        test_pools_of_ours_are_removed_and_their_directory_is_nobodys_business,
                        open_test_driver, close_test_driver),
                cmocka_unit_test_setup_teardown(
                        test_volumes_are_found_by_name, open_test_driver, close_test_driver),
                cmocka_unit_test_setup_teardown(test_a_disk_grows_through_the_guest_that_runs_with_it_only,
                        open_test_driver, close_test_driver),
                cmocka_unit_test_setup_teardown(
                        test_pools_of_other_types, open_test_driver, close_test_driver),
                cmocka_unit_test_setup_teardown(
                        test_a_guests_addresses_are_told, open_test_driver, close_test_driver),
                cmocka_unit_test_setup_teardown(
                        test_what_is_not_there_is_said, open_test_driver, close_test_driver),
                cmocka_unit_test(test_a_silent_daemon_costs_no_more_than_the_deadline),
                cmocka_unit_test(test_an_address_nobody_is_at_is_not_there_yet),
        };

        signal(SIGPIPE, SIG_IGN);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
