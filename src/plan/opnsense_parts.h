/* By what objects of an OPNsense are ours: for the files that make and compare them. */
#pragma once

#include "base/uuid.h"
#include "plan/opnsense.h"

#define OPNSENSE_MARK    "provision: "     /* before what it is for, in its description */
#define OPNSENSE_PENDING " (being loaded)" /* behind it, while a rule is written and not loaded */
#define OPNSENSE_NAME    "provision."      /* before the names of what haproxy knows by name */

/* Of several, the order says nothing: a list of choices comes back in the choices' own. */
bool opnsense_is_same(const char *a, const char *b);

/* Returns buffer. */
const char *opnsense_uuid(enum opnsense_kind kind, const char *key, char buffer[static UUID_TEXT]);
