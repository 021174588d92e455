/* The questions that files and commands of the machine answer, put into one shell script: a survey becomes
 * the script, and what the script prints becomes answers. Both ways are pure. (systemd and libvirt are asked
 * through their own APIs.)
 *
 * Theory of operation. On a machine that is as wished this script is most of what a run does there, so it
 * starts few processes: the shell's own tests and reads where they do, one grep for all small texts, one stat
 * and one sha256sum for all files, and beside them, since it takes as long as all the rest, the query of the
 * package database. It runs in dash, bash and busybox.
 *
 * The output is a row of sections, each ended by a line "@NAME STATUS". Every line within has a beginning
 * that no content can have or take away (a path that was asked for, a fixed word), so that nothing that
 * stands in a file can be taken for another file's content. Paths come from a configuration that allows no
 * newline; a name that comes back differently is an error, as is every line that is not understood.
 *
 * Users and groups are read in /etc/passwd and /etc/group; getent is asked only about those that aren't
 * there, for machines that have them in a directory service. */
#pragma once

#include "base/error.h"
#include "base/text.h"
#include "link/link.h"
#include "plan/answers.h"

#define PROBE_KEEP (8U << 20) /* of stdout: far more than any survey brings; above it the probe fails */

void probe_script(const struct survey *survey, struct text *script);

/* Adds what the script printed to answers, whose subjects are lent by the survey. Bytes from the machine are
 * never trusted: whatever they are, this returns 0 or one sentence. */
int probe_read(const struct survey *survey, const struct output *output, struct answers *answers,
        struct error *error);
