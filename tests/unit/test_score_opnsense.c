/* What an OPNsense is told to do, situation by situation. */
#include "score_world.h"

static struct socket_address at(const char *text)
{
        struct socket_address address = {0};
        CLEANUP(error_done) struct error error = {0};

        assert_int_equal(socket_address_parse(text, &address, &error), 0);
        return address;
}

/* ---- what is wished ---- */

static void a_firewall(struct world *world)
{
        a_kvm_host(world);
        array_add(&world->config.opnsenses)->name = string_copy("fw1");
        opnsense_answer(world);
}

static struct balanced_service *add_service(struct world *world, const char *name, const char *bind)
{
        struct load_balancer_config *balancer;
        struct balanced_service *service;

        if (world->config.load_balancers.count == 0) {
                balancer = array_add(&world->config.load_balancers);
                balancer->name = string_copy("lab");
                balancer->opnsense = string_copy("fw1");
        }
        service = &array_add(&world->config.load_balancers.items[0].services)->service;
        service->name = string_copy(name);
        service->check = (struct health_check) {.interval_s = 5, .rise = 2, .fall = 3, .status = 200};
        *array_add(&service->binds) = at(bind);
        *array_add(&service->servers) =
                (struct balanced_server) {string_copy("control1"), at("192.168.150.21:6443")};
        return service;
}

static void an_api_is_wished(struct world *world)
{
        add_service(world, "api", "203.0.113.10:6443");
}

static void a_port_is_wished(struct world *world)
{
        struct firewall_config *config = array_add(&world->config.firewalls);
        CLEANUP(error_done) struct error error = {0};

        config->opnsense = string_copy("fw1");
        config->firewall.name = string_copy("wan");
        strings_add(&config->firewall.interfaces, "wan");
        assert_int_equal(port_range_parse("6443", array_add(&config->firewall.ports), &error), 0);
}

/* Carried out, as an earlier run would have. */
static void it_was_done(struct world *world)
{
        CLEANUP(plan_done) struct plan plan = {0};

        look(world, &score_opnsense, &plan);
        assert_int_equal(plan.blocks.count, 0);
        apply(world, &plan);
}

static void a_done_api(struct world *world)
{
        a_firewall(world);
        an_api_is_wished(world);
        it_was_done(world);
}

static void a_done_port(struct world *world)
{
        a_firewall(world);
        a_port_is_wished(world);
        it_was_done(world);
}

/* ---- what became of it ---- */

static struct opnsense_object *find(struct world *world, enum opnsense_kind kind)
{
        for (array_each(struct opnsense_object, object, &opnsense_answer(world)->objects.list))
                if (object->kind == kind)
                        return object;
        fail_msg("there is no %s", opnsense_kind_name(kind));
        return NULL;
}

static void its_server_was_edited(struct world *world)
{
        opnsense_set(find(world, OPNSENSE_SERVER), "port", "6444");
}

static void its_frontend_was_switched_off(struct world *world)
{
        opnsense_set(find(world, OPNSENSE_FRONTEND), "enabled", "0");
}

static void its_address_was_edited_to_none(struct world *world)
{
        opnsense_set(find(world, OPNSENSE_FRONTEND), "bind", "203.0.113.10:99999");
}

static void somebody_sets_more(struct world *world)
{
        opnsense_set(find(world, OPNSENSE_FRONTEND), "customOptions", "maxconn 5");
        opnsense_set(find(world, OPNSENSE_SERVER), "weight", "7");
}

static void a_service_comes(struct world *world)
{
        add_service(world, "in.gress", "203.0.113.10:443");
}

static void a_server_comes(struct world *world)
{
        *array_add(&world->config.load_balancers.items[0].services.items[0].service.servers) =
                (struct balanced_server) {string_copy("control2"), at("192.168.150.22:6443")};
}

static void nothing_is_wished_any_more(struct world *world)
{
        for (array_each(struct load_balancer_config, balancer, &world->config.load_balancers))
                set(&balancer->opnsense, "fw9");
        for (array_each(struct firewall_config, firewall, &world->config.firewalls))
                set(&firewall->opnsense, "fw9");
}

