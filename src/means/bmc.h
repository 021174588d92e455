/* BMCs: what they say of their machines. */
#pragma once

#include "means/means.h"

/* The files of this machine that lead to a BMC are there, and as they should be. ERROR_REFUSED, which names the one that isn't. */
int bmc_check_files(const struct machine_config *config, struct error *error);

/* The sessions with the BMCs that a host reaches: each is opened when it is first asked, and kept. */
struct bmcs;

struct bmcs *bmcs_new(struct link *link);
void bmcs_free(struct bmcs *bmcs);

/* Answers ASK_BMC, all side by side and beside whatever else is asked. A BMC that doesn't answer is an answer; an error means that
 * the host was lost. The survey must outlive the asking, which ends with bmcs_answer. */
struct bmc_asking;
struct bmc_asking *bmcs_ask(struct bmcs *bmcs, const struct survey *survey, struct deadline deadline);
int bmcs_answer(struct bmc_asking *asking, struct answers *answers, struct error *error);
