/* What clusters say, read and judged: each row is what an API answers, and what the cluster lacks by that. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/memory.h"
#include "means/cluster_read.h"

#define NOW 1700000000 /* 2023-11-14T22:13:20Z */

#define CONDITION(type, status) \
        "{\"type\":\"" type "\",\"status\":\"" status "\",\"lastTransitionTime\":\"2023-11-14T20:00:00Z\"}"
#define SAYING(type, status, message)                                             \
        "{\"type\":\"" type "\",\"status\":\"" status "\",\"message\":\"" message \
        "\",\"lastTransitionTime\":\"2023-11-14T20:00:00Z\"}"
#define PART(name, conditions) \
        "{\"metadata\":{\"name\":\"" name "\"},\"status\":{\"conditions\":[" conditions "]}}"
#define LIST(items) "{\"metadata\":{\"resourceVersion\":\"812\"},\"items\":[" items "]}"

#define COMPLETE "{\"data\":{\"status\":\"complete\"}}"
#define REMOVED  PART("cluster", CONDITION("EtcdBootstrapMemberRemoved", "True"))
#define INSTALLED                                                                                       \
        PART("version", CONDITION("Available", "True") "," CONDITION("Failing", "False") "," CONDITION( \
                                "Progressing", "False"))
#define AT_REST(name)                                                                               \
        PART(name, CONDITION("Available", "True") "," CONDITION("Degraded", "False") "," CONDITION( \
                           "Progressing", "False"))
#define RESTS_SINCE(name, time)                                                                    \
        PART(name, CONDITION("Available", "True") "," CONDITION(                                   \
                           "Degraded", "False") ",{\"type\":\"Progressing\",\"status\":\"False\"," \
                                                "\"lastTransitionTime\":\"" time "\"}")
#define READY(name) PART(name, CONDITION("Ready", "True"))

static const struct row {
        const char *name;
        enum cluster_flavor flavor;
        const char *bootstrap, *etcd, *installed, *operators, *nodes; /* NULL: status 404 */
        const char *lacks_bootstrap, *lacks_install;                  /* NULL: nothing */
} rows[] = {
        {"an installed OKD", CLUSTER_OKD, COMPLETE, REMOVED, INSTALLED,
                LIST(AT_REST("dns") "," AT_REST("etcd")), LIST(""), NULL, NULL},
        {"nothing yet", CLUSTER_OKD, NULL, NULL, NULL, NULL, LIST(""),
                "its bootstrap has not said yet that it is complete", "it doesn't tell of its version yet"},
        {"the bootstrap has begun", CLUSTER_OKD, "{\"data\":{\"status\":\"creating\"}}", NULL, NULL, NULL,
                LIST(""), "its bootstrap says \"creating\"", "it doesn't tell of its version yet"},
        {"the bootstrap's ConfigMap without a status", CLUSTER_OKD, "{\"data\":{}}", NULL, NULL, NULL, NULL,
                "its bootstrap has not said yet that it is complete", "it doesn't tell of its version yet"},
        {"etcd's operator isn't there", CLUSTER_OKD, COMPLETE, NULL, NULL, NULL, NULL,
                "its etcd operator doesn't tell of members yet", "it doesn't tell of its version yet"},
        {"etcd says nothing of the bootstrap's member", CLUSTER_OKD, COMPLETE, PART("cluster", ""), NULL,
                NULL, NULL, "EtcdBootstrapMemberRemoved isn't told yet",
                "it doesn't tell of its version yet"},
        {"the bootstrap's member is in etcd still", CLUSTER_OKD, COMPLETE,
                PART("cluster",
                        SAYING("EtcdBootstrapMemberRemoved", "False", "bootstrap member is not removed")),
                NULL, NULL, NULL, "EtcdBootstrapMemberRemoved is False: bootstrap member is not removed",
                "it doesn't tell of its version yet"},
        {"the ConfigMap went after the installation", CLUSTER_OKD, NULL, NULL, INSTALLED,
                LIST(AT_REST("dns")), NULL, NULL, NULL},
        {"the version is being installed", CLUSTER_OKD, COMPLETE, REMOVED,
                PART("version", SAYING("Available", "False", "") "," CONDITION("Failing", "False") "," SAYING(
                                        "Progressing", "True", "Working towards 4.19.0: 612 of 900 done")),
                LIST(""), NULL, NULL, "Available is False"},
        {"the version is available and still progressing", CLUSTER_OKD, COMPLETE, REMOVED,
                PART("version", CONDITION("Available", "True") "," CONDITION("Failing", "False") "," SAYING(
                                        "Progressing", "True", "Working towards 4.19.0: 612 of 900 done")),
                LIST(""), NULL, NULL, "Progressing is True: Working towards 4.19.0: 612 of 900 done"},
        {"the version is failing", CLUSTER_OKD, COMPLETE, REMOVED,
                PART("version",
                        CONDITION("Available", "True") "," SAYING("Failing", "True", "Could not update")),
                LIST(""), NULL, NULL, "Failing is True: Could not update"},
        {"no operators", CLUSTER_OKD, COMPLETE, REMOVED, INSTALLED, LIST(""), NULL, NULL,
                "it has no ClusterOperators yet"},
        {"operators are said to be no list", CLUSTER_OKD, COMPLETE, REMOVED, INSTALLED, "{\"items\":{}}",
                NULL, NULL, "it has no ClusterOperators yet"},
        {"an operator is degraded", CLUSTER_OKD, COMPLETE, REMOVED, INSTALLED,
                LIST(AT_REST("dns") "," PART("console", CONDITION("Available", "True") "," SAYING("Degraded",
                                                                "True", "RouteHealth: no\\nroute"))),
                NULL, NULL,
                "1 of 2 operators aren't at rest: console (Degraded is True: RouteHealth: no route)"},
        {"many operators are on their way", CLUSTER_OKD, COMPLETE, REMOVED, INSTALLED,
                LIST(PART("a", "") "," PART("b", "") "," PART("c", "") "," PART("d", "") "," AT_REST("e")),
                NULL, NULL,
                "4 of 5 operators aren't at rest: a (Available isn't told yet), b (Available isn't told "
                "yet), "
                "c (Available isn't told yet), …"},
        {"an operator has been at rest for 31 s", CLUSTER_OKD, COMPLETE, REMOVED, INSTALLED,
                LIST(RESTS_SINCE("dns", "2023-11-14T22:12:49Z")), NULL, NULL, NULL},
        {"and for 30 s only", CLUSTER_OKD, COMPLETE, REMOVED, INSTALLED,
                LIST(RESTS_SINCE("dns", "2023-11-14T22:12:50Z")), NULL, NULL,
                "1 of 1 operators aren't at rest: dns (it is at rest for 30 s only)"},
        {"plain Kubernetes", CLUSTER_EXISTING, NULL, NULL, NULL, NULL, LIST(READY("n1")), NULL, NULL},
        {"plain Kubernetes without nodes", CLUSTER_EXISTING, NULL, NULL, NULL, NULL, LIST(""), NULL,
                "it has no nodes yet"},
        {"plain Kubernetes with a node that isn't ready", CLUSTER_EXISTING, NULL, NULL, NULL, NULL,
                LIST(READY("n1") "," PART("n2", SAYING("Ready", "False", "no CNI"))), NULL,
                "1 of 2 nodes aren't ready: n2 (Ready is False: no CNI)"},
        {"an OKD that is there", CLUSTER_EXISTING, NULL, NULL, INSTALLED, LIST(AT_REST("dns")), LIST(""),
                NULL, NULL},
        {"conditions that aren't any", CLUSTER_EXISTING, NULL, NULL, NULL, NULL,
                LIST("{\"metadata\":7,\"status\":{\"conditions\":[7,null,{},{\"type\":\"Ready\"},{\"type\":1,"
                     "\"status\":\"True\"}]}}"),
                NULL, "1 of 1 nodes aren't ready: ? (Ready isn't told yet)"},
};

