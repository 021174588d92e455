/* Clusters, by a real API server that this test starts: what it says, waiting for it stage by stage, requests for certificates, and
 * whatever may go wrong in between. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "means/means.h"

#define WAIT_S 60

static char directory[] = "/tmp/provision-kube.XXXXXX";
static bool has_server;

/* ---- the server ---- */

/* tests/integration/kube.sh WORDS, from the shell's own process: who calls `up` owns what it starts. */
static int kube(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int kube(const char *format, ...)
{
        CLEANUP(string_free) char *words = NULL, *command = NULL;
        va_list arguments;

        va_start(arguments, format);
        words = string_vformat(format, arguments);
        va_end(arguments);
        command = string_format("exec tests/integration/kube.sh %s >>%s/said 2>&1", words, directory);
        return system(command);
}

static void has_done(int status)
{
        CLEANUP(string_free) char *command = string_format("tail -n 5 %s/said", directory);

        if (status != 0 && system(command) == 0)
                fail_msg("kube.sh ended with %d", status);
}

#define KUBE(words, ...) has_done(kube("on %s " words, directory, ##__VA_ARGS__))

static int begin(void **state)
{
        (void)state;
        if (!mkdtemp(directory))
                return -1;
        has_server = kube("up %s", directory) == 0;
        return 0;
}

static int end(void **state)
{
        CLEANUP(string_free) char *command = string_format("rm -rf %s", directory);

        (void)state;
        if (has_server)
                has_done(kube("down %s", directory));
        return system(command);
}

/* ---- a machine, which is this one, and its cluster ---- */

struct world {
        struct links *links;
        struct link *link;
        struct means *means;
        struct host_config host;
        struct cluster_config cluster;
        char *kubeconfig;
};

static void world_done(struct world *world)
{
        means_free(world->means);
        link_close(world->link);
        links_stop(world->links);
        free(world->kubeconfig);
        strings_done(&world->cluster.nodes);
}

static void meet(struct world *world, enum cluster_flavor flavor, const char *kubeconfig)
{
        struct error error = {0};

        if (!has_server)
                skip();
        *world = (struct world) {
                .host = {.name = (char *)"here", .connect = {.is_local = true}},
                .cluster = {.name = (char *)"lab", .flavor = flavor},
                .kubeconfig = string_format("%s/%s", directory, kubeconfig),
        };
        world->cluster.kubeconfig = world->kubeconfig;
        assert_int_equal(links_start(&world->links, &error), 0);
        world->link = link_open(world->links, &world->host, deadline_in_s(WAIT_S));
        world->means = means_new(world->link);
}

/* What is said of it in a survey; lent until the answers are done. */
static const struct cluster_state *look(struct world *world, struct answers *answers)
{
        CLEANUP(survey_done) struct survey survey = {0};
        struct error error = {0};

        survey_ask_cluster(&survey, &world->cluster);
        if (means_answer(world->means, &survey, deadline_in_s(WAIT_S), answers, &error) < 0)
                fail_msg("%s", error_text(&error));
        return answers_cluster(answers, "lab");
}

/* A machine that is busy may take longer than one look. */
static const struct cluster_state *look_until_it_answers(struct world *world, struct answers *answers)
{
        struct deadline deadline = deadline_in_s(WAIT_S);

        for (;;) {
                const struct cluster_state *found = look(world, answers);

                if (found->answers)
                        return found;
                if (deadline_passed(deadline))
                        fail_msg("%s: %s", world->kubeconfig, found->why);
                answers_done(answers);
        }
}

static void lacks(struct world *world, enum cluster_stage stage, const char *wanted)
{
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(string_free) char *said = cluster_lacks(look_until_it_answers(world, &answers), stage);

        if (wanted && (!said || !strstr(said, wanted)))
                fail_msg("it lacks %s, and not %s", said, wanted);
        if (!wanted && said)
                fail_msg("it lacks %s", said);
}

/* ---- waiting, on a thread of its own ---- */

struct wait {
        struct world *world;
        struct step step;
        int seconds;
        pthread_t thread;
        pthread_mutex_t mutex;
        pthread_cond_t told;
        struct text lines; /* a line each */
        bool stop;
        int result;
        struct error error;
};

static void take_line(void *context, const char *line)
{
        struct wait *wait = context;

        pthread_mutex_lock(&wait->mutex);
        text_format(&wait->lines, "%s\n", line);
        pthread_cond_broadcast(&wait->told);
        pthread_mutex_unlock(&wait->mutex);
}

static bool must_stop(void *context)
{
        struct wait *wait = context;
        bool stop;

        pthread_mutex_lock(&wait->mutex);
        stop = wait->stop;
        pthread_mutex_unlock(&wait->mutex);
        return stop;
}

static void *carry_out(void *context)
{
        struct wait *wait = context;
        const struct means_progress progress = {.line = take_line, .must_stop = must_stop, .context = wait};

        wait->result = means_carry_out(
                wait->world->means, &wait->step, deadline_in_s(wait->seconds), 0, &progress, &wait->error);
        return NULL;
}

static void wait_begins(struct wait *wait, struct world *world, enum cluster_stage stage, int seconds)
{
        *wait = (struct wait) {
                .world = world,
                .step = {.kind = STEP_CLUSTER, .cluster = {.config = &world->cluster, .stage = stage}},
                .seconds = seconds,
                .mutex = PTHREAD_MUTEX_INITIALIZER,
                .told = PTHREAD_COND_INITIALIZER,
        };
        assert_int_equal(pthread_create(&wait->thread, NULL, carry_out, wait), 0);
}

static void has_told(struct wait *wait, const char *words)
{
        struct timespec until;
        int late = 0;

        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += WAIT_S;
        pthread_mutex_lock(&wait->mutex);
        while (!strstr(text_string(&wait->lines), words) && !late)
                late = pthread_cond_timedwait(&wait->told, &wait->mutex, &until);
        pthread_mutex_unlock(&wait->mutex);
        if (late)
                fail_msg("it told nothing of \"%s\", but: %s", words, text_string(&wait->lines));
}

static void wait_ends(struct wait *wait, int result, const char *words)
{
        pthread_join(wait->thread, NULL);
        if (wait->result != result)
                fail_msg("it ended with %d: %s; told was: %s", wait->result, error_text(&wait->error),
                        text_string(&wait->lines));
        if (words && !strstr(error_text(&wait->error), words))
                fail_msg("it ended with %s", error_text(&wait->error));
        error_done(&wait->error);
        text_done(&wait->lines);
}

/* ---- tests; each finds the cluster as the one before left it ---- */

static void it_answers_by_certificate_and_by_token(void **state)
{
        static const char *const ways[] = {"kubeconfig", "token.kubeconfig"};

        (void)state;
        for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
                CLEANUP(world_done) struct world world = {0};
                CLEANUP(answers_done) struct answers answers = {0};
                const struct cluster_state *found;

                meet(&world, CLUSTER_EXISTING, ways[i]);
                found = look_until_it_answers(&world, &answers);
                assert_int_equal(strncmp(found->version, "v1.", 3), 0);
                assert_true(found->now_s > 1700000000);
                lacks(&world, CLUSTER_INSTALL, "it has no nodes yet");
        }
}

