/* BMCs: what they say of their machines. */
#pragma once

#include "means/means.h"

/* The sessions with the BMCs that a host reaches: each is opened when it is first asked, and kept. */
struct bmcs;

struct bmcs *bmcs_new(struct link *link);
void bmcs_free(struct bmcs *bmcs);

/* Answers ASK_BMC, all side by side and beside whatever else is asked. A BMC that doesn't answer is an answer; an error means that
 * the host was lost. The survey must outlive the asking, which ends with bmcs_answer. */
struct bmc_asking;
struct bmc_asking *bmcs_ask(struct bmcs *bmcs, const struct survey *survey, struct deadline deadline);
int bmcs_answer(struct bmc_asking *asking, struct answers *answers, struct error *error);
