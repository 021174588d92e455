/* OPNsense as a load balancer and a firewall, through the real client: what it is told, what it does, and that whatever goes wrong in
 * between leaves it as it was. */
#include "opnsense_world.h"

/* ---- what is wished ---- */

struct wishes {
        struct balanced_service api;
        struct firewall wan;
};

static void wishes_done(struct wishes *wishes)
{
        balanced_service_done(&wishes->api);
        firewall_done(&wishes->wan);
}

static struct socket_address at(const char *text)
{
        struct socket_address address = {0};
        struct error error = {0};

        assert_int_equal(socket_address_parse(text, &address, &error), 0);
        return address;
}

static void add_server(struct wishes *wishes, const char *name, const char *address)
{
        *array_add(&wishes->api.servers) = (struct balanced_server) {string_copy(name), at(address)};
}

static void wish_api(struct wishes *wishes, const char *bind)
{
        *wishes = (struct wishes) {.api = {.name = string_copy("api"),
                                           .check = {.kind = HEALTH_HTTPS,
                                                   .path = string_copy("/readyz"),
                                                   .status = 200,
                                                   .interval_s = 5,
                                                   .rise = 2,
                                                   .fall = 3}}};
        *array_add(&wishes->api.binds) = at(bind);
        add_server(wishes, "control1", "127.0.0.1:7001");
        add_server(wishes, "control2", "127.0.0.1:7002");
}

static void wish_port(struct wishes *wishes, const char *port, const char *from)
{
        struct port_range range;
        struct subnet subnet;
        struct error error = {0};

        if (!wishes->wan.name) {
                wishes->wan.name = string_copy("wan");
                strings_add(&wishes->wan.interfaces, "wan");
        }
        assert_int_equal(port_range_parse(port, &range, &error), 0);
        *array_add(&wishes->wan.ports) = range;
        if (!from)
                return;
        assert_int_equal(subnet_parse(from, &subnet, &error), 0);
        *array_add(&wishes->wan.from) = subnet;
}

static struct opnsense_objects objects_of(const struct wishes *wishes)
{
        struct opnsense_objects objects = {0};

        if (wishes->api.name) {
                opnsense_add_service(&objects, "lab", &wishes->api);
                opnsense_add_general(&objects);
        }
        opnsense_add_rules(&objects, &wishes->wan);
        return objects;
}

/* ---- carrying out, and looking ---- */

static int carry_out(
        struct world *world, enum step_kind kind, const struct wishes *wishes, struct error *error)
{
        struct step step = {
                .kind = kind, .opnsense = {.members = {&world->opnsense}, .wanted = objects_of(wishes)}};
        int result = means_carry_out(world->means, &step, deadline_in_s(WAIT_S), 0, NULL, error);

        opnsense_objects_done(&step.opnsense.wanted);
        return result;
}

static void does(struct world *world, enum step_kind kind, const struct wishes *wishes)
{
        struct error error = {0};

        if (carry_out(world, kind, wishes, &error) < 0)
                fail_msg("%s", error_text(&error));
}

static void does_not(struct world *world, enum step_kind kind, const struct wishes *wishes, const char *words)
{
        CLEANUP(error_done) struct error error = {0};

        if (carry_out(world, kind, wishes, &error) == 0)
                fail_msg("it was done, instead of: %s", words);
        if (!strstr(error_text(&error), words))
                fail_msg("it says \"%s\", and not \"%s\"", error_text(&error), words);
}

static const struct opnsense_state *look(struct world *world, unsigned needs, struct answers *answers)
{
        CLEANUP(survey_done) struct survey survey = {0};
        struct error error = {0};

        survey_ask_opnsense(&survey, &world->opnsense, needs);
        if (means_answer(world->means, &survey, deadline_in_s(WAIT_S), answers, &error) < 0)
                fail_msg("%s", error_text(&error));
        return answers_opnsense(answers, "fw1");
}