static void haproxy_was_stopped(struct world *world)
{
        opnsense_answer(world)->is_running = false;
        strings_done(&opnsense_answer(world)->running);
}

/* A run that was cut off behind its last change: the same names don't run. */
static void it_was_not_loaded(struct world *world)
{
        set(&opnsense_answer(world)->running.items[0], "provision.lab.api.000000000000");
}

static void a_rule_was_not_loaded(struct world *world)
{
        struct opnsense_object *rule = find(world, OPNSENSE_RULE);
        CLEANUP(string_free) char *pending = opnsense_pending(rule);

        opnsense_set(rule, "description", pending);
}

static void a_rule_was_edited(struct world *world)
{
        opnsense_set(find(world, OPNSENSE_RULE), "source_net", "lan");
}

/* ---- others ---- */

static struct opnsense_object *add_frontend(struct world *world, const char *bind)
{
        struct opnsense_object *object = array_add(&opnsense_answer(world)->objects.list);

        object->kind = OPNSENSE_FRONTEND;
        object->uuid = string_copy("11111111-1111-4111-8111-111111111111");
        opnsense_set(object, "enabled", "1");
        opnsense_set(object, "name", "theirs");
        opnsense_set(object, "bind", bind);
        return object;
}

static void others_listen_there(struct world *world)
{
        add_frontend(world, "10.0.0.1:80,203.0.113.10:6443");
}

static void others_listen_there_in_a_range(struct world *world)
{
        add_frontend(world, "*:6000-7000");
}

static void others_are_off(struct world *world)
{
        opnsense_set(add_frontend(world, "0.0.0.0:6443"), "enabled", "0");
}

static void others_listen_elsewhere(struct world *world)
{
        add_frontend(world,
                "203.0.113.10:6442,203.0.113.11:6443,[::]:6443,unix@x,www.example.com:6443,quic4@a:6443");
}

static void others_listen_nowhere(struct world *world)
{
        add_frontend(world, "203.0.113.10:99999,203.0.113.300:6443,203.0.113.10,203.0.113.10:70-60");
}

/* As the interface makes it: the very same, with a UUID of its own. */
static void somebody_made_a_copy(struct world *world)
{
        struct opnsense_object *copy = array_add(&opnsense_answer(world)->objects.list);

        opnsense_copy(copy, find(world, OPNSENSE_SERVER));
        set(&copy->uuid, "22222222-2222-4222-8222-222222222222");
}

/* ---- how it answers ---- */

static void it_has_no_haproxy(struct world *world)
{
        opnsense_answer(world)->has_haproxy = false;
}

static void it_does_not_answer(struct world *world)
{
        opnsense_answer(world)->answers = false;
        opnsense_answer(world)->why = string_copy("OPNsense fw1: no answer within 3 s");
}

static void it_refuses(struct world *world)
{
        it_does_not_answer(world);
        opnsense_answer(world)->is_refused = true;
}

static void it_keeps_haproxy_from_us(struct world *world)
{
        opnsense_answer(world)->is_known[OPNSENSE_SERVICES] = false;
}

/* ---- two as one ---- */

static void a_pair(struct world *world)
{
        struct firewall_pair_config *pair = array_add(&world->config.firewall_pairs);

        a_kvm_host(world);
        array_add(&world->config.opnsenses)->name = string_copy("fw1");
        array_add(&world->config.opnsenses)->name = string_copy("fw2");
        pair->name = string_copy("edge");
        pair->primary = string_copy("fw1");
        pair->backup = string_copy("fw2");
        opnsense_answer(world);
        opnsense_state(world, &world->config.opnsenses.items[1]);
}

static struct opnsense_state *its_backup(struct world *world)
{
        return opnsense_state(world, &world->config.opnsenses.items[1]);
}

