/* Files of the machine that a guest starts with: its CD, its kernel. They are somebody else's, and only looked for. */
#pragma once

#include "scores/guest_edits.h"

void guest_files_ask(const struct guest_config *guest, struct survey *survey);

/* True, and it has blocked the plan: one of them isn't there, and what is planned for the guest would fail for that. What
 * this run itself may bring, as a file, an image, with a package or with a pool, is waited for. */
bool guest_lacks_files(const struct guest_look *look, const struct wish *wish);
