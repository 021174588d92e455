#include "score_world.h"

#define LAB "define network lab (nat, 192.168.150.1/24)\n"

/* ---- wishes
 * ------------------------------------------------------------------------------------------------ */

static void add_range(struct network *network, const char *range)
{
        struct error error = {0};

        assert_int_equal(ip_range_parse(range, array_add(&network->ranges), &error), 0);
}

static void add_lease(struct network *network, const char *mac, const char *address, const char *name)
{
        struct fixed_lease *lease = array_add(&network->leases);
        struct error error = {0};

        assert_int_equal(mac_address_parse(mac, &lease->mac, &error), 0);
        assert_int_equal(ip_address_parse(address, &lease->address, &error), 0);
        lease->name = string_copy(name);
}

static void add_dns(struct network *network, const char *address, const char *first, const char *second)
{
        struct dns_host *dns = array_add(&network->dns);
        struct error error = {0};

        assert_int_equal(ip_address_parse(address, &dns->address, &error), 0);
        strings_add(&dns->names, first);
        if (second)
                strings_add(&dns->names, second);
}

static void set_address(struct network *network, const char *address)
{
        struct error error = {0};

        assert_int_equal(subnet_parse(address, &network->address, &error), 0);
}

static struct network_config *wish_network(
        struct world *world, const char *name, enum network_mode mode, const char *address)
{
        struct network_config *wanted = array_add(&world->config.networks);

        wanted->network.name = string_copy(name);
        wanted->network.mode = mode;
        wanted->autostart = true;
        if (address)
                set_address(&wanted->network, address);
        return wanted;
}

static void lab_is_wished(struct world *world)
{
        struct network *lab = &wish_network(world, "lab", NETWORK_NAT, "192.168.150.1/24")->network;

        add_range(lab, "192.168.150.100-192.168.150.199");
        add_lease(lab, "52:54:00:00:00:01", "192.168.150.11", "one");
        add_lease(lab, "52:54:00:00:00:02", "192.168.150.12", NULL);
        add_dns(lab, "192.168.150.2", "api.lab", "registry.lab");
}

static struct network *wished(struct world *world)
{
        return &world->config.networks.items[0].network;
}

static void its_bridge_is_named(struct world *world)
{
        wished(world)->bridge = string_copy("br-lab");
}

static void without_autostart(struct world *world)
{
        world->config.networks.items[0].autostart = false;
}

static void its_uplink_is_named(struct world *world)
{
        wished(world)->uplink = string_copy("eth9");
}

static void a_bridged_network_is_wished(struct world *world)
{
        wish_network(world, "lan", NETWORK_BRIDGE, NULL)->network.bridge = string_copy("br0");
}

static void on_the_other_ones_bridge(struct world *world)
{
        string_replace(&world->config.networks.items[1].network.bridge, "virbr0");
}

static void a_hostile_network_is_wished(struct world *world)
{
        wish_network(world, "a'b\"$(c)&<d>", NETWORK_ISOLATED, NULL);
}

/* ---- what is there
 * ----------------------------------------------------------------------------------------- */

static void route_is(struct world *world, const char *subnet, const char *interface)
{
        struct route *route = array_add(&world->answers.routes);
        struct error error = {0};

        assert_int_equal(subnet_parse(subnet, &route->subnet, &error), 0);
        route->interface = string_copy(interface);
}

static struct network_state *there(struct world *world)
{
        return &world->answers.networks.items[0];
}

/* Every wished network, as a run that was left alone leaves it. */
static void it_is_there(struct world *world)
{
        for (array_each(struct network_config, wanted, &world->config.networks)) {
                struct network_state *state = network_answer(world, wanted->network.name);

                do_network_define(state, wanted);
                network_comes_up(world, state);
                state->autostart = wanted->autostart;
        }
}

static void another_network(struct world *world)
{
        struct network_state *other = network_answer(world, "default");

        set_address(&other->network, "192.168.150.1/25");
        other->network.bridge = string_copy("virbr7");
        other->persistent = true;
}

static void it_starts_with_the_machine(struct world *world)
{
        there(world)->autostart = true;
}

static void another_network_has_the_bridge(struct world *world)
{
        struct network_state *other = network_answer(world, "default");

        set_address(&other->network, "10.9.0.1/24");
        other->network.bridge = string_copy("br-lab");
        other->persistent = other->active = true;
}

static void an_interface_has_its_bridges_name(struct world *world)
{
        interface_comes(world, "br-lab", true);
}

static void a_route_overlaps(struct world *world)
{
        route_is(world, "0.0.0.0/0", "eth0");
        route_is(world, "128.0.0.0/1", "tun0");
        route_is(world, "::/0", "eth0");
        route_is(world, "10.0.0.0/8", "eth0");
        route_is(world, "192.168.128.0/17", "eth1");
}

