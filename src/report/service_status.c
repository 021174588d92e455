/* What `systemctl status` shows of a run: "2 of 5 machines done; lab3: kvm: start network lab". */
#include "report/service_status.h"

#include "base/service.h"
#include "base/text.h"
#include "report/visible.h"

/* After which the line may say something else. */
static const bool is_news[EVENT_KINDS] = {
        [EVENT_RUN_START] = true,
        [EVENT_PHASE_START] = true,
        [EVENT_STEP_ANNOUNCED] = true,
        [EVENT_WAITING] = true,
        [EVENT_HOST_DONE] = true,
};

static void add_machine(struct text *text, const struct host_state *state)
{
        text_add(text, "; ");
        visible_add(text, state->name);
        if (state->phase) {
                text_add(text, ": ");
                visible_add(text, state->phase);
        }
        if (state->doing) {
                text_add(text, state->is_waiting ? ": waiting: " : ": ");
                visible_add(text, state->doing);
        }
}

void service_status_show(const struct host_states *states, const struct event *event)
{
        static size_t wanted; /* of the run, which is one a process */
        CLEANUP(text_done) struct text text = {0};
        const struct host_state *latest = NULL;
        size_t finished = 0;

        if (event->kind == EVENT_RUN_START) {
                wanted = event->hosts;
                service_is_ready();
        }
        if (event->kind == EVENT_RUN_DONE)
                service_is_stopping();
        if (!is_news[event->kind])
                return;
        for (array_each(const struct host_state, state, &states->hosts)) {
                finished += state->is_done;
                if (!state->is_done && (!latest || state->doing_since_ns > latest->doing_since_ns))
                        latest = state;
        }
        text_format(&text, "%zu of %zu machines done", finished, wanted);
        if (latest)
                add_machine(&text, latest);
        service_status(text_string(&text));
}
