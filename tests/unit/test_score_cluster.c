#include "score_world.h"

static struct cluster_config *the_cluster(struct world *world)
{
        return &world->config.clusters.items[0];
}

static void an_okd_is_wished(struct world *world)
{
        struct cluster_config *cluster = array_add(&world->config.clusters);

        cluster->name = string_copy("lab");
        cluster->kubeconfig = string_copy("/home/ci/kubeconfig");
}

static void that_is_there(struct world *world)
{
        the_cluster(world)->flavor = CLUSTER_EXISTING;
}

static void nobody_answers(struct world *world)
{
        set(&cluster_answer(world, the_cluster(world))->why, "10.0.0.5:6443: connection refused");
}

static void we_are_refused(struct world *world)
{
        nobody_answers(world);
        cluster_answer(world, the_cluster(world))->is_refused = true;
}

static void its_api_answers(struct world *world)
{
        do_cluster(world, the_cluster(world), CLUSTER_API);
}

static void its_bootstrap_is_complete(struct world *world)
{
        do_cluster(world, the_cluster(world), CLUSTER_BOOTSTRAP);
}

static void it_is_installed(struct world *world)
{
        do_cluster(world, the_cluster(world), CLUSTER_INSTALL);
}

#define API       "wait for cluster lab until its API answers\n"
#define BOOTSTRAP "wait for cluster lab until its bootstrap is complete\n"
#define NODES     "wait for cluster lab until its nodes are there\n"
#define INSTALL   "wait for cluster lab until it is installed\n"
#define REFUSED   "! cluster lab: 10.0.0.5:6443: connection refused\n"

static const struct row api_rows[] = {
        {"no cluster is wished", {a_kvm_host}, ""},
        {"nobody was asked yet", {a_fresh_host, an_okd_is_wished}, API},
        {"nobody answers", {a_kvm_host, an_okd_is_wished, nobody_answers}, API},
        {"we are refused", {a_kvm_host, an_okd_is_wished, we_are_refused}, REFUSED},
        {"it answers", {a_kvm_host, an_okd_is_wished, its_api_answers}, ""},
};

static const struct row bootstrap_rows[] = {
        {"nobody answers", {a_kvm_host, an_okd_is_wished, nobody_answers}, BOOTSTRAP},
        {"we are refused, which is said once", {a_kvm_host, an_okd_is_wished, we_are_refused}, ""},
        {"it answers", {a_kvm_host, an_okd_is_wished, its_api_answers}, BOOTSTRAP},
        {"it is complete", {a_kvm_host, an_okd_is_wished, its_bootstrap_is_complete}, ""},
        {"it was there before us", {a_kvm_host, an_okd_is_wished, that_is_there, its_api_answers}, ""},
        {"and isn't", {a_kvm_host, an_okd_is_wished, that_is_there, nobody_answers}, ""},
};

static void a_node_is_declared(struct world *world)
{
        strings_add(&the_cluster(world)->nodes, "control-1");
}

static void it_is_there(struct world *world)
{
        do_cluster(world, the_cluster(world), CLUSTER_NODES);
}

static void it_isnt_ready(struct world *world)
{
        set(&cluster_answer(world, the_cluster(world))->nodes.items[0].conditions.items[0].status, "Unknown");
}

static void somebody_else_asks(struct world *world)
{
        struct csr *request = array_add(&cluster_answer(world, the_cluster(world))->requests);

        request->name = string_copy("csr-x");
        request->signer = string_copy(CSR_SIGNER_SERVING);
        request->username = string_copy("system:node:evil");
}

static const struct row node_rows[] = {
        {"no node is declared", {a_kvm_host, an_okd_is_wished, its_api_answers}, ""},
        {"nobody answers", {a_kvm_host, an_okd_is_wished, a_node_is_declared, nobody_answers}, NODES},
        {"it isn't there", {a_kvm_host, an_okd_is_wished, a_node_is_declared, its_api_answers}, NODES},
        {"it is", {a_kvm_host, an_okd_is_wished, a_node_is_declared, it_is_there}, ""},
        {"it is, and isn't ready",
                {a_kvm_host, an_okd_is_wished, a_node_is_declared, it_is_there, it_isnt_ready}, NODES},
        {"somebody else asks for a certificate",
                {a_kvm_host, an_okd_is_wished, its_api_answers, somebody_else_asks},
                "~ cluster lab: the request for a certificate csr-x isn't approved: spec.request isn't "
                "signed with "
                "the key that it asks a certificate for\n"},
};

static const struct row install_rows[] = {
        {"nobody answers", {a_kvm_host, an_okd_is_wished, nobody_answers}, INSTALL},
        {"its bootstrap is complete", {a_kvm_host, an_okd_is_wished, its_bootstrap_is_complete}, INSTALL},
        {"it is installed", {a_kvm_host, an_okd_is_wished, its_bootstrap_is_complete, it_is_installed}, ""},
        {"it was there before us", {a_kvm_host, an_okd_is_wished, that_is_there, its_api_answers}, INSTALL},
        {"and is installed", {a_kvm_host, an_okd_is_wished, that_is_there, it_is_installed}, ""},
};

static void it_is_delivered(struct world *world)
{
        cluster_answer(world, the_cluster(world))->is_delivered = true;
}

#define ACCESS "write the kubeconfig of cluster lab to the directory of keys\n"

static const struct row access_rows[] = {
        {"it isn't there", {a_kvm_host, an_okd_is_wished, its_bootstrap_is_complete, it_is_installed},
                ACCESS},
        {"it is", {a_kvm_host, an_okd_is_wished, its_bootstrap_is_complete, it_is_installed, it_is_delivered},
                ""},
        {"nobody was asked yet", {a_fresh_host, an_okd_is_wished}, ACCESS},
        {"we are refused, which is said once", {a_kvm_host, an_okd_is_wished, we_are_refused}, ""},
        {"it was there before us: whoever made it has its kubeconfig",
                {a_kvm_host, an_okd_is_wished, that_is_there, it_is_installed}, ""},
};

int main(void)
{
        return RUN_ROWS(&score_cluster_api, NULL, api_rows) +
               RUN_ROWS(&score_cluster_bootstrap, NULL, bootstrap_rows) +
               RUN_ROWS(&score_cluster_nodes, NULL, node_rows) +
               RUN_ROWS(&score_cluster_install, NULL, install_rows) +
               RUN_ROWS(&score_cluster_access, NULL, access_rows);
}
