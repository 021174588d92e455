/* What one look at a machine showed, for people and for programs. */
#pragma once

#include "base/text.h"
#include "phases/engine.h"

void probe_add_words(struct text *text, const struct engine_probe *probe);

/* One JSON object on a line; docs/provision.1 lists the keys. */
void probe_add_json(struct text *text, const struct engine_probe *probe);