static void its_route_is_there(struct world *world)
{
        route_is(world, "192.168.150.0/24", "virbr0");
}

static void the_routes_are_elsewhere(struct world *world)
{
        route_is(world, "0.0.0.0/0", "eth0");
        route_is(world, "192.168.0.0/24", "eth0");
}

static void libvirt_is_silent(struct world *world)
{
        world->answers.libvirt = REACH_NOT_YET;
}

static void its_bridge_is_there(struct world *world)
{
        interface_comes(world, "br0", true);
}

static void its_bridge_is_missing(struct world *world)
{
        interface_comes(world, "br1", true);
}

static void its_bridge_is_a_card(struct world *world)
{
        interface_comes(world, "br0", false);
}

static void the_machine_has_interfaces(struct world *world)
{
        interface_comes(world, "lo", false);
        interface_comes(world, "eth0", false);
        interface_comes(world, "br0", true);
        interface_comes(world, "virbr0", true);
        interface_comes(world, "vnet3", false);
}

static void its_uplink_is_there(struct world *world)
{
        interface_comes(world, "eth9", false);
}

static void its_own_bridge_is_gone(struct world *world)
{
        string_free(&world->answers.interfaces.items[0].name);
        world->answers.interfaces.count = 0;
}

static void its_dnsmasq_was_killed(struct world *world)
{
        world->answers.services.items[0].is_served = false;
}

static void nothing_is_known_of_its_dnsmasq(struct world *world)
{
        string_free(&world->answers.services.items[0].network);
        world->answers.services.count = 0;
}

/* ---- drift
 * ------------------------------------------------------------------------------------------------- */

static void it_was_stopped(struct world *world)
{
        there(world)->active = false;
        routes_go(world, network_state_bridge(there(world)));
}

/* libvirt was killed in the middle of it. */
static void its_start_was_cut_off(struct world *world)
{
        there(world)->active = false;
        set(&there(world)->bridge_mac, "52:54:00:01:02:03");
        set(&world->answers.interfaces.items[0].mac, "52:54:00:01:02:03");
}

static void its_bridge_is_another(struct world *world)
{
        set(&world->answers.interfaces.items[0].mac, "52:54:00:0a:0b:0c");
}

static void it_lost_autostart(struct world *world)
{
        there(world)->autostart = false;
}

static void it_was_undefined_while_active(struct world *world)
{
        there(world)->persistent = there(world)->autostart = false;
}

static void it_is_not_ours(struct world *world)
{
        there(world)->ours = false;
}

static void its_range_differs(struct world *world)
{
        there(world)->network.ranges.count = 0;
        add_range(&there(world)->network, "192.168.150.50-192.168.150.60");
}

static void its_range_is_there_twice(struct world *world)
{
        add_range(&there(world)->network, "192.168.150.100-192.168.150.199");
}

static void its_mtu_differs(struct world *world)
{
        there(world)->network.mtu = 9000;
}

static void its_address_differs(struct world *world)
{
        set_address(&there(world)->network, "192.168.140.1/24");
        route_comes(world, &there(world)->network.address, "virbr0");
}

static void its_bridge_has_no_address(struct world *world)
{
        routes_go(world, "virbr0");
}

static void forget_leases(struct network *network)
{
        for (array_each(struct fixed_lease, lease, &network->leases))
                string_free(&lease->name);
        network->leases.count = 0;
}

static void a_lease_moved(struct world *world)
{
        forget_leases(&there(world)->network);
        add_lease(&there(world)->network, "52:54:00:00:00:01", "192.168.150.99", "one");
        add_lease(&there(world)->network, "52:54:00:00:00:02", "192.168.150.12", NULL);
}

static void a_lease_has_another_name(struct world *world)
{
        forget_leases(&there(world)->network);
        add_lease(&there(world)->network, "52:54:00:00:00:02", "192.168.150.12", "two");
        add_lease(&there(world)->network, "52:54:00:00:00:01", "192.168.150.11", "one");
}

static void other_leases_are_there(struct world *world)
{
        forget_leases(&there(world)->network);
        add_lease(&there(world)->network, "52:54:00:00:00:09", "192.168.150.11", "nine");
        add_lease(&there(world)->network, "52:54:00:00:00:02", "192.168.150.12", NULL);
}

static void two_leases_have_each_others_addresses(struct world *world)
{
        forget_leases(&there(world)->network);
        add_lease(&there(world)->network, "52:54:00:00:00:01", "192.168.150.12", "one");
        add_lease(&there(world)->network, "52:54:00:00:00:02", "192.168.150.11", NULL);
}

