/* What each event makes of the record of its machine.
 *
 * The machine's row is written when something is done to it, and at its end; what only says that all is well waits for
 * that, so that a machine with nothing to do costs one small transaction. */
#include "phases/recorder_parts.h"
#include "state/deadlines.h"

/* How much older than what a step prints the store may be, should the run be cut off. */
#define STALE_NS INT64_C(1000000000)

/* The level it was left at; asked for late, when there is something to write anyway. */
static void learn_before(struct recorder *recorder, struct recorded *recorded)
{
        struct error error = {0};
        struct history_host before = {0};
        struct history_run run = {0};

        if (recorded->knows_before)
                return;
        recorded->knows_before = true;
        recorder_note_failure(recorder,
                history_last_of(
                        recorder->store, recorded->host.name, recorded->host.address, &before, &run, &error),
                &error);
        recorded->state.level = machine_level_find(before.level);
        history_host_done(&before);
        history_run_done(&run);
}

static void happens(struct recorder *recorder, struct recorded *recorded, enum machine_happening happening,
        const struct event *event, const char *why)
{
        struct history_host *host = &recorded->host;
        enum phase_name phase = PHASE_LINUX;

        if (happening != HAPPENING_PHASE_BEGINS)
                learn_before(recorder, recorded);
        if (event->phase)
                phase_find(event->phase, &phase);
        recorded->state = machine_state_after(recorded->state, happening, phase);
        string_replace(&host->level, machine_level_name(recorded->state.level));
        string_replace(&host->activity, machine_activity_name(recorded->state.activity));
        string_replace(&host->why, why);
        host->until_us = event->left_ms > 0 ? event->at_us + event->left_ms * 1000 : 0;
        host->changed_us = event->at_us;
}

static void save(struct recorder *recorder, struct recorded *recorded, bool with_step)
{
        struct error error = {0};

        recorder_note_failure(recorder,
                history_save_host(
                        recorder->store, &recorded->host, with_step ? &recorded->step : NULL, &error),
                &error);
        recorded->saved_ns = clock_now_ns();
}

/* ---- events ---- */

static void phase_starts(struct recorder *recorder, struct recorded *recorded, const struct event *event)
{
        struct history_phase *phase = array_add(&recorded->host.phases);

        phase->name = string_copy(event->phase);
        phase->began_ms = recorder_now_ms(recorder);
        phase->took_ms = NOT_YET;
        if (recorded->host.phases.count == 1)
                recorded->host.began_ms = phase->began_ms;
        happens(recorder, recorded, HAPPENING_PHASE_BEGINS, event, NULL);
}

static void connected(struct recorder *recorder, struct recorded *recorded, const struct event *event)
{
        (void)recorder;
        string_replace(&recorded->host.machine, event->machine_id);
}

/* What a phase's end is to the machine. One that isn't reached is what it was. */
static const enum machine_happening ends[] = {
        [ERROR_NONE] = HAPPENING_PHASE_REACHED,
        [ERROR_FAILED] = HAPPENING_FAILS,
        [ERROR_USAGE] = HAPPENING_FAILS,
        [ERROR_CONFIG] = HAPPENING_FAILS,
        [ERROR_UNREACHABLE] = HAPPENING_LOST,
        [ERROR_REFUSED] = HAPPENING_LOST,
        [ERROR_BLOCKED] = HAPPENING_IN_THE_WAY,
        [ERROR_DEADLINE] = HAPPENING_FAILS,
        [ERROR_INTERRUPTED] = HAPPENING_INTERRUPTED,
};
_Static_assert(sizeof(ends) / sizeof(ends[0]) == ERROR_KINDS, "every kind of error ends a phase in its way");

static void phase_ends(struct recorder *recorder, struct recorded *recorded, const struct event *event)
{
        struct error error = {0};
        enum error_kind kind = event->error ? event->error->kind : ERROR_NONE;

        if (recorded->host.phases.count) {
                struct history_phase *phase = &recorded->host.phases.items[recorded->host.phases.count - 1];

                phase->took_ms = event->elapsed_ms;
                phase->steps_done = (int64_t)event->steps_done;
                string_replace(&phase->outcome, kind ? error_kind_name(kind) : "done");
                phase->is_changed = true;
        }
        if (recorded->deadline_is_kept)
                recorder_note_failure(recorder,
                        deadline_drop(recorder->store, recorded_machine(recorded), event->phase, &error),
                        &error);
        recorded->deadline_is_kept = false;
        happens(recorder, recorded, ends[kind], event, event->error ? error_text(event->error) : NULL);
}

