/* From guests as they are written to guests as they are. */
#pragma once

#include "config/problems.h"
#include "config/tree.h"

/* Where a guest comes from: its section, and as the how manyth of those that it stands for, from 0. */
struct guest_origin {
        const struct section *section;
        unsigned number;
};

struct guest_origins {
        ARRAY(struct guest_origin) list; /* as config->guests */
};

/* Makes NAME-1 to NAME-N of each guest with a count, with MACs and addresses counted up from the first, and gives every
 * nic that has none its MAC. What can't be counted up is a problem. */
void guests_number(const struct section *root, struct config *config, struct guest_origins *ret_origins,
        struct problems *problems);

/* guest "web-2": nic "lan"; owned by the caller. */
char *nic_label(const struct guest_config *guest, const struct nic_config *nic);

/* The place of a nic's key, or of the nic. */
const struct place *nic_place(const struct guest_origin *origin, const struct guest_config *guest,
        const struct nic_config *nic, const char *key);

/* The how manyth section of that name, from 0; NULL when there are fewer. */
const struct section *section_nth(const struct section *section, const char *name, size_t n);

void guest_origins_done(struct guest_origins *origins);
