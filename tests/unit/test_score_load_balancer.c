#include "score_world.h"

static struct socket_address at(const char *text)
{
        struct socket_address address = {0};
        CLEANUP(error_done) struct error error = {0};

        assert_int_equal(socket_address_parse(text, &address, &error), 0);
        return address;
}

/* ---- what is wished ---- */

static struct balanced_service *add_service(struct world *world, const char *name, const char *bind)
{
        struct load_balancer_config *balancer;
        struct balanced_service *service;

        if (world->config.load_balancers.count == 0)
                array_add(&world->config.load_balancers)->name = string_copy("lab");
        balancer = &world->config.load_balancers.items[0];
        service = &array_add(&balancer->services)->service;
        service->name = string_copy(name);
        service->check = (struct health_check) {.interval_s = 5, .rise = 2, .fall = 3, .status = 200};
        *array_add(&service->binds) = at(bind);
        *array_add(&service->servers) =
                (struct balanced_server) {string_copy("control1"), at("192.168.150.21:6443")};
        return service;
}

static void its_address_is_there(struct world *world)
{
        *array_add(&world->answers.own_addresses) = at("192.168.150.1:1").address;
        *array_add(&world->answers.own_addresses) = at("[fd00:150::1]:1").address;
}

static void an_api_is_wished(struct world *world)
{
        struct balanced_service *service = add_service(world, "api", "192.168.150.1:6443");

        service->check.kind = HEALTH_HTTPS;
        service->check.path = string_copy("/readyz");
        *array_add(&service->binds) = at("[fd00:150::1]:6443");
}

static void haproxy_is_installed(struct world *world)
{
        package_answer(world, "haproxy")->installed = true;
        file_answer(world, HAPROXY_OURS);
        file_answer(world, HAPROXY_UNIT_FILE);
}

/* A machine with all that the wish needs, but for what is ours. */
static void a_host_for_it(struct world *world)
{
        a_kvm_host(world);
        haproxy_is_installed(world);
        its_address_is_there(world);
}

/* Carried out, look by look, as an earlier run would have. */
static void it_was_done(struct world *world)
{
        for (int i = 0; i < 3; i++) {
                CLEANUP(plan_done) struct plan plan = {0};

                look(world, &score_load_balancer, &plan);
                assert_int_equal(plan.blocks.count, 0);
                apply(world, &plan);
        }
}

static void a_done_api(struct world *world)
{
        a_host_for_it(world);
        an_api_is_wished(world);
        it_was_done(world);
}

/* ---- what became of it ---- */

static void a_server_leaves(struct world *world)
{
        struct balanced_service *service = &world->config.load_balancers.items[0].services.items[0].service;

        set(&service->servers.items[0].name, "control2");
        service->check.fall = 2;
}

static void a_service_comes(struct world *world)
{
        add_service(world, "ingress", "0.0.0.0:443");
}

static void it_was_edited(struct world *world)
{
        struct text_state *text = text_answer(world, HAPROXY_OURS);
        CLEANUP(string_free)
        char *edited = string_format(
                "%s\n\tbalance leastconn\n\tserver evil 1.2.3.4:1\nlisten old\n\tbind :81\nlisten "
                "bad\n\tbind nowhere\n",
                text->text);

        set(&text->text, edited);
        string_free(&file_answer(world, HAPROXY_OURS)->sha256);
        file_answer(world, HAPROXY_OURS)->sha256 = sha256_hex(edited, strlen(edited));
        file_answer(world, HAPROXY_OURS)->size = (int64_t)strlen(edited);
}

static void a_comment_was_added(struct world *world)
{
        set(&file_answer(world, HAPROXY_OURS)->sha256, "00");
}

static void others_may_write_it(struct world *world)
{
        file_answer(world, HAPROXY_OURS)->mode = 0666;
}

static void it_was_removed(struct world *world)
{
        file_answer(world, HAPROXY_OURS)->exists = false;
        string_free(&text_answer(world, HAPROXY_OURS)->text);
}

static void it_was_replaced_by_a_link(struct world *world)
{
        file_answer(world, HAPROXY_OURS)->type = FILE_ABSENT;
        set(&file_answer(world, HAPROXY_OURS)->what, "symbolic link");
}

static void its_unit_was_edited(struct world *world)
{
        set(&file_answer(world, HAPROXY_UNIT_FILE)->sha256, "00");
}

static void it_runs_with_an_older_one(struct world *world)
{
        strings_done(&world->answers.balancer_fingerprints);
        strings_add(&world->answers.balancer_fingerprints, "0123456789abcdef");
}

static void it_was_stopped(struct world *world)
{
        unit_is(world, HAPROXY_UNIT, "enabled", false);
        balancer_stops(world);
}

