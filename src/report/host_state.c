/* What the sinks remember of each machine between events. */
#include "base/deadline.h"
#include "report/host_state.h"

#define NS_PER_S INT64_C(1000000000)

static struct host_state *find_or_add(struct host_states *states, const char *name)
{
        struct host_state *state;

        for (array_each(struct host_state, known, &states->hosts))
                if (string_equal(known->name, name))
                        return known;
        state = array_add(&states->hosts);
        state->name = string_copy(name);
        state->doing = string_copy("connecting");
        state->doing_since_ns = clock_now_ns();
        return state;
}

static void begin(struct host_state *state, const char *doing, bool is_waiting)
{
        string_replace(&state->doing, doing);
        state->is_waiting = is_waiting;
        state->doing_since_ns = clock_now_ns();
        state->bytes_since_ns = 0;
        state->tenth = 0;
}

static void note_bytes(struct host_state *state, const struct event *event)
{
        unsigned tenth;

        if (!state->bytes_since_ns) {
                state->bytes_first = event->bytes_done;
                state->bytes_since_ns = clock_now_ns();
        }
        state->bytes_done = event->bytes_done;
        state->bytes_total = event->bytes_total;
        tenth = event->bytes_total ? (unsigned)((double)event->bytes_done * 10 / (double)event->bytes_total)
                                   : 0;
        state->is_new_tenth = tenth > state->tenth;
        state->tenth = tenth;
}

int64_t host_state_left_ms(const struct host_state *state, int64_t now_ns)
{
        double came = (double)state->bytes_done - (double)state->bytes_first;
        double left = (double)state->bytes_total - (double)state->bytes_done;
        int64_t took_ns = now_ns - state->bytes_since_ns;

        if (!state->bytes_since_ns || !state->bytes_total || left < 0 || came <= 0 || took_ns < NS_PER_S)
                return -1;
        return (int64_t)((double)took_ns / 1e6 * left / came);
}

struct host_state *host_states_note(struct host_states *states, const struct event *event, bool *ret_news)
{
        struct host_state *state;

        *ret_news = true;
        if (!event->host)
                return NULL;
        state = find_or_add(states, event->host);
        if (event->phase && !string_equal(state->phase, event->phase))
                string_replace(&state->phase, event->phase);
        switch (event->kind) {
        case EVENT_HOST_CONNECTED:
        case EVENT_STEP_DONE:
        case EVENT_STEP_FAILED:
                begin(state, "looking", false);
                break;
        case EVENT_STEP_ANNOUNCED:
                begin(state, event->step, false);
                break;
        case EVENT_STEP_PROGRESS:
                if (!event->text)
                        note_bytes(state, event);
                break;
        case EVENT_WAITING:
                *ret_news = !state->is_waiting || !string_equal(state->doing, event->text);
                if (*ret_news)
                        begin(state, event->text, true);
                break;
        case EVENT_BLOCKED:
                state->blocks_told = true;
                break;
        case EVENT_HOST_DONE:
                state->is_done = true;
                break;
        default:
                break;
        }
        return state;
}

void host_states_done(struct host_states *states)
{
        for (array_each(struct host_state, state, &states->hosts)) {
                free(state->name);
                free(state->phase);
                free(state->doing);
        }
        array_free(&states->hosts);
}
