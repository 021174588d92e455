/* One look at a machine: the questions of every Score up to the wanted phase, answered together, and what
 * each Score then plans. Planning is pure: a round made from the same answers gives the same steps. */
#pragma once

#include "phases/table.h"

/* What one Score of one phase would do. */
struct round_entry {
        const struct phase *phase;
        const struct phase_entry *entry;
        struct plan plan;
        bool is_ready; /* everything it needs was given by entries before it: its steps may be carried out */
};

struct round {
        struct survey survey;
        struct answers answers;
        ARRAY(struct round_entry) entries; /* in the order of the table */
        capabilities can;                  /* what the entries give whose plans are empty */
};

/* Fills round->survey from the Scores of all phases up to the last. */
void round_ask(struct round *round, const struct wish *wish, enum phase_name last);

/* Fills round->entries and round->can from round->answers. */
void round_plan(struct round *round, const struct wish *wish, enum phase_name last);

/* The first phase that is not finished: it has an entry with something in its plan. NULL: all are. */
const struct phase *round_unfinished(const struct round *round);

/* Steps of all entries, ready or not. */
size_t round_step_count(const struct round *round);

/* What is in the way of any entry, one sentence each, lent. */
void round_blocks(const struct round *round, struct strings *ret_blocks);

void round_done(struct round *round);
