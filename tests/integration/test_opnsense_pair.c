/* Two OPNsenses as one: both have it or neither, and the backup has the primary's static mappings. Two contract servers: what a real
 * one does is test_opnsense.c's. */
#include "opnsense_world.h"

#define FIRST       "fw1"
#define SECOND_NAME "fw2"

/* ---- the pair ---- */

struct pair {
        struct world world; /* its opnsense is the primary */
        struct opnsense_config backup;
};

static void pair_done(struct pair *pair)
{
        https_server_done(&pair->backup.server);
        free(pair->backup.credentials);
        free(pair->backup.ca);
        world_done(&pair->world);
}

static int begin_both(void **state)
{
        if (getenv("OPNSENSE_URL"))
                return 0;
        return begin(state) < 0 ? -1 : start_contract(1, SECOND, &second_url);
}

static void meet_both(struct pair *pair)
{
        struct error error = {0};

        *pair = (struct pair) {0};
        if (!is_contract())
                skip();
        meet(&pair->world);
        pair->backup = (struct opnsense_config) {.name = (char *)SECOND_NAME,
                .credentials = path_in(SECOND "/apikey.txt"),
                .ca = path_in(SECOND "/cert.pem")};
        assert_int_equal(https_server_parse(second_url, &pair->backup.server, &error), 0);
        order_of(&pair->world, &pair->world.opnsense, "reset", "{}", NULL);
        order_of(&pair->world, &pair->backup, "reset", "{}", NULL);
}

#define PAIR CLEANUP(pair_done) struct pair

static const struct opnsense_config *member(const struct pair *pair, int which)
{
        return which ? &pair->backup : &pair->world.opnsense;
}

static void put(struct pair *pair, int which, const char *path, const char *body)
{
        struct opnsenses *opnsenses = opnsenses_new(pair->world.link);
        struct session_with_opnsense *session;
        struct error error = {0};

        if (opnsense_open(opnsenses, member(pair, which), deadline_in_s(WAIT_S), &session, &error) < 0 ||
                opnsense_tell(session, path, body, "saved", 30, deadline_in_s(WAIT_S), &error) < 0)
                fail_msg("%s", error_text(&error));
        opnsenses_free(opnsenses);
}

/* ---- what is there ---- */

static void look(struct pair *pair, int which, struct opnsense_state *state)
{
        struct opnsenses *opnsenses = opnsenses_new(pair->world.link);
        struct session_with_opnsense *session;
        struct error error = {0};
        unsigned all = 1U << OPNSENSE_SERVICES | 1U << OPNSENSE_RULES | 1U << OPNSENSE_MAPPINGS;

        if (opnsense_open(opnsenses, member(pair, which), deadline_in_s(WAIT_S), &session, &error) < 0 ||
                opnsense_look(session, all, all, deadline_in_s(WAIT_S), state, &error) < 0)
                fail_msg("%s", error_text(&error));
        opnsenses_free(opnsenses);
}

static char *differences(struct pair *pair)
{
        CLEANUP(opnsense_state_done) struct opnsense_state primary = {0}, backup = {0};
        CLEANUP(opnsense_objects_done) struct opnsense_objects wanted = {0};
        CLEANUP(opnsense_changes_done) struct opnsense_changes changes = {0};
        CLEANUP(strings_done) struct strings words = {0};

        look(pair, 0, &primary);
        look(pair, 1, &backup);
        opnsense_mirror(&primary, &backup, &wanted, &words);
        opnsense_compare(OPNSENSE_MAPPINGS, &wanted, &backup.objects, &changes);
        opnsense_mirror_words(&changes, FIRST, SECOND_NAME, &words);
        return words.count ? strings_join(&words, "\n") : string_copy("");
}

static void differ(struct pair *pair, const char *wanted)
{
        CLEANUP(string_free) char *words = differences(pair);

        assert_string_equal(words, wanted);
}

