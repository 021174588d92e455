/* How far a cluster has come. */
#include "plan/cluster.h"

#include <stdlib.h>

/* An operator that has only just come to rest may not stay there: what openshift-install counts as stable. */
#define AT_REST_S 30

#define NAMED 3 /* of those that aren't there yet */

static const struct {
        const char *words;
        bool is_of[CLUSTER_FLAVORS];
} stages[] = {
        [CLUSTER_API] = {"its API answers", {[CLUSTER_OKD] = true, [CLUSTER_EXISTING] = true}},
        [CLUSTER_BOOTSTRAP] = {"its bootstrap is complete", {[CLUSTER_OKD] = true}},
        [CLUSTER_NODES] = {"its nodes are there", {[CLUSTER_OKD] = true}},
        [CLUSTER_INSTALL] = {"it is installed", {[CLUSTER_OKD] = true, [CLUSTER_EXISTING] = true}},
};
_Static_assert(sizeof(stages) / sizeof(stages[0]) == CLUSTER_STAGES, "every stage has its words");

const char *cluster_stage_words(enum cluster_stage stage)
{
        return stages[stage].words;
}

bool cluster_has_stage(const struct cluster_config *config, enum cluster_stage stage)
{
        return stages[stage].is_of[config->flavor];
}

const struct cluster_condition *cluster_condition(const struct cluster_part *part, const char *type)
{
        for (array_each(const struct cluster_condition, condition, &part->conditions))
                if (string_equal(condition->type, type))
                        return condition;
        return NULL;
}

/* The condition is as it should be; else what is said of it: "Available is False: …". */
static bool holds(const struct cluster_part *part, const char *type, const char *wanted, char **ret_why)
{
        const struct cluster_condition *condition = cluster_condition(part, type);

        if (!condition) {
                *ret_why = string_format("%s isn't told yet", type);
                return false;
        }
        if (string_equal(condition->status, wanted))
                return true;
        *ret_why = string_format("%s is %s%s%.300s", type, condition->status,
                condition->message && *condition->message ? ": " : "",
                condition->message ? condition->message : "");
        return false;
}

static char *lacks_api(const struct cluster_state *state)
{
        if (state->answers)
                return NULL;
        return string_format("its API doesn't answer: %s", state->why ? state->why : "nobody was asked");
}

/* A version that is available was there after the bootstrap, whose ConfigMap somebody may have removed since. */
static char *lacks_bootstrap(const struct cluster_state *state)
{
        const struct cluster_condition *available = cluster_condition(&state->installed, "Available");
        char *why = NULL;

        if (!state->bootstrap && available && string_equal(available->status, "True"))
                return NULL;
        if (!state->bootstrap)
                return string_copy("its bootstrap has not said yet that it is complete");
        if (!string_equal(state->bootstrap, "complete"))
                return string_format("its bootstrap says \"%.100s\"", state->bootstrap);
        if (!state->etcd.name)
                return string_copy("its etcd operator doesn't tell of members yet");
        return holds(&state->etcd, "EtcdBootstrapMemberRemoved", "True", &why) ? NULL : why;
}

/* The first that keeps an operator from being at rest. */
static char *unrest_of(const struct cluster_state *state, const struct cluster_part *operator)
{
        char *why = NULL;
        const struct cluster_condition *progressing;

        if (!holds(operator, "Available", "True", &why) || !holds(operator, "Degraded", "False", &why) ||
                !holds(operator, "Progressing", "False", &why))
                return why;
        progressing = cluster_condition(operator, "Progressing");
        if (state->now_s - progressing->since_s > AT_REST_S)
                return NULL;
        return string_format(
                "it is at rest for %lld s only", (long long)(state->now_s - progressing->since_s));
}

/* "3 of 30 operators aren't at rest: console (…), …" for those of which `why` finds something to say. */
static char *lacking(const struct cluster_state *state, const struct cluster_part *parts, size_t count,
        const char *words, char *(*why)(const struct cluster_state *state, const struct cluster_part *part))
{
        CLEANUP(text_done) struct text named = {0};
        size_t lacking = 0;

        for (size_t i = 0; i < count; i++) {
                CLEANUP(string_free) char *said = why(state, &parts[i]);

                if (!said)
                        continue;
                if (++lacking <= NAMED)
                        text_format(&named, "%s%s (%s)", lacking > 1 ? ", " : "", parts[i].name, said);
        }
        if (!lacking)
                return NULL;
        return string_format("%zu of %zu %s: %s%s", lacking, count, words, text_string(&named),
                lacking > NAMED ? ", …" : "");
}

