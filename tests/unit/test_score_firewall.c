#include "score_world.h"

static struct ip_address address(const char *text)
{
        struct ip_address address = {0};
        struct error error = {0};

        assert_int_equal(ip_address_parse(text, &address, &error), 0);
        return address;
}

/* ---- what is wished ---- */

static struct firewall *add_firewall(struct world *world, const char *name, const char *interface)
{
        struct firewall *firewall = &array_add(&world->config.firewalls)->firewall;

        firewall->name = string_copy(name);
        strings_add(&firewall->interfaces, interface);
        return firewall;
}

static void add_port(struct firewall *firewall, const char *text)
{
        struct error error = {0};

        assert_int_equal(port_range_parse(text, array_add(&firewall->ports), &error), 0);
}

static void add_from(struct world *world, const char *text)
{
        struct error error = {0};

        assert_int_equal(
                subnet_parse(text, array_add(&world->config.firewalls.items[0].firewall.from), &error), 0);
}

static void ssh_and_an_api_are_wished(struct world *world)
{
        struct firewall *firewall = add_firewall(world, "wan", "eth0");

        add_port(firewall, "22");
        add_port(firewall, "6443");
}

static void another_is_wished(struct world *world)
{
        add_firewall(world, "dmz", "eth1");
}

static void some_may_come(struct world *world)
{
        add_from(world, "203.0.113.0/24");
        add_from(world, "2001:db8::/32");
}

static void it_has_an_interface(struct world *world, const char *name, const char *own)
{
        struct interface_address *address_of = array_add(&world->answers.firewall.addresses);

        array_add(&world->answers.interfaces)->name = string_copy(name);
        address_of->interface = string_copy(name);
        address_of->address = address(own);
}

static void a_host_for_it(struct world *world)
{
        a_kvm_host(world);
        file_answer(world, NFTABLES_FILE);
        file_answer(world, NFTABLES_UNIT_FILE);
        it_has_an_interface(world, "lo", "127.0.0.1");
        it_has_an_interface(world, "eth0", "203.0.113.10");
        it_has_an_interface(world, "eth1", "10.0.0.10");
}

static void we_come(struct world *world, const char *client, const char *server, unsigned port)
{
        world->answers.firewall.ssh_client = address(client);
        world->answers.firewall.ssh_server = address(server);
        world->answers.firewall.ssh_port = port;
}

static void we_come_over_it(struct world *world)
{
        we_come(world, "203.0.113.99", "203.0.113.10", 22);
}

static void we_come_to_another_port(struct world *world)
{
        we_come(world, "203.0.113.99", "203.0.113.10", 2222);
}

static void we_come_from_elsewhere(struct world *world)
{
        we_come(world, "198.51.100.1", "203.0.113.10", 22);
}

static void we_come_over_another(struct world *world)
{
        we_come(world, "10.0.0.1", "10.0.0.10", 2222);
}

static void we_come_to_an_address_of_no_interface(struct world *world)
{
        we_come(world, "198.51.100.1", "192.0.2.1", 2222);
}

static void we_come_by_a_tunnel(struct world *world)
{
        we_come(world, "127.0.0.1", "127.0.0.1", 2222);
}

static void we_are_there(struct world *world)
{
        world->host.connect.is_local = true;
}

static void it_was_done(struct world *world)
{
        for (int i = 0; i < 3; i++) {
                CLEANUP(plan_done) struct plan plan = {0};

                look(world, &score_firewall, &plan);
                assert_int_equal(plan.blocks.count, 0);
                apply(world, &plan);
        }
}

static void a_done_wish(struct world *world)
{
        a_host_for_it(world);
        ssh_and_an_api_are_wished(world);
        we_come_over_it(world);
        it_was_done(world);
}

/* ---- what became of it ---- */

static void a_port_comes(struct world *world)
{
        add_port(&world->config.firewalls.items[0].firewall, "8000-8010/udp");
}

static void it_was_flushed(struct world *world)
{
        strings_done(&world->answers.firewall.listed);
}

