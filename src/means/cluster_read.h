/* From what a cluster's API answers to what it says. Pure. */
#pragma once

#include "means/web.h"
#include "plan/cluster.h"

/* What is asked, each in one request. */
enum cluster_question {
        CLUSTER_ASK_VERSION,   /* of Kubernetes */
        CLUSTER_ASK_BOOTSTRAP, /* the bootstrap's ConfigMap */
        CLUSTER_ASK_ETCD,
        CLUSTER_ASK_INSTALLED, /* the ClusterVersion */
        CLUSTER_ASK_OPERATORS,
        CLUSTER_ASK_NODES,
        CLUSTER_ASK_REQUESTS, /* for certificates */
        CLUSTER_ASK_INGRESS,  /* who signs the certificates of what it serves by its ingress */
        CLUSTER_QUESTIONS
};

/* A cluster of that flavor is asked it. */
bool cluster_is_asked(enum cluster_flavor flavor, enum cluster_question question);

/* Where it is asked; lent. */
const char *cluster_path(enum cluster_question question);

/* Where whatever changes of it from a version on is told; false: nobody tells. Without a version (it isn't there yet) only of what
 * every cluster can have. */
bool cluster_watch_path(enum cluster_question question, const char *version, char *buffer, size_t size);

#define CLUSTER_VERSION 32

/* Reads one answer; *ret_version is what a watch of it goes on from, "" when it isn't there (status 404), which is no error.
 * ERROR_REFUSED: the server doesn't let us; ERROR_FAILED: it can't answer (yet), or what it says can't be understood. */
int cluster_read(struct cluster_state *state, enum cluster_question question, const struct web_answer *answer,
        char ret_version[static CLUSTER_VERSION], struct error *error);
