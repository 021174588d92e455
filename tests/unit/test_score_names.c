#include "score_world.h"

static struct ip_address ip(const char *text)
{
        struct error error = {0};
        struct ip_address address;

        assert_int_equal(ip_address_parse(text, &address, &error), 0);
        return address;
}

static void add_name(struct cluster_config *cluster, const char *name, const char *address, bool is_reverse)
{
        *array_add(&cluster->names) = (struct cluster_name) {
                .name = string_copy(name), .address = ip(address), .is_reverse = is_reverse};
}

static void a_cluster_is_wished(struct world *world)
{
        struct cluster_config *cluster = array_add(&world->config.clusters);

        cluster->name = string_copy("lab");
        cluster->dns = string_copy("net");
        cluster->dns_server = ip("192.168.150.1");
        add_name(cluster, "api.lab.test", "192.168.150.5", true);
        add_name(cluster, "*.apps.lab.test", "192.168.150.5", false);
        add_name(cluster, "api.lab.test", "fd00::5", true);
}

static void without_names(struct world *world)
{
        for (array_each(struct cluster_name, name, &world->config.clusters.items[0].names))
                string_free(&name->name);
        world->config.clusters.items[0].names.count = 0;
}

static void its_network_runs(struct world *world)
{
        struct network_state *network = array_add(&world->answers.networks);

        network->network.name = string_copy("net");
        network->active = true;
}

static void its_network_is_off(struct world *world)
{
        its_network_runs(world);
        world->answers.networks.items[0].active = false;
}

static void its_dnsmasq_has_ended(struct world *world)
{
        *array_add(&world->answers.services) =
                (struct service_state) {.network = string_copy("net"), .is_served = false};
}

static void its_network_is_to_change(struct world *world)
{
        struct network_config *wanted = array_add(&world->config.networks);

        wanted->network.name = string_copy("net");
        wanted->network.domain = string_copy("lab.test");
}

static void its_network_runs_otherwise(struct world *world)
{
        strings_add(&world->answers.networks.items[0].live_differences, "mtu is 1500, wanted 9000");
}

static void all_is_told(struct world *world)
{
        do_names(world);
}

static struct names_state *told(struct world *world)
{
        return &world->answers.names.items[0];
}

static void nobody_answers(struct world *world)
{
        do_names(world);
        set(&told(world)->why, "nobody answers at 192.168.150.1 port 53: connection refused");
}

/* What is told in the place of one of the answers. */
static void tell(struct world *world, size_t which, const char *status, const char *one, const char *two)
{
        struct name_answer *answer = &told(world)->answers.items[which];

        set(&answer->status, status);
        strings_done(&answer->values);
        if (one)
                strings_add(&answer->values, one);
        if (two)
                strings_add(&answer->values, two);
}

static void one_is_unknown(struct world *world)
{
        tell(world, 0, "NXDOMAIN", NULL, NULL);
}

static void one_has_another_address(struct world *world)
{
        tell(world, 2, "NOERROR", "10.9.9.9", NULL);
}

static void one_has_two_addresses(struct world *world)
{
        tell(world, 0, "NOERROR", "192.168.150.5", "10.9.9.9");
}

static void one_has_none(struct world *world)
{
        tell(world, 3, "NOERROR", NULL, NULL);
}

static void an_address_has_another_name(struct world *world)
{
        tell(world, 1, "NOERROR", "registry.lab.test", NULL);
}

static void an_address_has_no_name(struct world *world)
{
        tell(world, 4, "NOERROR", NULL, NULL);
}

static void a_name_is_in_capitals(struct world *world)
{
        tell(world, 1, "NOERROR", "API.lab.TEST", NULL);
}

static void one_is_not_answered(struct world *world)
{
        tell(world, 2, NULL, NULL, NULL);
}

static void many_are_wrong(struct world *world)
{
        for (size_t i = 0; i < 5; i++)
                tell(world, i, "REFUSED", NULL, NULL);
}

#define EXPECTED "? see network net tell the names of cluster lab\n"
#define FAULT(words)                                                              \
        "see network net tell the names of cluster lab, which it doesn't: " words \
        "; if that stays so, restart the network, or see who else answers at its port 53\n"