static void the_machine_knows_nothing_of_it(struct world *world)
{
        table_is_gone(world);
}

static void a_rule_was_added(struct world *world)
{
        strings_add(&world->answers.firewall.listed, "\t\ttcp dport 80 accept");
}

static void a_rule_was_removed(struct world *world)
{
        CLEANUP(strings_done) struct strings dropped = {0};

        strings_add(&dropped, "\t\tdrop");
        change_strings(&world->answers.firewall.listed, &dropped, false);
}

static void others_have_loaded_it(struct world *world)
{
        strings_done(&world->answers.firewall.loaded);
}

/* Cut off between the table and its file, or loaded from an older one. */
static void the_file_is_older(struct world *world)
{
        set(&file_answer(world, NFTABLES_FILE)->sha256, "00");
}

static void others_may_write_it(struct world *world)
{
        file_answer(world, NFTABLES_FILE)->mode = 0666;
}

static void the_file_was_removed(struct world *world)
{
        file_answer(world, NFTABLES_FILE)->exists = false;
}

static void a_link_is_in_its_place(struct world *world)
{
        file_answer(world, NFTABLES_FILE)->type = FILE_ABSENT;
        set(&file_answer(world, NFTABLES_FILE)->what, "symbolic link");
}

static void its_unit_was_stopped(struct world *world)
{
        unit_is(world, NFTABLES_UNIT, "enabled", false);
        table_is_gone(world);
}

static void its_unit_was_disabled(struct world *world)
{
        set(&unit_answer(world, NFTABLES_UNIT)->file_state, "disabled");
}

static void its_unit_was_edited(struct world *world)
{
        set(&file_answer(world, NFTABLES_UNIT_FILE)->sha256, "00");
}

/* ---- others ---- */

static void a_chain_drops(struct world *world, const char *table, const char *name)
{
        struct dropping_chain *chain = array_add(&world->answers.firewall.dropping);

        chain->table = string_copy(table);
        chain->name = string_copy(name);
}

static void ufw_is_at_work(struct world *world)
{
        a_chain_drops(world, "ip filter", "INPUT");
        strings_add(&world->answers.firewall.ufw_tables, "ip filter");
}

static void somebody_drops(struct world *world)
{
        a_chain_drops(world, "inet theirs", "in");
}

static void services_are_wished(struct world *world)
{
        static const char *const binds[] = {
                "203.0.113.10:6443", "203.0.113.10:443", "0.0.0.0:80", "10.0.0.10:81", "127.0.0.1:82"};
        struct load_balancer_config *balancer = array_add(&world->config.load_balancers);
        struct balanced_service *service = &array_add(&balancer->services)->service;
        struct error error = {0};

        balancer->name = string_copy("lab");
        service->name = string_copy("api");
        for (size_t i = 0; i < sizeof(binds) / sizeof(binds[0]); i++)
                assert_int_equal(socket_address_parse(binds[i], array_add(&service->binds), &error), 0);
}

static void an_interface_is_missing(struct world *world)
{
        add_firewall(world, "dmz", "eth9");
}

/* ---- firewalld ---- */

static void firewalld_starts(struct world *world)
{
        world->answers.firewall.has_firewalld = true;
}

static void firewalld_is_at_work(struct world *world)
{
        struct interface_zone *zone = array_add(&world->answers.firewall.zones);

        firewalld_starts(world);
        zone->interface = string_copy("eth0");
        zone->zone = string_copy("public");
        text_answer(world, FIREWALLD_NOTE);
}

static void somebody_let_ssh_in(struct world *world)
{
        strings_add(&world->answers.firewall.runtime, "public 22/tcp");
        strings_add(&world->answers.firewall.permanent, "public 22/tcp");
}

static void somebody_has_closed_the_api_until_the_next_start(struct world *world)
{
        CLEANUP(strings_done) struct strings api = {0};

        strings_add(&api, "public 6443/tcp");
        change_strings(&world->answers.firewall.runtime, &api, false);
}

