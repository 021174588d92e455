/* What a cluster says of itself, and how far it has come by that. Pure.
 *
 * The stages are those that openshift-install waits for: the API answers; the bootstrap is complete (its ConfigMap says so,
 * and the bootstrap machine's etcd member is removed), so that the bootstrap machine isn't needed any more; the declared
 * nodes are there, and have the certificates that they ask for; the cluster is installed (its ClusterVersion is available, and every ClusterOperator has come to rest). A cluster without
 * ClusterVersion is plain Kubernetes: it is installed when its nodes are ready. */
#pragma once

#include "base/array.h"
#include "base/text.h"
#include "config/config.h"
#include "plan/csr.h"

enum cluster_stage { CLUSTER_API, CLUSTER_BOOTSTRAP, CLUSTER_NODES, CLUSTER_INSTALL, CLUSTER_STAGES };

struct cluster_condition {
        char *type;    /* "Available" */
        char *status;  /* "True", "False", "Unknown" */
        char *message; /* or NULL */
        int64_t since_s;
};

/* A thing that has conditions: the ClusterVersion, an operator, a node, etcd. */
struct cluster_part {
        char *name;
        char *version; /* or NULL */
        ARRAY(struct cluster_condition) conditions;
};

struct cluster_state {
        const struct cluster_config *config; /* lent by the question */
        bool answers;                        /* its API, to us */
        char *why;                           /* it doesn't; or NULL */
        bool is_refused;                     /* and asking again doesn't help */
        char *version;                       /* "v1.37.2" */
        int64_t now_s;                       /* by its own clock */
        char *bootstrap;          /* what the bootstrap's ConfigMap says: "complete"; NULL: there is none */
        struct cluster_part etcd; /* name NULL: there is none, as below */
        struct cluster_part installed; /* the ClusterVersion */
        ARRAY(struct cluster_part) operators;
        ARRAY(struct cluster_part) nodes;
        ARRAY(struct csr) requests; /* for certificates */
        struct csr_world world;     /* by which they are judged */
        char *ingress_ca;           /* who signs what its ingress shows, PEM; or NULL */
        bool is_delivered;          /* our copy of its kubeconfig says what it should */
        bool world_is_unknown;      /* not all nodes could be read: no request is judged */
};

/* What it still lacks of a stage, in words ("its API doesn't answer: …"), owned by the caller; NULL: nothing. */
char *cluster_lacks(const struct cluster_state *state, enum cluster_stage stage);

/* Whether the request is approved now; CSR_REPORT with why, owned by the caller. CSR_DECIDED while nothing can be judged. */
enum csr_verdict cluster_judge(const struct cluster_state *state, const struct csr *request, char **ret_why);

/* "its API answers", "its bootstrap is complete", "its nodes are there", "it is installed". */
const char *cluster_stage_words(enum cluster_stage stage);

/* The flavor goes through the stage. */
bool cluster_has_stage(const struct cluster_config *config, enum cluster_stage stage);

/* NULL: it has none of that name; of that type. */
const struct cluster_part *cluster_find_node(const struct cluster_state *state, const char *name);
const struct cluster_condition *cluster_condition(const struct cluster_part *part, const char *type);

/* Adds a line for every condition that isn't as it should be, and how many weren't told beyond so many. */
void cluster_tell_conditions(const struct cluster_state *state, size_t most, struct strings *ret_lines);

void cluster_part_done(struct cluster_part *part);
void cluster_state_done(struct cluster_state *state);
