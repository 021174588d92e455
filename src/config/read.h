/* Text to tree: the only file that knows libconfuse. */
#pragma once

#include "config/problems.h"
#include "config/tree.h"

/* Reads a text that scan() passed. Keys and sections that the schema doesn't know are in the tree as any
 * others: who judges it says so. -1 when a syntax error ended the reading: it is among the problems, and
 * *ret_document holds what came before. Not for two threads at once: the parser isn't. */
int read_text(const char *file, const char *text, size_t length, struct document *ret_document,
        struct problems *problems);
