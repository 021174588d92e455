/* What a real dnsmasq tells about the names of a cluster, in a network of this test's own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "means/names.h"

#define SERVER  "10.99.0.1"
#define MANY    130
#define LOCAL   "local=/a.test/\n"
#define API     "host-record=api.a.test,10.99.0.5\n"
#define APPS    "address=/apps.a.test/10.99.0.5\nlocal=/apps.a.test/\n"
#define NOWHERE "server=10.99.0.77\n" /* there is no way to it */

static char directory[] = "/tmp/provision-names.XXXXXX";
static bool has_network;

struct fixture {
        struct links *links;
        struct link *link;
        struct cluster_config cluster;
        struct survey survey;
        struct answers answers;
        pid_t dnsmasq; /* 0: none */
};

static struct host_config host = {.name = (char[]) {"here"}, .connect.is_local = 1};

static struct ip_address ip(const char *text)
{
        struct error error = {0};
        struct ip_address address;

        assert_int_equal(ip_address_parse(text, &address, &error), 0);
        return address;
}

static void add_name(struct fixture *fixture, char *owned, const char *address, bool is_reverse)
{
        *array_add(&fixture->cluster.names) =
                (struct cluster_name) {.name = owned, .address = ip(address), .is_reverse = is_reverse};
}

static int begin(void **state)
{
        struct fixture *fixture = memory_new(1, sizeof(*fixture));
        struct error error = {0};

        if (!has_network) {
                free(fixture);
                return 0;
        }
        *state = fixture;
        fixture->cluster.name = string_copy("a");
        fixture->cluster.dns_server = ip(SERVER);
        add_name(fixture, string_copy("api.a.test"), "10.99.0.5", true);
        add_name(fixture, string_copy("*.apps.a.test"), "10.99.0.5", false);
        survey_ask_names(&fixture->survey, &fixture->cluster);
        *array_add(&fixture->answers.own_addresses) = ip(SERVER);
        assert_int_equal(links_start(&fixture->links, &error), 0);
        fixture->link = link_open(fixture->links, &host, deadline_in_s(10));
        assert_int_equal(link_wait(fixture->link, deadline_in_s(10), &error), 0);
        return 0;
}

/* It goes to the background when it answers, and is this process' child then. */
static void start_dnsmasq(struct fixture *fixture, const char *lines)
{
        CLEANUP(string_free)
        char *conf = string_format("%s/conf", directory), *pid = string_format("%s/pid", directory),
             *command = string_format("dnsmasq -C %s", conf);
        FILE *file = fopen(conf, "w");

        assert_non_null(file);
        fprintf(file,
                "no-resolv\nno-hosts\nuser=root\nbind-interfaces\nlisten-address=" SERVER "\npid-file=%s\n%s",
                pid, lines);
        fclose(file);
        assert_int_equal(system(command), 0);
        file = fopen(pid, "r");
        assert_non_null(file);
        assert_int_equal(fscanf(file, "%d", &fixture->dnsmasq), 1);
        fclose(file);
}

static int end(void **state)
{
        struct fixture *fixture = *state;

        if (!fixture)
                return 0;
        if (fixture->dnsmasq) {
                kill(fixture->dnsmasq, SIGKILL);
                waitpid(fixture->dnsmasq, NULL, 0);
        }
        link_close(fixture->link);
        links_stop(fixture->links);
        answers_done(&fixture->answers);
        survey_done(&fixture->survey);
        for (array_each(struct cluster_name, name, &fixture->cluster.names))
                free(name->name);
        array_free(&fixture->cluster.names);
        free(fixture->cluster.name);
        free(fixture);
        return 0;
}

static struct fixture *fixture_of(void **state)
{
        if (!*state)
                skip();
        return *state;
}

/* Asks, and compares what is wrong by that; NULL: nothing. */
static void finds(struct fixture *fixture, const char *expected)
{
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(string_free) char *faults = NULL;
        struct names_asking *asking = names_ask(fixture->link, &fixture->survey, &fixture->answers);

        assert_int_equal(names_answer(asking, deadline_in_s(20), &fixture->answers, &error), 0);
        assert_int_equal(fixture->answers.names.count, 1);
        faults = names_faults(&fixture->answers.names.items[0]);
        if (!string_equal(faults, expected))
                fail_msg("expected \"%s\", found \"%s\"", expected ? expected : "nothing",
                        faults ? faults : "nothing");
}

