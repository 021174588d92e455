/* What packages leave behind when they go: shell text around their removal, which reads $left_over, the names. */
#pragma once

#include "base/text.h"
#include "config/config.h"

void package_leavings_add_before(struct text *script, enum package_manager manager);
void package_leavings_add_after(struct text *script, enum package_manager manager);
