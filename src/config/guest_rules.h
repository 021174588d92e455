/* How guests go together with each other, and with the networks, pools and images that they name. */
#pragma once

#include "config/problems.h"
#include "config/tree.h"

/* Completes the guests, as struct config has them: numbered, each nic with a MAC, and each fixed address a lease of its
 * network. Reports names that lead nowhere, and whatever two guests of a host would share. */
void guests_judge(const struct section *root, struct config *config, struct problems *problems);
