/* What the files about clusters share: the sessions with a machine's clusters, and looking at one. */
#pragma once

#include "means/cluster.h"
#include "means/cluster_read.h"
#include "means/kubeconfig.h"
#include "means/web.h"

#define CLUSTER_LOOK_S 10 /* for one look that should take no time */

struct session_with_cluster {
        const struct cluster_config *config;
        struct kubeconfig kubeconfig;
        struct web *web;
};

struct clusters {
        struct link *link;
        ARRAY(struct session_with_cluster) sessions;
};

struct cluster_look {
        struct cluster_state state;
        char versions[CLUSTER_QUESTIONS][CLUSTER_VERSION]; /* from which a watch goes on */
};

/* Valid until another is found. */
struct session_with_cluster *clusters_find(struct clusters *clusters, const struct cluster_config *config);

/* What goes wrong is what was seen (*look says so), unless the machine itself was lost. The look is overwritten. */
int cluster_look_at(struct clusters *clusters, const struct cluster_config *config, struct deadline deadline,
        struct cluster_look *look, struct error *error);
void cluster_look_done(struct cluster_look *look);

/* The last of its warnings, one line each, in the order of time. Pure. */
void cluster_read_events(const struct web_answer *answer, size_t most, struct strings *ret_lines);

/* What it says of itself by now, in lines for people (nothing when it doesn't answer), and what the consoles' logs of the guests
 * say that the stage waits for. */
void cluster_tell_story(struct clusters *clusters, const struct cluster_config *config,
        enum cluster_stage stage, struct strings *ret_lines);

/* -1: one of its machines is a guest that has gone off since it was seen to be on (*on, by the caller's leave, from one call to
 * the next); *ret_console is what it said last on its console. What can't be told now is asked with the next call. */
struct work;
int cluster_check_guests(const struct work *work, const struct cluster_config *config, struct strings *on,
        struct strings *ret_console, struct error *error);

/* Whether our copy of its kubeconfig says what it should, for what was seen of it. */
int cluster_is_delivered(
        const struct session_with_cluster *session, struct cluster_state *state, struct error *error);
