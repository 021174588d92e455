/* How long a phase may take, and until when that is. */
#include "phases/recorder.h"
#include "phases/way.h"

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
        way->phase_end = deadline_in_s(way_phase_s(way));
        way->phase_is_kept = way->phase_is_continued = false;
        way->had_grace = false;
        way->phase_began_ns = clock_now_ns();
        way->phase_steps = 0;
        way_tell(way, EVENT_PHASE_START, NULL);
}

int way_keep_phase(struct way *way, struct error *error)
{
        struct deadline kept;
        int is_continued;

        if (!way->run->options->recorder || way->phase_is_kept)
                return 0;
        is_continued = recorder_phase_deadline(way->run->options->recorder, way->run->host->name,
                way->phase->name, way_phase_s(way), &kept, error);
        if (is_continued < 0)
                return -1;
        way->phase_is_continued = is_continued;
        way->phase_end = deadline_min(way->phase_end, kept);
        way->phase_is_kept = true;
        return 0;
}
