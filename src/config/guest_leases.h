/* Fixed addresses of guests are fixed leases of their networks. */
#pragma once

#include "config/claims.h"
#include "config/guest_count.h"

/* Claims addresses and names of guests, and of the leases that are written in networks; reports addresses that their
 * networks can't give. */
void guests_claim_leases(const struct section *root, const struct config *config,
        const struct guest_origins *origins, struct claims *claims, struct problems *problems);

/* Gives each network the leases of its guests. */
void guests_add_leases(struct config *config);