static void it_was_disabled(struct world *world)
{
        set(&unit_answer(world, HAPROXY_UNIT)->file_state, "disabled");
}

static void it_was_masked(struct world *world)
{
        it_was_stopped(world);
        set(&unit_answer(world, HAPROXY_UNIT)->file_state, "masked");
}

static void it_tries_to_start(struct world *world)
{
        it_was_stopped(world);
        unit_is_changing(world, HAPROXY_UNIT, "activating");
}

static void a_socket_was_closed(struct world *world)
{
        struct listener *listeners = world->answers.listeners.items;

        assert_int_equal(world->answers.listeners.count, 2);
        listeners[0] = listeners[1];
        world->answers.listeners.count = 1;
}

static void nginx_listens(struct world *world, const char *where)
{
        struct listener *listener = array_add(&world->answers.listeners);

        listener->at = at(where);
        listener->program = string_copy("nginx (process 812)");
}

static void nginx_is_there(struct world *world)
{
        nginx_listens(world, "192.168.150.1:6443");
}

static void nginx_is_everywhere(struct world *world)
{
        nginx_listens(world, "0.0.0.0:6443");
        world->answers.listeners.items[0].program[0] = 'N';
}

static void nginx_comes_everywhere(struct world *world)
{
        nginx_listens(world, "0.0.0.0:6443");
}

static void somebody_is_there(struct world *world)
{
        nginx_listens(world, "[::]:6443");
        string_free(&world->answers.listeners.items[world->answers.listeners.count - 1].program);
}

static void nginx_is_elsewhere(struct world *world)
{
        nginx_listens(world, "127.0.0.1:6443");
        nginx_listens(world, "192.168.150.1:6444");
}

static void its_address_is_gone(struct world *world)
{
        world->answers.own_addresses.count = 0;
}

static void a_network_brings_it(struct world *world)
{
        for (int i = 0; i < 2; i++) {
                struct network_config *network = array_add(&world->config.networks);

                network->network.name = string_format("lab%d", i);
                network->network.address.address = at(i ? "[fd00:150::1]:1" : "192.168.150.1:1").address;
        }
}

static void theirs_is(struct world *world, const char *text)
{
        set(&text_answer(world, HAPROXY_THEIRS)->text, text);
}

static void theirs_has_the_port(struct world *world)
{
        theirs_is(world, "global\n daemon\n\nfrontend kube\n bind :6443 # theirs\n acl x path /\n "
                         "default_backend b\n");
}

static void theirs_has_others(struct world *world)
{
        theirs_is(world,
                "frontend kube\n bind 127.0.0.1:6443\n bind :80\n acl x path /\n use_backend b if x\n");
}

static void theirs_is_invalid(struct world *world)
{
        theirs_is(world,
                "frontend web\n bind :80\nfrontend bad\n\n bind 10.0.0.300:6443\nlisten \"worse\"\n bind "
                "\"$IP:6443\"\n");
}

static void loopback_and_all_are_wished(struct world *world)
{
        add_service(world, "a", "127.3.2.1:81");
        add_service(world, "b", "0.0.0.0:82");
        add_service(world, "c", "[::]:83");
}

#define FRESH                                                        \
        "write /etc/haproxy/provision.cfg: lab:api\n"                \
        "write file /etc/systemd/system/provision-haproxy.service\n" \
        "enable unit provision-haproxy.service\n"                    \
        "start unit provision-haproxy.service\n"                     \
        "see haproxy listen for lab:api\n"
#define RELOADED "reload unit provision-haproxy.service\nsee haproxy listen for lab:api\n"

