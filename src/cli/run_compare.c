/* What is different in a run from the one before it. */
#include "base/memory.h"
#include "cli/run_compare.h"
#include "report/duration_words.h"

#define SLOWER_MS 1000

static const struct {
        const char *words, *name;
} kinds[DIFFERENCE_KINDS] = {
        [DIFFERENCE_NEW_FAILURE] = {"new failure", "new-failure"},
        [DIFFERENCE_STILL] = {"still failing", "still-failing"},
        [DIFFERENCE_MENDED] = {"mended", "mended"},
        [DIFFERENCE_DRIFT] = {"had changed", "drift"},
        [DIFFERENCE_SLOWER] = {"slower", "slower"},
};

struct comparing {
        const struct history_run *run, *before;
        struct run_differences *differences;
};

static const struct history_host *same_host(const struct history_run *run, const struct history_host *host)
{
        for (array_each(const struct history_host, other, &run->hosts))
                if (string_equal(other->name, host->name) && string_equal(other->address, host->address))
                        return other;
        return NULL;
}

static const struct history_step *same_step(const struct history_host *host, const struct history_step *step)
{
        for (array_each(const struct history_step, other, &host->steps))
                if (string_equal(other->score, step->score) && string_equal(other->sentence, step->sentence))
                        return other;
        return NULL;
}

static void add(const struct comparing *comparing, enum difference_kind kind, const struct history_host *host,
        char *owned_text)
{
        *array_add(&comparing->differences->items) =
                (struct difference) {.kind = kind, .host = host->name, .text = owned_text};
}

static char *why(const struct comparing *comparing, const struct history_host *host)
{
        return string_copy(host->error ? host->error : outcome_words(outcome_of_host(comparing->run, host)));
}

static void compare_outcome(const struct comparing *comparing, enum difference_kind kind,
        const struct history_host *host, const struct history_host *other)
{
        enum outcome now = outcome_of_host(comparing->run, host);
        enum outcome then = outcome_of_host(comparing->before, other);
        struct text text = {0};

        if (outcome_is_bad(now)) {
                if (kind == (outcome_is_bad(then) ? DIFFERENCE_STILL : DIFFERENCE_NEW_FAILURE))
                        add(comparing, kind, host, why(comparing, host));
        } else if (outcome_is_bad(then)) {
                if (kind == DIFFERENCE_MENDED && now != OUTCOME_RUNNING)
                        add(comparing, kind, host, string_format("was %s", outcome_words(then)));
        } else if (kind == DIFFERENCE_DRIFT && now == OUTCOME_CHANGED) {
                add_count(&text, host->steps_done, "step");
                text_add(&text, " to bring it back");
                add(comparing, kind, host, text_take(&text));
        }
}

static void compare_steps(
        const struct comparing *comparing, const struct history_host *host, const struct history_host *other)
{
        for (array_each(const struct history_step, step, &host->steps)) {
                const struct history_step *then = same_step(other, step);
                struct text text = {0};

                if (!then || step->took_ms == NOT_YET || then->took_ms == NOT_YET ||
                        step->took_ms < then->took_ms + SLOWER_MS || 2 * step->took_ms < 3 * then->took_ms)
                        continue;
                text_format(&text, "%s: ", step->sentence);
                words_add_duration(&text, step->took_ms);
                text_add(&text, ", was ");
                words_add_duration(&text, then->took_ms);
                add(comparing, DIFFERENCE_SLOWER, host, text_take(&text));
        }
}

void run_compare(const struct history_run *run, const struct history_run *before,
        struct run_differences *ret_differences)
{
        const struct comparing comparing = {run, before, ret_differences};

        for (enum difference_kind kind = 0; kind < DIFFERENCE_KINDS; kind++)
                for (array_each(const struct history_host, host, &run->hosts)) {
                        const struct history_host *other = same_host(before, host);

                        if (other && kind == DIFFERENCE_SLOWER)
                                compare_steps(&comparing, host, other);
                        else if (other)
                                compare_outcome(&comparing, kind, host, other);
                }
}

void run_differences_done(struct run_differences *differences)
{
        for (array_each(struct difference, difference, &differences->items))
                free(difference->text);
        array_free(&differences->items);
}

const char *difference_words(enum difference_kind kind)
{
        return kinds[kind].words;
}

const char *difference_name(enum difference_kind kind)
{
        return kinds[kind].name;
}
