/* Bare machines behind BMCs. */
#include "score_world.h"

#define NOTE "/var/lib/provision/machines/m1"
#define ISO  "http://10.0.0.1/boot.iso"

static struct machine_config *the_machine(struct world *world)
{
        return &world->config.machines.items[0];
}

static struct bmc_state *the_bmc(struct world *world)
{
        return bmc_answer(world, the_machine(world));
}

static void a_machine(struct world *world)
{
        struct machine_config *machine = array_add(&world->config.machines);

        machine->name = string_copy("m1");
        machine->boot = MACHINE_BOOTS_NETWORK;
}

static void with_an_iso(struct world *world)
{
        the_machine(world)->boot = MACHINE_BOOTS_ISO;
        the_machine(world)->iso = string_copy(ISO);
}

static void that_boots_itself(struct world *world)
{
        the_machine(world)->boot = MACHINE_BOOTS_ITSELF;
}

static void that_is_to_be_off(struct world *world)
{
        the_machine(world)->is_off = true;
}

static void is_off(struct world *world)
{
        the_bmc(world)->answers = true;
        the_bmc(world)->power = BMC_POWER_OFF;
        set(&the_bmc(world)->drive.path, "/redfish/v1/Systems/1/VirtualMedia/Cd");
}

static void is_on(struct world *world)
{
        is_off(world);
        the_bmc(world)->power = BMC_POWER_ON;
}

static void is_on_its_way(struct world *world)
{
        is_off(world);
        the_bmc(world)->power = BMC_POWER_UNKNOWN;
}

static void nobody_answers(struct world *world)
{
        set(&the_bmc(world)->why, "10.0.0.5 port 443: connection refused");
}

static void we_are_refused(struct world *world)
{
        set(&the_bmc(world)->why, "the login is refused");
        the_bmc(world)->is_refused = true;
}

static void was_booted(struct world *world)
{
        set(&note_answer(world, NOTE)->text, "booted network");
}

static void was_booted_from_the_iso(struct world *world)
{
        set(&note_answer(world, NOTE)->text, "booted iso " ISO);
        set(&the_bmc(world)->drive.image, ISO);
}

static void is_told_already(struct world *world)
{
        set(&the_bmc(world)->boot_target, "Pxe");
}

static void for_good(struct world *world)
{
        is_told_already(world);
        the_bmc(world)->boot_stays = true;
}

static void only_from_its_disk(struct world *world)
{
        strings_add(&the_bmc(world)->boot_targets, "Hdd");
}

static void has_another_disc(struct world *world)
{
        set(&the_bmc(world)->drive.image, "http://theirs/x.iso");
}

static void has_the_disc(struct world *world)
{
        set(&the_bmc(world)->drive.image, ISO);
}

static void has_no_drive(struct world *world)
{
        set(&the_bmc(world)->drive.path, NULL);
}

static void a_cluster_names_it(struct world *world)
{
        struct cluster_config *cluster = array_add(&world->config.clusters);

        cluster->name = string_copy("lab");
        strings_add(&cluster->nodes, "m1");
}

static void it_is_a_node(struct world *world)
{
        do_cluster(world, &world->config.clusters.items[0], CLUSTER_NODES);
}

static void it_is_a_bootstrap_machine(struct world *world)
{
        struct cluster_config *cluster = array_add(&world->config.clusters);

        cluster->name = string_copy("lab");
        cluster->bootstrap = string_copy("m1");
}

static void that_is_not_needed(struct world *world)
{
        do_cluster(world, &world->config.clusters.items[0], CLUSTER_BOOTSTRAP);
}

#define BOOT    "have machine m1 boot from the network once\n"
#define CD      "have machine m1 boot from its ISO once\n"
#define NOTED   "note that machine m1 is booted from the network\n"
#define NOTED_2 "note that machine m1 is booted from its ISO\n"
#define ON      "switch on machine m1\n"
#define OFF     "switch off machine m1\n"
#define INSERT  "insert " ISO " in the drive of machine m1\n"
#define RESET   "have machine m1 boot from its disk again: its BMC keeps Pxe for good\n"

