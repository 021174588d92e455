/* Whom ssh's configuration speaks of: certain hosts, or everybody.
 *
 * Where it says the same about everybody, what `ssh -G` answers about one host holds for the others, too. When in
 * doubt it is not so: then every host is asked about by itself, which is always right. */
#pragma once

#include <stdbool.h>

#include "base/text.h"

/* The text of one configuration file. No line of it chooses hosts ("Host *" and "Match all" choose none, and
 * "Host unix/... .host" chooses what is none), gives them other names, leads to them over others, or holds a % that
 * stands for something of theirs. */
bool config_text_is_for_everybody(const char *text);

/* All files that ssh has read are for everybody, as far as OpenSSH's own words go: log is what `ssh -vG` wrote to
 * stderr, where it names each of them. */
bool config_log_is_for_everybody(const struct text *log);

/* What PATH leads to is a program, and no script in front of it, which could do anything. */
bool config_program_is_binary(const char *name);

/* A name that ssh takes as it is: letters in lower case, digits, and ".:_-" within. */
bool config_host_is_plain(const char *host);