static const struct row rows[] = {
        {"no cluster is wished", {a_kvm_host}, ""},
        {"a cluster whose names are somebody else's", {a_kvm_host, a_cluster_is_wished, without_names}, ""},
        {"a fresh machine", {a_fresh_host, a_cluster_is_wished, nobody_answers}, EXPECTED},
        {"its network is to come", {a_kvm_host, a_cluster_is_wished, nobody_answers}, EXPECTED},
        {"its network is to be started",
                {a_kvm_host, a_cluster_is_wished, its_network_is_off, nobody_answers}, EXPECTED},
        {"its network is to change",
                {a_kvm_host, a_cluster_is_wished, its_network_runs, its_network_is_to_change, nobody_answers},
                EXPECTED},
        {"its network runs otherwise than defined",
                {a_kvm_host, a_cluster_is_wished, its_network_runs, its_network_runs_otherwise,
                        nobody_answers},
                EXPECTED},
        {"its dnsmasq has ended, which the network's Score sees to",
                {a_kvm_host, a_cluster_is_wished, its_network_runs, its_dnsmasq_has_ended, nobody_answers},
                EXPECTED},
        {"all is told, though its network is to change",
                {a_kvm_host, a_cluster_is_wished, its_network_runs, its_network_is_to_change, all_is_told},
                ""},
        {"nobody answers", {a_kvm_host, a_cluster_is_wished, its_network_runs, nobody_answers},
                FAULT("nobody answers at 192.168.150.1 port 53: connection refused")},
        {"all is told", {a_kvm_host, a_cluster_is_wished, its_network_runs, all_is_told}, ""},
        {"letters' case doesn't matter",
                {a_kvm_host, a_cluster_is_wished, its_network_runs, all_is_told, a_name_is_in_capitals}, ""},
        {"a name is unknown",
                {a_kvm_host, a_cluster_is_wished, its_network_runs, all_is_told, one_is_unknown},
                FAULT("by 192.168.150.1, api.lab.test is NXDOMAIN, wanted 192.168.150.5")},
        {"a wildcard, which goes by its name, has another address",
                {a_kvm_host, a_cluster_is_wished, its_network_runs, all_is_told, one_has_another_address},
                FAULT("by 192.168.150.1, *.apps.lab.test is 10.9.9.9, wanted 192.168.150.5")},
        {"a name has one address too many",
                {a_kvm_host, a_cluster_is_wished, its_network_runs, all_is_told, one_has_two_addresses},
                FAULT("by 192.168.150.1, api.lab.test is 192.168.150.5 and 10.9.9.9, wanted 192.168.150.5")},
        {"a name is there, and has no address",
                {a_kvm_host, a_cluster_is_wished, its_network_runs, all_is_told, one_has_none},
                FAULT("by 192.168.150.1, api.lab.test is without an address, wanted fd00::5")},
        {"an address has another name",
                {a_kvm_host, a_cluster_is_wished, its_network_runs, all_is_told, an_address_has_another_name},
                FAULT("by 192.168.150.1, 192.168.150.5 is registry.lab.test, wanted api.lab.test")},
        {"an address has no name",
                {a_kvm_host, a_cluster_is_wished, its_network_runs, all_is_told, an_address_has_no_name},
                FAULT("by 192.168.150.1, fd00::5 is without a name, wanted api.lab.test")},
        {"a question isn't answered",
                {a_kvm_host, a_cluster_is_wished, its_network_runs, all_is_told, one_is_not_answered},
                FAULT("by 192.168.150.1, *.apps.lab.test is not answered, wanted 192.168.150.5")},
        {"many are wrong: some are told",
                {a_kvm_host, a_cluster_is_wished, its_network_runs, all_is_told, many_are_wrong},
                FAULT("by 192.168.150.1, api.lab.test is REFUSED, wanted 192.168.150.5; 192.168.150.5 is "
                      "REFUSED, wanted api.lab.test; *.apps.lab.test is REFUSED, wanted 192.168.150.5; 2 "
                      "more")},
};

int main(void)
{
        return RUN_ROWS(&score_names, NULL, rows);
}
