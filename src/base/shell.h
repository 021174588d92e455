/* The one writer of shell text. Nothing else in the program puts a string into a shell command. */
#pragma once

#include "base/array.h"
#include "base/text.h"

/* Adds one word that sh reads back as exactly these bytes (there is no way to write a NUL). */
void shell_add_word(struct text *text, const char *word);

/* Adds the words with spaces between them. */
void shell_add_words(struct text *text, const struct strings *words);

/* Adds one word, which holds no newline, that any login shell reads back as exactly these bytes: csh and fish too,
 * which see a '!' and a backslash between quotes. */
void shell_add_login_word(struct text *text, const char *word);
