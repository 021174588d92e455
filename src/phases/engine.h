/* The engine: the one that decides when. It takes each machine through its phases, one worker thread a
 * machine: survey, plan, apply, and again, until a fresh plan is empty; only then does the machine have the
 * capabilities. */
#pragma once

#include "config/config.h"
#include "phases/table.h"
#include "plan/answers.h"
#include "report/report.h"

struct recorder;

enum engine_mode {
        ENGINE_PROMOTE,   /* carry the plans out */
        ENGINE_UNDO,      /* take away what Scores of the phases behind the wanted one made */
        ENGINE_UNDO_PLAN, /* report those steps; change nothing */
        ENGINE_PLAN,      /* report the steps; change nothing */
        ENGINE_PROBE,     /* hand what a machine is and can do to on_probe; change nothing */
};

/* What one look at a machine showed. Lent for the time of the call. */
struct engine_probe {
        const struct host_config *host;
        const struct answers *answers;
        capabilities can;
        const struct strings *blocks;
};

struct engine_options {
        enum engine_mode mode;
        enum phase_name phase;      /* the last one wanted */
        bool may_restart;           /* guests, where a change needs it */
        bool keep_images;           /* when undoing */
        unsigned parallel;          /* machines at the same time, at least 1 */
        int timeout_s[PHASE_COUNT]; /* 0: as host.conf or the phase table say */
        struct recorder *recorder;  /* keeps what a promotion does; NULL: nothing is kept */
        int wait_s; /* for a machine that isn't there yet or is another run's; 0: not at all */
        const char *who,
                *words; /* "user@controller" and the command line: what other runs are told of this one */
        struct store *store; /* undoing: where it stands who made what; NULL: nothing was ever kept */
        /* ENGINE_PROBE: what is asked instead of what the Scores ask; NULL: that. Then nothing is known of what it can do. */
        void (*ask)(const struct wish *wish, struct survey *survey);
        void (*on_probe)(void *context, const struct engine_probe *probe); /* never two at a time */
        void *context;
};

struct host_result {
        const struct host_config *host;
        enum error_kind kind; /* ERROR_NONE: it is where it was wanted */
        capabilities can;
        size_t steps_planned; /* ENGINE_PLAN: how many steps would be made */
        size_t steps_done;
};

struct engine_result {
        ARRAY(struct host_result) hosts; /* in the configuration's order */
};

/* 0 when every machine was taken as far as it goes: how far stands in *ret_result. -1 only when nothing could
 * be begun at all. Everything worth telling goes to the report. */
int engine_run(const struct config *config, const struct engine_options *options, struct report *report,
        struct engine_result *ret_result, struct error *error);

/* Safe in a signal handler. The first call lets the steps in hand end and begins nothing new; where none is in hand,
 * and from the second call on, what is waited for ends at once. */
void engine_interrupt(void);

void engine_result_done(struct engine_result *result);
