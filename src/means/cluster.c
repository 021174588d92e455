/* Clusters: a session with each, and what it says of itself. */
#include <errno.h>
#include <unistd.h>

#include "means/cluster_parts.h"
#include "means/installer.h"
#include "means/knock.h"

struct clusters *clusters_new(struct link *link)
{
        struct clusters *clusters = memory_new(1, sizeof(*clusters));

        clusters->link = link;
        return clusters;
}

/* The kubeconfig stays known until another is read: whoever waits wants to know whether there was one. */
static void session_close(struct session_with_cluster *session)
{
        web_close(session->web);
        session->web = NULL;
}

static void session_done(struct session_with_cluster *session)
{
        session_close(session);
        kubeconfig_done(&session->kubeconfig);
}

void clusters_free(struct clusters *clusters)
{
        if (!clusters)
                return;
        for (array_each(struct session_with_cluster, session, &clusters->sessions))
                session_done(session);
        array_free(&clusters->sessions);
        free(clusters);
}

struct session_with_cluster *clusters_find(struct clusters *clusters, const struct cluster_config *config)
{
        struct session_with_cluster *added;

        for (array_each(struct session_with_cluster, session, &clusters->sessions))
                if (session->config == config)
                        return session;
        added = array_add(&clusters->sessions);
        added->config = config;
        return added;
}

/* What openshift-install hasn't made yet is no refusal. */
static int read_access(
        const struct cluster_config *config, struct kubeconfig *ret_kubeconfig, struct error *error)
{
        CLEANUP(string_free) char *place = NULL, *path = NULL;

        if (config->kubeconfig)
                return kubeconfig_read(config->kubeconfig, ret_kubeconfig, error);
        if (installer_place(config, &place, error) < 0)
                return -1;
        path = string_format("%s/auth/kubeconfig", place);
        if (access(path, F_OK) < 0 && errno == ENOENT)
                return error_set(error, ERROR_FAILED, "its Ignition isn't made yet");
        return kubeconfig_read(path, ret_kubeconfig, error);
}

/* The kubeconfig may have been made since it was last looked for. */
static int ensure_open(struct clusters *clusters, struct session_with_cluster *session,
        struct deadline deadline, struct error *error)
{
        struct kubeconfig *kubeconfig = &session->kubeconfig;

        if (session->web)
                return 0;
        kubeconfig_done(kubeconfig);
        if (read_access(session->config, kubeconfig, error) < 0)
                return -1;
        if (port_knock(clusters->link, kubeconfig->host, kubeconfig->port, deadline, error) < 0)
                return error_prefix(error, "%s port %u", kubeconfig->host, kubeconfig->port);
        return web_open(clusters->link,
                &(const struct web_server) {
                        .host = kubeconfig->host,
                        .port = kubeconfig->port,
                        .base = kubeconfig->base,
                        .ca = kubeconfig->ca,
                        .certificate = kubeconfig->certificate,
                        .key = kubeconfig->key.bytes,
                        .token = kubeconfig->token.bytes,
                },
                &session->web, error);
}

/* ---- one look ---- */

void cluster_look_done(struct cluster_look *look)
{
        cluster_state_done(&look->state);
}

static int read_all(struct cluster_look *look, const struct web_answer *answers, struct error *error)
{
        for (int i = 0; i < CLUSTER_QUESTIONS; i++)
                if (cluster_is_asked(look->state.config->flavor, (enum cluster_question)i) &&
                        cluster_read(&look->state, (enum cluster_question)i, answers++, look->versions[i],
                                error) < 0)
                        return -1;
        return 0;
}

/* Side by side, or one after the other. */
static int ask(struct session_with_cluster *session, bool one_by_one, struct cluster_look *look,
        struct deadline deadline, struct error *error)
{
        struct web_request requests[CLUSTER_QUESTIONS] = {0};
        struct web_answer answers[CLUSTER_QUESTIONS] = {0};
        size_t count = 0, at_once, asked = 0;
        int result = 0;

        for (int i = 0; i < CLUSTER_QUESTIONS; i++)
                if (cluster_is_asked(session->config->flavor, (enum cluster_question)i))
                        requests[count++].path = cluster_path((enum cluster_question)i);
        at_once = one_by_one ? 1 : count;
        for (; result == 0 && asked < count; asked += at_once)
                result = web_ask(session->web, requests + asked, at_once, deadline, answers + asked, error);
        if (result == 0)
                result = read_all(look, answers, error);
        for (size_t i = 0; i < count; i++)
                web_answer_done(&answers[i]);
        return result;
}

/* Who turns us away closes the connection under whatever else is asked: asked one by one, the answer is seen. */
static int ask_all(struct session_with_cluster *session, struct cluster_look *look, struct deadline deadline,
        struct error *error)
{
        CLEANUP(error_done) struct error cut = {0};

        if (ask(session, false, look, deadline, &cut) == 0)
                return 0;
        if (cut.kind != ERROR_FAILED)
                return error_move(error, &cut);
        cluster_state_done(&look->state);
        look->state.config = session->config;
        return ask(session, true, look, deadline, error);
}

/* What goes wrong is what was seen, unless the machine itself was lost. */
int cluster_look_at(struct clusters *clusters, const struct cluster_config *config, struct deadline deadline,
        struct cluster_look *look, struct error *error)
{
        struct session_with_cluster *session = clusters_find(clusters, config);
        struct deadline limit = deadline_min(deadline, deadline_in_s(CLUSTER_LOOK_S));
        CLEANUP(error_done) struct error failure = {0};

        cluster_state_done(&look->state);
        look->state.config = config;
        if (ensure_open(clusters, session, limit, &failure) == 0 &&
                ask_all(session, look, limit, &failure) == 0) {
                look->state.answers = true;
                return 0;
        }
        if (link_wait(clusters->link, deadline_in_ms(0), error) < 0)
                return -1;
        session_close(session); /* whoever comes back may have another key, or we */
        look->state.is_refused = failure.kind == ERROR_REFUSED;
        look->state.why = STEAL(failure.text);
        return 0;
}

int clusters_answer(struct clusters *clusters, const struct survey *survey, struct deadline deadline,
        struct answers *answers, struct error *error)
{
        for (array_each(const struct question, question, &survey->questions)) {
                CLEANUP(cluster_look_done) struct cluster_look look = {0};

                if (question->kind == ASK_INSTALLER &&
                        installer_look(question->cluster, array_add(&answers->installers), error) < 0)
                        return -1;
                if (question->kind != ASK_CLUSTER)
                        continue;
                if (cluster_look_at(clusters, question->cluster, deadline, &look, error) < 0 ||
                        cluster_is_delivered(clusters_find(clusters, question->cluster), &look.state, error) <
                                0)
                        return -1;
                *array_add(&answers->clusters) = look.state;
                look.state = (struct cluster_state) {0};
        }
        return 0;
}
