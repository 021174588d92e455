/* What a step makes that can be taken away again, for ownership. Internal to phases. */
#pragma once

#include "plan/plan.h"
#include "state/ownership.h"

/* Adds what is there, or otherwise, after the step, with what the answers say of it before. Nothing for a step that only
 * starts or finishes something. */
void step_things(const struct step *step, const struct answers *answers, struct owned_list *things);

/* The other way round: adds what is gone after a step that takes something away. Nothing for a unit, which takes several
 * steps to be as it was before. */
void step_unmakes(const struct step *step, struct owned_list *things);
