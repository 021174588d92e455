/* --help, from the tables. */
#pragma once

#include "base/text.h"
#include "cli/verb.h"

/* Everything, or (verb not NULL) what there is to say about one verb. */
void help_add(struct text *text, const struct verb *verb);