static char *sum(struct pair *pair, int which)
{
        CLEANUP(json_free) struct json *state = NULL;

        order_of(&pair->world, member(pair, which), "state", "{}", &state);
        return string_copy(json_text_at(json_member(state, "sums"), "store"));
}

/* ---- what is done ---- */

static int carry_out(struct pair *pair, struct step *step, struct error *error)
{
        int result = means_carry_out(pair->world.means, step, deadline_in_s(WAIT_S), 0, NULL, error);

        opnsense_objects_done(&step->opnsense.wanted);
        return result;
}

static int mirror(struct pair *pair, struct error *error)
{
        struct step step = {.kind = STEP_OPNSENSE_MIRROR,
                .opnsense = {.members = {&pair->backup}, .from = &pair->world.opnsense}};

        return carry_out(pair, &step, error);
}

static void mirrors(struct pair *pair)
{
        struct error error = {0};

        if (mirror(pair, &error) < 0)
                fail_msg("%s", error_text(&error));
        differ(pair, "");
}

static int let_in(struct pair *pair, const char *port, struct error *error)
{
        struct firewall firewall = {.name = string_copy("wan")};
        struct step step = {
                .kind = STEP_OPNSENSE_RULES, .opnsense = {.members = {&pair->world.opnsense, &pair->backup}}};

        strings_add(&firewall.interfaces, "wan");
        assert_int_equal(port_range_parse(port, array_add(&firewall.ports), error), 0);
        opnsense_add_rules(&step.opnsense.wanted, &firewall);
        firewall_done(&firewall);
        return carry_out(pair, &step, error);
}

static size_t count_rules(struct pair *pair, int which)
{
        CLEANUP(opnsense_state_done) struct opnsense_state state = {0};
        size_t count = 0;

        look(pair, which, &state);
        for (array_each(const struct opnsense_object, object, &state.objects.list))
                count += object->kind == OPNSENSE_RULE;
        return count;
}

/* ---- both or neither ---- */

static void test_both_have_it(void **state)
{
        CLEANUP(error_done) struct error error = {0};
        PAIR pair;

        (void)state;
        meet_both(&pair);
        assert_int_equal(let_in(&pair, "443", &error), 0);
        assert_int_equal(count_rules(&pair, 0), 1);
        assert_int_equal(count_rules(&pair, 1), 1);
}

static void test_or_neither(void **state)
{
        static const char *const answers[] = {
                "{\"path\":\"filter/apply\",\"status\":500,\"body\":{\"errorMessage\":\"no\"}}",
                "{\"path\":\"filter/set_rule\",\"status\":500,\"body\":{\"errorMessage\":\"no\"}}",
                "{\"path\":\"filter/get\",\"status\":500,\"body\":{\"errorMessage\":\"no\"}}"};

        (void)state;
        for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
                for (int failing = 0; failing < 2; failing++) {
                        CLEANUP(error_done) struct error error = {0};
                        CLEANUP(string_free) char *first = NULL, *second = NULL, *after = NULL, *other = NULL;
                        PAIR pair;

                        meet_both(&pair);
                        assert_int_equal(let_in(&pair, "22", &error), 0);
                        first = sum(&pair, 0);
                        second = sum(&pair, 1);
                        order_of(&pair.world, member(&pair, failing), "answer", answers[i], NULL);
                        assert_int_equal(let_in(&pair, "443", &error), -1);
                        assert_non_null(
                                strstr(error_text(&error), failing ? "OPNsense fw2" : "OPNsense fw1"));
                        after = sum(&pair, 0);
                        other = sum(&pair, 1);
                        assert_string_equal(first, after);
                        assert_string_equal(second, other);
                }
}

static void test_one_is_down(void **state)
{
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(string_free) char *before = NULL, *after = NULL;
        PAIR pair;

        (void)state;
        meet_both(&pair);
        before = sum(&pair, 0);
        pair.backup.server.port = 1;
        assert_int_equal(let_in(&pair, "443", &error), -1);
        assert_non_null(strstr(error_text(&error), "OPNsense fw2: 127.0.0.1 port 1: connection refused"));
        after = sum(&pair, 0);
        assert_string_equal(before, after);
}

