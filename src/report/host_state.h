/* What the sinks remember of each machine between events. Internal to report. */
#pragma once

#include "base/array.h"
#include "report/report.h"

struct host_state {
        char *name;
        char *phase;      /* the one under way, or NULL */
        char *doing;      /* the step in hand, or what it waits for, in words */
        bool is_waiting;  /* doing is what was waited for last */
        bool blocks_told; /* what is in its way was reported */
        bool is_done;
        int64_t doing_since_ns;
        uint64_t bytes_done, bytes_total; /* of the step in hand, as it told last; total 0: not known */
        uint64_t bytes_first;             /* when it told first, */
        int64_t bytes_since_ns;           /* at this time; 0: it told nothing */
        unsigned tenth;                   /* of the total that is done; */
        bool is_new_tenth;                /* it wasn't when it told before */
};

struct host_states {
        ARRAY(struct host_state) hosts; /* in the order of their first events */
};

/* Takes note of an event. Returns the state after it (NULL for an event of the whole run), lent until the
 * next call; *ret_news is false for an event that says what the last one of that machine said already. */
struct host_state *host_states_note(struct host_states *states, const struct event *event, bool *ret_news);

/* How long the rest of the bytes takes, going by those so far; -1: nobody knows. */
int64_t host_state_left_ms(const struct host_state *state, int64_t now_ns);

void host_states_done(struct host_states *states);