static void a_lease_waits_for_anothers_address(struct world *world)
{
        forget_leases(&there(world)->network);
        add_lease(&there(world)->network, "52:54:00:00:00:02", "192.168.150.11", NULL);
        add_lease(&there(world)->network, "52:54:00:00:00:01", "192.168.150.50", "one");
}

static void its_dns_differs(struct world *world)
{
        strings_done(&there(world)->network.dns.items[0].names);
        strings_add(&there(world)->network.dns.items[0].names, "api.lab");
}

static void a_dns_name_has_two_addresses(struct world *world)
{
        add_dns(&there(world)->network, "192.168.150.3", "api.lab", NULL);
}

static void its_wildcard_differs(struct world *world)
{
        struct error error = {0};
        struct dns_wildcard *wildcard = array_add(&wished(world)->wildcards);

        wildcard->domain = string_copy("apps.lab");
        assert_int_equal(ip_address_parse("192.168.150.2", &wildcard->address, &error), 0);
}

static void it_has_what_we_cannot_say(struct world *world)
{
        strings_add(&there(world)->unmodelled, "portgroup");
}

static struct network *what_runs(struct world *world)
{
        struct network_state *state = there(world);

        state->running = memory_new(1, sizeof(*state->running));
        network_copy(state->running, &state->network);
        return state->running;
}

/* In a way that host.conf can't say. */
static void it_runs_otherwise_than_defined(struct world *world)
{
        what_runs(world);
        there(world)->runs_unmodelled = true;
        strings_add(&there(world)->live_differences, "lacks DHCP range 192.168.150.100-192.168.150.199");
}

/* Cut off between defining it on virbr-lab and restarting it: it still runs on the bridge it had before. */
static void it_runs_on_its_old_bridge(struct world *world)
{
        string_replace(&what_runs(world)->bridge, "virbr-old");
        interface_comes(world, "virbr-old", true);
        strings_add(&there(world)->live_differences, "bridge is virbr-old, wanted virbr-lab");
        route_is(world, "192.168.150.0/24", "virbr-old");
}

static void it_runs_without_its_range(struct world *world)
{
        what_runs(world)->ranges.count = 0;
        strings_add(&there(world)->live_differences, "lacks its DHCP range");
}

static void only_its_definition_lacks_its_range(struct world *world)
{
        what_runs(world);
        there(world)->network.ranges.count = 0;
        strings_add(&there(world)->live_differences, "has a DHCP range");
}

static void it_runs_with_another_address(struct world *world)
{
        what_runs(world)->address.prefix = 25;
        strings_add(&there(world)->live_differences, "its address is another");
}

/* Cut off after the definition: nothing runs, nothing starts by itself. */
static void it_is_only_defined(struct world *world)
{
        it_was_stopped(world);
        it_lost_autostart(world);
}

/* ---- networks that get what others have ---- */

static void three_are_wished(struct world *world)
{
        wish_network(world, "a", NETWORK_NAT, "10.0.1.1/24")->network.bridge = string_copy("br-a");
        wish_network(world, "b", NETWORK_NAT, "10.0.2.1/24")->network.bridge = string_copy("br-b");
        wish_network(world, "c", NETWORK_NAT, "10.0.3.1/24")->network.bridge = string_copy("br-c");
}

static void has_address(struct world *world, const char *name, const char *address)
{
        struct network_state *state = network_answer(world, name);

        set_address(&state->network, address);
        route_comes(world, &state->network.address, network_state_bridge(state));
}

static void bridge_goes(struct world *world, const char *bridge)
{
        routes_go(world, bridge);
        for (size_t i = world->answers.interfaces.count; i-- > 0;) {
                struct interface_state *interface = &world->answers.interfaces.items[i];

                if (!string_equal(interface->name, bridge))
                        continue;
                free(interface->name);
                free(interface->mac);
                *interface = world->answers.interfaces.items[--world->answers.interfaces.count];
        }
}

static void has_bridge(struct world *world, const char *name, const char *bridge)
{
        struct network_state *state = network_answer(world, name);

        bridge_goes(world, state->network.bridge);
        string_replace(&state->network.bridge, bridge);
        network_comes_up(world, state);
}

static void a_has_bs_and_b_another(struct world *world)
{
        has_address(world, "a", "10.0.2.1/24");
        has_address(world, "b", "10.0.9.1/24");
}

static void each_has_the_next_ones(struct world *world)
{
        has_address(world, "a", "10.0.2.1/24");
        has_address(world, "b", "10.0.3.1/24");
        has_address(world, "c", "10.0.9.1/24");
}

static void a_and_b_have_each_others(struct world *world)
{
        has_address(world, "a", "10.0.2.1/24");
        has_address(world, "b", "10.0.1.1/24");
}