static void an_api_on_both(struct world *world)
{
        an_api_is_wished(world);
        set(&world->config.load_balancers.items[0].opnsense, "edge");
}

static void a_done_pair(struct world *world)
{
        a_pair(world);
        an_api_on_both(world);
        it_was_done(world);
}

static void its_backup_was_stopped(struct world *world)
{
        its_backup(world)->is_running = false;
}

static void its_backup_is_down(struct world *world)
{
        its_backup(world)->answers = false;
        its_backup(world)->why = string_copy("OPNsense fw2: no answer within 3 s");
}

static struct opnsense_object *add_mapping(
        struct opnsense_state *state, const char *uuid, const char *mac, const char *address)
{
        struct opnsense_object *object = array_add(&state->objects.list);

        object->kind = OPNSENSE_HOST;
        object->uuid = string_copy(uuid);
        opnsense_set(object, "hwaddr", mac);
        opnsense_set(object, "ip", address);
        return object;
}

static void the_primary_has_one(struct world *world)
{
        add_mapping(opnsense_answer(world), "u1", "52:54:00:aa:bb:01", "10.0.0.21");
}

static void the_backup_has_it_too(struct world *world)
{
        add_mapping(its_backup(world), "u7", "52-54-00-AA-BB-01", "10.0.0.21");
}

static void the_backup_has_another_address(struct world *world)
{
        add_mapping(its_backup(world), "u7", "52:54:00:aa:bb:01", "10.0.0.31");
}

static void the_backup_has_one_more(struct world *world)
{
        add_mapping(its_backup(world), "u1", "52:54:00:aa:bb:09", "10.0.0.29");
}

#define MIRROR   "bring the static mappings of OPNsense fw2 to those of fw1\n"
#define BOTH     "bring the services of firewall pair edge in line: "
#define SEE_BOTH "see the haproxy of firewall pair edge listen for lab/api\n"
#define SERVICES "bring the services of OPNsense fw1 in line: "
#define SEE      "see the haproxy of OPNsense fw1 listen for lab/api\n"
#define RULES    "bring the rules of OPNsense fw1 in line: "

