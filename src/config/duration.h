/* Lengths of time as people write them. */
#pragma once

#include "base/error.h"

#define DURATION_LONGEST_S (7 * 24 * 60 * 60)

/* "90s", "15min", "1h30min": whole numbers, each with its unit, the larger unit first. More than 0, at most a
 * week. ERROR_CONFIG with what would be right for anything else. */
int duration_parse(const char *text, int *ret_seconds, struct error *error);
