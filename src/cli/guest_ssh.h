/* How ssh is to be called for a guest. Pure. */
#pragma once

#include "cli/guest_choice.h"

/* Adds the command's words. known_hosts: the file of ours with its host key; NULL: what ssh knows decides. */
void guest_ssh_words(const struct guest_choice *choice, const char *address, const char *known_hosts,
        const struct strings *command, struct strings *ret_words);
