/* What a guest's definition leads to that may be somebody else's: read without regard to what else is in it. */
#pragma once

#include "base/error.h"
#include "topology/guest.h"

/* Adds to what is there; what is in it already isn't added again. */
int guest_uses_read(const char *xml, struct guest_uses *uses, struct error *error);
