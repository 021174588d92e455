/* How long something took, in words. */
#pragma once

#include <stdint.h>

#include "base/text.h"

/* Adds "0.2 s", "12 s", "3 min 20 s", "1 h 2 min". */
void words_add_duration(struct text *text, int64_t ms);