static void answered(struct cluster_state *state, enum cluster_question question, const char *body)
{
        struct web_answer answer = {.status = body ? 200 : 404, .at_s = NOW};
        char version[CLUSTER_VERSION];
        struct error error = {0};

        if (body)
                text_add(&answer.body, body);
        assert_int_equal(cluster_read(state, question, &answer, version, &error), 0);
        assert_string_equal(version, body && strstr(body, "812") ? "812" : "");
        web_answer_done(&answer);
}

static void check_lack(const struct cluster_state *state, enum cluster_stage stage, const char *wanted)
{
        CLEANUP(string_free) char *lacks = cluster_lacks(state, stage);

        if (wanted)
                assert_non_null(lacks);
        else
                assert_null(lacks);
        if (wanted)
                assert_string_equal(lacks, wanted);
}

static void a_row(void **data)
{
        const struct row *row = *data;
        const struct cluster_config config = {.flavor = row->flavor};
        CLEANUP(cluster_state_done) struct cluster_state state = {.config = &config};

        check_lack(&state, CLUSTER_API, "its API doesn't answer: nobody was asked");
        check_lack(&state, CLUSTER_INSTALL, "its API doesn't answer: nobody was asked");
        answered(&state, CLUSTER_ASK_BOOTSTRAP, row->bootstrap);
        answered(&state, CLUSTER_ASK_ETCD, row->etcd);
        answered(&state, CLUSTER_ASK_INSTALLED, row->installed);
        answered(&state, CLUSTER_ASK_OPERATORS, row->operators);
        answered(&state, CLUSTER_ASK_NODES, row->nodes);
        state.answers = true;
        check_lack(&state, CLUSTER_API, NULL);
        check_lack(&state, CLUSTER_BOOTSTRAP, row->lacks_bootstrap);
        check_lack(&state, CLUSTER_INSTALL, row->lacks_install);
}

