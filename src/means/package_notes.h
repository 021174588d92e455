/* Noting on the machine which packages a transaction brings: shell text around it. What was cut off is noted by the next
 * one, since the list of what was there before stays until it is. */
#pragma once

#include "base/text.h"
#include "config/config.h"

/* Ends the script where it can't be noted. */
void package_notes_add_before(struct text *script, enum package_manager manager);
void package_notes_add_after(struct text *script, enum package_manager manager);

/* Of the names noted that are installed still, one a line: sets $ours to all, $left_over to those that may go, $staying to
 * those that others need, by whatever way, and $needs to the names of these others. */
void package_notes_add_going(struct text *script, enum package_manager manager);
/* Sets $changed to the paths of configuration files of $left_over that somebody has changed since, one a line. */
void package_notes_add_changed(struct text *script, enum package_manager manager);
/* Removes the packages that those belong to, by a command that keeps them, and takes them out of $left_over. */
void package_notes_add_remove_changed(struct text *script, enum package_manager manager, const char *remove);
/* Prints all that, for the manager in $manager: "=added NAME", "=needed NAME" of what stays, "=needs NAME", the unit files of all
 * of ours: "=added-unit NAME", and those paths: "=changed PATH". */
void package_notes_add_probe(struct text *script);
/* Forgets all but $staying. */
void package_notes_add_forget(struct text *script);