/* ---- static mappings ---- */

#define SUBNET_1 "/api/kea/dhcpv4/set_subnet/aaaaaaaa-0000-4000-8000-000000000001"
#define SUBNET_2 "/api/kea/dhcpv4/set_subnet/bbbbbbbb-0000-4000-8000-000000000001"
#define OF_1     "aaaaaaaa-0000-4000-8000-000000000001"
#define OF_2     "bbbbbbbb-0000-4000-8000-000000000001"

static void have_subnets(struct pair *pair)
{
        put(pair, 0, SUBNET_1, "{\"subnet4\":{\"subnet\":\"10.0.0.0/24\"}}");
        put(pair, 1, SUBNET_2, "{\"subnet4\":{\"subnet\":\"10.0.0.0/24\"}}");
}

static void reserve(
        struct pair *pair, int which, unsigned number, const char *mac, const char *address, const char *more)
{
        CLEANUP(string_free)
        char *path =
                string_format("/api/kea/dhcpv4/set_reservation/%08x-1111-4111-8111-%012d", number, which);
        CLEANUP(string_free)
        char *body = string_format(
                "{\"reservation\":{\"subnet\":\"%s\",\"hw_address\":\"%s\",\"ip_address\":\"%s\"%s}}",
                which ? OF_2 : OF_1, mac, address, more);

        put(pair, which, path, body);
}

static void name(struct pair *pair, int which, unsigned number, const char *fields)
{
        CLEANUP(string_free)
        char *path = string_format("/api/dnsmasq/settings/set_host/%08x-2222-4222-8222-%012d", number, which);
        CLEANUP(string_free) char *body = string_format("{\"host\":{%s}}", fields);

        put(pair, which, path, body);
}

static void test_mappings_that_are_the_same(void **state)
{
        PAIR pair;

        (void)state;
        meet_both(&pair);
        differ(&pair, "");
        have_subnets(&pair);
        reserve(&pair, 0, 1, "52:54:00:aa:bb:01", "10.0.0.21", ",\"hostname\":\"a\"");
        reserve(&pair, 1, 9, "52-54-00-AA-BB-01", "10.0.0.21", ",\"hostname\":\"a\"");
        name(&pair, 0, 1, "\"host\":\"www\",\"domain\":\"lab.test\",\"ip\":\"10.0.0.1,fd00::1\"");
        name(&pair, 1, 7, "\"host\":\"www\",\"domain\":\"lab.test\",\"ip\":\"fd00::1,10.0.0.1\"");
        differ(&pair, "");
        mirrors(&pair);
}

