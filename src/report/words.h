/* Events as lines for people. Internal to report. */
#pragma once

#include "base/text.h"
#include "report/duration_words.h"
#include "report/host_state.h"

enum color { COLOR_NONE, COLOR_BOLD, COLOR_RED, COLOR_GREEN, COLOR_YELLOW, COLORS };

struct words_options {
        bool verbose;
        bool quiet;
        bool color;
};

/* Adds the word in a colour, if there are colours. */
void words_paint(struct text *text, const struct words_options *options, enum color color, const char *word);

/* Adds "1.2 of 4.0 GiB", or "1.2 GiB" while the total isn't known (0). */
void words_add_bytes(struct text *text, uint64_t done, uint64_t total);

/* Adds the line for an event with its newline; nothing for an event that isn't worth one. */
void words_add_line(struct text *text, const struct words_options *options, const struct event *event,
        const struct host_state *state);