static void the_api_goes(struct world *world)
{
        world->config.firewalls.items[0].firewall.ports.count = 1;
}

static void ssh_goes(struct world *world)
{
        struct firewall *firewall = &world->config.firewalls.items[0].firewall;

        firewall->ports.items[0] = firewall->ports.items[1];
        firewall->ports.count = 1;
}

static void its_zone_is_another(struct world *world)
{
        set(&world->answers.firewall.zones.items[0].zone, "work");
}

#define UNIT                                                          \
        "write file /etc/systemd/system/provision-firewall.service\n" \
        "enable unit provision-firewall.service\n"                    \
        "start unit provision-firewall.service\n"
#define LOAD  "let in over eth0 only 22/tcp, 6443/tcp"
#define FRESH LOAD "\n" UNIT

static const struct row rows[] = {
        {"nothing is wished", {a_kvm_host, ufw_is_at_work, we_come_over_it}, ""},
        {"a host without it", {a_host_for_it, ssh_and_an_api_are_wished, we_come_over_it}, FRESH},
        {"a fresh host", {a_fresh_host, ssh_and_an_api_are_wished}, FRESH},
        {"all is as wished", {a_done_wish}, ""},
        {"several, and only for some",
                {a_host_for_it, ssh_and_an_api_are_wished, some_may_come, another_is_wished, we_come_over_it},
                LOAD " from 203.0.113.0/24, 2001:db8::/32; over eth1 nothing\n" UNIT},
        {"a port comes", {a_done_wish, a_port_comes}, LOAD ", 8000-8010/udp\n"},
        {"somebody flushed it", {a_done_wish, it_was_flushed}, LOAD ": the kernel has nothing of it\n"},
        {"its traces in /run are gone, too", {a_done_wish, the_machine_knows_nothing_of_it},
                LOAD ": the kernel has nothing of it\n"},
        {"a rule was added", {a_done_wish, a_rule_was_added},
                LOAD ": its table has been given \"tcp dport 80 accept\"\n"},
        {"a rule was removed", {a_done_wish, a_rule_was_removed}, LOAD ": its table has lost \"drop\"\n"},
        {"somebody else has loaded it", {a_done_wish, others_have_loaded_it},
                LOAD ": its table was loaded by somebody else\n"},
        {"its file says something else", {a_done_wish, the_file_is_older}, LOAD "\n"},
        {"its file was removed", {a_done_wish, the_file_was_removed}, LOAD "\n"},
        {"others may write its file", {a_done_wish, others_may_write_it},
                LOAD ": set right who may read and change /etc/provision-firewall.nft\n"},
        {"a link is in place of its file", {a_done_wish, a_link_is_in_its_place},
                "! /etc/provision-firewall.nft is a symbolic link where a file is wanted: move it out of the "
                "way\n"},
        {"its unit was stopped, and took it along", {a_done_wish, its_unit_was_stopped},
                LOAD ": the kernel has nothing of it\nstart unit provision-firewall.service\n"},
        {"its unit doesn't start with the machine", {a_done_wish, its_unit_was_disabled},
                "enable unit provision-firewall.service\n"},
        {"its unit was edited", {a_done_wish, its_unit_was_edited},
                "rewrite file /etc/systemd/system/provision-firewall.service\n"
                "restart unit provision-firewall.service: its file changes\n"},

        /* this run's own connection */
        {"we come to a port that isn't let in",
                {a_host_for_it, ssh_and_an_api_are_wished, we_come_to_another_port},
                UNIT "! firewall wan would shut out port 2222, by which this run is connected (from "
                     "203.0.113.99, over eth0): add \"2222\" to its ports\n"},
        {"we come from where nobody is let in",
                {a_host_for_it, ssh_and_an_api_are_wished, some_may_come, we_come_from_elsewhere},
                UNIT
                "! firewall wan would shut out 198.51.100.1, from where this run is connected (to port 22, "
                "over eth0): add \"198.51.100.1/32\" or its network to from\n"},
        {"we come from where some are let in",
                {a_host_for_it, ssh_and_an_api_are_wished, some_may_come, we_come_over_it},
                LOAD " from 203.0.113.0/24, 2001:db8::/32\n" UNIT},
        {"we come over another interface", {a_host_for_it, ssh_and_an_api_are_wished, we_come_over_another},
                FRESH},
        {"we come over another that nothing is let in by",
                {a_host_for_it, ssh_and_an_api_are_wished, another_is_wished, we_come_over_another},
                UNIT
                "! firewall dmz would shut out port 2222, by which this run is connected (from 10.0.0.1, "
                "over eth1): add \"2222\" to its ports\n"},
        {"it can't be told where we come in",
                {a_host_for_it, ssh_and_an_api_are_wished, we_come_to_an_address_of_no_interface},
                UNIT "! firewall wan would shut out port 2222, by which this run is connected (from "
                     "198.51.100.1, it can't be told over which interface): add \"2222\" to its ports\n"},
        {"we come by a tunnel of the machine's own",
                {a_host_for_it, ssh_and_an_api_are_wished, we_come_by_a_tunnel}, FRESH},
        {"we are there, from a login that would be shut out",
                {a_host_for_it, ssh_and_an_api_are_wished, we_come_to_another_port, we_are_there},
                FRESH "~ firewall wan would shut out port 2222, by which this run is connected (from "
                      "203.0.113.99, over eth0): add \"2222\" to its ports\n"},
        {"all is as wished, and we come by what is left of an older connection",
                {a_done_wish, we_come_to_another_port}, ""},

        /* others */
        {"ufw is at work", {a_done_wish, ufw_is_at_work},
                "~ ufw is at work (chain INPUT of table ip filter) and drops what it doesn't know: what is "
                "let "
                "in here has to be let in there, too, by ufw allow\n"},
        {"somebody drops", {a_done_wish, somebody_drops},
                "~ chain in of table inet theirs, which isn't ours, drops what it doesn't know: what is let "
                "in "
                "here has to be let in there, too\n"},
        {"an interface isn't there", {a_done_wish, an_interface_is_missing},
                LOAD
                "; over eth9 nothing\n~ firewall dmz: there is no interface eth9 yet: what comes in over "
                "another isn't filtered\n"},
        {"services of a load balancer that nobody would reach", {a_done_wish, services_are_wished},
                "~ service lab:api listens at 203.0.113.10:443, and firewall wan doesn't let that in: add "
                "\"443\" to its ports if the outside is to reach it\n"
                "~ service lab:api listens at 0.0.0.0:80, and firewall wan doesn't let that in: add \"80\" "
                "to "
                "its ports if the outside is to reach it\n"},

        /* firewalld */
        {"firewalld is at work", {a_host_for_it, firewalld_is_at_work, ssh_and_an_api_are_wished},
                "have firewalld let in 22/tcp in zone public, 6443/tcp in zone public\n"},
        {"its zone has chains that drop, which are no news",
                {a_host_for_it, firewalld_is_at_work, ssh_and_an_api_are_wished, somebody_drops},
                "have firewalld let in 22/tcp in zone public, 6443/tcp in zone public\n"},
        {"firewalld lets some of it in already",
                {a_host_for_it, firewalld_is_at_work, ssh_and_an_api_are_wished, somebody_let_ssh_in},
                "have firewalld let in 6443/tcp in zone public\n"},
        {"firewalld has closed one until its next start",
                {a_host_for_it, firewalld_is_at_work, ssh_and_an_api_are_wished, it_was_done,
                        somebody_has_closed_the_api_until_the_next_start},
                "have firewalld let in 6443/tcp in zone public\n"},
        {"what is no longer wished is closed",
                {a_host_for_it, firewalld_is_at_work, ssh_and_an_api_are_wished, it_was_done, the_api_goes},
                "have firewalld no longer let in 6443/tcp in zone public\n"},
        {"theirs stays open",
                {a_host_for_it, firewalld_is_at_work, somebody_let_ssh_in, ssh_and_an_api_are_wished,
                        it_was_done, ssh_goes},
                ""},
        {"its zone is another",
                {a_host_for_it, firewalld_is_at_work, ssh_and_an_api_are_wished, it_was_done,
                        its_zone_is_another},
                "have firewalld let in 22/tcp in zone work, 6443/tcp in zone work\n"
                "have firewalld no longer let in 22/tcp in zone public, 6443/tcp in zone public\n"},
        {"firewalld comes where our table is", {a_done_wish, firewalld_is_at_work},
                "have firewalld let in 22/tcp in zone public, 6443/tcp in zone public\n"
                "stop unit provision-firewall.service\ndisable unit provision-firewall.service\n"},
};

