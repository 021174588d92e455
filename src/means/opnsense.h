/* OPNsense firewalls: what their APIs say. */
#pragma once

#include "means/means.h"

/* The files of this machine that lead to one are there, and as they should be. ERROR_REFUSED, which names the one that isn't. */
int opnsense_check_files(const struct opnsense_config *config, struct error *error);

/* The sessions with those that a machine reaches: each is opened when it is first asked, and kept. */
struct opnsenses;

struct opnsenses *opnsenses_new(struct link *link);
void opnsenses_free(struct opnsenses *opnsenses);

/* Answers ASK_OPNSENSE_*. One that doesn't answer is an answer; an error means that the machine was lost. */
int opnsenses_answer(struct opnsenses *opnsenses, const struct survey *survey, struct deadline deadline,
        struct answers *answers, struct error *error);
