/* Public keys as lines of authorized_keys: sshd(8). Pure. */
#pragma once

#include <stddef.h>

#include "base/error.h"

/* One line, without its end: options or none, a type that OpenSSH takes, and a key of that type, whole. ERROR_CONFIG in
 * words ("this is a private key, …") that never repeat it: it may be a secret. */
int authorized_key_check(const char *line, struct error *error);
