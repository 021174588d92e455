/* Clusters: what their APIs say, and waiting for it to change. */
#pragma once

#include "means/means.h"

/* The sessions with a machine's clusters: each is opened when it is first asked, and kept. */
struct clusters;

struct clusters *clusters_new(struct link *link);
void clusters_free(struct clusters *clusters);

/* Answers ASK_CLUSTER. A cluster that doesn't answer is an answer; an error means that the machine was lost. */
int clusters_answer(struct clusters *clusters, const struct survey *survey, struct deadline deadline,
        struct answers *answers, struct error *error);