static void all_is_told(void **state)
{
        struct fixture *fixture = fixture_of(state);

        start_dnsmasq(fixture, API APPS LOCAL);
        finds(fixture, NULL);
}

static void names_that_are_missing(void **state)
{
        struct fixture *fixture = fixture_of(state);

        start_dnsmasq(fixture, LOCAL);
        finds(fixture,
                "by " SERVER ", api.a.test is NXDOMAIN, wanted 10.99.0.5; 10.99.0.5 is REFUSED, wanted "
                "api.a.test; *.apps.a.test is NXDOMAIN, wanted 10.99.0.5");
}

static void other_addresses(void **state)
{
        struct fixture *fixture = fixture_of(state);

        start_dnsmasq(fixture, "host-record=api.a.test,10.99.0.6\nhost-record=b.a.test,10.99.0.5\n"
                               "address=/apps.a.test/fd00::5\n" LOCAL);
        finds(fixture,
                "by " SERVER ", api.a.test is 10.99.0.6, wanted 10.99.0.5; 10.99.0.5 is b.a.test, wanted "
                "api.a.test; *.apps.a.test is NXDOMAIN, wanted 10.99.0.5");
}

/* What it would have to ask for elsewhere, and can't, closes the connection: the others are answered all the same. */
static void names_that_are_elsewhere(void **state)
{
        struct fixture *fixture = fixture_of(state);

        start_dnsmasq(fixture, "ptr-record=5.0.99.10.in-addr.arpa,api.a.test\n" APPS NOWHERE);
        finds(fixture, "by " SERVER ", api.a.test is not answered, wanted 10.99.0.5");
}

static void more_than_one_connection_takes(void **state)
{
        struct fixture *fixture = fixture_of(state);
        CLEANUP(text_done) struct text lines = {0};

        for (unsigned i = 1; i <= MANY; i++) {
                CLEANUP(string_free) char *address = string_format("10.99.1.%u", i);

                add_name(fixture, string_format("node-%u.a.test", i), address, true);
                text_format(&lines, "host-record=node-%u.a.test,%s\n", i, i == MANY ? "10.99.2.1" : address);
        }
        text_add(&lines, API APPS LOCAL);
        start_dnsmasq(fixture, text_string(&lines));
        finds(fixture, "by " SERVER
                       ", node-130.a.test is 10.99.2.1, wanted 10.99.1.130; 10.99.1.130 is REFUSED, wanted "
                       "node-130.a.test");
}

static void nobody_is_there(void **state)
{
        finds(fixture_of(state),
                "nobody answers at " SERVER " port 53: connecting to " SERVER " port 53: Connection refused");
}

static void nobody_says_anything(void **state)
{
        struct fixture *fixture = fixture_of(state);

        start_dnsmasq(fixture, API APPS LOCAL);
        kill(fixture->dnsmasq, SIGSTOP);
        finds(fixture, "no answer from " SERVER " port 53 about api.a.test within 5 s");
}

static void it_is_no_address_of_the_machine(void **state)
{
        struct fixture *fixture = fixture_of(state);

        fixture->answers.own_addresses.items[0] = ip("10.99.0.2");
        finds(fixture, "the machine hasn't the address " SERVER);
}

static void nothing_is_asked(void **state)
{
        struct fixture *fixture = fixture_of(state);
        CLEANUP(survey_done) struct survey survey = {0};
        struct error error = {0};

        assert_null(names_ask(fixture->link, &survey, &fixture->answers));
        assert_int_equal(names_answer(NULL, deadline_in_s(1), &fixture->answers, &error), 0);
        assert_int_equal(fixture->answers.names.count, 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
        const struct CMUnitTest tests[] = {
                CASE(all_is_told),
                CASE(names_that_are_missing),
                CASE(other_addresses),
                CASE(names_that_are_elsewhere),
                CASE(more_than_one_connection_takes),
                CASE(nobody_is_there),
                CASE(nobody_says_anything),
                CASE(it_is_no_address_of_the_machine),
                CASE(nothing_is_asked),
        };
        CLEANUP(string_free) char *command = NULL;
        int failed;

        if (!mkdtemp(directory))
                return 1;
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        has_network = unshare(CLONE_NEWNET) == 0 &&
                      system("command -v dnsmasq >/dev/null && ip link set lo up && ip addr add " SERVER
                             "/32 dev lo") == 0;
        failed = cmocka_run_group_tests(tests, NULL, NULL);
        command = string_format("rm -r %s", directory);
        return system(command) == 0 ? failed : 1;
}
