/* Reading what a cluster's API answers. It is somebody else's data: whatever isn't as expected is as if it weren't there. */
#include "means/cluster_read.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/record_read.h"
#include "means/csr_read.h"

/* Of some collections only one object counts. */
static const struct {
        const char *path;
        const char *collection; /* that can be watched; or NULL */
        const char *name;       /* of the one; or NULL */
        bool is_everywhere;     /* every cluster has such a collection */
        bool is_of_making;      /* it matters only while a cluster is made */
} places[CLUSTER_QUESTIONS] = {
#define ALL_OF(list)       .path = list, .collection = list
#define ONE_OF(list, what) .path = list "/" what, .collection = list, .name = what
        [CLUSTER_ASK_VERSION] = {.path = "/version"},
        [CLUSTER_ASK_BOOTSTRAP] = {ONE_OF("/api/v1/namespaces/kube-system/configmaps", "bootstrap"),
                .is_everywhere = true, .is_of_making = true},
        [CLUSTER_ASK_ETCD] = {ONE_OF("/apis/operator.openshift.io/v1/etcds", "cluster"),
                .is_of_making = true},
        [CLUSTER_ASK_INSTALLED] = {ONE_OF("/apis/config.openshift.io/v1/clusterversions", "version")},
        [CLUSTER_ASK_OPERATORS] = {ALL_OF("/apis/config.openshift.io/v1/clusteroperators")},
        [CLUSTER_ASK_NODES] = {ALL_OF("/api/v1/nodes"), .is_everywhere = true},
        [CLUSTER_ASK_REQUESTS] = {ALL_OF("/apis/certificates.k8s.io/v1/certificatesigningrequests"),
                .is_everywhere = true, .is_of_making = true},
        [CLUSTER_ASK_INGRESS] = {ONE_OF("/api/v1/namespaces/openshift-config-managed/configmaps",
                                         "default-ingress-cert"),
                .is_everywhere = true, .is_of_making = true},
};

bool cluster_is_asked(enum cluster_flavor flavor, enum cluster_question question)
{
        return flavor == CLUSTER_OKD || !places[question].is_of_making;
}

const char *cluster_path(enum cluster_question question)
{
        return places[question].path;
}

bool cluster_watch_path(enum cluster_question question, const char *version, char *buffer, size_t size)
{
        const char *name = places[question].name;

        if (!places[question].collection || (!*version && !places[question].is_everywhere))
                return false;
        snprintf(buffer, size, "%s?watch=1%s%s%s%s", places[question].collection,
                name ? "&fieldSelector=metadata.name%3D" : "", name ? name : "",
                *version ? "&resourceVersion=" : "", version);
        return true;
}

/* "2026-11-25T02:18:45Z"; 0 for anything else. */
static int64_t read_time(const char *text)
{
        struct tm when = {0};

        return text && strptime(text, "%Y-%m-%dT%H:%M:%SZ", &when) ? timegm(&when) : 0;
}

/* One line: what is shown to people mustn't break theirs. */
static char *read_message(const char *text)
{
        char *message = string_copy(text);

        for (char *c = message; c && *c; c++)
                if ((unsigned char)*c < ' ' || *c == 127)
                        *c = ' ';
        return message;
}

static void read_conditions(const struct json *status, struct cluster_part *part)
{
        const struct json *conditions = json_member(status, "conditions");

        for (size_t i = 0; i < json_count(conditions); i++) {
                const struct json *entry = json_item(conditions, i);
                const char *type = json_text_at(entry, "type"), *value = json_text_at(entry, "status");
                struct cluster_condition *condition;

                if (!type || !value)
                        continue;
                condition = array_add(&part->conditions);
                condition->type = read_message(type);
                condition->status = read_message(value);
                condition->message = read_message(json_text_at(entry, "message"));
                condition->since_s = read_time(json_text_at(entry, "lastTransitionTime"));
        }
}

static void read_part(const struct json *object, struct cluster_part *part)
{
        const struct json *status = json_member(object, "status");
        const char *name = json_text_at(json_member(object, "metadata"), "name");

        part->name = read_message(name ? name : "?");
        part->version = read_message(json_text_at(json_member(status, "desired"), "version"));
        read_conditions(status, part);
}

