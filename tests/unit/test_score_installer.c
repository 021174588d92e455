/* Ignition that openshift-install makes, and guests that start with it. */
#include "score_world.h"

#define NOW 1800000000

static struct cluster_config *the_cluster(struct world *world)
{
        return &world->config.clusters.items[0];
}

static struct installer_state *made(struct world *world)
{
        return installer_answer(world, the_cluster(world));
}

static void a_cluster_with_an_installer(struct world *world)
{
        struct cluster_config *cluster = array_add(&world->config.clusters);

        cluster->name = string_copy("lab");
        cluster->bootstrap = string_copy("boot");
        cluster->installer.program = string_copy("/usr/local/bin/openshift-install");
        made(world)->now_s = NOW;
}

static void its_bootstrap_machine_is_a_guest(struct world *world)
{
        struct guest_config *guest = array_add(&world->config.guests);

        guest->name = string_copy("boot");
        guest->cluster = the_cluster(world);
        guest->role = ROLE_BOOTSTRAP;
}

static void that_runs(struct world *world)
{
        struct guest_state *guest = guest_answer(world, "boot");

        guest->ours = true;
        guest->running.name = string_copy("boot");
}

static void it_is_made(struct world *world)
{
        do_installer(world, the_cluster(world));
}

static void two_days_ago(struct world *world)
{
        made(world)->now_s += 2 * 24 * 60 * 60;
        made(world)->is_begun = true;
}

static void twenty_three_hours_ago(struct world *world)
{
        made(world)->now_s += 23 * 60 * 60;
}

static void of_another_wish(struct world *world)
{
        made(world)->is_as_wished = false;
}

static void that_is_of_another_version(struct world *world)
{
        set(&made(world)->why_not, "it is of version 4.19.0");
}

static void it_has_answered(struct world *world)
{
        made(world)->has_answered = true;
}

static void it_answers(struct world *world)
{
        do_cluster(world, the_cluster(world), CLUSTER_API);
}

static void it_doesnt_answer(struct world *world)
{
        set(&cluster_answer(world, the_cluster(world))->why, "connection refused");
}

static void the_host_notes_that_it_is_bootstrapped(struct world *world)
{
        set(&text_answer(world, "/var/lib/provision/clusters/lab")->text, "bootstrapped\n");
}

static void the_guest_was_given_it(struct world *world)
{
        do_ignition(world, &world->config.guests.items[0]);
}

static void the_guest_was_given_another(struct world *world)
{
        do_put(world, guest_ignition_path("boot"), string_copy("another"));
}

#define SERVED "/var/lib/provision/boot/lab/private/ignition/52-54-00-00-00-0a.ign"

static void it_boots_from_a_boot_server(struct world *world)
{
        struct boot_server_config *server = array_add(&world->config.boot_servers);
        struct made_ignition *served = array_add(&server->made_ignitions);

        server->server.name = string_copy("lab");
        served->cluster = the_cluster(world);
        served->role = ROLE_BOOTSTRAP;
        served->machine = string_copy("boot");
        served->path = string_copy(SERVED);
}

static void which_has_it(struct world *world)
{
        do_ignition_serve(world, &world->config.boot_servers.items[0].made_ignitions.items[0]);
}

static void which_has_another(struct world *world)
{
        do_put(world, string_copy(SERVED), string_copy("another"));
}

static void a_directory_is_there_instead(struct world *world)
{
        struct file_state *file = file_answer(world, SERVED);

        file->exists = true;
        file->type = FILE_DIRECTORY;
}

#define GIVEN a_kvm_host, a_cluster_with_an_installer
#define MAKE  "make the Ignition of cluster lab\n"
#define AGAIN "make the Ignition of cluster lab again: "
#define GONE                                                                                              \
        "~ cluster lab: its API has answered before, and doesn't now: its Ignition isn't made again; if " \
        "the "                                                                                            \
        "cluster is no more, remove /home/ci/clusters/lab here\n"