static void who_is_refused_is_told_why(void **state)
{
        static const struct {
                const char *kubeconfig, *why;
                bool is_refused;
        } rows[] = {
                {"nobody.kubeconfig", "status 403: ", true},
                {"foreign.kubeconfig", "status 401: Unauthorized (the kubeconfig's certificate", true},
                {"wrong-ca.kubeconfig", "SSL certificate problem", false},
                {"no.kubeconfig", "can't be read: No such file or directory", true},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(world_done) struct world world = {0};
                CLEANUP(answers_done) struct answers answers = {0};
                const struct cluster_state *found;

                meet(&world, CLUSTER_EXISTING, rows[i].kubeconfig);
                found = look(&world, &answers);
                assert_false(found->answers);
                if (!strstr(found->why, rows[i].why) || found->is_refused != rows[i].is_refused)
                        fail_msg("%s: %s", rows[i].kubeconfig, found->why);
        }
}

static void an_api_that_comes_late_is_waited_for(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        struct wait wait;

        (void)state;
        meet(&world, CLUSTER_OKD, "late.kubeconfig");
        has_done(kube("down %s", directory));
        {
                CLEANUP(string_free)
                char *command = string_format("cp %s/kubeconfig %s/late.kubeconfig", directory, directory);

                assert_int_equal(system(command), 0);
        }
        wait_begins(&wait, &world, CLUSTER_API, WAIT_S);
        has_told(&wait, "its API doesn't answer: ");
        has_done(kube("up %s", directory));
        /* It has another port and other certificates, which is another kubeconfig. */
        {
                CLEANUP(string_free)
                char *command = string_format("cp %s/kubeconfig %s/new && mv %s/new %s/late.kubeconfig",
                        directory, directory, directory, directory);

                assert_int_equal(system(command), 0);
        }
        wait_ends(&wait, 0, NULL);
}

static void a_bootstrap_is_waited_for(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        struct wait wait;

        (void)state;
        meet(&world, CLUSTER_OKD, "kubeconfig");
        lacks(&world, CLUSTER_BOOTSTRAP, "its bootstrap has not said yet that it is complete");
        wait_begins(&wait, &world, CLUSTER_BOOTSTRAP, WAIT_S);
        has_told(&wait, "its bootstrap has not said yet");
        KUBE("bootstrap_status creating");
        has_told(&wait, "its bootstrap says \"creating\"");
        KUBE("bootstrap_status complete");
        has_told(&wait, "its etcd operator doesn't tell of members yet");
        KUBE("etcd_member_removed False");
        has_told(&wait, "EtcdBootstrapMemberRemoved is False");
        KUBE("etcd_member_removed True");
        wait_ends(&wait, 0, NULL);
        lacks(&world, CLUSTER_BOOTSTRAP, NULL);
}

#define BOOTSTRAPPER "system:serviceaccount:openshift-machine-config-operator:node-bootstrapper"
#define CLIENT       "kubernetes.io/kube-apiserver-client-kubelet"
#define SERVING      "kubernetes.io/kubelet-serving"

