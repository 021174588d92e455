/* Noting on the machine which packages a transaction brings: shell text around it. What was cut off is noted by the next
 * one, since the list of what was there before stays until it is. */
#pragma once

#include "base/text.h"
#include "config/config.h"

void package_notes_add_before(struct text *script, enum package_manager manager);
void package_notes_add_after(struct text *script, enum package_manager manager);

/* Sets $left_over to the names noted that are installed still, one a line. */
void package_notes_add_left(struct text *script, enum package_manager manager);
/* Prints them, for the manager in $manager: "=added NAME", and their unit files: "=added-unit NAME". */
void package_notes_add_probe(struct text *script);
void package_notes_add_forget(struct text *script);
