/* What a guest may not share with the others of its machine, whoever made them. */
#pragma once

#include "scores/guest_edits.h"

/* True, and it has blocked the plan: a nic that the guest is yet to get has the MAC of another guest, which keeps it. Where
 * both have it already it is only said. */
bool guest_shares_mac(const struct guest_look *look, const struct wish *wish);
