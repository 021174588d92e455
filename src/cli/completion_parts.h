/* What the three shells' completions have in common. Internal to completion. */
#pragma once

#include "base/text.h"
#include "cli/option.h"
#include "cli/verb.h"

#define ALWAYS (OPTION_HELP | OPTION_VERSION)

enum values { VALUES_NONE, VALUES_FILES, VALUES_PHASES, VALUES_VERBS, VALUES_SHELLS };

/* What can stand for "[VERB]", "CONF...", "FILE", as --help calls it. */
enum values completion_values_of(const char *words);

/* The words themselves, one blank between; "" for files and for what nobody can know. Owned by the caller. */
char *completion_words(enum values values);

bool completion_takes(const struct verb *verb, const struct option *option);

void completion_bash_add(struct text *text);
void completion_zsh_add(struct text *text);
void completion_fish_add(struct text *text);
