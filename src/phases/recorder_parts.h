/* What the recorder's files share. Internal to phases. */
#pragma once

#include <pthread.h>

#include "phases/output_tail.h"
#include "phases/recorder.h"
#include "phases/states.h"

struct recorded {
        struct history_host host;
        struct history_step step; /* the one under way; sentence NULL: none */
        struct output_tail output;
        struct machine_state state;
        struct owned_list things; /* what the step under way makes */
        bool knows_before;
        bool deadline_is_kept;
        int64_t saved_ns;
};

struct recorder {
        struct store *store;
        const struct config *config;
        pthread_mutex_t lock;
        int64_t began_ns;
        struct history_run run;
        ARRAY(struct recorded) hosts; /* in the configuration's order */
        struct error error;           /* the first that kept something from being written */
};

/* Milliseconds since the run began. */
int64_t recorder_now_ms(const struct recorder *recorder);

/* NULL: the run has no such machine. */
struct recorded *recorder_find(struct recorder *recorder, const char *name);

/* Whose things are on it: /etc/machine-id, or the configuration's name where there is none. */
const char *recorded_machine(const struct recorded *recorded);

/* Keeps the error if result is -1 and it is the first one; the others would say the same. */
void recorder_note_failure(struct recorder *recorder, int result, struct error *error);
