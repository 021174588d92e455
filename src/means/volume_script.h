/* What a machine does to a volume that is complete, as a script for its shell. */
#pragma once

#include "means/script.h"
#include "plan/plan.h"

/* Of STEP_VOLUME_CREATE: notes what it was made from, and then gives it its name. A note without a volume is no harm: the
 * volume is made again. What stands under the name is replaced only where the step says so. */
void volume_add_naming(struct text *script, const struct step *step);

/* Of STEP_VOLUME_GROW, in a volume group, which libvirt can't do: nothing where it has the size already. */
void volume_add_extending(struct text *script, const struct step *step);