static const struct row rows[] = {
        {"nothing is wished", {a_firewall}, ""},
        {"a service comes", {a_firewall, an_api_is_wished},
                SERVICES "service lab/api comes; haproxy: enabled from 0 to 1\n" SEE},
        {"all is done", {a_done_api}, ""},
        {"another one comes", {a_done_api, a_service_comes},
                SERVICES "service lab/in.gress comes\nsee the haproxy of OPNsense fw1 listen for lab/api, "
                         "lab/in.gress\n"},
        {"a server comes", {a_done_api, a_server_comes},
                SERVICES "server lab/api/control2 comes; backend lab/api: who belongs to it\n" SEE},
        {"somebody has edited a server", {a_done_api, its_server_was_edited},
                SERVICES "server lab/api/control1: port from 6444 to 6443\n" SEE},
        {"somebody has switched it off", {a_done_api, its_frontend_was_switched_off},
                SERVICES "service lab/api: enabled from 0 to 1\n" SEE},
        {"somebody has made its address one that is none", {a_done_api, its_address_was_edited_to_none},
                SERVICES "service lab/api: bind from 203.0.113.10:99999 to 203.0.113.10:6443\n" SEE},
        {"fields that we don't name", {a_done_api, somebody_sets_more}, ""},
        {"a copy of ours is somebody's", {a_done_api, somebody_made_a_copy, nothing_is_wished_any_more},
                SERVICES "service lab/api goes\n"},
        {"it is no longer wished", {a_done_api, nothing_is_wished_any_more},
                SERVICES "service lab/api goes\n"},
        {"haproxy was stopped", {a_done_api, haproxy_was_stopped}, SERVICES "its haproxy doesn't run\n" SEE},
        {"cut off before it was loaded", {a_done_api, it_was_not_loaded},
                SERVICES "service lab/api doesn't run as it is written; "
                         "provision.lab.api.000000000000 runs still\n" SEE},
        {"others listen there", {a_firewall, an_api_is_wished, others_listen_there},
                "! service lab/api can't listen at 203.0.113.10:6443: frontend theirs of OPNsense fw1 "
                "listens at "
                "203.0.113.10:6443: choose another address or port, or switch that off\n"},
        {"others listen there in a range", {a_firewall, an_api_is_wished, others_listen_there_in_a_range},
                "! service lab/api can't listen at 203.0.113.10:6443: frontend theirs of OPNsense fw1 "
                "listens at "
                "*:6000-7000: choose another address or port, or switch that off\n"},
        {"others that are off", {a_firewall, an_api_is_wished, others_are_off},
                SERVICES "service lab/api comes; haproxy: enabled from 0 to 1\n" SEE},
        {"others listen elsewhere", {a_firewall, an_api_is_wished, others_listen_elsewhere},
                SERVICES "service lab/api comes; haproxy: enabled from 0 to 1\n" SEE},
        {"others with addresses that are none", {a_firewall, an_api_is_wished, others_listen_nowhere},
                SERVICES "service lab/api comes; haproxy: enabled from 0 to 1\n" SEE
                         "~ frontend theirs of OPNsense fw1 is left out of account: its address "
                         "\"203.0.113.10:99999\" is "
                         "none\n"
                         "~ frontend theirs of OPNsense fw1 is left out of account: its address "
                         "\"203.0.113.300:6443\" is "
                         "none\n"
                         "~ frontend theirs of OPNsense fw1 is left out of account: its address "
                         "\"203.0.113.10\" is none\n"
                         "~ frontend theirs of OPNsense fw1 is left out of account: its address "
                         "\"203.0.113.10:70-60\" is "
                         "none\n"},
        {"a port is let in", {a_firewall, a_port_is_wished}, RULES "rule wan/6443/tcp from any comes\n"},
        {"a port was let in", {a_done_port}, ""},
        {"somebody has edited its rule", {a_done_port, a_rule_was_edited},
                RULES "rule wan/6443/tcp from any: source_net from lan to any\n"},
        {"its rule was not loaded", {a_done_port, a_rule_was_not_loaded},
                RULES "rule wan/6443/tcp from any: it is written, and not loaded\n"},
        {"a port is no longer wished", {a_done_port, nothing_is_wished_any_more},
                RULES "rule wan/6443/tcp from any goes\n"},
        {"without the plugin", {a_firewall, an_api_is_wished, it_has_no_haproxy},
                "install plugin os-haproxy on OPNsense fw1\n" SERVICES
                "service lab/api comes; haproxy: enabled from 0 to 1\n" SEE},
        {"without the plugin, which nobody needs", {a_done_port, it_has_no_haproxy}, ""},
        {"what nobody needs may be kept from us", {a_done_port, it_keeps_haproxy_from_us}, ""},
        {"a pair with nothing", {a_pair}, ""},
        {"a service on both", {a_pair, an_api_on_both},
                BOTH "service lab/api comes; haproxy: enabled from 0 to 1\n" SEE_BOTH},
        {"it is on both", {a_done_pair}, ""},
        {"only the backup is wrong", {a_done_pair, its_backup_was_stopped},
                BOTH "on fw2 its haproxy doesn't run\n" SEE_BOTH},
        {"they are wrong in different ways", {a_done_pair, its_backup_was_stopped, its_server_was_edited},
                BOTH "on fw1 server lab/api/control1: port from 6444 to 6443; on fw2 its haproxy doesn't "
                     "run\n" SEE_BOTH},
        {"one is down, and nothing is to be done", {a_done_pair, its_backup_is_down},
                "~ one of firewall pair edge is down: OPNsense fw2: no answer within 3 s\n"},
        {"the same machine on both", {a_pair, the_primary_has_one, the_backup_has_it_too}, ""},
        {"the backup lacks a machine", {a_pair, the_primary_has_one},
                MIRROR "~ firewall pair edge: fw1 has 10.0.0.21 for 52:54:00:aa:bb:01, and fw2 doesn't\n"},
        {"the backup has another address for it",
                {a_pair, the_primary_has_one, the_backup_has_another_address},
                MIRROR
                "~ firewall pair edge: fw2 has ip 10.0.0.31 for 52:54:00:aa:bb:01, and fw1 has 10.0.0.21\n"},
        {"the backup has a machine more, with the primary's UUID",
                {a_pair, the_primary_has_one, the_backup_has_one_more},
                MIRROR "~ firewall pair edge: fw1 has 10.0.0.21 for 52:54:00:aa:bb:01, and fw2 doesn't\n"
                       "~ firewall pair edge: fw2 has 10.0.0.29 for 52:54:00:aa:bb:09, and fw1 doesn't\n"},
        {"it refuses us", {a_firewall, an_api_is_wished, it_refuses},
                "! OPNsense fw1: no answer within 3 s\n"},
};

