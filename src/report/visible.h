/* Text from machines, files and people, made fit for a terminal or a log: every control character, every byte
 * that isn't UTF-8 and everything that turns or hides text becomes visible, so that nothing it says can forge
 * a line. */
#pragma once

#include "base/text.h"

/* Adds the string on one line: a tab as a blank, a newline as \n, ESC as \x1b, U+202E as \u{202e}. */
void visible_add(struct text *text, const char *string);

/* Adds as much of a visible string as fits into columns of a terminal, with "..." at the end where it was
 * cut. Returns the columns it took. */
size_t visible_cut(struct text *text, const char *visible, size_t columns);