static char *unreadiness_of(const struct cluster_state *state, const struct cluster_part *node)
{
        char *why = NULL;

        (void)state;
        return holds(node, "Ready", "True", &why) ? NULL : why;
}

static char *lacks_ready_nodes(const struct cluster_state *state)
{
        if (state->nodes.count == 0)
                return string_copy("it has no nodes yet");
        return lacking(state, state->nodes.items, state->nodes.count, "nodes aren't ready", unreadiness_of);
}

const struct cluster_part *cluster_find_node(const struct cluster_state *state, const char *name)
{
        for (array_each(const struct cluster_part, node, &state->nodes))
                if (string_equal(node->name, name))
                        return node;
        return NULL;
}

enum csr_verdict cluster_judge(const struct cluster_state *state, const struct csr *request, char **ret_why)
{
        *ret_why = NULL;
        if (state->world_is_unknown || state->config->flavor == CLUSTER_EXISTING)
                return CSR_DECIDED;
        return csr_judge(request, &state->world, ret_why);
}

/* One that is to be approved, and isn't yet. */
static const struct csr *find_waiting(const struct cluster_state *state)
{
        for (array_each(const struct csr, request, &state->requests)) {
                CLEANUP(string_free) char *why = NULL;

                if (cluster_judge(state, request, &why) == CSR_APPROVE)
                        return request;
        }
        return NULL;
}

static char *lacks_nodes(const struct cluster_state *state)
{
        const struct strings *declared = &state->config->nodes;
        const struct csr *waiting = find_waiting(state);
        CLEANUP(text_done) struct text missing = {0};
        size_t count = 0;

        for (array_each(char *, name, declared)) {
                const struct cluster_part *node = cluster_find_node(state, *name);
                CLEANUP(string_free) char *unready = node ? unreadiness_of(state, node) : NULL;

                if ((node && !unready) || ++count > NAMED)
                        continue;
                text_format(&missing, "%s%s", count > 1 ? ", " : "", *name);
                if (unready)
                        text_format(&missing, " (%s)", unready);
        }
        if (count)
                return string_format("%zu of %zu nodes aren't there and ready: %s%s", count, declared->count,
                        text_string(&missing), count > NAMED ? ", …" : "");
        if (waiting)
                return string_format(
                        "%s waits for its certificate (request %s)", waiting->common_name, waiting->name);
        return NULL;
}

static char *lacks_install(const struct cluster_state *state)
{
        char *why = NULL;

        if (!state->installed.name)
                return state->config->flavor == CLUSTER_EXISTING
                               ? lacks_ready_nodes(state)
                               : string_copy("it doesn't tell of its version yet");
        if (!holds(&state->installed, "Available", "True", &why) ||
                !holds(&state->installed, "Failing", "False", &why) ||
                !holds(&state->installed, "Progressing", "False", &why))
                return why;
        if (state->operators.count == 0)
                return string_copy("it has no ClusterOperators yet");
        return lacking(
                state, state->operators.items, state->operators.count, "operators aren't at rest", unrest_of);
}

char *cluster_lacks(const struct cluster_state *state, enum cluster_stage stage)
{
        static char *(*const looks[])(const struct cluster_state *state) = {
                [CLUSTER_API] = lacks_api,
                [CLUSTER_BOOTSTRAP] = lacks_bootstrap,
                [CLUSTER_NODES] = lacks_nodes,
                [CLUSTER_INSTALL] = lacks_install,
        };
        _Static_assert(sizeof(looks) / sizeof(looks[0]) == CLUSTER_STAGES, "every stage can be looked at");
        char *why = lacks_api(state);

        if (why || stage == CLUSTER_API || !cluster_has_stage(state->config, stage))
                return why;
        return looks[stage](state);
}

void cluster_part_done(struct cluster_part *part)
{
        for (array_each(struct cluster_condition, condition, &part->conditions)) {
                free(condition->type);
                free(condition->status);
                free(condition->message);
        }
        array_free(&part->conditions);
        free(part->name);
        free(part->version);
        *part = (struct cluster_part) {0};
}

void cluster_state_done(struct cluster_state *state)
{
        for (array_each(struct cluster_part, operator, & state->operators))
                cluster_part_done(operator);
        for (array_each(struct cluster_part, node, &state->nodes))
                cluster_part_done(node);
        array_free(&state->operators);
        array_free(&state->nodes);
        for (array_each(struct csr, request, &state->requests))
                csr_done(request);
        array_free(&state->requests);
        csr_world_done(&state->world);
        cluster_part_done(&state->etcd);
        cluster_part_done(&state->installed);
        free(state->ingress_ca);
        free(state->why);
        free(state->version);
        free(state->bootstrap);
        *state = (struct cluster_state) {0};
}
