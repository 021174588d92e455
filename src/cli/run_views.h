/* A recorded run as people and programs look at it. */
#pragma once

#include "cli/run_compare.h"

/* A run, and what it is compared with. */
struct run_view {
        struct history_run run;
        struct history_run before; /* id 0: there is none */
        struct run_differences differences;
};

/* For a terminal. */
void run_add_words(struct text *text, const struct run_view *view);

/* One JSON object on a line; view NULL: the run alone, without its machines. docs/provision.1 lists the keys. */
void run_add_json(struct text *text, const struct history_run *run, const struct run_view *view);

/* One page of HTML, whole in itself. */
char *run_html(const struct run_view *view, int64_t now_us);

/* JUnit's XML: a suite a machine, a case a Score. */
char *run_junit(const struct history_run *run);
