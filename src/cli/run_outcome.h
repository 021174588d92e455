/* What became of a recorded run, its machines and its steps: one word for each, and which are bad news. */
#pragma once

#include <stdbool.h>

#include "base/text.h"
#include "state/history.h"

enum outcome {
        OUTCOME_UNCHANGED, /* there was nothing to do */
        OUTCOME_CHANGED,   /* a run or machine that had something done, a step or phase that was done */
        OUTCOME_RUNNING,
        OUTCOME_CUT_OFF, /* its process died */
        OUTCOME_INTERRUPTED,
        OUTCOME_BLOCKED,
        OUTCOME_UNREACHED,
        OUTCOME_OUT_OF_TIME,
        OUTCOME_FAILED,
        OUTCOMES
};

enum outcome outcome_of_run(const struct history_run *run);
enum outcome outcome_of_host(const struct history_run *run, const struct history_host *host);
/* Of a step or a phase: the outcome that is kept with it. */
enum outcome outcome_of_part(const struct history_run *run, const char *kept);

/* Something that a person should look at. */
bool outcome_is_bad(enum outcome outcome);

/* "nothing to do", "done", "running", "cut off", "interrupted", "blocked", "not reached", "out of time", "failed". */
const char *outcome_words(enum outcome outcome);

/* The same for programs: "unchanged", "changed", "running", "cut-off", …; of a step or phase that was done "done". */
const char *outcome_name(enum outcome outcome);
const char *outcome_part_name(enum outcome outcome);

/* Why a machine went wrong was told by one of its steps, or by what is in its way. */
bool host_error_is_told(const struct history_host *host);

/* "2 steps", "1 machine". */
void add_count(struct text *text, int64_t count, const char *one);

/* "2026-11-23 03:00", as the clock on the wall says. */
void add_date(struct text *text, int64_t at_us);

/* "2026-11-23T02:00:00.000Z" (RFC 3339), owned by the caller. */
char *date_for_programs(int64_t at_us);

/* "12 s", "5 min", "3 h", "2 days": how long ago, at now_us; "0 s" for what is still to come. */
void add_age(struct text *text, int64_t at_us, int64_t now_us);

/* CLOCK_REALTIME. */
int64_t now_in_us(void);