/* ---- more than a row holds ---- */

static void assert_plan(void (*const *given)(struct world *world), bool is_undo, const char *expected)
{
        struct world world = {0};
        CLEANUP(plan_done) struct plan plan = {0};
        CLEANUP(string_free) char *lines = NULL;

        world.host.name = string_copy("lab1");
        for (; *given; given++)
                (*given)(&world);
        look_either_way(&world, &score_firewall, is_undo, &plan);
        lines = plan_lines(&plan);
        assert_string_equal(lines, expected);
        plan_done(&plan);
        world_done(&world);
}

#define PLAN(expected, ...) \
        assert_plan((void (*const[])(struct world *)) {__VA_ARGS__, NULL}, false, expected)
#define UNDO(expected, ...) assert_plan((void (*const[])(struct world *)) {__VA_ARGS__, NULL}, true, expected)

static void test_what_would_shut_us_out_stays_open(void **state)
{
        (void)state;
        PLAN("! firewall wan would shut out port 22, by which this run is connected (from 203.0.113.99, over "
             "eth0): add \"22\" to its ports\n",
                a_host_for_it, firewalld_is_at_work, ssh_and_an_api_are_wished, it_was_done, we_come_over_it,
                ssh_goes);
}

static void test_firewalld_that_only_starts(void **state)
{
        (void)state;
        PLAN("wait for firewalld, which doesn't answer yet\n", a_host_for_it, ssh_and_an_api_are_wished,
                firewalld_starts);
}

