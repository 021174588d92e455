/* The one place that prints beside the report: what verbs answer goes to stdout, what went wrong to stderr. */
#pragma once

#include "base/error.h"
#include "base/text.h"

/* "provision: what went wrong" on stderr, made visible. */
void say_error(const struct error *error);

/* One sentence on a line of stderr, made visible. */
void say_problem(const char *sentence);

/* The text, as it is, on stdout. Whether that worked is asked once, at the end. */
void say(const struct text *text);

/* -1 (ERROR_FAILED) when something said to stdout did not get there. */
int say_finish(struct error *error);
