/* A look over a file's raw text before the parser gets it. */
#pragma once

#include "config/problems.h"

/* Reports what the parser (libconfuse 3.3) would pass over in silence or can't survive: bytes that aren't
 * text, strings, comments and sections without an end, NUL escapes, variables that aren't set. Comments
 * become blanks: the parser counts three lines for each. 0 when the parser may have the text (there may be
 * problems all the same), -1 when not. */
int scan(char *text, size_t length, const char *file, struct problems *problems);