static char *differences(struct world *world, enum opnsense_area area, const struct wishes *wishes)
{
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(opnsense_changes_done) struct opnsense_changes changes = {0};
        const struct opnsense_state *state = look(world, 1U << area, &answers);
        struct opnsense_objects wanted = objects_of(wishes);
        char *words;

        if (!state->answers)
                fail_msg("%s", state->why);
        opnsense_compare(area, &wanted, &state->objects, &changes);
        words = changes.list.count ? opnsense_changes_words(&changes) : string_copy("");
        opnsense_objects_done(&wanted);
        return words;
}

static void differs(
        struct world *world, enum opnsense_area area, const struct wishes *wishes, const char *wanted)
{
        CLEANUP(string_free) char *words = differences(world, area, wishes);

        assert_string_equal(words, wanted);
}

static const struct wishes nothing;

/* As if nobody had been there; a real one loses what is ours. */
static void clear(struct world *world)
{
        meet(world);
        if (is_contract())
                ORDER(world, "reset", "{}");
        else {
                does(world, STEP_OPNSENSE_WRITE, &nothing);
                does(world, STEP_OPNSENSE_RULES, &nothing);
        }
}

/* The very same as before. */
static void is_as_it_was(struct world *world, struct json *before, const char *what)
{
        CLEANUP(json_free) struct json *after = NULL;

        order(world, "state", "{}", &after);
        if (!string_equal(json_text_at(json_member(before, "sums"), what),
                    json_text_at(json_member(after, "sums"), what)))
                fail_msg("its %s isn't as it was", what);
}

#define PORT   "127.0.0.1:16443"
#define WISHED CLEANUP(wishes_done) struct wishes
#define WORLD  CLEANUP(world_done) struct world

/* ---- services ---- */

static void test_services_come_run_and_go(void **state)
{
        WORLD world;
        WISHED wishes = {0};

        (void)state;
        clear(&world);
        wish_api(&wishes, PORT);
        differs(&world, OPNSENSE_SERVICES, &wishes, "service lab/api comes; haproxy: enabled from 0 to 1");
        does(&world, STEP_OPNSENSE_WRITE, &wishes);
        differs(&world, OPNSENSE_SERVICES, &wishes, "");
        does(&world, STEP_OPNSENSE_SEE, &wishes);
        does(&world, STEP_OPNSENSE_WRITE, &wishes);
        differs(&world, OPNSENSE_SERVICES, &nothing, "service lab/api goes");
        does(&world, STEP_OPNSENSE_WRITE, &nothing);
        differs(&world, OPNSENSE_SERVICES, &nothing, "");
        does_not(&world, STEP_OPNSENSE_SEE, &wishes, "doesn't run as it is written");
}

static void test_a_change_is_told_and_made(void **state)
{
        WORLD world;
        WISHED wishes = {0}, changed = {0};

        (void)state;
        clear(&world);
        wish_api(&wishes, PORT);
        wish_api(&changed, PORT);
        does(&world, STEP_OPNSENSE_WRITE, &wishes);
        changed.api.servers.items[1].at = at("127.0.0.1:7003");
        changed.api.check.fall = 5;
        add_server(&changed, "control3", "127.0.0.1:7004");
        differs(&world, OPNSENSE_SERVICES, &changed,
                "server lab/api/control2: port from 7002 to 7003; server lab/api/control3 comes; backend "
                "lab/api: who "
                "belongs to it, healthCheckFall from 3 to 5");
        does(&world, STEP_OPNSENSE_WRITE, &changed);
        differs(&world, OPNSENSE_SERVICES, &changed, "");
        differs(&world, OPNSENSE_SERVICES, &wishes,
                "server lab/api/control2: port from 7003 to 7002; backend lab/api: who belongs to it, "
                "healthCheckFall "
                "from 5 to 3; server lab/api/control3 goes");
        does(&world, STEP_OPNSENSE_WRITE, &wishes);
        differs(&world, OPNSENSE_SERVICES, &wishes, "");
}