static const struct row rows[] = {
        {"nothing is wished", {a_kvm_host}, ""},
        {"nothing is wished, and theirs is invalid", {a_kvm_host, theirs_is_invalid}, ""},
        {"nothing is there", {a_host_for_it, an_api_is_wished}, FRESH},
        {"a fresh host", {a_fresh_host, an_api_is_wished, a_network_brings_it}, FRESH},
        {"all is as wished", {a_done_api}, ""},
        {"loopback and all addresses need none",
                {a_host_for_it, its_address_is_gone, loopback_and_all_are_wished, it_was_done}, ""},
        {"a server leaves and its check changes", {a_done_api, a_server_leaves},
                "rewrite /etc/haproxy/provision.cfg: service lab:api: server control2 at 192.168.150.21:6443 "
                "comes, server "
                "control1 leaves, its check was https every 5 s (2 good, 3 bad), /readyz must answer 200 and "
                "becomes https "
                "every 5 s (2 good, 2 bad), /readyz must answer 200\n" RELOADED},
        {"a service comes", {a_done_api, a_service_comes},
                "rewrite /etc/haproxy/provision.cfg: service lab:ingress: comes\n"
                "reload unit provision-haproxy.service\nsee haproxy listen for lab:api, lab:ingress\n"},
        {"the file was edited", {a_done_api, it_was_edited},
                "rewrite /etc/haproxy/provision.cfg: service lab:api: server evil leaves, loses \"balance\"; "
                "service old "
                "goes; service bad: its bind address \"nowhere\" isn't understood\n" RELOADED},
        {"a comment was added", {a_done_api, a_comment_was_added},
                "rewrite /etc/haproxy/provision.cfg: its services are the same, other lines "
                "differ\n" RELOADED},
        {"others may write it", {a_done_api, others_may_write_it},
                "set right /etc/haproxy/provision.cfg: who may read and change it\n"},
        {"the file was removed", {a_done_api, it_was_removed},
                "write /etc/haproxy/provision.cfg: lab:api\n" RELOADED},
        {"a link is in its place", {a_done_api, it_was_replaced_by_a_link},
                "! /etc/haproxy/provision.cfg is a symbolic link where a file is wanted: move it out of the "
                "way\n"},
        {"cut off before the reload", {a_done_api, it_runs_with_an_older_one},
                "reload unit provision-haproxy.service, which runs with another configuration than "
                "/etc/haproxy/provision.cfg\nsee haproxy listen for lab:api\n"},
        {"cut off before its start", {a_done_api, it_was_stopped},
                "start unit provision-haproxy.service\nsee haproxy listen for lab:api\n"},
        {"its unit was edited", {a_done_api, its_unit_was_edited},
                "rewrite file /etc/systemd/system/provision-haproxy.service\nrestart unit "
                "provision-haproxy.service: its "
                "file changes\nsee haproxy listen for lab:api\n"},
        {"it doesn't start with the machine", {a_done_api, it_was_disabled},
                "enable unit provision-haproxy.service\n"},
        {"it was masked", {a_done_api, it_was_masked},
                "unmask unit provision-haproxy.service\n? enable unit provision-haproxy.service\nstart unit "
                "provision-haproxy.service\nsee haproxy listen for lab:api\n"},
        {"it tries to start, and there is something new for it",
                {a_done_api, it_tries_to_start, a_server_leaves},
                "rewrite /etc/haproxy/provision.cfg: service lab:api: server control2 at 192.168.150.21:6443 "
                "comes, server "
                "control1 leaves, its check was https every 5 s (2 good, 3 bad), /readyz must answer 200 and "
                "becomes https "
                "every 5 s (2 good, 2 bad), /readyz must answer 200\nrestart unit "
                "provision-haproxy.service\nsee haproxy "
                "listen for lab:api\n"},
        {"a socket was closed", {a_done_api, a_socket_was_closed},
                "restart unit provision-haproxy.service, which doesn't listen at 192.168.150.1:6443 for "
                "service lab:api\nsee "
                "haproxy listen for lab:api\n"},
        {"another program has the port", {a_done_api, it_was_stopped, nginx_is_there},
                "start unit provision-haproxy.service\nsee haproxy listen for lab:api\n"
                "! service lab:api is to listen at 192.168.150.1:6443, where nginx (process 812) listens "
                "already (at "
                "192.168.150.1:6443): stop that, or choose another address or port\n"},
        {"another program has all addresses", {a_host_for_it, nginx_is_everywhere, an_api_is_wished},
                FRESH "! service lab:api is to listen at 192.168.150.1:6443, where Nginx (process 812) "
                      "listens already (at "
                      "0.0.0.0:6443): stop that, or choose another address or port\n"},
        {"another haproxy shares the port", {a_done_api, nginx_is_there},
                "! service lab:api is to listen at 192.168.150.1:6443, where nginx (process 812) listens as "
                "well, and takes "
                "some of its connections (at 192.168.150.1:6443): stop that, or choose another address or "
                "port\n"},
        {"another program has come for all addresses", {a_done_api, nginx_comes_everywhere}, ""},
        {"somebody unknown has all of IPv6", {a_host_for_it, an_api_is_wished, somebody_is_there},
                FRESH "! service lab:api is to listen at [fd00:150::1]:6443, where another program listens "
                      "already (at "
                      "[::]:6443): stop that, or choose another address or port\n"},
        {"another program has the port elsewhere", {a_host_for_it, an_api_is_wished, nginx_is_elsewhere},
                FRESH},
        {"the machine lacks the address", {a_done_api, its_address_is_gone},
                "! service lab:api is to listen at 192.168.150.1:6443, but this machine has no address "
                "192.168.150.1, and no "
                "network of its configuration brings it: correct it, or give the machine that address\n"
                "! service lab:api is to listen at [fd00:150::1]:6443, but this machine has no address "
                "fd00:150::1, and no "
                "network of its configuration brings it: correct it, or give the machine that address\n"},
        {"a network brings the address", {a_done_api, its_address_is_gone, a_network_brings_it}, ""},
        {"theirs has the port", {a_done_api, theirs_has_the_port},
                "! service lab:api is to listen at 192.168.150.1:6443, and /etc/haproxy/haproxy.cfg, which "
                "isn't ours, has "
                "\"kube\" at line 4 listen at 0.0.0.0:6443: choose another address or port, or take it out "
                "there\n"},
        {"theirs has others", {a_done_api, theirs_has_others}, ""},
        {"theirs has invalid addresses: told, and in nobody's way",
                {a_host_for_it, an_api_is_wished, theirs_is_invalid},
                FRESH "~ service \"bad\" of /etc/haproxy/haproxy.cfg, at line 3, is left out of account: its "
                      "bind address "
                      "\"10.0.0.300:6443\" isn't understood\n"
                      "~ service \"worse\" of /etc/haproxy/haproxy.cfg, at line 6, is left out of account: "
                      "its bind address "
                      "\"$IP:6443\" depends on the environment of haproxy\n"},
};

