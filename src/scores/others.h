/* What isn't ours and needs something that undoing would take away: found so that it is named, and what it needs stays. */
#pragma once

#include "plan/answers.h"

/* Asks for everything that others_of_libvirt needs. */
void others_ask(const struct answers *answers, struct survey *survey);

/* "guest theirs", "network theirs": what others have in this machine's libvirt. */
void others_of_libvirt(const struct answers *answers, struct strings *ret_users);

/* The guests of others that are in the network, "guest a, guest b"; owned by the caller, NULL: none is. */
char *others_in_network(const struct answers *answers, const struct network_state *network);

/* Those that have a disk in the pool, or name it. */
char *others_in_pool(const struct answers *answers, const struct pool_state *pool);