/* More requests than one connection takes. */
static void test_many_servers(void **state)
{
        WORLD world;
        WISHED wishes = {0};

        (void)state;
        clear(&world);
        wish_api(&wishes, PORT);
        for (unsigned i = 1; i <= 60; i++) {
                CLEANUP(string_free) char *name = string_format("w%u", i);
                CLEANUP(string_free) char *address = string_format("127.0.0.1:%u", 7100 + i);

                add_server(&wishes, name, address);
        }
        does(&world, STEP_OPNSENSE_WRITE, &wishes);
        differs(&world, OPNSENSE_SERVICES, &wishes, "");
        does(&world, STEP_OPNSENSE_WRITE, &nothing);
}

static void put(struct world *world, const char *path, const char *body)
{
        struct opnsenses *opnsenses = opnsenses_new(world->link);
        struct session_with_opnsense *session;
        struct error error = {0};

        if (opnsense_open(opnsenses, &world->opnsense, deadline_in_s(WAIT_S), &session, &error) < 0 ||
                opnsense_tell(session, path, body, "saved", 30, deadline_in_s(WAIT_S), &error) < 0)
                fail_msg("%s", error_text(&error));
        opnsenses_free(opnsenses);
}

#define THEIRS "/api/haproxy/settings/set_frontend/11111111-1111-4111-8111-111111111111"

static void test_others_are_left_alone(void **state)
{
        WORLD world;
        WISHED wishes = {0};
        CLEANUP(json_free) struct json *after = NULL;

        (void)state;
        clear(&world);
        if (!is_contract())
                skip();
        wish_api(&wishes, PORT);
        put(&world, THEIRS,
                "{\"frontend\":{\"name\":\"theirs\",\"bind\":\"127.0.0.1:16444\",\"mode\":\"tcp\"}}");
        does(&world, STEP_OPNSENSE_WRITE, &wishes);
        /* A copy, as the interface makes them: with all of ours, but a UUID of its own. */
        put(&world, "/api/haproxy/settings/set_server/22222222-2222-4222-8222-222222222222",
                "{\"server\":{\"name\":\"copy\",\"description\":\"provision: "
                "lab/api/control1\",\"port\":\"1\"}}");
        does(&world, STEP_OPNSENSE_WRITE, &nothing);
        order(&world, "state", "{}", &after);
        assert_non_null(json_member(json_member(json_member(after, "store"), "frontend"),
                "11111111-1111-4111-8111-111111111111"));
        assert_non_null(json_member(
                json_member(json_member(after, "store"), "server"), "22222222-2222-4222-8222-222222222222"));
}

/* ---- what goes wrong, and is put back ---- */

static const struct trouble {
        const char *name;
        const char *order, *body; /* or NULL */
        const char *bind;
        const char *words;
} troubles[] = {
        {"haproxy doesn't accept it", "set", "{\"alert\":\"no such luck\"}", PORT, "doesn't accept it"},
        {"its reload says ok and does nothing", "set", "{\"reload_does_nothing\":true}", PORT, "doesn't run"},
        {"an address that the firewall doesn't have", NULL, NULL, "192.0.2.77:16443",
                "its haproxy doesn't run"},
        {"a field that its version doesn't know", "set", "{\"ignore\":[\"healthCheckFall\"]}", PORT,
                "healthCheckFall from"},
        {"it fails in the middle", "answer",
                "{\"path\":\"set_backend\",\"status\":500,\"body\":{\"errorMessage\":\"Unexpected error, "
                "check log for "
                "details\"}}",
                PORT, "with status 500: Unexpected error"},
        {"it doesn't take a value", "answer",
                "{\"path\":\"set_frontend\",\"status\":200,\"body\":{\"result\":\"failed\",\"validations\":{"
                "\"frontend.bind\":"
                "[\"Please provide a valid listen address\",\"x\"]}}}",
                PORT, "frontend.bind: Please provide a valid listen address"},
        {"it doesn't say why", "answer",
                "{\"path\":\"set_healthcheck\",\"status\":200,\"body\":{\"result\":\"failed\"}}", PORT,
                "hasn't understood"},
        {"its session is over", "answer", "{\"path\":\"set_backend\",\"status\":302,\"body\":\"\"}", PORT,
                "with another page"},
        {"it has lost an action", "answer",
                "{\"path\":\"reconfigure\",\"status\":404,\"body\":{\"errorMessage\":"
                "\"Endpoint not found\"}}",
                PORT, "has no /api/haproxy/service/reconfigure"},
        {"an action that says nothing", "answer", "{\"path\":\"set_server\",\"status\":200,\"body\":null}",
                PORT, "with nothing"},
        {"no JSON", "answer", "{\"path\":\"configtest\",\"status\":200,\"body\":\"<html>\"}", PORT,
                "isn't JSON"},
};

