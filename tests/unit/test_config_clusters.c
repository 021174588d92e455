/* Clusters in host.conf: what they become, and what is said about each way to get them wrong. */
#include "config_files.h"

#define CLUSTER(keys) \
        HOST "cluster \"lab\" {\nflavor = okd kubeconfig = \"/k\"\n" keys "}\n" /* from line 4 on */

static const struct row wrongs[] = {
        {"the least there can be", CLUSTER(""), .problems = {NULL}},
        {"all roles", CLUSTER("bootstrap = b control = {\"c1\", \"c2\"} workers = {\"w\"}\n"),
                .problems = {NULL}},
        {"two roles at once", CLUSTER("bootstrap = a control = {\"a\", \"b\"} workers = {\"b\"}\n"),
                .problems = {"A:2: cluster \"lab\": a is named twice among bootstrap, control and workers: a "
                             "machine has one role",
                        "A:2: cluster \"lab\": b is named twice among bootstrap, control and workers: a "
                        "machine has one role"}},
        {"names that no node has", CLUSTER("control = {\"C_1\"}\n"),
                .problems = {"A:4: cluster \"lab\": control: \"C_1\" is not a DNS name: it has letters, "
                             "digits, '-' and dots between them"}},
        {"a cluster that is there has no machines of ours",
                HOST "cluster \"lab\" {\nflavor = existing kubeconfig = \"/k\"\nbootstrap = b\nworkers = "
                     "{\"w\"}\n}\n",
                .problems = {"A:4: cluster \"lab\": bootstrap tells of machines that a cluster is "
                             "made of, "
                             "and flavor is existing: remove one of them",
                        "A:5: cluster \"lab\": workers tells of machines that a cluster is made of, "
                        "and "
                        "flavor is existing: remove one of them"}},
        {"two machines that reach its API",
                "host \"a\" { connect = \"root@a\" }\nhost \"b\" { connect = \"root@b\" }\ncluster \"lab\" { "
                "flavor = okd "
                "kubeconfig = \"/k\" }\n",
                .problems = {"A:3: cluster \"lab\": its API is reached by one machine, and it is for 2: add "
                             "hosts = {\"NAME\"} with the one"}},
};

static void assert_nodes(const char *text, const char *expected)
{
        CLEANUP(result_done) struct result result = load(text);
        CLEANUP(string_free) char *nodes = NULL;

        assert_loaded(&result);
        nodes = strings_join(&result.config.clusters.items[0].nodes, " ");
        assert_string_equal(nodes, expected);
}

#define GUEST(name, keys) "guest \"" name "\" { memory = 64MiB kernel = \"/k\" " keys " }\n"

static void guests_with_a_count_are_all_of_theirs(void **state)
{
        (void)state;
        assert_nodes(CLUSTER("control = {\"c\"} workers = {\"w\", \"x\"}\n") GUEST("c", "count = 3")
                             GUEST("w", "count = 1") GUEST("x", ""),
                "c-1 c-2 c-3 w-1 x");
        assert_nodes(CLUSTER("control = {\"elsewhere\"}\n"), "elsewhere");
        assert_nodes(CLUSTER("control = {\"w-2\"} workers = {\"v\"}\n") GUEST("w", "count = 2"), "w-2 v");
}

#define WRONGS (sizeof(wrongs) / sizeof(wrongs[0]))

int main(void)
{
        struct CMUnitTest rows[WRONGS];
        const struct CMUnitTest tests[] = {cmocka_unit_test(guests_with_a_count_are_all_of_theirs)};
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        for (size_t i = 0; i < WRONGS; i++)
                rows[i] = (struct CMUnitTest) {wrongs[i].name, test_row, NULL, NULL, (void *)&wrongs[i]};
        return failed + cmocka_run_group_tests_name("what is wrong", rows, NULL, NULL);
}