static const struct node_row {
        const char *name;
        const char *nodes;
        const char *lacks; /* where control-1 and worker-1 are declared; NULL: nothing */
} node_rows[] = {
        {"no node is there", LIST(""), "2 of 2 nodes aren't there and ready: control-1, worker-1"},
        {"one is there", LIST(READY("control-1")), "1 of 2 nodes aren't there and ready: worker-1"},
        {"one isn't ready", LIST(READY("control-1") "," PART("worker-1", SAYING("Ready", "False", "no CNI"))),
                "1 of 2 nodes aren't there and ready: worker-1 (Ready is False: no CNI)"},
        {"all are", LIST(READY("worker-1") "," READY("control-1")), NULL},
        {"and one more", LIST(READY("worker-1") "," READY("control-1") "," PART("x", "")), NULL},
};

static void a_node_row(void **data)
{
        const struct node_row *row = *data;
        struct cluster_config config = {.flavor = CLUSTER_OKD};
        CLEANUP(cluster_state_done) struct cluster_state state = {.config = &config, .answers = true};

        strings_add(&config.nodes, "control-1");
        strings_add(&config.nodes, "worker-1");
        answered(&state, CLUSTER_ASK_NODES, row->nodes);
        check_lack(&state, CLUSTER_NODES, row->lacks);
        config.flavor = CLUSTER_EXISTING;
        check_lack(&state, CLUSTER_NODES, NULL);
        strings_done(&config.nodes);
}

static const struct refusal {
        const char *name;
        long status;
        const char *body;
        enum error_kind kind;
        const char *words;
} refusals[] = {
        {"we aren't known", 401, "{\"message\":\"Unauthorized\"}", ERROR_REFUSED,
                "/version: status 401: Unauthorized (the kubeconfig's certificate or token isn't taken, or "
                "no longer)"},
        {"we may not", 403, "{\"message\":\"forbidden:\\n User\"}", ERROR_REFUSED,
                "/version: status 403: forbidden:  User"},
        {"it isn't ready", 503, "not JSON", ERROR_FAILED, "/version: status 503"},
        {"it answers nonsense", 200, "<html>", ERROR_FAILED, "/version answers what isn't JSON: line 1"},
        {"it answers nothing", 200, "", ERROR_FAILED, "/version answers what isn't JSON: line 1"},
        {"it answers a list", 200, "[]", ERROR_FAILED, "/version answers no object"},
        {"it answers a key twice", 200, "{\"a\":1,\"a\":2}", ERROR_FAILED,
                "/version answers what isn't JSON: line 1"},
};

static void a_refusal(void **data)
{
        const struct refusal *refusal = *data;
        CLEANUP(cluster_state_done) struct cluster_state state = {0};
        struct web_answer answer = {.status = refusal->status};
        CLEANUP(error_done) struct error error = {0};
        char version[CLUSTER_VERSION];

        text_add(&answer.body, refusal->body);
        assert_int_equal(cluster_read(&state, CLUSTER_ASK_VERSION, &answer, version, &error), -1);
        /* Where and why it isn't JSON says jansson, each version in its own words. */
        assert_int_equal(strncmp(error_text(&error), refusal->words, strlen(refusal->words)), 0);
        assert_int_equal(error.kind, refusal->kind);
        web_answer_done(&answer);
}

static void what_is_watched(void **data)
{
        char path[256];

        (void)data;
        assert_false(cluster_watch_path(CLUSTER_ASK_VERSION, "1", path, sizeof(path)));
        assert_false(cluster_watch_path(CLUSTER_ASK_INSTALLED, "", path, sizeof(path)));
        assert_true(cluster_watch_path(CLUSTER_ASK_BOOTSTRAP, "", path, sizeof(path)));
        assert_string_equal(path,
                "/api/v1/namespaces/kube-system/configmaps?watch=1&fieldSelector=metadata.name%3Dbootstrap");
        assert_true(cluster_watch_path(CLUSTER_ASK_INSTALLED, "77", path, sizeof(path)));
        assert_string_equal(path,
                "/apis/config.openshift.io/v1/"
                "clusterversions?watch=1&fieldSelector=metadata.name%3Dversion&resourceVersion=77");
        assert_true(cluster_watch_path(CLUSTER_ASK_NODES, "77", path, sizeof(path)));
        assert_string_equal(path, "/api/v1/nodes?watch=1&resourceVersion=77");
}

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

int main(void)
{
        struct CMUnitTest tests[COUNT(rows) + COUNT(node_rows) + COUNT(refusals) + 1];
        size_t count = 0;

        for (size_t i = 0; i < COUNT(rows); i++)
                tests[count++] = (struct CMUnitTest) {rows[i].name, a_row, NULL, NULL, (void *)&rows[i]};
        for (size_t i = 0; i < COUNT(node_rows); i++)
                tests[count++] = (struct CMUnitTest) {
                        node_rows[i].name, a_node_row, NULL, NULL, (void *)&node_rows[i]};
        for (size_t i = 0; i < COUNT(refusals); i++)
                tests[count++] =
                        (struct CMUnitTest) {refusals[i].name, a_refusal, NULL, NULL, (void *)&refusals[i]};
        tests[count++] = (struct CMUnitTest)cmocka_unit_test(what_is_watched);
        return _cmocka_run_group_tests("clusters", tests, count, NULL, NULL);
}
