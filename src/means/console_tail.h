/* What a guest has said last on its console, as its log on the machine has it. */
#pragma once

#include "base/array.h"
#include "link/link.h"

/* Adds its last lines, count at most, as "console of GUEST: …"; nothing where there is no log, or it can't be had. */
void console_tail(struct link *link, const char *guest, unsigned count, struct deadline deadline,
        struct strings *ret_lines);
