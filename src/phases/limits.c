/* How long a phase may take, and until when that is. */
#include "phases/recorder.h"
#include "phases/way.h"

/* One survey; it takes milliseconds on a machine that is well. */
#define LOOK_S     60
#define PATIENCE_S 30

static int limit_s(const struct way *way, enum phase_name name)
{
        if (way->run->options->timeout_s[name])
                return way->run->options->timeout_s[name];
        if (way->run->host->deadline_s[name])
                return way->run->host->deadline_s[name];
        return phase_get(name)->deadline_s;
}

int way_phase_s(const struct way *way)
{
        return limit_s(way, way->phase->name);
}

/* What is silent may be helped by a restart, for which the other half is left of the phase that needs it. */
int way_patience_s(const struct way *way)
{
        int half_s = (limit_s(way, PHASE_KVM) + 1) / 2;

        return half_s < PATIENCE_S ? half_s : PATIENCE_S;
}

/* A look in one phase asks for the next ones, too. What it waited for in vain counts against the phase that it was for. */
void way_begin_phase(struct way *way, enum phase_name name)
{
        way->phase = phase_get(name);
        way->phase_end = deadline_in_s(way_phase_s(way) - way->silence_s);
        way->silence_s = 0;
        way->phase_is_kept = way->phase_is_continued = false;
        way->had_grace = false;
        way->phase_began_ns = clock_now_ns();
        way->phase_steps = 0;
        way_tell(way, EVENT_PHASE_START, NULL);
}

int way_ask(struct way *way, const struct survey *survey, struct answers *ret_answers, struct error *error)
{
        struct deadline deadline = deadline_min(way->phase_end, deadline_in_s(LOOK_S));

        if (means_answer(way->means, survey, deadline, ret_answers, error) == 0) {
                way->silence_s = ret_answers->libvirt_silent_s;
                return 0;
        }
        if (error->kind == ERROR_DEADLINE && deadline_passed(way->phase_end))
                error_prefix(error,
                        "the %d s that phase %s may take (see --timeout and deadlines in host.conf) have "
                        "passed",
                        way_phase_s(way), phase_name(way->phase->name));
        return -1;
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
