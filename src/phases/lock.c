/* The machine is one run's at a time. */
#include "phases/way.h"

/* Opening a stream and a few lines of shell. */
#define TAKE_S 30

static void tell_held(void *context, const char *holder)
{
        const struct way *way = context;
        CLEANUP(string_free) char *text = string_format("another run to end: %s", holder);

        way_tell(way, EVENT_WAITING,
                &(struct event) {.text = text, .left_ms = way->run->options->wait_s * INT64_C(1000)});
}

int way_lock(struct way *way, const struct round *round, struct error *error)
{
        const struct engine_options *options = way->run->options;
        const struct run_lock_wish wish = {
                .who = options->who,
                .words = options->words,
                .run = way->run->nonce,
                .seen = round->answers.machine.run_lock,
                .wait_s = options->wait_s,
                .held = tell_held,
                .context = way,
        };
        int64_t began_ns = clock_now_ns();
        int is_good;

        if (way->lock && !run_lock_is_lost(way->lock))
                return 1;
        run_lock_release(STEAL(way->lock));
        is_good = run_lock_take(way->host.link, &wish, deadline_in_s(TAKE_S), &way->lock, error);
        if (is_good == 0) /* waiting for others isn't the phase's own time */
                way_extend_phase(way, clock_now_ns() - began_ns);
        return is_good;
}
