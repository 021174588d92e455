/* Telling how a step goes on, and being told to leave it. */
#pragma once

#include "means/means.h"

/* A line that a script of ours has printed: "12 of 34 bytes" and "12 bytes", and nothing else in it, are numbers, everything
 * else is for people. progress may be NULL. */
void progress_tell(const struct means_progress *progress, const char *line);

/* Whether somebody wants the run to stop. progress may be NULL. */
bool progress_must_stop(const struct means_progress *progress);
