/* What a shell needs to complete our command lines. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* Adds the script of the shell ("bash", "zsh" or "fish"); false: there is none for it. */
bool completion_add(struct text *text, const char *shell);

/* "bash", "zsh", "fish": in this order, lent; NULL after the last. */
const char *completion_shell(size_t i);
