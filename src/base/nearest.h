/* What somebody probably meant. */
#pragma once

#include <stddef.h>

/* The candidate with the fewest edits to word, if that is near enough to be worth suggesting (a third of its
 * letters, at least one); else NULL. Lent from candidates. */
const char *nearest_word(const char *word, const char *const *candidates, size_t count);
