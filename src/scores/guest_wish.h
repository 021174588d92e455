/* What host.conf says about a guest as the guest that its machine is to have. */
#pragma once

#include "config/wish.h"
#include "plan/answers.h"

/* Owned by the caller. What can't be known yet: the path of a disk whose pool isn't there is NULL; by what it runs is as
 * it is, or as /dev/kvm lets expect, until the canary has shown it. */
struct guest *guest_wish(
        const struct guest_config *config, const struct wish *wish, const struct answers *answers);
