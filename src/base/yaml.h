/* The one writer of YAML strings. Keys and structure are the program's own; everything else goes through here. */
#pragma once

#include "base/text.h"

/* Adds a scalar in double quotes that every reader of YAML 1.1 and 1.2 reads back as these characters: what some of them
 * don't take, or take for the end of a line, is written as an escape. Bytes that are no UTF-8 become U+FFFD. */
void yaml_add_string(struct text *text, const char *string);
