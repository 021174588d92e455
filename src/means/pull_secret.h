/* A pull secret: by what a cluster may get its images. JSON, which has "auths" in it. */
#pragma once

#include "base/locked.h"

/* On one line of plain ASCII. ERROR_CONFIG, which names the file and what isn't right: it can't be read, may be read by others,
 * isn't JSON, or has no "auths". What stands in it is in no error. */
int pull_secret_read(const char *path, struct locked *ret_secret, struct error *error);

/* As a line of YAML, with its key. */
struct locked pull_secret_yaml(const struct locked *secret);

/* Makes what of its values stands in a line unreadable. */
void pull_secret_hide(const struct locked *secret, char *line);
