/* What the sinks remember of each machine between events. */
#include "base/deadline.h"
#include "report/host_state.h"

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