/* ---- what has done its work ---- */

static void its_bootstrap_machine_has_gone(struct world *world)
{
        struct cluster_config *cluster = array_add(&world->config.clusters);

        cluster->name = string_copy("lab");
        cluster->bootstrap = string_copy("boot");
        set(&text_answer(world, "/var/lib/provision/clusters/lab")->text, "bootstrapped\n");
}

static void test_retired_servers_leave(void **state)
{
        struct world world = {0};
        CLEANUP(wish_done) struct wish wish = {0};
        CLEANUP(plan_done) struct plan plan = {0};

        (void)state;
        a_host_for_it(&world);
        an_api_is_wished(&world);
        *array_add(&world.config.load_balancers.items[0].services.items[0].service.servers) =
                (struct balanced_server) {string_copy("boot"), at("192.168.150.20:6443")};
        wish_init(&wish, &world.config, &world.host);
        score_load_balancer.plan(&wish, &world.answers, &plan);
        assert_non_null(strstr(plan.steps.items[0].balancer.text, "server boot 192.168.150.20:6443"));
        plan_done(&plan);
        plan = (struct plan) {0};
        its_bootstrap_machine_has_gone(&world);
        wish_done(&wish);
        wish_init(&wish, &world.config, &world.host);
        wish_retire(&wish, &world.answers);
        score_load_balancer.plan(&wish, &world.answers, &plan);
        assert_null(strstr(plan.steps.items[0].balancer.text, "boot "));
        assert_non_null(strstr(plan.steps.items[0].balancer.text, "server control1 192.168.150.21:6443"));
        world_done(&world);
}

/* ---- undoing ---- */

static void the_store_knows_it(struct world *world)
{
        static const char *const things[][2] = {
                {"unit", HAPROXY_UNIT}, {"file", HAPROXY_OURS}, {"file", HAPROXY_UNIT_FILE}};

        for (size_t i = 0; i < 3; i++) {
                struct owned_thing *thing = array_add(&world->answers.owned);

                thing->kind = string_copy(things[i][0]);
                thing->name = string_copy(things[i][1]);
        }
}

static void assert_undo(void (*const *given)(struct world *world), const char *expected)
{
        struct world world = {0};
        CLEANUP(plan_done) struct plan plan = {0};
        CLEANUP(string_free) char *lines = NULL;

        for (; *given; given++)
                (*given)(&world);
        look_either_way(&world, &score_load_balancer, true, &plan);
        lines = plan_lines(&plan);
        assert_string_equal(lines, expected);
        plan_done(&plan);
        world_done(&world);
}

static void test_undo(void **state)
{
        (void)state;
        assert_undo((void (*const[])(struct world *)) {a_kvm_host, NULL}, "");
        assert_undo((void (*const[])(struct world *)) {a_done_api, the_store_knows_it, NULL}, "");
        assert_undo((void (*const[])(struct world *)) {a_done_api, NULL},
                "stop unit provision-haproxy.service\ndisable unit provision-haproxy.service\nremove file "
                "/etc/systemd/system/provision-haproxy.service\nremove file /etc/haproxy/provision.cfg\n");
        assert_undo((void (*const[])(struct world *)) {a_done_api, it_was_stopped, it_was_disabled,
                            it_was_removed, NULL},
                "remove file /etc/systemd/system/provision-haproxy.service\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_undo), cmocka_unit_test(test_retired_servers_leave)};

        return RUN_ROWS(&score_load_balancer, NULL, rows) + cmocka_run_group_tests(tests, NULL, NULL);
}
