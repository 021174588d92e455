/* Telling about one machine's run, and being told to stop it. */
#include <poll.h>

#include "phases/way.h"

int64_t elapsed_ms(int64_t since_ns)
{
        return (clock_now_ns() - since_ns) / 1000000;
}

void way_tell(const struct way *way, enum event_kind kind, const struct event *more)
{
        struct event event = more ? *more : (struct event) {0};

        event.kind = kind;
        event.host = way->run->host->name;
        if (!event.phase && way->phase)
                event.phase = phase_name(way->phase->name);
        report_event(way->run->report, &event);
}

struct event way_step_event(const struct step *step)
{
        return (struct event) {
                .score = step->score,
                .step = step->sentence,
                .step_kind = step_kind_name(step->kind),
                .expected = step->expected,
        };
}

void way_tell_warnings(const struct way *way, const struct round *round)
{
        for (array_each(const struct round_entry, entry, &round->entries))
                for (array_each(char *, warning, &entry->plan.warnings))
                        way_tell(way, EVENT_WARNING,
                                &(struct event) {.phase = phase_name(entry->phase->name),
                                        .score = entry->entry->score->name,
                                        .text = *warning});
}

int way_tell_blocks(const struct way *way, const struct round *round, struct error *error)
{
        CLEANUP(strings_done) struct strings blocks = {0};

        round_blocks(round, &blocks);
        if (blocks.count == 0)
                return 0;
        for (array_each(const struct round_entry, entry, &round->entries))
                for (array_each(char *, block, &entry->plan.blocks))
                        way_tell(way, EVENT_BLOCKED,
                                &(struct event) {.phase = phase_name(entry->phase->name),
                                        .score = entry->entry->score->name,
                                        .text = *block});
        return error_set(error, ERROR_BLOCKED, "%s%s", blocks.items[0],
                blocks.count > 1 ? " (and more, see above)" : "");
}

int way_tell_plan(struct way *way, const struct round *round, struct error *error)
{
        int result = way_tell_blocks(way, round, error);

        for (array_each(const struct round_entry, entry, &round->entries)) {
                for (array_each(const struct step, step, &entry->plan.steps)) {
                        struct event event = way_step_event(step);

                        way->phase = entry->phase;
                        way_tell(way, EVENT_PLAN_STEP, &event);
                        way->result->steps_planned++;
                }
        }
        return result;
}

void way_pause(const struct way *way, int ms)
{
        struct pollfd stop = {.fd = way->run->interrupted_fd, .events = POLLIN};

        poll(&stop, 1, ms); /* a worker gets no signals */
}

int way_stop_if_interrupted(const struct way *way, struct error *error)
{
        if (!way->run->is_interrupted())
                return 0;
        return error_set(error, ERROR_INTERRUPTED, "stopped as asked; run again to go on from here");
}