static void all_have_the_next_ones(struct world *world)
{
        each_has_the_next_ones(world);
        has_address(world, "c", "10.0.1.1/24");
}

static void a_was_stopped(struct world *world)
{
        network_answer(world, "a")->active = false;
        bridge_goes(world, "br-a");
}

/* Cut off between its definition and its restart. */
static void b_is_defined_and_runs_as_it_was(struct world *world)
{
        struct network_state *b = network_answer(world, "b");

        b->running = memory_new(1, sizeof(*b->running));
        b->running->name = string_copy("b");
        b->running->mode = NETWORK_NAT;
        b->running->bridge = string_copy("br-b");
        set_address(b->running, "10.0.1.1/24");
        set_address(&b->network, "10.0.2.1/24");
        strings_add(&b->live_differences, "address is 10.0.1.1/24, wanted 10.0.2.1/24");
}

static void b_has_its_address(struct world *world)
{
        has_address(world, "b", "10.0.2.1/24");
}

static void b_is_new(struct world *world)
{
        struct network_state *b = network_answer(world, "b");

        b->active = b->persistent = b->ours = false;
        string_replace(&b->network.name, "another");
        string_replace(&b->network.bridge, "br-x");
        set_address(&b->network, "10.0.8.1/24");
        bridge_goes(world, "br-b");
}

static void a_has_bs(struct world *world)
{
        has_address(world, "a", "10.0.2.1/24");
}

static void a_is_somebody_elses(struct world *world)
{
        network_answer(world, "a")->ours = false;
}

static void a_has_bs_bridge_and_b_another(struct world *world)
{
        has_bridge(world, "b", "br-x");
        has_bridge(world, "a", "br-b");
}

static void a_and_b_have_each_others_bridges(struct world *world)
{
        has_bridge(world, "a", "br-b");
        has_bridge(world, "b", "br-a");
}

#define RECREATE(name, found, wanted)                                                       \
        "recreate network " name ", whose guests lose their link for a moment: address is " \
        "10.0." found ".1/24, wanted 10.0." wanted ".1/24\n"
#define STOP(name, other)                                                                        \
        "stop network " name ", whose guests have no link until it is recreated: network " other \
        " gets its address\n"

