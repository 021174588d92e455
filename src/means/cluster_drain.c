/* Taking a node out of a cluster: nothing new comes to it, what runs there is asked to go elsewhere, as politely as its disruption
 * budgets demand, and when all of it has gone the node goes. What goes with the node by its nature stays until then: pods of a
 * DaemonSet, and those that the kubelet has of its own files. */
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/record.h"
#include "base/record_read.h"
#include "means/cluster_parts.h"
#include "means/parts.h"
#include "means/progress.h"

#define AGAIN_MS 2000 /* a disruption budget lets the next one go when the last is up elsewhere */
#define NAMED    5

struct draining {
        const struct work *work;
        const char *node;
        struct web *web;
        bool is_dead;           /* nobody there ends a pod any more: it goes with the node */
        struct strings left;    /* NAMESPACE/NAME, and what was answered, of those that are still there */
        struct strings orphans; /* that nothing would make again */
        char *told;
};

static void draining_done(struct draining *draining)
{
        strings_done(&draining->left);
        strings_done(&draining->orphans);
        free(draining->told);
}

/* Such names need no quoting in a path. */
static bool is_plain(const char *name)
{
        return name && *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == strlen(name) &&
               *name != '.';
}

/* *ret_status 404: it isn't there. Whatever else isn't a success is an error, in the server's own words. */
static int ask(const struct draining *draining, const struct web_request *request,
        struct web_answer *ret_answer, struct error *error)
{
        CLEANUP(json_free) struct json *object = NULL;
        CLEANUP(error_done) struct error nonsense = {0};
        const char *said = NULL;

        if (web_ask(draining->web, request, 1,
                    deadline_min(draining->work->deadline, deadline_in_s(CLUSTER_LOOK_S)), ret_answer,
                    error) < 0)
                return -1;
        if (ret_answer->status / 100 == 2 || ret_answer->status == 404 || ret_answer->status == 429)
                return 0;
        if (json_read(ret_answer->body.data, ret_answer->body.length, &object, &nonsense) == 0)
                said = json_text_at(object, "message");
        return error_set(error, ret_answer->status / 100 == 4 ? ERROR_REFUSED : ERROR_FAILED,
                "%s %s: status %ld%s%.300s", request->method ? request->method : "GET", request->path,
                ret_answer->status, said ? ": " : "", said ? said : "");
}

/* ---- pods ---- */

static const char *owner_kind(const struct json *metadata)
{
        const struct json *owners = json_member(metadata, "ownerReferences");

        return json_text_at(json_item(owners, 0), "kind");
}

static bool goes_with_the_node(const struct json *pod)
{
        const struct json *metadata = json_member(pod, "metadata");
        const char *owner = owner_kind(metadata), *phase = json_text_at(json_member(pod, "status"), "phase");

        return json_member(json_member(metadata, "annotations"), "kubernetes.io/config.mirror") ||
               string_equal(owner, "DaemonSet") || string_equal(phase, "Succeeded") ||
               string_equal(phase, "Failed");
}

static int evict(struct draining *draining, const char *place, const char *name, struct error *error)
{
        CLEANUP(string_free)
        char *path = string_format("/api/v1/namespaces/%s/pods/%s/eviction", place, name);
        CLEANUP(string_free) char *body = NULL;
        CLEANUP(web_answer_done) struct web_answer answer = {0};
        struct record *object = record_new(), *metadata;

        record_string(object, "apiVersion", "policy/v1");
        record_string(object, "kind", "Eviction");
        metadata = record_object(object, "metadata");
        record_string(metadata, "name", name);
        record_string(metadata, "namespace", place);
        body = record_take(object);
        if (ask(draining,
                    &(const struct web_request) {
                            .method = "POST", .path = path, .type = "application/json", .body = body},
                    &answer, error) < 0)
                return -1;
        if (answer.status != 404)
                strings_take(&draining->left,
                        string_format("%s/%s%s", place, name,
                                answer.status == 429 ? " (its disruption budget doesn't let it go yet)"
                                                     : ""));
        return 0;
}

static int check_pod(struct draining *draining, const struct json *pod, struct error *error)
{
        const struct json *metadata = json_member(pod, "metadata");
        const char *name = json_text_at(metadata, "name"), *place = json_text_at(metadata, "namespace");

        if (goes_with_the_node(pod))
                return 0;
        if (!is_plain(name) || !is_plain(place))
                return error_set(error, ERROR_FAILED, "a pod of node %s has a name that no pod can have",
                        draining->node);
        if (!owner_kind(metadata) && !json_text_at(metadata, "deletionTimestamp"))
                strings_take(&draining->orphans, string_format("%s/%s", place, name));
        return 0;
}

static int see_to_pod(struct draining *draining, const struct json *pod, struct error *error)
{
        const struct json *metadata = json_member(pod, "metadata");
        const char *name = json_text_at(metadata, "name"), *place = json_text_at(metadata, "namespace");

        if (goes_with_the_node(pod))
                return 0;
        if (!json_text_at(metadata, "deletionTimestamp"))
                return evict(draining, place, name, error);
        if (!draining->is_dead)
                strings_take(&draining->left, string_format("%s/%s (ending)", place, name));
        return 0;
}