static void requests_of_declared_nodes_are_approved_and_no_others(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        struct wait wait;

        (void)state;
        meet(&world, CLUSTER_OKD, "kubeconfig");
        strings_add(&world.cluster.nodes, "worker-1");
        wait_begins(&wait, &world, CLUSTER_NODES, WAIT_S);
        has_told(&wait, "1 of 1 nodes aren't there and ready: worker-1");
        KUBE("csr csr-evil " BOOTSTRAPPER " " CLIENT " system:node:worker-2 system:nodes");
        has_told(&wait, "the request for a certificate csr-evil isn't approved: ");
        KUBE("csr csr-admin " BOOTSTRAPPER " " CLIENT " system:node:worker-1 system:masters");
        has_told(&wait, "the request for a certificate csr-admin isn't approved: ");
        KUBE("csr csr-good " BOOTSTRAPPER " " CLIENT " system:node:worker-1 system:nodes");
        has_told(&wait, "approved the request csr-good of system:node:worker-1");
        KUBE("create /api/v1/nodes '{\"metadata\":{\"name\":\"worker-1\"}}'");
        KUBE("patch /api/v1/nodes/worker-1/status "
             "'{\"status\":{\"addresses\":[{\"type\":\"Hostname\",\"address\":\"worker-1\"}],"
             "\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\",\"message\":\"no CNI\"}]}}'");
        has_told(&wait, "worker-1 (Ready is False: no CNI)");
        KUBE("csr csr-serving system:node:worker-1 " SERVING " system:node:worker-1 system:nodes");
        has_told(&wait, "approved the request csr-serving of system:node:worker-1");
        KUBE("patch /api/v1/nodes/worker-1/status "
             "'{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}'");
        wait_ends(&wait, 0, NULL);
        KUBE("get /apis/certificates.k8s.io/v1/certificatesigningrequests/csr-good | grep -q '\"type\": "
             "*\"Approved\"'");
        lacks(&world, CLUSTER_NODES, NULL);
}

static void an_installation_is_waited_for(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        struct wait wait;

        (void)state;
        meet(&world, CLUSTER_OKD, "kubeconfig");
        wait_begins(&wait, &world, CLUSTER_INSTALL, WAIT_S);
        has_told(&wait, "it doesn't tell of its version yet");
        KUBE("version_status False False True 'Working towards 4.20.0: 612 of 900 done'");
        has_told(&wait, "Available is False: Working towards 4.20.0: 612 of 900 done");
        KUBE("version_status True False False");
        has_told(&wait, "it has no ClusterOperators yet");
        KUBE("operator dns True True False rolling");
        has_told(&wait, "1 of 1 operators aren't at rest: dns (Progressing is True: rolling)");
        KUBE("operator dns True False False '' '1 minute ago'");
        wait_ends(&wait, 0, NULL);
        lacks(&world, CLUSTER_INSTALL, NULL);
}

static void one_that_never_comes_ends_with_what_was_seen(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        struct wait wait;

        (void)state;
        meet(&world, CLUSTER_OKD, "kubeconfig");
        KUBE("operator console False False True 'no route'");
        wait_begins(&wait, &world, CLUSTER_INSTALL, 2);
        wait_ends(&wait, -1,
                "1 of 2 operators aren't at rest: console (Available is False: no route) (seen so for ");
}

static void somebody_says_stop(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        struct wait wait;

        (void)state;
        meet(&world, CLUSTER_OKD, "kubeconfig");
        wait_begins(&wait, &world, CLUSTER_INSTALL, WAIT_S);
        has_told(&wait, "console");
        pthread_mutex_lock(&wait.mutex);
        wait.stop = true;
        pthread_mutex_unlock(&wait.mutex);
        wait_ends(&wait, -1, "no longer waited for; 1 of 2 operators aren't at rest: console");
}

static void a_server_that_goes_away_is_told_of(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        struct wait wait;

        (void)state;
        meet(&world, CLUSTER_OKD, "kubeconfig");
        wait_begins(&wait, &world, CLUSTER_INSTALL, WAIT_S);
        has_told(&wait, "console");
        has_done(kube("down %s", directory));
        has_told(&wait, "its API doesn't answer: ");
        pthread_mutex_lock(&wait.mutex);
        wait.stop = true;
        pthread_mutex_unlock(&wait.mutex);
        wait_ends(&wait, -1, "no longer waited for; its API doesn't answer");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(it_answers_by_certificate_and_by_token),
                cmocka_unit_test(who_is_refused_is_told_why),
                cmocka_unit_test(an_api_that_comes_late_is_waited_for),
                cmocka_unit_test(a_bootstrap_is_waited_for),
                cmocka_unit_test(requests_of_declared_nodes_are_approved_and_no_others),
                cmocka_unit_test(an_installation_is_waited_for),
                cmocka_unit_test(one_that_never_comes_ends_with_what_was_seen),
                cmocka_unit_test(somebody_says_stop),
                cmocka_unit_test(a_server_that_goes_away_is_told_of),
        };

        return cmocka_run_group_tests(tests, begin, end);
}