static const struct row rows[] = {
        {"one has what another is to get: it goes first",
                {a_kvm_host, three_are_wished, it_is_there, a_has_bs_and_b_another},
                RECREATE("a", "2", "1") RECREATE("b", "9", "2")},
        {"each has what the one before is to get: the last goes first",
                {a_kvm_host, three_are_wished, it_is_there, each_has_the_next_ones},
                RECREATE("a", "2", "1") RECREATE("b", "3", "2") RECREATE("c", "9", "3")},
        {"two have each other's addresses",
                {a_kvm_host, three_are_wished, it_is_there, a_and_b_have_each_others},
                STOP("a", "b") RECREATE("b", "1", "2") RECREATE("a", "2", "1")},
        {"three in a ring", {a_kvm_host, three_are_wished, it_is_there, all_have_the_next_ones},
                STOP("a", "b") RECREATE("b", "3", "2") RECREATE("c", "1", "3") RECREATE("a", "2", "1")},
        {"two have each other's addresses, and a run was cut off after the first was stopped",
                {a_kvm_host, three_are_wished, it_is_there, a_and_b_have_each_others, a_was_stopped},
                RECREATE("b", "1", "2") "define network a again: address is 10.0.2.1/24, wanted "
                                        "10.0.1.1/24\nstart network a\n"},
        {"the same after the second was defined",
                {a_kvm_host, three_are_wished, it_is_there, a_and_b_have_each_others, a_was_stopped,
                        b_is_defined_and_runs_as_it_was},
                RECREATE("b", "1", "2") "define network a again: address is 10.0.2.1/24, wanted "
                                        "10.0.1.1/24\nstart network a\n"},
        {"the same after the second was recreated",
                {a_kvm_host, three_are_wished, it_is_there, a_and_b_have_each_others, a_was_stopped,
                        b_has_its_address},
                "define network a again: address is 10.0.2.1/24, wanted 10.0.1.1/24\nstart network a\n"},
        {"a new one gets what another has", {a_kvm_host, three_are_wished, it_is_there, b_is_new, a_has_bs},
                RECREATE("a", "2", "1") "define network b (nat, 10.0.2.1/24)\nstart network b\nlet network b "
                                        "start with the machine\n"},
        {"what another is to get is somebody else's",
                {a_kvm_host, three_are_wished, it_is_there, a_has_bs_and_b_another, a_is_somebody_elses},
                RECREATE("b", "9", "2") "! network a is there, is not ours and differs (address is "
                                        "10.0.2.1/24, wanted 10.0.1.1/24): rename the wanted network, make "
                                        "the configuration say the same, or remove the one that is there\n"},
        {"one has the bridge that another is to get: it goes first",
                {a_kvm_host, three_are_wished, it_is_there, a_has_bs_bridge_and_b_another},
                "recreate network a, whose guests lose their link for a moment: bridge is br-b, wanted "
                "br-a\nrecreate network b, whose guests lose their link for a moment: bridge is br-x, wanted "
                "br-b\n"},
        {"two have each other's bridges",
                {a_kvm_host, three_are_wished, it_is_there, a_and_b_have_each_others_bridges},
                "! network a is to have bridge br-a of network b, which waits for another one itself: give "
                "one "
                "of them a name that is new, run, and then the wanted one\n"
                "! network b is to have bridge br-b of network a, which waits for another one itself: give "
                "one "
                "of them a name that is new, run, and then the wanted one\n"},
        {"nothing is wished", {a_kvm_host}, ""},
        {"all is as wished", {a_kvm_host, lab_is_wished, it_is_there}, ""},
        {"nothing is there", {a_kvm_host, lab_is_wished, the_routes_are_elsewhere},
                LAB "start network lab\nlet network lab start with the machine\n"},
        {"nothing is there and it isn't to start by itself", {a_kvm_host, lab_is_wished, without_autostart},
                LAB "start network lab\n"},
        {"a fresh host", {a_fresh_host, lab_is_wished, the_routes_are_elsewhere},
                "? " LAB "? start network lab\n? let network lab start with the machine\n"},
        {"libvirt doesn't answer just now: its own bridge is in nobody's way",
                {a_kvm_host, lab_is_wished, its_route_is_there, libvirt_is_silent},
                "? " LAB "? start network lab\n? let network lab start with the machine\n"},
        {"cut off after the definition", {a_kvm_host, lab_is_wished, it_is_there, it_is_only_defined},
                "start network lab\nlet network lab start with the machine\n"},
        {"it was stopped", {a_kvm_host, lab_is_wished, it_is_there, it_was_stopped}, "start network lab\n"},
        {"it doesn't start with the machine any more",
                {a_kvm_host, lab_is_wished, it_is_there, it_lost_autostart},
                "let network lab start with the machine\n"},
        {"it starts with the machine and isn't to",
                {a_kvm_host, lab_is_wished, it_is_there, without_autostart},
                "don't let network lab start with the machine\n"},
        {"it was undefined while it runs",
                {a_kvm_host, lab_is_wished, it_is_there, it_was_undefined_while_active},
                "define network lab, which is active but would be gone after a reboot\n"
                "let network lab start with the machine\n"},
        {"another range", {a_kvm_host, lab_is_wished, it_is_there, its_range_differs},
                "remove DHCP range 192.168.150.50-192.168.150.60 from network lab while it runs\n"
                "add DHCP range 192.168.150.100-192.168.150.199 to network lab while it runs\n"},
        {"another range, and it was stopped",
                {a_kvm_host, lab_is_wished, it_is_there, its_range_differs, it_was_stopped},
                "define network lab again: lacks DHCP range 192.168.150.100-192.168.150.199; has DHCP range "
                "192.168.150.50-192.168.150.60, not wanted\n"
                "start network lab\n"},
        {"the same range twice can't be edited",
                {a_kvm_host, lab_is_wished, it_is_there, its_range_is_there_twice},
                "recreate network lab, whose guests lose their link for a moment: has DHCP range "
                "192.168.150.100-192.168.150.199, not wanted\n"},
        {"a lease moved", {a_kvm_host, lab_is_wished, it_is_there, a_lease_moved},
                "change fixed lease of 52:54:00:00:00:01 to 192.168.150.11 named one in network lab while it "
                "runs\n"},
        {"a lease has another name", {a_kvm_host, lab_is_wished, it_is_there, a_lease_has_another_name},
                "change fixed lease of 52:54:00:00:00:02 to 192.168.150.12 in network lab while it runs\n"},
        {"another machine has the address", {a_kvm_host, lab_is_wished, it_is_there, other_leases_are_there},
                "remove fixed lease 192.168.150.11 for 52:54:00:00:00:09 named nine from network lab while "
                "it runs\n"
                "add fixed lease 192.168.150.11 for 52:54:00:00:00:01 named one to network lab while it "
                "runs\n"},
        {"two leases change places",
                {a_kvm_host, lab_is_wished, it_is_there, two_leases_have_each_others_addresses},
                "remove fixed lease 192.168.150.12 for 52:54:00:00:00:01 named one from network lab while it "
                "runs\n"
                "remove fixed lease 192.168.150.11 for 52:54:00:00:00:02 from network lab while it runs\n"
                "add fixed lease 192.168.150.11 for 52:54:00:00:00:01 named one to network lab while it "
                "runs\n"
                "add fixed lease 192.168.150.12 for 52:54:00:00:00:02 to network lab while it runs\n"},
        {"a lease takes the address that another leaves",
                {a_kvm_host, lab_is_wished, it_is_there, a_lease_waits_for_anothers_address},
                "remove fixed lease 192.168.150.50 for 52:54:00:00:00:01 named one from network lab while it "
                "runs\n"
                "change fixed lease of 52:54:00:00:00:02 to 192.168.150.12 in network lab while it runs\n"
                "add fixed lease 192.168.150.11 for 52:54:00:00:00:01 named one to network lab while it "
                "runs\n"},
        {"other names", {a_kvm_host, lab_is_wished, it_is_there, its_dns_differs},
                "remove DNS entry api.lab for 192.168.150.2 from network lab while it runs\n"
                "add DNS entry api.lab, registry.lab for 192.168.150.2 to network lab while it runs\n"},
        {"a name with two addresses can't be edited",
                {a_kvm_host, lab_is_wished, it_is_there, a_dns_name_has_two_addresses},
                "recreate network lab, whose guests lose their link for a moment: has DNS entry api.lab for "
                "192.168.150.3, "
                "not wanted\n"},
        {"another wildcard, which no dnsmasq takes while it runs",
                {a_kvm_host, lab_is_wished, it_is_there, its_wildcard_differs},
                "recreate network lab, whose guests lose their link for a moment: lacks DNS entry *.apps.lab "
                "for "
                "192.168.150.2\n"},
        {"not ours, and without the wildcard",
                {a_kvm_host, lab_is_wished, it_is_there, its_wildcard_differs, it_is_not_ours},
                "! network lab is there, is not ours and differs (lacks DNS entry *.apps.lab for "
                "192.168.150.2): "
                "rename the wanted network, make the configuration say the same, or remove the one that is "
                "there\n"},
        {"another MTU", {a_kvm_host, lab_is_wished, it_is_there, its_mtu_differs},
                "recreate network lab, whose guests lose their link for a moment: mtu is 9000, wanted "
                "1500\n"},
        {"another MTU, and it was stopped",
                {a_kvm_host, lab_is_wished, it_is_there, its_mtu_differs, it_was_stopped},
                "define network lab again: mtu is 9000, wanted 1500\n"
                "start network lab\n"},
        {"another address", {a_kvm_host, lab_is_wished, it_is_there, its_address_differs},
                "recreate network lab, whose guests lose their link for a moment: address is "
                "192.168.140.1/24, wanted "
                "192.168.150.1/24\n"},
        {"its bridge was put down, or its address was taken",
                {a_kvm_host, lab_is_wished, it_is_there, its_bridge_has_no_address},
                "restart network lab, with its guests attached again: its bridge virbr0 is down, or has lost "
                "its "
                "address\n"},
        {"ours was edited by hand", {a_kvm_host, lab_is_wished, it_is_there, it_has_what_we_cannot_say},
                "recreate network lab, whose guests lose their link for a moment: has <portgroup>, which "
                "host.conf can't "
                "say\n"},
        {"it runs otherwise than it is defined",
                {a_kvm_host, lab_is_wished, it_is_there, it_runs_otherwise_than_defined},
                "recreate network lab, whose guests lose their link for a moment: lacks DHCP range "
                "192.168.150.100-192.168.150.199\n"},
        {"it runs without its range: added without a restart",
                {a_kvm_host, lab_is_wished, it_is_there, it_runs_without_its_range},
                "add DHCP range 192.168.150.100-192.168.150.199 to network lab while it runs\n"},
        {"only its definition lacks its range: what runs is left alone",
                {a_kvm_host, lab_is_wished, it_is_there, only_its_definition_lacks_its_range},
                "define network lab again: lacks DHCP range 192.168.150.100-192.168.150.199\n"},
        {"it runs with another address than it is defined with",
                {a_kvm_host, lab_is_wished, it_is_there, it_runs_with_another_address},
                "recreate network lab, whose guests lose their link for a moment: its address is another\n"},
        {"it runs on another bridge than it is defined with, and nobody has asked for one",
                {a_kvm_host, lab_is_wished, it_is_there, it_runs_on_its_old_bridge}, ""},
        {"cut off while it moved to another bridge: its old bridge is in nobody's way",
                {a_kvm_host, lab_is_wished, its_bridge_is_named, it_is_there, it_runs_on_its_old_bridge},
                "recreate network lab, whose guests lose their link for a moment: bridge is virbr-old, "
                "wanted virbr-lab\n"},
        {"its bridge was deleted", {a_kvm_host, lab_is_wished, it_is_there, its_own_bridge_is_gone},
                "restart network lab, with its guests attached again: its bridge virbr0 is gone\n"},
        {"its dnsmasq was killed", {a_kvm_host, lab_is_wished, it_is_there, its_dnsmasq_was_killed},
                "restart network lab, with its guests attached again: its dnsmasq has ended\n"},
        {"both, and it was undefined while active",
                {a_kvm_host, lab_is_wished, it_is_there, it_was_undefined_while_active,
                        its_own_bridge_is_gone, its_dnsmasq_was_killed},
                "define network lab, which would be gone when it is stopped\n"
                "restart network lab, with its guests attached again: its bridge virbr0 is gone; its dnsmasq "
                "has ended\n"
                "let network lab start with the machine\n"},
        {"its dnsmasq was killed, and its DHCP range differs",
                {a_kvm_host, lab_is_wished, it_is_there, its_dnsmasq_was_killed, its_range_differs},
                "recreate network lab, whose guests lose their link for a moment: lacks DHCP range "
                "192.168.150.100-192.168.150.199; has DHCP range 192.168.150.50-192.168.150.60, not wanted; "
                "its "
                "dnsmasq has ended\n"},
        {"its bridge was deleted and it was stopped",
                {a_kvm_host, lab_is_wished, it_is_there, its_own_bridge_is_gone, it_was_stopped},
                "start network lab\n"},
        {"nothing is known of its dnsmasq",
                {a_kvm_host, lab_is_wished, it_is_there, nothing_is_known_of_its_dnsmasq}, ""},
        {"a network without an address needs no dnsmasq",
                {a_kvm_host, a_hostile_network_is_wished, it_is_there, its_dnsmasq_was_killed}, ""},
        {"the machine's own bridge needs none",
                {a_kvm_host, a_bridged_network_is_wished, it_is_there, its_bridge_is_there,
                        its_dnsmasq_was_killed},
                ""},
        {"not ours, and its dnsmasq was killed",
                {a_kvm_host, lab_is_wished, it_is_there, it_is_not_ours, its_dnsmasq_was_killed},
                "! network lab is there, is not ours and doesn't work (its dnsmasq has ended): restart it "
                "when "
                "its guests allow\n"},
        {"not ours and the same: used as it is", {a_kvm_host, lab_is_wished, it_is_there, it_is_not_ours},
                ""},
        {"not ours, the same and stopped",
                {a_kvm_host, lab_is_wished, it_is_there, it_is_not_ours, it_is_only_defined},
                "start network lab\nlet network lab start with the machine\n"},
        {"not ours and transient",
                {a_kvm_host, lab_is_wished, it_is_there, it_is_not_ours, it_was_undefined_while_active},
                "define network lab, which is active but would be gone after a reboot\n"
                "let network lab start with the machine\n"},
        {"not ours and different", {a_kvm_host, lab_is_wished, it_is_there, it_is_not_ours, its_mtu_differs},
                "! network lab is there, is not ours and differs (mtu is 9000, wanted 1500): rename the "
                "wanted network, make "
                "the configuration say the same, or remove the one that is there\n"},
        {"not ours and more than we can say",
                {a_kvm_host, lab_is_wished, it_is_there, it_is_not_ours, it_has_what_we_cannot_say},
                "! network lab is there, is not ours and differs (has <portgroup>, which host.conf can't "
                "say): rename the "
                "wanted network, make the configuration say the same, or remove the one that is there\n"},
        {"not ours and runs otherwise",
                {a_kvm_host, lab_is_wished, it_is_there, it_is_not_ours, it_runs_otherwise_than_defined},
                "! network lab is there, is not ours and runs otherwise than it is defined (lacks DHCP range "
                "192.168.150.100-192.168.150.199): restart it when its guests allow\n"},
        {"the machine reaches the same addresses elsewhere", {a_kvm_host, lab_is_wished, a_route_overlaps},
                "! network lab: its address 192.168.150.1/24 overlaps 192.168.128.0/17, which the machine "
                "reaches through "
                "eth1: choose another\n"},
        {"the same on a fresh host", {a_fresh_host, lab_is_wished, a_route_overlaps},
                "! network lab: its address 192.168.150.1/24 overlaps 192.168.128.0/17, which the machine "
                "reaches through "
                "eth1: choose another\n"},
        {"an overlap that came later leaves a running network alone",
                {a_kvm_host, lab_is_wished, it_is_there, a_route_overlaps}, ""},
        {"another network has the address and is neither active nor will be",
                {a_kvm_host, lab_is_wished, another_network},
                LAB "start network lab\nlet network lab start with the machine\n"
                    "~ network lab: its address 192.168.150.1/24 overlaps network default "
                    "(192.168.150.1/25): only one of the "
                    "two can be active\n"},
        {"another network has the address",
                {a_kvm_host, lab_is_wished, another_network, it_starts_with_the_machine},
                "! network lab: its address 192.168.150.1/24 overlaps network default (192.168.150.1/25): "
                "choose another, or "
                "remove that network\n"},
        {"another network has the bridge",
                {a_kvm_host, lab_is_wished, its_bridge_is_named, another_network_has_the_bridge,
                        an_interface_has_its_bridges_name},
                "! network lab: its bridge br-lab belongs to network default: choose another name\n"},
        {"its start was cut off, and left its bridge",
                {a_kvm_host, lab_is_wished, its_bridge_is_named, it_is_there, its_start_was_cut_off},
                "start network lab, and before that remove bridge br-lab, which a start that was cut off "
                "left\n"},
        {"its start was cut off before it got its autostart",
                {a_kvm_host, lab_is_wished, its_bridge_is_named, it_is_there, its_start_was_cut_off,
                        it_lost_autostart},
                "start network lab, and before that remove bridge br-lab, which a start that was cut off "
                "left\n"
                "let network lab start with the machine\n"},
        {"a bridge of its bridge's name, with another address",
                {a_kvm_host, lab_is_wished, its_bridge_is_named, it_is_there, its_start_was_cut_off,
                        its_bridge_is_another},
                "! network lab: its address 192.168.150.1/24 overlaps 192.168.150.0/24, which the machine "
                "reaches "
                "through br-lab: choose another\n"
                "! network lab: its bridge br-lab is to be made, but there is an interface of that name: "
                "choose "
                "another name\n"},
        {"an interface has the bridge's name",
                {a_kvm_host, lab_is_wished, its_bridge_is_named, an_interface_has_its_bridges_name},
                "! network lab: its bridge br-lab is to be made, but there is an interface of that name: "
                "choose another "
                "name\n"},
        {"its own bridge is in nobody's way",
                {a_kvm_host, lab_is_wished, its_bridge_is_named, it_is_there,
                        an_interface_has_its_bridges_name},
                ""},
        {"on the machine's own bridge", {a_kvm_host, a_bridged_network_is_wished, its_bridge_is_there},
                "define network lan (bridge, br0)\nstart network lan\nlet network lan start with the "
                "machine\n"},
        {"on a bridge that libvirt makes for another",
                {a_kvm_host, lab_is_wished, it_is_there, a_bridged_network_is_wished,
                        on_the_other_ones_bridge},
                "! network lan: bridge virbr0 is one that libvirt makes for a network: name a bridge of "
                "the "
                "machine's own\n"},
        {"on a bridge that isn't there", {a_kvm_host, a_bridged_network_is_wished, its_bridge_is_missing},
                "! network lan: there is no bridge br0: make it with the machine's own network "
                "configuration\n"},
        {"on what isn't a bridge", {a_fresh_host, a_bridged_network_is_wished, its_bridge_is_a_card},
                "! network lan: interface br0 is not a bridge: name a bridge, or make one with the machine's "
                "own network "
                "configuration\n"},
        {"out of an interface that isn't there",
                {a_kvm_host, lab_is_wished, its_uplink_is_named, the_machine_has_interfaces},
                "! network lab: its uplink eth9 isn't an interface of this machine, which has eth0, br0, "
                "virbr0: name one of them, or leave uplink out to let guests' traffic take any\n"},
        {"the same on a fresh host, where virbr0 is libvirt's by its name",
                {a_fresh_host, lab_is_wished, its_uplink_is_named, the_machine_has_interfaces},
                "! network lab: its uplink eth9 isn't an interface of this machine, which has eth0, br0: "
                "name one of them, or leave uplink out to let guests' traffic take any\n"},
        {"it runs, and its uplink has gone",
                {a_kvm_host, lab_is_wished, its_uplink_is_named, it_is_there, the_machine_has_interfaces},
                "! network lab: its uplink eth9 isn't an interface of this machine, which has eth0, br0: "
                "name one of them, or leave uplink out to let guests' traffic take any\n"},
        {"out of an interface that is there",
                {a_kvm_host, lab_is_wished, its_uplink_is_named, it_is_there, its_uplink_is_there}, ""},
        {"a hostile name", {a_kvm_host, a_hostile_network_is_wished},
                "define network a'b\"$(c)&<d> (isolated, no address)\n"
                "start network a'b\"$(c)&<d>\n"
                "let network a'b\"$(c)&<d> start with the machine\n"},
};

int main(void)
{
        return RUN_ROWS(&score_network, NULL, rows);
}
