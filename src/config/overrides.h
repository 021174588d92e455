/* --set: values from the command line. */
#pragma once

#include "config/problems.h"
#include "config/tree.h"

/* Puts "host.lab1.connect=root@10.77.1.2" into the tree, in the place of what the files say. place says where
 * it comes from, and is kept. */
void override_apply(
        struct section *root, const char *setting, const struct place *place, struct problems *problems);
