/* --version: the program's version and those of the libraries it really runs with. */
#pragma once

#include "base/text.h"

void version_add(struct text *text);
