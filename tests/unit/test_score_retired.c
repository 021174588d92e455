/* Bootstrap machines that have done their work. */
#include "score_world.h"

#define NOTE "/var/lib/provision/clusters/lab"

static struct cluster_config *the_cluster(struct world *world)
{
        return &world->config.clusters.items[0];
}

static void a_cluster_with_a_bootstrap_machine(struct world *world)
{
        struct cluster_config *cluster = array_add(&world->config.clusters);

        cluster->name = string_copy("lab");
        cluster->kubeconfig = string_copy("/home/ci/kubeconfig");
        cluster->bootstrap = string_copy("boot");
}

static void which_is_a_guest(struct world *world)
{
        struct guest_config *guest = array_add(&world->config.guests);
        struct disk_config *disk = array_add(&guest->disks);

        guest->name = string_copy("boot");
        disk->name = string_copy("root");
        disk->pool = string_copy("lab");
}

static void that_runs(struct world *world)
{
        struct guest_state *guest = guest_answer(world, "boot");
        struct volume_state *volume = volume_answer(world, "lab", "boot-root.qcow2");
        struct file_state *ignition = file_answer(world, "/var/lib/provision/guests/boot/ignition.json");
        CLEANUP(string_free) char *path = guest_ignition_path("boot");

        guest->ours = true;
        guest->running.name = string_copy("boot");
        volume->path = string_copy("/srv/lab/boot-root.qcow2");
        strings_add(&world->kept, path);
        ignition->path = world->kept.items[world->kept.count - 1];
        ignition->exists = true;
        ignition->type = FILE_REGULAR;
}

static void that_is_somebody_elses(struct world *world)
{
        guest_answer(world, "boot")->ours = false;
}

#define SERVED "/var/lib/provision/boot/lab/private/ignition/52-54-00-00-00-0a.ign"

static void which_boots_from_a_boot_server(struct world *world)
{
        struct boot_server_config *server = array_add(&world->config.boot_servers);
        struct made_ignition *made = array_add(&server->made_ignitions);

        server->server.name = string_copy("lab");
        made->cluster = the_cluster(world);
        made->machine = string_copy("boot");
        made->path = string_copy(SERVED);
        do_put(world, string_copy(SERVED), string_copy("{}"));
}

static void it_comes_up(struct world *world)
{
        do_cluster(world, the_cluster(world), CLUSTER_API);
}

static void it_is_bootstrapped(struct world *world)
{
        do_cluster(world, the_cluster(world), CLUSTER_BOOTSTRAP);
}

static void that_was_noted(struct world *world)
{
        set(&text_answer(world, NOTE)->text, "bootstrapped\ncontrol control-1\n");
}

static void what_others_wrote_there(struct world *world)
{
        set(&text_answer(world, NOTE)->text, "bootstrapped?\n\nworker \nbootstrapped too");
}

static void whose_api_another_host_reaches(struct world *world)
{
        strings_add(&the_cluster(world)->object.hosts, "lab2");
}

static void which_is_behind_our_load_balancer(struct world *world)
{
        struct load_balancer_config *balancer = array_add(&world->config.load_balancers);
        struct service_config *service = array_add(&balancer->services);
        struct balanced_server *server = array_add(&service->service.servers);

        balancer->name = string_copy("lab");
        service->service.name = string_copy("api");
        server->name = string_copy("boot");
}

static void another_cluster_calls_its_own_so(struct world *world)
{
        struct cluster_config *cluster = array_add(&world->config.clusters);

        cluster->name = string_copy("other");
        cluster->bootstrap = string_copy("boot");
        strings_add(&cluster->object.hosts, "lab3");
}

#define NOTED "note that cluster lab is bootstrapped\n"
#define LEAVES                                                                  \
        "switch off and remove guest boot, which cluster lab no longer needs\n" \
        "delete volume boot-root.qcow2 of pool lab, of guest boot\n"            \
        "remove the Ignition configuration of guest boot\n"

static const struct row rows[] = {
        {"no cluster", {a_kvm_host}, ""},
        {"it comes up",
                {a_kvm_host, a_cluster_with_a_bootstrap_machine, which_is_a_guest, that_runs, it_comes_up},
                ""},
        {"nobody was asked, nothing is noted",
                {a_kvm_host, a_cluster_with_a_bootstrap_machine, which_is_a_guest, that_runs}, ""},
        {"a note that says something else",
                {a_kvm_host, a_cluster_with_a_bootstrap_machine, which_is_a_guest, that_runs,
                        what_others_wrote_there},
                ""},
        {"it is bootstrapped",
                {a_kvm_host, a_cluster_with_a_bootstrap_machine, which_is_a_guest, that_runs,
                        it_is_bootstrapped},
                NOTED LEAVES},
        {"cut off behind the note",
                {a_kvm_host, a_cluster_with_a_bootstrap_machine, which_is_a_guest, that_runs, that_was_noted},
                LEAVES},
        {"all is done", {a_kvm_host, a_cluster_with_a_bootstrap_machine, which_is_a_guest, that_was_noted},
                ""},
        {"a machine elsewhere", {a_kvm_host, a_cluster_with_a_bootstrap_machine, it_is_bootstrapped}, NOTED},
        {"one whose Ignition can be fetched, needs it still",
                {a_kvm_host, a_cluster_with_a_bootstrap_machine, which_boots_from_a_boot_server, it_comes_up},
                ""},
        {"and needs it no more",
                {a_kvm_host, a_cluster_with_a_bootstrap_machine, which_boots_from_a_boot_server,
                        it_is_bootstrapped},
                NOTED "remove the Ignition configuration that boot_server lab has for machine boot\n"},
        {"another host's cluster",
                {a_kvm_host, a_cluster_with_a_bootstrap_machine, whose_api_another_host_reaches,
                        it_is_bootstrapped},
                ""},
        {"another host's cluster, whose bootstrap machine is behind our load balancer",
                {a_kvm_host, a_cluster_with_a_bootstrap_machine, whose_api_another_host_reaches,
                        which_is_behind_our_load_balancer, it_is_bootstrapped},
                NOTED},
        {"and needed still",
                {a_kvm_host, a_cluster_with_a_bootstrap_machine, whose_api_another_host_reaches,
                        which_is_behind_our_load_balancer, it_comes_up},
                ""},
        {"or is our guest",
                {a_kvm_host, a_cluster_with_a_bootstrap_machine, whose_api_another_host_reaches,
                        which_is_a_guest, that_runs, it_is_bootstrapped},
                NOTED LEAVES},
        {"but two clusters call theirs so",
                {a_kvm_host, a_cluster_with_a_bootstrap_machine, whose_api_another_host_reaches,
                        another_cluster_calls_its_own_so, which_is_a_guest, that_runs, it_is_bootstrapped},
                ""},
        {"a guest of somebody else's",
                {a_kvm_host, a_cluster_with_a_bootstrap_machine, which_is_a_guest, that_runs,
                        that_is_somebody_elses, that_was_noted},
                "~ guest boot, which cluster lab no longer needs, isn't ours, and stays\n"},
};

int main(void)
{
        return RUN_ROWS(&score_retired, NULL, rows);
}