/* Nothing was there before; and then something was, which goes on. */
static void test_what_was_there_is_put_back(void **state)
{
        for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++) {
                const struct trouble *trouble = &troubles[i];
                WORLD world;
                WISHED wishes = {0}, earlier = {0};
                CLEANUP(json_free) struct json *before = NULL;

                (void)state;
                clear(&world);
                if (!is_contract())
                        skip();
                for (int had_one = 0; had_one < 2; had_one++) {
                        print_message("%s, and %s before\n", trouble->name, had_one ? "one" : "nothing");
                        wish_api(&wishes, trouble->bind);
                        wish_api(&earlier, "127.0.0.1:16440");
                        add_server(&wishes, "control3", "127.0.0.1:7003");
                        earlier.api.check.kind = HEALTH_TCP;
                        earlier.api.check.fall = 4;
                        if (had_one)
                                does(&world, STEP_OPNSENSE_WRITE, &earlier);
                        json_free(&before);
                        order(&world, "state", "{}", &before);
                        if (trouble->order)
                                ORDER(&world, trouble->order, trouble->body);
                        does_not(&world, STEP_OPNSENSE_WRITE, &wishes, trouble->words);
                        ORDER(&world, "set",
                                "{\"alert\":\"\",\"reload_does_nothing\":false,\"ignore\":[],\"answer\":[]}");
                        is_as_it_was(&world, before, "store");
                        is_as_it_was(&world, before, "general");
                        is_as_it_was(&world, before, "running");
                        if (had_one)
                                does(&world, STEP_OPNSENSE_SEE, &earlier);
                        wishes_done(&wishes);
                        wishes_done(&earlier);
                        wishes = earlier = (struct wishes) {0};
                }
        }
}

/* It was done, but nobody was told: whoever asks again does no harm. */
static void test_a_lost_answer_is_asked_for_again(void **state)
{
        WORLD world;
        WISHED wishes = {0};

        (void)state;
        clear(&world);
        ORDER(&world, "drop", "{\"path\":\"set_server\"}");
        ORDER(&world, "drop", "{\"path\":\"reconfigure\"}");
        ORDER(&world, "drop", "{\"path\":\"settings/get\"}");
        wish_api(&wishes, PORT);
        does(&world, STEP_OPNSENSE_WRITE, &wishes);
        differs(&world, OPNSENSE_SERVICES, &wishes, "");
}

static void test_a_run_that_was_cut_off_is_seen(void **state)
{
        CLEANUP(strings_done) struct strings words = {0};
        CLEANUP(answers_done) struct answers answers = {0};
        WORLD world;
        WISHED wishes = {0};
        struct opnsense_objects wanted;

        (void)state;
        clear(&world);
        ORDER(&world, "set", "{}");
        wish_api(&wishes, PORT);
        does(&world, STEP_OPNSENSE_WRITE, &wishes);
        ORDER(&world, "stop", "{}");
        differs(&world, OPNSENSE_SERVICES, &wishes, "");
        wanted = objects_of(&wishes);
        opnsense_running_differences(&wanted, look(&world, 1U << OPNSENSE_SERVICES, &answers), &words);
        opnsense_objects_done(&wanted);
        assert_int_equal(words.count, 1);
        assert_string_equal(words.items[0], "service lab/api doesn't run as it is written");
        does(&world, STEP_OPNSENSE_WRITE, &wishes);
        does(&world, STEP_OPNSENSE_SEE, &wishes);
}

