/* What a configuration leads to on this machine, looked at before any other is: image files, password files, and where
 * secrets are kept. */
#pragma once

#include "config/config.h"

/* Every problem goes to stderr, with its place. ERROR_CONFIG when there are any. is_undo: what is only wanted for making
 * something isn't looked at. */
int preflight_check(const struct config *config, bool is_undo, struct error *error);

/* For a run that may make a guest's keys: they can be kept. */
int preflight_secrets(const struct config *config, struct error *error);