static void read_version(const struct json *object, struct cluster_state *state)
{
        state->version = read_message(json_text_at(object, "gitVersion"));
}

static void read_bootstrap(const struct json *object, struct cluster_state *state)
{
        state->bootstrap = read_message(json_text_at(json_member(object, "data"), "status"));
}

static void read_etcd(const struct json *object, struct cluster_state *state)
{
        read_part(object, &state->etcd);
}

static void read_installed(const struct json *object, struct cluster_state *state)
{
        read_part(object, &state->installed);
}

static void read_operators(const struct json *object, struct cluster_state *state)
{
        const struct json *items = json_member(object, "items");

        for (size_t i = 0; i < json_count(items); i++)
                read_part(json_item(items, i), array_add(&state->operators));
}

static void read_nodes(const struct json *object, struct cluster_state *state)
{
        const struct json *items = json_member(object, "items");

        for (size_t i = 0; i < json_count(items); i++) {
                CLEANUP(error_done) struct error unreadable = {0};

                read_part(json_item(items, i), array_add(&state->nodes));
                if (csr_read_node(json_item(items, i), &state->world, &unreadable) < 0)
                        state->world_is_unknown = true;
        }
        strings_copy(&state->world.declared, &state->config->nodes);
}

static void read_requests(const struct json *object, struct cluster_state *state)
{
        const struct json *items = json_member(object, "items");

        for (size_t i = 0; i < json_count(items); i++)
                csr_read(json_item(items, i), array_add(&state->requests));
}

static void read_ingress(const struct json *object, struct cluster_state *state)
{
        state->ingress_ca = string_copy(json_text_at(json_member(object, "data"), "ca-bundle.crt"));
}

static void (*const readers[CLUSTER_QUESTIONS])(const struct json *object, struct cluster_state *state) = {
        [CLUSTER_ASK_VERSION] = read_version,
        [CLUSTER_ASK_BOOTSTRAP] = read_bootstrap,
        [CLUSTER_ASK_ETCD] = read_etcd,
        [CLUSTER_ASK_INSTALLED] = read_installed,
        [CLUSTER_ASK_OPERATORS] = read_operators,
        [CLUSTER_ASK_NODES] = read_nodes,
        [CLUSTER_ASK_REQUESTS] = read_requests,
        [CLUSTER_ASK_INGRESS] = read_ingress,
};

/* What a Status says, or nothing. */
static int complain(
        const char *path, const struct web_answer *answer, const struct json *object, struct error *error)
{
        CLEANUP(string_free) char *said = read_message(json_text_at(object, "message"));
        bool is_refused = answer->status == 401 || answer->status == 403;

        return error_set(error, is_refused ? ERROR_REFUSED : ERROR_FAILED, "%s: status %ld%s%.300s%s", path,
                answer->status, said ? ": " : "", said ? said : "",
                answer->status == 401 ? " (the kubeconfig's certificate or token isn't taken, or no longer)"
                                      : "");
}

static void read_version_of(const struct json *object, char version[static CLUSTER_VERSION])
{
        const char *text = json_text_at(json_member(object, "metadata"), "resourceVersion");

        if (text && strspn(text, "0123456789") == strlen(text))
                snprintf(version, CLUSTER_VERSION, "%s", text);
}

int cluster_read(struct cluster_state *state, enum cluster_question question, const struct web_answer *answer,
        char ret_version[static CLUSTER_VERSION], struct error *error)
{
        CLEANUP(json_free) struct json *object = NULL;
        CLEANUP(error_done) struct error nonsense = {0};

        state->now_s = answer->at_s;
        *ret_version = '\0';
        if (answer->status == 404)
                return 0;
        if (json_read(answer->body.data, answer->body.length, &object, &nonsense) < 0 &&
                answer->status == 200)
                return error_set(error, ERROR_FAILED, "%s answers what isn't JSON: %s", places[question].path,
                        error_text(&nonsense));
        if (answer->status != 200)
                return complain(places[question].path, answer, object, error);
        if (json_kind(object) != JSON_KIND_OBJECT)
                return error_set(error, ERROR_FAILED, "%s answers no object", places[question].path);
        readers[question](object, state);
        read_version_of(object, ret_version);
        return 0;
}
