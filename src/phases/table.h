/* The phases: each a promotion, a list of Scores with what they need and what they give. The table in table.c
 * reads as the story of a machine; that every need is given earlier is checked when compiling. */
#pragma once

#include <stddef.h>

#include "scores/score.h"
#include "topology/capabilities.h"
#include "topology/phase_name.h"

struct phase_entry {
        const struct score *score;
        /* What the machine must be able to do before this Score's steps are carried out. */
        capabilities needs;
        /* What it can do, besides, once this Score's plan is empty. */
        capabilities gives;
};

struct phase {
        enum phase_name name;
        const char *summary;                     /* "a machine that runs guests" */
        capabilities needs;                      /* from the phases before it */
        capabilities gives;                      /* everything its Scores give */
        bool (*is_for)(const struct wish *wish); /* a machine with that wish; NULL: every machine */
        int deadline_s;                          /* when host.conf and the command line say nothing */
        const struct phase_entry *entries;
        size_t entry_count;
};

/* The last phase up to the wanted one that is for a machine with that wish. */
enum phase_name phase_last(const struct wish *wish, enum phase_name wanted);

/* The furthest of that that any of its machines goes. */
enum phase_name phase_furthest(const struct config *config, enum phase_name wanted);

/* Never NULL. To walk the story: name from 0 to PHASE_COUNT - 1. */
const struct phase *phase_get(enum phase_name phase);
