/* Carrying out what a round planned.
 *
 * What a run must not do is go round for ever: an entry whose steps were carried out and whose next plan says
 * the very same again gets its Score's time to settle, then the run ends and says so. */
#include "phases/recorder.h"
#include "phases/step_things.h"
#include "phases/way.h"

#define MOMENT_MS 200
#define ATTEMPTS  5 /* times that one entry may plan something new before its plan counts as never ending */

struct step_under_way {
        const struct way *way;
        const struct step *step;
};

static void progress_line(void *context, const char *line)
{
        const struct step_under_way *under_way = context;
        struct event event = way_step_event(under_way->step);

        event.text = line;
        way_tell(under_way->way, EVENT_STEP_PROGRESS, &event);
}

static void progress_bytes(void *context, uint64_t done, uint64_t total)
{
        const struct step_under_way *under_way = context;
        struct event event = way_step_event(under_way->step);

        event.bytes_done = done;
        event.bytes_total = total;
        way_tell(under_way->way, EVENT_STEP_PROGRESS, &event);
}

/* The step's own end or the phase's, whichever comes first; *ret_whose says whose it is. */
static struct deadline step_end(const struct way *way, const struct step *step, char **ret_whose)
{
        int own_s = way->run->host->deadline_s[DEADLINE_STEP];
        struct deadline own = deadline_in_s(own_s ? own_s : step_deadline_s(step));

        if (own.at_ns <= way->phase_end.at_ns) {
                *ret_whose = string_format("the %d s that such a step may take have passed",
                        own_s ? own_s : step_deadline_s(step));
                return own;
        }
        *ret_whose = string_format("the %d s that phase %s may take have passed", way_phase_s(way),
                phase_name(way->phase->name));
        return way->phase_end;
}

/* A step that used its grace has used the phase's. */
static void note_grace(struct way *way, int grace_s)
{
        if (!grace_s || way->had_grace || !deadline_passed(way->phase_end))
                return;
        way->had_grace = true;
        way->phase_end.at_ns += grace_s * INT64_C(1000000000);
}

/* What it makes is ours before it is there: a run cut off in between leaves nothing that nobody knows of. */
static int own(struct way *way, const struct answers *answers, const struct step *step, struct error *error)
{
        CLEANUP(owned_list_done) struct owned_list things = {0};

        if (!way->run->options->recorder || way->run->options->mode == ENGINE_UNDO)
                return 0;
        step_things(step, answers, &things);
        return recorder_step_begins(way->run->options->recorder, way->run->host->name, &things, error);
}

/* What was taken away is nobody's. */
static int disown(struct way *way, const struct step *step, struct error *error)
{
        CLEANUP(owned_list_done) struct owned_list things = {0};

        if (way->run->options->mode != ENGINE_UNDO || !way->run->options->store)
                return 0;
        step_unmakes(step, &things);
        for (array_each(const struct owned, thing, &things.items))
                if (ownership_drop(way->run->options->store, way->machine, thing->kind, thing->name, error) <
                        0)
                        return -1;
        return 0;
}

static bool must_stop(void *context)
{
        const struct step_under_way *under_way = context;

        return under_way->way->run->is_interrupted();
}

static int carry_out(
        struct way *way, const struct answers *answers, const struct step *step, struct error *error)
{
        struct step_under_way under_way = {.way = way, .step = step};
        const struct means_progress progress = {.line = progress_line,
                .bytes = progress_bytes,
                .must_stop = must_stop,
                .context = &under_way};
        CLEANUP(string_free) char *whose = NULL;
        struct deadline deadline = step_end(way, step, &whose);
        int grace_s = way->had_grace ? 0 : way->run->host->deadline_s[DEADLINE_GRACE];
        struct event event = way_step_event(step);
        int64_t began_ns = clock_now_ns();
        int result;

