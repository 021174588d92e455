/* Notes on the machine: small files by which a later look knows what can't be seen any more. */
#pragma once

#include "means/parts.h"

/* All of it is there, or what was there before. With the directories above it. */
int note_put(const struct work *work, const char *path, const char *text, struct error *error);
