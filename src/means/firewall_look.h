/* A machine's packet filter, as its kernel and whoever else looks after it tell. */
#pragma once

#include "base/text.h"
#include "plan/answers.h"

/* The part of the probe's script that answers ASK_FIREWALL and ASK_ZONE. */
void firewall_add_probe(struct text *script, const struct survey *survey);

/* A line that it printed; false when it makes no sense. */
bool firewall_read_line(struct firewall_state *firewall, char *line);