/* ---- its plugin ---- */

/* Whatever comes of it is told in the same way: what counts is what is there afterwards. */
static void test_its_plugin_is_installed(void **state)
{
        static const struct {
                const char *name, *plugin, *words; /* NULL: it is installed */
        } rows[] = {
                {"at once", "{\"outcome\":\"installed\"}", NULL},
                {"after another", "{\"busy\":2}", NULL},
                {"it has to be updated first", "{\"outcome\":\"outdated\"}",
                        "OPNsense fw1 has not installed its plugin os-haproxy, and says last: Installation "
                        "out of "
                        "date. The update to opnsense-26.7.4 is required."},
                {"it doesn't have it", "{\"outcome\":\"unknown\"}", "No packages available"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                WORLD world;
                WISHED wishes = {0};

                clear(&world);
                if (!is_contract())
                        skip();
                print_message("%s\n", rows[i].name);
                ORDER(&world, "plugin", rows[i].plugin);
                ORDER(&world, "drop", "{\"path\":\"firmware/upgradestatus\",\"times\":3}");
                wish_api(&wishes, PORT);
                does_not(&world, STEP_OPNSENSE_WRITE, &wishes, "install its plugin os-haproxy");
                if (rows[i].words) {
                        does_not(&world, STEP_OPNSENSE_PLUGIN, &wishes, rows[i].words);
                        continue;
                }
                does(&world, STEP_OPNSENSE_PLUGIN, &wishes);
                does(&world, STEP_OPNSENSE_PLUGIN, &wishes);
                does(&world, STEP_OPNSENSE_WRITE, &wishes);
        }
}

static void test_a_plugin_that_does_not_come(void **state)
{
        WORLD world;
        WISHED wishes = {0};

        (void)state;
        clear(&world);
        if (!is_contract())
                skip();
        ORDER(&world, "plugin", "{}");
        ORDER(&world, "answer", "{\"path\":\"firmware/install\",\"status\":403,\"body\":{\"status\":403}}");
        does_not(&world, STEP_OPNSENSE_PLUGIN, &wishes,
                "doesn't let this key have /api/core/firmware/install/os-haproxy");
}

/* ---- rules ---- */

static size_t loaded_rules(struct world *world)
{
        CLEANUP(json_free) struct json *state = NULL;
        CLEANUP(strings_done) struct strings names = {0};

        order(world, "state", "{}", &state);
        json_names(json_member(json_member(state, "loaded"), "rules"), &names);
        return names.count;
}

static void test_rules_come_are_loaded_and_go(void **state)
{
        WORLD world;
        WISHED wishes = {0};

        (void)state;
        clear(&world);
        wish_port(&wishes, "6443", "203.0.113.0/24");
        wish_port(&wishes, "8000-8010/udp", "2001:db8::/32");
        differs(&world, OPNSENSE_RULES, &wishes,
                "rule wan/6443/tcp from 203.0.113.0/24 comes; rule wan/6443/tcp from 2001:db8::/32 comes; "
                "rule "
                "wan/8000-8010/udp from 203.0.113.0/24 comes; rule wan/8000-8010/udp from 2001:db8::/32 "
                "comes");
        does(&world, STEP_OPNSENSE_RULES, &wishes);
        differs(&world, OPNSENSE_RULES, &wishes, "");
        if (is_contract())
                assert_int_equal(loaded_rules(&world), 4);
        wishes.wan.ports.count = 1;
        does(&world, STEP_OPNSENSE_RULES, &wishes);
        differs(&world, OPNSENSE_RULES, &wishes, "");
        if (is_contract())
                assert_int_equal(loaded_rules(&world), 2);
        does(&world, STEP_OPNSENSE_RULES, &nothing);
        differs(&world, OPNSENSE_RULES, &nothing, "");
        if (is_contract())
                assert_int_equal(loaded_rules(&world), 0);
}

static void test_rules_are_put_back(void **state)
{
        static const char *const orders[][2] = {
                {"{\"path\":\"filter/apply\",\"status\":200,\"body\":{\"status\":\"Error (1)\"}}",
                        "Error (1)"},
                {"{\"path\":\"filter/del_rule\",\"status\":500,\"body\":{\"errorMessage\":\"no\"}}",
                        "status 500: no"},
                {"{\"path\":\"filter/set_rule\",\"status\":403,\"body\":{}}", "doesn't let this key"},
        };
        WORLD world;
        WISHED wishes = {0}, earlier = {0};

        (void)state;
        clear(&world);
        wish_port(&earlier, "22", NULL);
        wish_port(&earlier, "80", NULL);
        wish_port(&wishes, "6443", NULL);
        wish_port(&wishes, "80", NULL);
        for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
                CLEANUP(json_free) struct json *before = NULL;

                does(&world, STEP_OPNSENSE_RULES, &earlier);
                order(&world, "state", "{}", &before);
                ORDER(&world, "answer", orders[i][0]);
                does_not(&world, STEP_OPNSENSE_RULES, &wishes, orders[i][1]);
                is_as_it_was(&world, before, "store");
                assert_int_equal(loaded_rules(&world), 2);
        }
}