static void test_each_difference_is_named_and_mended(void **state)
{
        PAIR pair;

        (void)state;
        meet_both(&pair);
        have_subnets(&pair);
        reserve(&pair, 0, 1, "52:54:00:aa:bb:01", "10.0.0.21",
                ",\"hostname\":\"a\",\"option_data\":{\"routers\":\"10.0.0.2\"}");
        reserve(&pair, 0, 2, "52:54:00:aa:bb:02", "10.0.0.22", "");
        reserve(&pair, 0, 3, "52:54:00:aa:bb:03", "10.0.0.23", "");
        /* Two have each other's address; one has another router; one is only there. */
        reserve(&pair, 1, 2, "52:54:00:aa:bb:02", "10.0.0.23", "");
        reserve(&pair, 1, 3, "52:54:00:aa:bb:03", "10.0.0.22", "");
        reserve(&pair, 1, 1, "52:54:00:aa:bb:01", "10.0.0.21",
                ",\"hostname\":\"a\",\"option_data\":{\"routers\":\"10.0.0.3\"}");
        reserve(&pair, 1, 4, "52:54:00:aa:bb:04", "10.0.0.24", "");
        name(&pair, 0, 1, "\"host\":\"www\",\"domain\":\"lab.test\",\"ip\":\"10.0.0.1\"");
        name(&pair, 0, 2, "\"host\":\"db\",\"hwaddr\":\"52:54:00:aa:bb:05\",\"ip\":\"10.0.0.25\"");
        differ(&pair, "fw2 has option_data.routers 10.0.0.3 for 52:54:00:aa:bb:01, and fw1 has 10.0.0.2\n"
                      "fw2 has ip_address 10.0.0.23 for 52:54:00:aa:bb:02, and fw1 has 10.0.0.22\n"
                      "fw2 has ip_address 10.0.0.22 for 52:54:00:aa:bb:03, and fw1 has 10.0.0.23\n"
                      "fw1 has 10.0.0.1 for www.lab.test, and fw2 doesn't\n"
                      "fw1 has 10.0.0.25 for 52:54:00:aa:bb:05, and fw2 doesn't\n"
                      "fw2 has 10.0.0.24 for 52:54:00:aa:bb:04, and fw1 doesn't");
        mirrors(&pair);
        mirrors(&pair);
}

static void test_a_subnet_that_the_backup_lacks(void **state)
{
        PAIR pair;

        (void)state;
        meet_both(&pair);
        put(&pair, 0, SUBNET_1, "{\"subnet4\":{\"subnet\":\"10.0.0.0/24\"}}");
        reserve(&pair, 0, 1, "52:54:00:aa:bb:01", "10.0.0.21", "");
        differ(&pair, "it has no subnet 10.0.0.0/24 for 52:54:00:aa:bb:01");
}

static void test_mappings_are_put_back(void **state)
{
        static const char *const orders[][2] = {
                {"answer", "{\"path\":\"set_host\",\"status\":500,\"body\":{\"errorMessage\":\"no\"}}"},
                {"answer", "{\"path\":\"kea/service/"
                           "reconfigure\",\"status\":500,\"body\":{\"errorMessage\":\"no\"}}"},
                {"set", "{\"kea_ends\":true}"},
                {"set", "{\"ignore\":[\"hostname\"]}"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
                CLEANUP(error_done) struct error error = {0};
                CLEANUP(string_free) char *before = NULL, *after = NULL;
                PAIR pair;

                meet_both(&pair);
                have_subnets(&pair);
                reserve(&pair, 0, 1, "52:54:00:aa:bb:01", "10.0.0.21", ",\"hostname\":\"a\"");
                reserve(&pair, 1, 1, "52:54:00:aa:bb:01", "10.0.0.31",
                        ",\"option_data\":{\"domain_name\":\"x\"}");
                reserve(&pair, 1, 2, "52:54:00:aa:bb:02", "10.0.0.21", "");
                name(&pair, 0, 1, "\"host\":\"www\",\"domain\":\"lab.test\",\"ip\":\"10.0.0.1\"");
                before = sum(&pair, 1);
                order_of(&pair.world, &pair.backup, orders[i][0], orders[i][1], NULL);
                assert_int_equal(mirror(&pair, &error), -1);
                after = sum(&pair, 1);
                if (!string_equal(before, after))
                        fail_msg("%s: it isn't as it was: %s", orders[i][1], error_text(&error));
                order_of(&pair.world, &pair.backup, "set", "{\"kea_ends\":false,\"ignore\":[]}", NULL);
                mirrors(&pair);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_both_have_it),
                cmocka_unit_test(test_or_neither),
                cmocka_unit_test(test_one_is_down),
                cmocka_unit_test(test_mappings_that_are_the_same),
                cmocka_unit_test(test_each_difference_is_named_and_mended),
                cmocka_unit_test(test_a_subnet_that_the_backup_lacks),
                cmocka_unit_test(test_mappings_are_put_back),
        };

        return cmocka_run_group_tests(tests, begin_both, end);
}