        way_tell(way, EVENT_STEP_ANNOUNCED, &event);
        atomic_fetch_add(way->run->steps_in_hand, 1);
        result = own(way, answers, step, error);
        if (result == 0)
                result = means_carry_out(way->means, step, deadline, grace_s, &progress, error);
        if (result < 0 && error->kind == ERROR_FAILED && means_is_going_down(way->means))
                error->kind = ERROR_UNREACHABLE; /* with all that runs on it */
        if (result == 0 && step->kind == STEP_REBOOT)
                result = way_await_boot(way, deadline, error);
        atomic_fetch_sub(way->run->steps_in_hand, 1);
        event.elapsed_ms = elapsed_ms(began_ns);
        if (result < 0) {
                if (error->kind == ERROR_DEADLINE)
                        error_prefix(error, "%s", whose);
                error_prefix(error, "%s", step->sentence);
                event.error = error;
                way_tell(way, EVENT_STEP_FAILED, &event);
                return -1;
        }
        note_grace(way, grace_s);
        way_watch(way, step);
        way_tell(way, EVENT_STEP_DONE, &event);
        if (disown(way, step, error) < 0)
                return -1;
        way->result->steps_done++;
        way->phase_steps++;
        way->losses = 0;
        return 0;
}

char *way_sentences(const struct plan *plan)
{
        struct text text = {0};

        for (array_each(const struct step, step, &plan->steps))
                text_format(&text, "%s%s", step == plan->steps.items ? "" : "; ", step->sentence);
        return text_take(&text);
}

static bool has_only_waits(const struct plan *plan)
{
        for (array_each(const struct step, step, &plan->steps))
                if (!step->expected && step->kind != STEP_WAIT)
                        return false;
        return true;
}

/* 1: the entry's steps are to be carried out; 0: they were, wait for their effect; -1: they have none. */
static int is_worth_trying(struct progress *progress, const struct round_entry *entry, struct error *error)
{
        CLEANUP(string_free) char *sentences = way_sentences(&entry->plan);

        if (string_equal(sentences, progress->last_sentences)) {
                if (!deadline_passed(progress->settled))
                        return 0;
                if (has_only_waits(&entry->plan))
                        return error_set(error, ERROR_FAILED, "%s: that is still so after %d s", sentences,
                                entry->entry->score->settle_s);
                return error_set(error, ERROR_FAILED,
                        "%s: was carried out, yet a fresh look finds it still to do", sentences);
        }
        if (progress->attempts++ >= ATTEMPTS)
                return error_set(error, ERROR_FAILED, "%s: still something new to do after %d rounds",
                        sentences, ATTEMPTS);
        string_free(&progress->last_sentences);
        progress->last_sentences = STEAL(sentences);
        return 1;
}

/* The steps of one entry, in order; those that are only expected, or come by themselves, wait for the next look. */
static int apply_entry(
        struct way *way, const struct answers *answers, const struct round_entry *entry, struct error *error)
{
        for (array_each(const struct step, step, &entry->plan.steps)) {
                if (step->kind == STEP_WAIT)
                        way_watch(way, step);
                if (step->expected || step->kind == STEP_WAIT)
                        continue;
                if (way_stop_if_interrupted(way, error) < 0 || carry_out(way, answers, step, error) < 0)
                        return -1;
        }
        return 0;
}

static int has_sure_step(const struct plan *plan)
{
        for (array_each(const struct step, step, &plan->steps))
                if (!step->expected)
                        return 1;
        return 0;
}

int way_apply(struct way *way, struct round *round, struct error *error)
{
        int acted = 0, waiting = 0;

        for (size_t i = 0; i < round->entries.count; i++) {
                struct round_entry *entry = &round->entries.items[i];
                struct progress *progress = &way->progress[i];
                int worth;

                if (!entry->is_ready || entry->phase->name > way->phase->name || !has_sure_step(&entry->plan))
                        continue;
                worth = is_worth_trying(progress, entry, error);
                if (worth < 0 || (worth && apply_entry(way, &round->answers, entry, error) < 0))
                        return -1;
                if (worth)
                        progress->settled = deadline_in_s(entry->entry->score->settle_s);
                acted += worth;
                waiting += !worth;
                if (way->is_rebooted) /* the plan is of the boot before */
                        return 1;
        }
        if (!acted && !waiting)
                return error_set(error, ERROR_FAILED,
                        "what is left to do waits for something that nothing brings; see provision plan");
        return acted > 0;
}

void way_settle(const struct way *way, const struct round *round)
{
        for (array_each(const struct round_entry, entry, &round->entries)) {
                if (entry->is_ready && entry->plan.steps.count) {
                        way_tell(way, EVENT_WAITING,
                                &(struct event) {
                                        .score = entry->entry->score->name,
                                        .text = entry->plan.steps.items[0].sentence,
                                        .left_ms = deadline_left_ms(
                                                way->progress[entry - round->entries.items].settled),
                                });
                        break;
                }
        }
        way_pause(way, MOMENT_MS);
}