static void test_a_rule_that_was_not_loaded_is_seen(void **state)
{
        WORLD world;
        WISHED wishes = {0};
        struct opnsense_objects wanted;

        (void)state;
        clear(&world);
        wish_port(&wishes, "6443", NULL);
        does(&world, STEP_OPNSENSE_RULES, &wishes);
        wanted = objects_of(&wishes);
        for (array_each(const struct opnsense_object, object, &wanted.list)) {
                CLEANUP(string_free)
                char *path = string_format("/api/firewall/filter/set_rule/%s", object->uuid);
                CLEANUP(string_free) char *description = opnsense_pending(object);
                CLEANUP(string_free)
                char *body = string_format("{\"rule\":{\"description\":\"%s\"}}", description);

                put(&world, path, body);
        }
        opnsense_objects_done(&wanted);
        differs(&world, OPNSENSE_RULES, &wishes, "rule wan/6443/tcp from any: it is written, and not loaded");
        differs(&world, OPNSENSE_RULES, &nothing, "rule wan/6443/tcp from any (being loaded) goes");
        does(&world, STEP_OPNSENSE_RULES, &wishes);
        differs(&world, OPNSENSE_RULES, &wishes, "");
        does(&world, STEP_OPNSENSE_RULES, &nothing);
}

/* ---- who may ---- */

static void is_refused(struct world *world, unsigned needs, const char *words)
{
        CLEANUP(answers_done) struct answers answers = {0};
        const struct opnsense_state *found = look(world, needs, &answers);

        if (found->answers || !strstr(found->why, words))
                fail_msg(
                        "it says \"%s\", and not \"%s\"", found->answers ? "all is well" : found->why, words);
        assert_true(found->is_refused);
}

#define SERVICES (1U << OPNSENSE_SERVICES)
#define RULES    (1U << OPNSENSE_RULES)

static void logs_in_with(struct world *world, const char *name)
{
        free(world->opnsense.credentials);
        world->opnsense.credentials = path_in(name);
}

