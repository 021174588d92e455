/* Tree to structs, by the schema's tables. */
#pragma once

#include "config/schema.h"

/* Fills *loading and reports every key, section and value that isn't right, and every rule that one section
 * breaks. */
void build(struct section *root, struct loading *loading, struct problems *problems);