static const struct row rows[] = {
        {"no cluster is wished", {a_kvm_host}, ""},
        {"there is none", {GIVEN}, MAKE},
        {"on a fresh host, too", {a_fresh_host, a_cluster_with_an_installer}, MAKE},
        {"it is made", {GIVEN, it_is_made}, ""},
        {"it can't be made", {GIVEN, that_is_of_another_version},
                "! cluster lab: its Ignition can't be made: it is of version 4.19.0\n"},
        {"that doesn't matter once it is", {GIVEN, it_is_made, that_is_of_another_version}, ""},
        {"its certificates have ended", {GIVEN, it_is_made, two_days_ago},
                AGAIN "its certificates ended at 2027-01-16 08:00 UTC\n"},
        {"they end during a bootstrap", {GIVEN, it_is_made, twenty_three_hours_ago},
                AGAIN
                "its certificates end at 2027-01-16 08:00 UTC, before a bootstrap that begins now has to "
                "be complete\n"},
        {"it is of another wish", {GIVEN, it_is_made, of_another_wish},
                AGAIN "what it is made from has changed\n"},
        {"they have ended, and the API answers", {GIVEN, it_is_made, two_days_ago, it_answers}, ""},
        {"they have ended, and it has answered before", {GIVEN, it_is_made, two_days_ago, it_has_answered},
                ""},
        {"which is said where the cluster is asked", {GIVEN, it_is_made, it_has_answered, it_doesnt_answer},
                GONE},
        {"the cluster was made by another controller",
                {GIVEN, the_host_notes_that_it_is_bootstrapped, it_doesnt_answer},
                "! cluster lab is bootstrapped, and what openshift-install has made for it isn't here: bring "
                "/home/ci/clusters/lab from the machine that has made it\n"},
        {"and isn't asked", {GIVEN, the_host_notes_that_it_is_bootstrapped}, ""},
};

#define WRITE "write the Ignition configuration of guest boot\n"

static const struct row guest_rows[] = {
        {"it isn't made yet", {GIVEN, its_bootstrap_machine_is_a_guest}, "? " WRITE},
        {"it is", {GIVEN, its_bootstrap_machine_is_a_guest, it_is_made}, WRITE},
        {"the guest was given it",
                {GIVEN, its_bootstrap_machine_is_a_guest, it_is_made, the_guest_was_given_it, that_runs}, ""},
        {"it runs without one, and there is none", {GIVEN, its_bootstrap_machine_is_a_guest, that_runs}, ""},
        {"it was given another",
                {GIVEN, its_bootstrap_machine_is_a_guest, it_is_made, the_guest_was_given_another}, WRITE},
        {"and has started with that",
                {GIVEN, its_bootstrap_machine_is_a_guest, it_is_made, the_guest_was_given_another, that_runs},
                "~ the Ignition configuration of guest boot has changed, but Ignition has read it when the "
                "guest first started, and doesn't again: remove the guest to have it made anew\n"},
};

#define SERVE "let machine boot fetch the Ignition of cluster lab\n"

static const struct row served_rows[] = {
        {"nothing boots over the network", {GIVEN, it_is_made}, ""},
        {"it isn't made yet", {GIVEN, it_boots_from_a_boot_server}, "? " SERVE},
        {"it is", {GIVEN, it_boots_from_a_boot_server, it_is_made}, SERVE},
        {"it is served", {GIVEN, it_boots_from_a_boot_server, it_is_made, which_has_it}, ""},
        {"it was made again", {GIVEN, it_boots_from_a_boot_server, it_is_made, which_has_another}, SERVE},
        {"the cluster came up with it",
                {GIVEN, it_boots_from_a_boot_server, it_is_made, which_has_it, it_answers}, ""},
        {"another controller has made it, and the cluster answers",
                {GIVEN, it_boots_from_a_boot_server, it_answers}, ""},
        {"its bootstrap machine has done its work",
                {GIVEN, it_boots_from_a_boot_server, it_is_made, the_host_notes_that_it_is_bootstrapped}, ""},
        {"a directory where it is to be",
                {GIVEN, it_boots_from_a_boot_server, it_is_made, a_directory_is_there_instead},
                "! " SERVED " is a directory where a file is wanted: move it out of the way\n"},
};

int main(void)
{
        return RUN_ROWS(&score_installer, NULL, rows) + RUN_ROWS(&score_seed, NULL, guest_rows) +
               RUN_ROWS(&score_boot_ignition, NULL, served_rows);
}