static const struct row rows[] = {
        {"no machine is wished", {a_kvm_host}, ""},
        {"it is off", {a_kvm_host, a_machine, is_off}, BOOT NOTED ON},
        {"it is on, and is left alone", {a_kvm_host, a_machine, is_on},
                "~ machine m1 is on already: it is booted from the network only when it is off before\n"},
        {"it is on, as we have switched it on", {a_kvm_host, a_machine, is_on, was_booted}, ""},
        {"it is off again: it isn't installed a second time", {a_kvm_host, a_machine, is_off, was_booted},
                ON},
        {"nobody answers yet", {a_kvm_host, a_machine, nobody_answers},
                "wait until the BMC of machine m1 answers\n? " BOOT "? " NOTED "? " ON},
        {"nobody answers, and it was booted", {a_kvm_host, a_machine, nobody_answers, was_booted},
                "wait until the BMC of machine m1 answers\n? " ON},
        {"it is on its way", {a_kvm_host, a_machine, is_on_its_way},
                "wait until the BMC of machine m1 tells whether it is on\n? " BOOT "? " NOTED "? " ON},
        {"we are refused", {a_kvm_host, a_machine, we_are_refused}, "! machine m1: the login is refused\n"},
        {"cut off before the note", {a_kvm_host, a_machine, is_off, is_told_already}, NOTED ON},
        {"cut off behind the note", {a_kvm_host, a_machine, is_off, is_told_already, was_booted}, ON},
        {"its BMC can't", {a_kvm_host, a_machine, is_off, only_from_its_disk},
                "! machine m1: its BMC can't have it boot from the network\n"},
        {"its BMC keeps it for good", {a_kvm_host, a_machine, is_on, for_good, was_booted}, RESET},
        {"for good, and off", {a_kvm_host, a_machine, is_off, for_good, was_booted}, RESET ON},
        {"for good, as somebody has set it", {a_kvm_host, a_machine, that_boots_itself, is_on, for_good}, ""},
        {"for good, and not installed yet",
                {a_kvm_host, a_machine, a_cluster_names_it, is_on, for_good, was_booted}, ""},
        {"it boots itself", {a_kvm_host, a_machine, that_boots_itself, is_off}, ON},
        {"it is to be off, and is on", {a_kvm_host, a_machine, that_is_to_be_off, is_on}, OFF},
        {"it is to be off, and is", {a_kvm_host, a_machine, that_is_to_be_off, is_off}, ""},
        {"its cluster isn't there yet", {a_kvm_host, a_machine, a_cluster_names_it, is_off}, BOOT NOTED ON},
        {"it is a node that is off", {a_kvm_host, a_machine, a_cluster_names_it, it_is_a_node, is_off}, ON},
        {"it is a node", {a_kvm_host, a_machine, a_cluster_names_it, it_is_a_node, is_on}, ""},
        {"a bootstrap machine", {a_kvm_host, a_machine, it_is_a_bootstrap_machine, is_off}, BOOT NOTED ON},
        {"one that isn't needed any more",
                {a_kvm_host, a_machine, it_is_a_bootstrap_machine, that_is_not_needed, is_on},
                "switch off machine m1, which its cluster no longer needs\n"},
};

static const struct row iso_rows[] = {
        {"it is off", {a_kvm_host, a_machine, with_an_iso, is_off}, INSERT CD NOTED_2 ON},
        {"cut off behind the insertion", {a_kvm_host, a_machine, with_an_iso, is_off, has_the_disc},
                CD NOTED_2 ON},
        {"nobody answers yet", {a_kvm_host, a_machine, with_an_iso, nobody_answers},
                "wait until the BMC of machine m1 answers\n? " INSERT "? " CD "? " NOTED_2 "? " ON},
        {"another disc is in the drive", {a_kvm_host, a_machine, with_an_iso, is_off, has_another_disc},
                "! machine m1: http://theirs/x.iso is in its BMC's drive, and isn't ours: eject it\n"},
        {"there is no drive", {a_kvm_host, a_machine, with_an_iso, is_off, has_no_drive},
                "! machine m1: its BMC has no drive for CDs to boot from\n"},
        {"it was booted", {a_kvm_host, a_machine, with_an_iso, is_on, was_booted_from_the_iso}, ""},
};

static void is_an_installed_node(struct world *world)
{
        with_an_iso(world);
        a_cluster_names_it(world);
        it_is_a_node(world);
        is_on(world);
}

static const struct row node_rows[] = {
        {"it is installed: the ISO isn't needed any more",
                {a_kvm_host, a_machine, is_an_installed_node, was_booted_from_the_iso},
                "eject " ISO " from the drive of machine m1, which is installed\n"},
        {"what isn't ours stays", {a_kvm_host, a_machine, is_an_installed_node, has_another_disc}, ""},
};

static void assert_undone(void (*const *given)(struct world *world), const char *expected)
{
        CLEANUP(world_done) struct world world = {0};
        CLEANUP(plan_done) struct plan plan = {0};
        CLEANUP(string_free) char *lines = NULL;

        world.host.name = string_copy("lab1");
        for (; *given; given++)
                (*given)(&world);
        look_either_way(&world, &score_bmc, true, &plan);
        lines = plan_lines(&plan);
        assert_string_equal(lines, expected);
}

#define GIVEN(...) ((void (*const[])(struct world *world)) {a_kvm_host, a_machine, __VA_ARGS__, NULL})

static void what_we_inserted_is_ejected(void **state)
{
        (void)state;
        assert_undone(GIVEN(with_an_iso, is_on, was_booted_from_the_iso),
                "eject " ISO " from the drive of machine m1\n");
        assert_undone(GIVEN(with_an_iso, is_on, has_the_disc), ""); /* not by us */
        assert_undone(GIVEN(with_an_iso, is_on, was_booted_from_the_iso, has_another_disc), "");
        assert_undone(GIVEN(is_on, was_booted), "");
        assert_undone(GIVEN(with_an_iso, nobody_answers, was_booted_from_the_iso),
                "! machine m1: whether " ISO
                " is in its drive still can't be told: 10.0.0.5 port 443: connection refused\n");
}

int main(void)
{
        const struct CMUnitTest undo[] = {cmocka_unit_test(what_we_inserted_is_ejected)};

        return RUN_ROWS(&score_bmc, NULL, rows) + RUN_ROWS(&score_bmc, NULL, iso_rows) +
               RUN_ROWS(&score_bmc, NULL, node_rows) + cmocka_run_group_tests_name("undo", undo, NULL, NULL);
}