static void the_store_knows_it(struct world *world)
{
        static const char *const things[][2] = {
                {"unit", NFTABLES_UNIT}, {"file", NFTABLES_FILE}, {"file", NFTABLES_UNIT_FILE}};

        for (size_t i = 0; i < 3; i++) {
                struct owned_thing *thing = array_add(&world->answers.owned);

                thing->kind = string_copy(things[i][0]);
                thing->name = string_copy(things[i][1]);
        }
}

static void its_table_alone_is_there(struct world *world)
{
        unit_is(world, NFTABLES_UNIT, "disabled", false);
}

#define FILES                                                          \
        "remove file /etc/systemd/system/provision-firewall.service\n" \
        "remove file /etc/provision-firewall.nft\n"

static void test_undo(void **state)
{
        (void)state;
        UNDO("", a_kvm_host);
        UNDO("", a_done_wish, the_store_knows_it);
        UNDO("stop unit provision-firewall.service\ndisable unit provision-firewall.service\n" FILES,
                a_done_wish);
        UNDO("take away table inet provision\n" FILES, a_done_wish, its_table_alone_is_there);
        UNDO("have firewalld no longer let in 6443/tcp in zone public\n", a_host_for_it, firewalld_is_at_work,
                somebody_let_ssh_in, ssh_and_an_api_are_wished, it_was_done);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_would_shut_us_out_stays_open),
                cmocka_unit_test(test_firewalld_that_only_starts),
                cmocka_unit_test(test_undo),
        };

        return RUN_ROWS(&score_firewall, NULL, rows) + cmocka_run_group_tests(tests, NULL, NULL);
}
