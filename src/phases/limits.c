/* How long a phase may take, and until when that is. */
#include "phases/way.h"

static const struct deadline_keeper *keeper_of(const struct way *way)
{
        const struct engine_options *options = way->run->options;

        /* Looking leaves no trace. */
        return options->deadlines && options->mode == ENGINE_PROMOTE ? options->deadlines
                                                                     : &deadline_keeper_none;
}

int way_phase_s(const struct way *way)
{
        enum phase_name name = way->phase->name;

        if (way->run->options->timeout_s[name])
                return way->run->options->timeout_s[name];
        if (way->run->host->deadline_s[name])
                return way->run->host->deadline_s[name];
        return way->phase->deadline_s;
}

void way_begin_phase(struct way *way, enum phase_name name)
{
        way->phase = phase_get(name);
        way->phase_end = deadline_keeper_begin(
                keeper_of(way), way->run->host->name, phase_name(name), way_phase_s(way));
        way->had_grace = false;
        way->phase_began_ns = clock_now_ns();
        way->phase_steps = 0;
        way_tell(way, EVENT_PHASE_START, NULL);
}

void way_extend_phase(struct way *way, int64_t ns)
{
        way->phase_end.at_ns += ns;
        deadline_keeper_move(
                keeper_of(way), way->run->host->name, phase_name(way->phase->name), way->phase_end);
}

void way_end_phase(struct way *way)
{
        const struct deadline_keeper *keeper = keeper_of(way);

        keeper->forget(keeper->context, way->run->host->name, phase_name(way->phase->name));
}
