/* What a machine does to get an image, as scripts for its shell.
 *
 * Theory of operation. Bytes arrive in PART, beside where they are to be; when all are there the checksum is computed from
 * the disk, and only then the file gets its name. So a file with the name is whole, and nobody has to read gigabytes again
 * to know. PART is kept where a later run can go on with it, and removed where it can't: when the checksum is wrong, and when
 * it has filled the disk. Whoever writes to PART holds a lock on it, which goes with its last process: a run that comes
 * after a lost connection waits for what the last one began.
 *
 * What the scripts print are lines for people; once a second at most, how far they are (see progress.h). What they
 * say last on stderr is why they failed. */
#pragma once

#include <stdint.h>

#include "base/text.h"
#include "config/config.h"

struct image_place {
        const char *directory;
        const char *volume; /* the file's name to be */
};

/* The name of PART, owned by the caller. */
char *image_part_name(const char *volume);

/* Fetches wanted->url, waiting for another one that is at it for at most patience_s, and ends as the next does. */
void image_add_fetch(struct text *script, const struct image_config *wanted, const struct image_place *place,
        int patience_s);

/* PART is complete: verifies it and gives it its name. */
void image_add_finish(
        struct text *script, const struct image_config *wanted, const struct image_place *place);
