/* The phase table and the states of a machine as a drawing. */
#pragma once

#include "base/text.h"

/* For Graphviz: provision phases --dot | dot -Tsvg. */
void phases_add_dot(struct text *text);