static void step_announced(struct recorder *recorder, struct recorded *recorded, const struct event *event)
{
        history_step_done(&recorded->step);
        output_tail_clear(&recorded->output);
        owned_list_done(&recorded->things);
        recorded->step = (struct history_step) {
                .phase = string_copy(event->phase),
                .score = string_copy(event->score),
                .sentence = string_copy(event->step),
                .kind = string_copy(event->step_kind),
                .began_ms = recorder_now_ms(recorder),
                .took_ms = NOT_YET,
        };
        happens(recorder, recorded, HAPPENING_STEP_BEGINS, event, event->step);
        save(recorder, recorded, true);
}

static void step_prints(struct recorder *recorder, struct recorded *recorded, const struct event *event)
{
        if (!recorded->step.sentence ||
                !event->text) /* how many bytes it has moved is for those who look on */
                return;
        output_tail_add(&recorded->output, event->text);
        if (clock_now_ns() - recorded->saved_ns < STALE_NS)
                return;
        free(recorded->step.output);
        recorded->step.output = output_tail_text(&recorded->output);
        save(recorder, recorded, true);
}

static void step_ends(struct recorder *recorder, struct recorded *recorded, const struct event *event)
{
        struct history_step *step = &recorded->step;
        struct error error = {0};

        if (!step->sentence)
                return;
        step->took_ms = event->elapsed_ms;
        string_replace(&step->outcome, event->error ? error_kind_name(event->error->kind) : "done");
        string_replace(&step->error, event->error ? error_text(event->error) : NULL);
        free(step->output);
        step->output = output_tail_text(&recorded->output);
        recorded->host.steps_done += !event->error;
        happens(recorder, recorded, HAPPENING_STEP_ENDS, event, NULL);
        save(recorder, recorded, true);
        if (recorded->things.items.count && !event->error)
                recorder_note_failure(recorder,
                        ownership_made(
                                recorder->store, recorded_machine(recorded), &recorded->things, &error),
                        &error);
        owned_list_done(&recorded->things);
        history_step_done(step);
        output_tail_clear(&recorded->output);
}

static void note(struct recorder *recorder, struct recorded *recorded, const struct event *event)
{
        *array_add(&recorded->host.notes) = (struct history_note) {
                .kind = string_copy(event_kind_name(event->kind)),
                .phase = string_copy(event->phase),
                .score = string_copy(event->score),
                .text = string_copy(event->text),
                .at_ms = recorder_now_ms(recorder),
        };
        if (event->kind == EVENT_BLOCKED)
                happens(recorder, recorded, HAPPENING_IN_THE_WAY, event, event->text);
}

static void waits(struct recorder *recorder, struct recorded *recorded, const struct event *event)
{
        happens(recorder, recorded, HAPPENING_WAIT_BEGINS, event, event->text);
        save(recorder, recorded, false);
}

static void host_ends(struct recorder *recorder, struct recorded *recorded, const struct event *event)
{
        struct history_host *host = &recorded->host;

        host->took_ms = event->elapsed_ms;
        host->steps_done = (int64_t)event->steps_done;
        string_replace(&host->outcome, event->error        ? error_kind_name(event->error->kind)
                                       : event->steps_done ? "changed"
                                                           : "unchanged");
        string_replace(&host->error, event->error ? error_text(event->error) : NULL);
        string_replace(&host->note, event->text);
        save(recorder, recorded, false);
}

static void (*const takers[EVENT_KINDS])(
        struct recorder *recorder, struct recorded *recorded, const struct event *event) = {
        [EVENT_HOST_CONNECTED] = connected,
        [EVENT_PHASE_START] = phase_starts,
        [EVENT_PHASE_DONE] = phase_ends,
        [EVENT_PHASE_FAILED] = phase_ends,
        [EVENT_STEP_ANNOUNCED] = step_announced,
        [EVENT_STEP_PROGRESS] = step_prints,
        [EVENT_STEP_DONE] = step_ends,
        [EVENT_STEP_FAILED] = step_ends,
        [EVENT_WARNING] = note,
        [EVENT_BLOCKED] = note,
        [EVENT_WAITING] = waits,
        [EVENT_HOST_DONE] = host_ends,
};

void recorder_take(void *context, const struct event *event)
{
        struct recorder *recorder = context;
        struct recorded *recorded;

        pthread_mutex_lock(&recorder->lock);
        recorded = event->host ? recorder_find(recorder, event->host) : NULL;
        if (recorded && takers[event->kind])
                takers[event->kind](recorder, recorded, event);
        if (event->kind == EVENT_RUN_DONE) {
                recorder->run.hosts_changed = (int64_t)event->hosts_changed;
                recorder->run.hosts_failed = (int64_t)event->hosts_failed;
        }
        pthread_mutex_unlock(&recorder->lock);
}
