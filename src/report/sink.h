/* A sink: what turns events into bytes. Internal to report. */
#pragma once

#include <pthread.h>

#include "report/host_state.h"
#include "report/output.h"

/* One sink at work. The lock is held whenever show is called; a sink with a thread of its own takes it there.
 */
struct sink_run {
        const struct report_options *options;
        struct output output;
        struct host_states states;
        pthread_mutex_t lock;
        void *own; /* what begin made */
};

struct sink {
        const char *name;
        void (*begin)(struct sink_run *run); /* or NULL */
        void (*show)(struct sink_run *run, const struct event *event, const struct host_state *state);
        void (*end)(struct sink_run *run); /* or NULL; shows what is left to show, and frees own */
};

extern const struct sink sink_plain;
extern const struct sink sink_live;
extern const struct sink sink_json;
extern const struct sink sink_journal;
