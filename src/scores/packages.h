/* What the packages Score knows that other Scores ask as well: whether something is still to be installed.
 * Who finds no unit, group or user then can't say that the name is wrong: a package may bring it. */
#pragma once

#include "config/wish.h"
#include "plan/answers.h"

/* "x86_64 and aarch64": the processors whose emulator's package is known, for people. */
extern const char packages_architectures[];

/* There is a package of an emulator for uname -m's word. */
bool packages_know_architecture(const char *arch);

/* Undoing: what others have made with what our packages brought, so that they stay; in the words of others_words; owned by the caller, NULL: they go. */
void packages_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey);
char *packages_users(const struct answers *answers);

/* Asks for everything that packages_missing needs. */
void packages_ask(const struct wish *wish, struct survey *survey);

/* The names, for the machine's own manager, of what virtualization and the configuration want and isn't
 * installed; none while the manager is unknown. */
void packages_missing(const struct wish *wish, const struct answers *answers, struct strings *ret_names);

/* While the manager is unknown nothing is known of packages, so something may be. */
bool packages_are_missing(const struct wish *wish, const struct answers *answers);
