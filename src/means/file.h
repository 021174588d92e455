/* Files and directories, written so that nobody ever sees half of one. */
#pragma once

#include "base/text.h"
#include "config/config.h"
#include "means/parts.h"

/* Adds a script that makes the file as wished, or fails with one sentence on stderr; for a regular file,
 * whose content is to come on stdin. Pure. */
void file_add_script(struct text *script, const struct file_config *file);

/* Makes the file as wished. */
int file_put(const struct work *work, const struct file_config *file, struct error *error);

/* The same for a regular file whose content has to be accepted first: accept is the definition of a shell function of that name,
 * which is given where the new content is, under a name in the same directory; it may call fail "SENTENCE". */
int file_put_accepted(
        const struct work *work, const struct file_config *file, const char *accept, struct error *error);