/* It may answer when the step's turn comes, which looks for itself. */
static void test_it_does_not_answer(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        CLEANUP(plan_done) struct plan plan = {0};
        CLEANUP(string_free) char *lines = NULL;

        (void)state;
        a_firewall(&world);
        an_api_is_wished(&world);
        a_port_is_wished(&world);
        it_does_not_answer(&world);
        look(&world, &score_opnsense, &plan);
        lines = plan_lines(&plan);
        assert_string_equal(lines,
                "bring the services of OPNsense fw1 in line (lab/api), which can't be asked yet: "
                "OPNsense fw1: no answer within 3 s\n" SEE
                "bring the rules of OPNsense fw1 in line (wan/6443/tcp from any), which can't be asked "
                "yet: OPNsense fw1: no answer within 3 s\n");
        plan_done(&plan);
        plan = (struct plan) {0};
}

static void assert_undo(void (*const *given)(struct world *world), const char *expected)
{
        CLEANUP(world_done) struct world world = {0};
        CLEANUP(plan_done) struct plan plan = {0};
        CLEANUP(string_free) char *lines = NULL;

        for (; *given; given++)
                (*given)(&world);
        look_either_way(&world, &score_opnsense, true, &plan);
        lines = plan_lines(&plan);
        assert_string_equal(lines, expected);
}

static void test_undo(void **state)
{
        (void)state;
        assert_undo((void (*const[])(struct world *)) {a_firewall, others_listen_there, NULL}, "");
        assert_undo((void (*const[])(struct world *)) {a_done_api, a_port_is_wished, it_was_done, NULL},
                SERVICES "service lab/api goes\n" RULES "rule wan/6443/tcp from any goes\n");
}

/* A dot in a name isn't the one between names: no two services are called the same in haproxy. */
static void test_names(void **state)
{
        static const char *const pairs[][2] = {
                {"a.b", "c"}, {"a", "b.c"}, {"a..b", "c"}, {"a.b.", "c"}, {"a", "b..c"}};
        CLEANUP(strings_done) struct strings names = {0};
        CLEANUP(world_done) struct world world = {0};

        (void)state;
        an_api_is_wished(&world);
        for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
                struct balanced_service *service =
                        &world.config.load_balancers.items[0].services.items[0].service;
                struct opnsense_objects objects = {0};

                set(&service->name, pairs[i][1]);
                opnsense_add_service(&objects, pairs[i][0], service);
                for (array_each(const struct opnsense_object, object, &objects.list))
                        if (object->kind == OPNSENSE_BACKEND) {
                                assert_false(strings_has(&names, opnsense_value(object, "name")));
                                strings_add(&names, opnsense_value(object, "name"));
                        }
                opnsense_objects_done(&objects);
        }
        assert_string_equal(names.items[0], "provision.a..b.c");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_it_does_not_answer),
                cmocka_unit_test(test_undo),
                cmocka_unit_test(test_names),
        };

        return RUN_ROWS(&score_opnsense, NULL, rows) + cmocka_run_group_tests(tests, NULL, NULL);
}