static char *names_of(const struct strings *names)
{
        CLEANUP(strings_done) struct strings few = {0};
        CLEANUP(string_free) char *words = NULL;

        for (size_t i = 0; i < names->count && i < NAMED; i++)
                strings_add(&few, names->items[i]);
        words = strings_join(&few, ", ");
        return names->count > NAMED ? string_format("%s and %zu more", words, names->count - NAMED)
                                    : STEAL(words);
}

/* Asks all to go, unless one of them would be lost. */
static int see_to_each(struct draining *draining, const struct json *pods, struct error *error)
{
        CLEANUP(string_free) char *words = NULL;
        bool is_one;

        for (size_t i = 0; i < json_count(pods); i++)
                if (check_pod(draining, json_item(pods, i), error) < 0)
                        return -1;
        is_one = draining->orphans.count == 1;
        words = names_of(&draining->orphans);
        if (*words)
                return error_set(error, ERROR_BLOCKED,
                        "nothing would make %s again elsewhere: delete %s, or have a Deployment make %s",
                        words, is_one ? "it" : "them", is_one ? "it" : "them");
        for (size_t i = 0; i < json_count(pods); i++)
                if (see_to_pod(draining, json_item(pods, i), error) < 0)
                        return -1;
        return 0;
}

static int see_to_pods(struct draining *draining, struct error *error)
{
        CLEANUP(string_free)
        char *path = string_format("/api/v1/pods?fieldSelector=spec.nodeName%%3D%s", draining->node);
        CLEANUP(web_answer_done) struct web_answer answer = {0};
        CLEANUP(json_free) struct json *list = NULL;

        strings_done(&draining->left);
        if (ask(draining, &(const struct web_request) {.path = path}, &answer, error) < 0)
                return -1;
        if (json_read(answer.body.data, answer.body.length, &list, error) < 0)
                return error_prefix(error, "%s answers what isn't JSON", path);
        return see_to_each(draining, json_member(list, "items"), error);
}

/* ---- the node ---- */

static int cordon(const struct draining *draining, const char *path, struct error *error)
{
        CLEANUP(web_answer_done) struct web_answer answer = {0};

        return ask(draining,
                &(const struct web_request) {.method = "PATCH",
                        .path = path,
                        .type = "application/merge-patch+json",
                        .body = "{\"spec\":{\"unschedulable\":true}}"},
                &answer, error);
}

static int take_out(const struct draining *draining, const char *path, struct error *error)
{
        CLEANUP(web_answer_done) struct web_answer answer = {0};

        return ask(draining, &(const struct web_request) {.method = "DELETE", .path = path}, &answer, error);
}

/* What is left, when it is something else than before. */
static void tell(struct draining *draining)
{
        const struct means_progress *progress = draining->work->progress;
        CLEANUP(string_free) char *names = names_of(&draining->left);

        if (string_equal(names, draining->told))
                return;
        if (progress && *names)
                progress->line(progress->context, names);
        string_replace(&draining->told, names);
}

static void rest(const struct draining *draining)
{
        int left = deadline_left_ms(deadline_min(draining->work->deadline, deadline_in_ms(AGAIN_MS)));
        const struct timespec moment = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000L};

        nanosleep(&moment, NULL);
}

static int drain(struct draining *draining, struct error *error)
{
        CLEANUP(string_free) char *path = string_format("/api/v1/nodes/%s", draining->node);

        if (cordon(draining, path, error) < 0)
                return -1;
        for (;;) {
                if (see_to_pods(draining, error) < 0)
                        return -1;
                tell(draining);
                if (draining->left.count == 0)
                        return take_out(draining, path, error);
                if (deadline_passed(draining->work->deadline))
                        return error_set(error, ERROR_DEADLINE, "still there: %s", draining->told);
                if (progress_must_stop(draining->work->progress))
                        return error_set(
                                error, ERROR_INTERRUPTED, "no longer waited for: %s", draining->told);
                rest(draining);
        }
}

static bool is_dead(const struct cluster_state *state, const char *name)
{
        const struct cluster_part *node = cluster_find_node(state, name);
        const struct cluster_condition *ready = node ? cluster_condition(node, "Ready") : NULL;

        return node && !(ready && string_equal(ready->status, "True"));
}

int cluster_drain(const struct work *work, struct error *error)
{
        const struct cluster_config *config = work->step->cluster.config;
        CLEANUP(cluster_look_done) struct cluster_look look = {0};
        CLEANUP(draining_done) struct draining draining = {.work = work, .node = work->step->cluster.node};

        if (cluster_look_at(work->clusters, config, work->deadline, &look, error) < 0)
                return -1;
        if (!look.state.answers)
                return error_set(error, ERROR_FAILED, "its API doesn't answer: %s", look.state.why);
        if (!is_plain(draining.node))
                return error_set(error, ERROR_FAILED, "no node can have the name \"%.80s\"", draining.node);
        draining.web = clusters_find(work->clusters, config)->web;
        draining.is_dead = is_dead(&look.state, draining.node);
        return drain(&draining, error);
}
