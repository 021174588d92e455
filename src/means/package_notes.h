/* Noting on the machine which packages a transaction brings: shell text around it. What was cut off is noted by the next
 * one, since the list of what was there before stays until it is. */
#pragma once

#include "base/text.h"
#include "config/config.h"

void package_notes_add_before(struct text *script, enum package_manager manager);
void package_notes_add_after(struct text *script, enum package_manager manager);

/* Sets $left_over to the names noted that are installed still, one a line. */
void package_notes_add_left(struct text *script, enum package_manager manager);
/* Sets $changed to the paths of their configuration files that somebody has changed since, one a line. */
void package_notes_add_changed(struct text *script, enum package_manager manager);
/* Removes the packages that those belong to, by a command that keeps them, and takes them out of $left_over. */
void package_notes_add_remove_changed(struct text *script, enum package_manager manager, const char *remove);
/* Prints them, for the manager in $manager: "=added NAME", their unit files: "=added-unit NAME", and those paths: "=changed PATH". */
void package_notes_add_probe(struct text *script);
void package_notes_add_forget(struct text *script);
