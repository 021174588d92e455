/* Nodes that were declared once, and aren't any more. */
#include "score_world.h"

#define NOTE "/var/lib/provision/clusters/lab"

static struct cluster_config *the_cluster(struct world *world)
{
        return &world->config.clusters.items[0];
}

static void declare(struct world *world, struct strings *role, const char *name)
{
        strings_add(role, name);
        strings_add(&the_cluster(world)->nodes, name);
}

static void a_cluster(struct world *world)
{
        struct cluster_config *cluster = array_add(&world->config.clusters);

        cluster->name = string_copy("lab");
        declare(world, &cluster->control, "control-1");
}

static void a_cluster_with_a_worker(struct world *world)
{
        a_cluster(world);
        declare(world, &the_cluster(world)->workers, "worker-1");
}

static void its_api_answers(struct world *world)
{
        do_cluster(world, the_cluster(world), CLUSTER_API);
}

static void that_is_there(struct world *world)
{
        the_cluster(world)->flavor = CLUSTER_EXISTING;
        its_api_answers(world);
}

static void its_nodes_are_there(struct world *world)
{
        do_cluster(world, the_cluster(world), CLUSTER_NODES);
}

static void another_node_is_there(struct world *world)
{
        struct cluster_part *node;

        its_nodes_are_there(world);
        node = array_add(&cluster_answer(world, the_cluster(world))->nodes);
        node->name = string_copy("worker-2");
}

static void its_guest_runs(struct world *world)
{
        struct guest_state *guest = guest_answer(world, "worker-2");

        guest->ours = true;
        guest->running.name = string_copy("worker-2");
}

static void that_is_wished(struct world *world)
{
        array_add(&world->config.guests)->name = string_copy("worker-2");
}

static void all_are_noted(struct world *world)
{
        set(&text_answer(world, NOTE)->text, "bootstrapped\ncontrol control-1\nworker worker-2\n");
}

static void another_control_machine_is_noted(struct world *world)
{
        set(&text_answer(world, NOTE)->text, "control control-1\ncontrol control-2\n");
}

#define NOTED "note which nodes cluster lab has\n"
#define DRAIN "drain node worker-2 of cluster lab, and take it out\n"
#define GOES                                                                                           \
        "switch off and remove guest worker-2, which is no longer a worker of cluster lab (its disks " \
        "stay)\n"

static const struct row rows[] = {
        {"no cluster", {a_kvm_host}, ""},
        {"it doesn't answer yet", {a_kvm_host, a_cluster_with_a_worker, all_are_noted}, ""},
        {"its nodes aren't there yet", {a_kvm_host, a_cluster_with_a_worker, its_api_answers}, ""},
        {"they come", {a_kvm_host, a_cluster_with_a_worker, its_nodes_are_there}, NOTED},
        {"a node of somebody else's", {a_kvm_host, a_cluster, another_node_is_there}, NOTED},
        {"a worker goes", {a_kvm_host, a_cluster, another_node_is_there, its_guest_runs, all_are_noted},
                DRAIN GOES NOTED},
        {"one that was drained and cut off",
                {a_kvm_host, a_cluster, its_nodes_are_there, its_guest_runs, all_are_noted}, GOES NOTED},
        {"its guest is for something else now",
                {a_kvm_host, a_cluster, another_node_is_there, its_guest_runs, that_is_wished, all_are_noted},
                DRAIN NOTED},
        {"a machine that is no guest", {a_kvm_host, a_cluster, another_node_is_there, all_are_noted},
                DRAIN NOTED},
        {"a control machine goes",
                {a_kvm_host, a_cluster, its_nodes_are_there, another_control_machine_is_noted},
                NOTED "! control machine control-2 of cluster lab isn't declared any more: etcd has a member "
                      "on it, which has "
                      "to be replaced by hand; name it in control again, or, when that is done, take "
                      "\"control control-2\" out "
                      "of /var/lib/provision/clusters/lab\n"},
        {"it was there before us", {a_kvm_host, a_cluster, that_is_there, all_are_noted}, ""},
};

int main(void)
{
        return RUN_ROWS(&score_cluster_members, NULL, rows);
}
