/* What isn't ours and needs something that undoing would take away: found so that it is named, and what it needs stays. */
#pragma once

#include "plan/answers.h"

/* Asks for everything that others_of_libvirt needs. */
void others_ask(const struct answers *answers, struct survey *survey);

/* "guest theirs", "network theirs": what others have in this machine's libvirt. */
void others_of_libvirt(const struct answers *answers, struct strings *ret_users);

/* "guest theirs isn't ours and needs", "guest a, network b aren't ours and need"; owned by the caller. */
char *others_words(const struct strings *users, const char *does, const char *they_do);

/* The guests of others that are in the network, "guest web isn't ours and is in it"; owned by the caller, NULL: none is. */
char *others_in_network(const struct answers *answers, const struct network_state *network);

/* Those that have a disk in the pool, or name it: "guest web isn't ours and has a disk in it". */
char *others_in_pool(const struct answers *answers, const struct pool_state *pool);
