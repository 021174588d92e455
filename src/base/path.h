/* Paths as text; nothing is looked up. */
#pragma once

#include <stdbool.h>

/* "/srv/a/b" is below "/srv" and below "/srv/a/", and not below itself. */
bool path_is_below(const char *path, const char *directory);
