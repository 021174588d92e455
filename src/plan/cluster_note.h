/* What was seen of a cluster once and can't be seen again, as a note on its machine: that its bootstrap machine isn't needed
 * any more, and which nodes were declared and there. Each line is a word and perhaps a name. Pure. */
#pragma once

#include "config/wish.h"
#include "plan/answers.h"

#define CLUSTER_NOTES "/var/lib/provision/clusters"

struct cluster_note {
        bool is_bootstrapped;
        struct strings control, workers;
};

/* Where it is; owned by the caller. */
char *cluster_note_path(const char *cluster);

/* NULL, and lines that nobody understands, say nothing. */
void cluster_note_read(const char *text, struct cluster_note *ret_note);
/* Owned by the caller. */
char *cluster_note_write(const struct cluster_note *note);
void cluster_note_done(struct cluster_note *note);

/* The note as the answers have it. */
void cluster_note_find(const struct answers *answers, const char *cluster, struct cluster_note *ret_note);

/* It isn't needed any more, by the note or by what the cluster says now. */
bool cluster_is_bootstrapped(const struct answers *answers, const struct cluster_config *cluster);

/* Takes bootstrap machines that have done their work out of what is wished. Again is allowed. */
void wish_retire(struct wish *wish, const struct answers *answers);