static void test_who_logs_in(void **state)
{
        static const struct {
                const char *content;
                mode_t mode;
                const char *words;
        } rows[] = {
                {"key=abc\nsecret=def\n", 0640, "may be read by others"},
                {"key=abc\n", 0600, "has no secret"},
                {"secret=abc\n", 0600, "has no key"},
                {"key=a:b\nsecret=c\n", 0600, "has no key"},
                {"key=abc\r\nsecret=def\r\n", 0600, "doesn't know the key"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                WORLD world;

                meet(&world);
                write_file("other.txt", rows[i].content, rows[i].mode);
                logs_in_with(&world, "other.txt");
                is_refused(&world, SERVICES, rows[i].words);
        }
}

static void test_key_and_secret_in_files_of_their_own(void **state)
{
        CLEANUP(string_free) char *both = file_text("apikey.txt"), *secret = NULL, *key = NULL;
        CLEANUP(answers_done) struct answers answers = {0};
        WORLD world;

        (void)state;
        meet(&world);
        secret = string_copy(strstr(both, "\nsecret=") + strlen("\nsecret="));
        key = string_copy_n(both + strlen("key="), strcspn(both, "\n") - strlen("key="));
        write_file("key", key, 0600);
        write_file("secret", secret, 0400);
        string_free(&world.opnsense.credentials);
        world.opnsense.key = path_in("key");
        world.opnsense.secret = path_in("secret");
        assert_true(look(&world, SERVICES, &answers)->answers);
        free(world.opnsense.key);
        free(world.opnsense.secret);
}

/* What nobody wishes may be kept from us. */
static void test_a_user_who_may_not_everything(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};
        const struct opnsense_state *found;
        WORLD world;

        (void)state;
        if (!is_contract())
                skip();
        meet(&world);
        logs_in_with(&world, "limited.txt");
        is_refused(&world, SERVICES | RULES, "give its user the privilege");
        found = look(&world, RULES, &answers);
        assert_true(found->answers && found->is_known[OPNSENSE_RULES] && !found->is_known[OPNSENSE_SERVICES]);
}

static void test_whom_it_is_talked_to(void **state)
{
        CLEANUP(string_free) char *pin = file_text("pin");
        CLEANUP(answers_done) struct answers answers = {0}, others = {0}, both = {0};
        const struct opnsense_state *found;
        WORLD world;

        (void)state;
        if (!is_contract())
                skip();
        meet(&world);
        string_free(&world.opnsense.ca);
        found = look(&world, SERVICES, &others);
        assert_false(found->answers);
        assert_non_null(strstr(found->why, "certificate"));
        world.opnsense.pin = string_copy(pin);
        assert_true(look(&world, SERVICES, &answers)->answers);
        world.opnsense.pin[strlen("sha256//")] ^= 1;
        means_free(world.means);
        world.means = means_new(world.link);
        found = look(&world, SERVICES, &both);
        assert_false(found->answers);
        assert_non_null(strstr(found->why, "pinned"));
}

static void test_nobody_is_there(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};
        const struct opnsense_state *found;
        WORLD world;

        (void)state;
        meet(&world);
        world.opnsense.server.port = 1;
        found = look(&world, SERVICES, &answers);
        assert_false(found->answers || found->is_refused);
        assert_non_null(strstr(found->why, "OPNsense fw1: "));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_services_come_run_and_go),
                cmocka_unit_test(test_a_change_is_told_and_made),
                cmocka_unit_test(test_many_servers),
                cmocka_unit_test(test_others_are_left_alone),
                cmocka_unit_test(test_what_was_there_is_put_back),
                cmocka_unit_test(test_a_lost_answer_is_asked_for_again),
                cmocka_unit_test(test_a_run_that_was_cut_off_is_seen),
                cmocka_unit_test(test_its_plugin_is_installed),
                cmocka_unit_test(test_a_plugin_that_does_not_come),
                cmocka_unit_test(test_rules_come_are_loaded_and_go),
                cmocka_unit_test(test_rules_are_put_back),
                cmocka_unit_test(test_a_rule_that_was_not_loaded_is_seen),
                cmocka_unit_test(test_who_logs_in),
                cmocka_unit_test(test_key_and_secret_in_files_of_their_own),
                cmocka_unit_test(test_a_user_who_may_not_everything),
                cmocka_unit_test(test_whom_it_is_talked_to),
                cmocka_unit_test(test_nobody_is_there),
        };

        return cmocka_run_group_tests(tests, begin, end);
}
