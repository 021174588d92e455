/* A recorded run for a terminal. */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "cli/run_views.h"
#include "report/duration_words.h"
#include "report/visible.h"

/* Columns up to the time that a step took. */
#define STEP_COLUMNS 64

static void add_took(struct text *text, int64_t took_ms)
{
        if (took_ms == NOT_YET)
                text_add(text, "-");
        else
                words_add_duration(text, took_ms);
}

static void add_line(struct text *text, const char *before, const char *line)
{
        text_add(text, before);
        visible_add(text, line);
        text_add(text, "\n");
}

/* Each line of a text behind the same words. */
static void add_lines(struct text *text, const char *before, const char *lines)
{
        while (*lines) {
                size_t length = strcspn(lines, "\n");
                CLEANUP(string_free) char *line = string_copy_n(lines, length);

                add_line(text, before, line);
                lines += length + (lines[length] == '\n');
        }
}

static void add_head(struct text *text, const struct history_run *run)
{
        text_format(text, "run %" PRId64 ": %s, begun ", run->id, outcome_words(outcome_of_run(run)));
        add_date(text, run->began_us);
        text_add(text, ", took ");
        add_took(text, run->took_ms);
        text_add(text, "\n    ");
        visible_add(text, run->command);
        text_add(text, "\n    by ");
        visible_add(text, run->user);
        text_add(text, " on ");
        visible_add(text, run->controller);
        text_format(text, ", process %" PRId64, run->pid);
        if (run->exit_status != NOT_YET)
                text_format(text, ", exit status %" PRId64, run->exit_status);
        text_add(text, "\n");
}

static void add_phase(struct text *text, const struct history_run *run, const struct history_phase *phase)
{
        enum outcome outcome = outcome_of_part(run, phase->outcome);

        text_format(text, "    %s: %s", phase->name,
                outcome == OUTCOME_CHANGED ? "reached" : outcome_words(outcome));
        if (phase->steps_done) {
                text_add(text, " by ");
                add_count(text, phase->steps_done, "step");
        }
        if (phase->took_ms != NOT_YET) {
                text_add(text, " (");
                add_took(text, phase->took_ms);
                text_add(text, ")");
        }
        text_add(text, "\n");
}

static void add_step(struct text *text, const struct history_run *run, const struct history_step *step)
{
        CLEANUP(text_done) struct text sentence = {0};
        enum outcome outcome = outcome_of_part(run, step->outcome);
        size_t columns;

        visible_add(&sentence, step->sentence);
        text_add(text, "        ");
        columns = visible_cut(text, text_string(&sentence), STEP_COLUMNS);
        text_format(text, "%*s  ", (int)(STEP_COLUMNS - columns), "");
        add_took(text, step->took_ms);
        if (outcome != OUTCOME_CHANGED)
                text_format(text, "  %s", outcome_words(outcome));
        text_add(text, "\n");
        if (outcome == OUTCOME_CHANGED)
                return;
        if (step->error)
                add_line(text, "            ", step->error);
        if (step->output)
                add_lines(text, "            | ", step->output);
}

static void add_host(struct text *text, const struct history_run *run, const struct history_host *host)
{
        text_add(text, "\n");
        visible_add(text, host->name);
        text_format(text, ": %s", outcome_words(outcome_of_host(run, host)));
        if (host->steps_done) {
                text_add(text, ", ");
                add_count(text, host->steps_done, "step");
        }
        if (host->took_ms != NOT_YET) {
                text_add(text, " (");
                add_took(text, host->took_ms);
                if (host->note) {
                        text_add(text, ", ");
                        visible_add(text, host->note);
                }
                text_add(text, ")");
        }
        text_add(text, "\n");
        for (array_each(const struct history_phase, phase, &host->phases)) {
                add_phase(text, run, phase);
                for (array_each(const struct history_step, step, &host->steps))
                        if (string_equal(step->phase, phase->name))
                                add_step(text, run, step);
        }
        for (array_each(const struct history_note, note, &host->notes))
                add_line(text, string_equal(note->kind, "blocked") ? "    in the way: " : "    warning: ",
                        note->text);
        if (host->error && !host_error_is_told(host))
                add_line(text, "    ", host->error);
}

static void add_comparison(struct text *text, const struct run_view *view)
{
        text_format(text, "\ncompared with run %" PRId64 " (", view->before.id);
        add_date(text, view->before.began_us);
        text_add(text, ")");
        if (!view->differences.items.count)
                text_add(text, ": nothing is different");
        text_add(text, "\n");
        for (array_each(const struct difference, difference, &view->differences.items)) {
                text_format(text, "    %s: ", difference_words(difference->kind));
                visible_add(text, difference->host);
                text_add(text, ": ");
                visible_add(text, difference->text);
                text_add(text, "\n");
        }
}

void run_add_words(struct text *text, const struct run_view *view)
{
        add_head(text, &view->run);
        for (array_each(const struct history_host, host, &view->run.hosts))
                add_host(text, &view->run, host);
        if (view->before.id)
                add_comparison(text, view);
}
