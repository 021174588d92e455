/* What a pool that isn't active needs of the machine before it can be started: a volume group, the means to mount. */
#pragma once

#include "config/wish.h"
#include "plan/answers.h"
#include "plan/plan.h"

void pool_ask_source(const struct wish *wish, const struct pool_config *pool, struct survey *survey);

/* True when something is missing that no step brings, and the plan says so. */
bool pool_lacks_source(const struct wish *wish, const struct answers *answers,
        const struct pool_config *wanted, struct plan *plan);
