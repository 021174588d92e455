/* A recorded run as one page of HTML, for a browser on a desk or a phone. */
#include <inttypes.h>
#include <string.h>

#include "base/html.h"
#include "base/memory.h"
#include "cli/run_html_style.h"
#include "cli/run_views.h"
#include "report/duration_words.h"
#include "report/visible.h"

/* The whole page is made of one run. */
struct page {
        struct html html;
        const struct run_view *view;
        const struct history_run *run;
        int64_t lasts_ms; /* what the timeline's width stands for, at least 1 */
};

/* ---- text ---- */

/* As a terminal would get it: control characters and what turns text are seen and not obeyed. */
static void add_visible(struct page *page, const char *string)
{
        CLEANUP(text_done) struct text text = {0};

        visible_add(&text, string);
        html_content(&page->html, text_string(&text));
}

static void add_element(struct page *page, const char *element, const char *class_or_null, const char *string)
{
        html_open(&page->html, element, class_or_null);
        add_visible(page, string);
        html_close(&page->html, element);
}

static void add_took(struct page *page, int64_t took_ms)
{
        CLEANUP(text_done) struct text text = {0};

        words_add_duration(&text, took_ms);
        html_content(&page->html, text_string(&text));
}

static void add_word(struct page *page, enum outcome outcome)
{
        CLEANUP(string_free) char *classes = string_format("word %s", outcome_name(outcome));

        html_element(&page->html, "span", classes, outcome_words(outcome));
}

static void add_output(struct page *page, const char *lines)
{
        html_open(&page->html, "pre", NULL);
        while (*lines) {
                size_t length = strcspn(lines, "\n");
                CLEANUP(string_free) char *line = string_copy_n(lines, length);

                add_visible(page, line);
                html_content(&page->html, lines[length] ? "\n" : "");
                lines += length + (lines[length] == '\n');
        }
        html_close(&page->html, "pre");
}

/* ---- the head ---- */

static void add_facts(struct page *page)
{
        const struct history_run *run = page->run;
        CLEANUP(text_done) struct text text = {0};

        text_add(&text, "Begun ");
        add_date(&text, run->began_us);
        if (run->took_ms != NOT_YET) {
                text_add(&text, ", took ");
                words_add_duration(&text, run->took_ms);
        }
        text_format(&text, ", by %s on %s, process %" PRId64, run->user, run->controller, run->pid);
        if (run->exit_status != NOT_YET)
                text_format(&text, ", exit status %" PRId64, run->exit_status);
        add_element(page, "p", "facts", text_string(&text));
}

static void add_sum(struct page *page, const char *class_or_null, int64_t count, const char *words)
{
        html_open(&page->html, "li", class_or_null);
        html_open(&page->html, "b", NULL);
        html_content_format(&page->html, "%" PRId64, count);
        html_close(&page->html, "b");
        html_content(&page->html, words);
        html_close(&page->html, "li");
}

static int64_t count_steps(const struct history_run *run)
{
        int64_t steps = 0;

        for (array_each(const struct history_host, host, &run->hosts))
                steps += host->steps_done;
        return steps;
}

/* The counts of a run stand in it at its end; before, its machines tell. */
static void add_sums(struct page *page)
{
        const struct history_run *run = page->run;
        int64_t changed = 0, bad = 0;

        for (array_each(const struct history_host, host, &run->hosts)) {
                enum outcome outcome = outcome_of_host(run, host);

                changed += outcome == OUTCOME_CHANGED;
                bad += outcome_is_bad(outcome);
        }
        html_open(&page->html, "ul", "sums");
        add_sum(page, NULL, run->host_count, run->host_count == 1 ? "machine" : "machines");
        add_sum(page, NULL, changed, "changed");
        add_sum(page, bad ? "failed" : NULL, bad, "went wrong");
        add_sum(page, NULL, count_steps(run), "steps done");
        html_close(&page->html, "ul");
}

static void add_head(struct page *page)
{
        html_open(&page->html, "header", NULL);
        html_open(&page->html, "div", "head");
        html_open(&page->html, "h1", NULL);
        html_content_format(&page->html, "Run %" PRId64, page->run->id);
        html_close(&page->html, "h1");
        add_word(page, outcome_of_run(page->run));
        html_close(&page->html, "div");
        add_facts(page);
        add_element(page, "code", "command", page->run->command);
        add_sums(page);
        html_close(&page->html, "header");
}

/* ---- what is different ---- */

static void add_differences(struct page *page)
{
        const struct run_view *view = page->view;
        CLEANUP(text_done) struct text title = {0};

        if (!view->before.id)
                return;
        text_format(&title, "Compared with run %" PRId64 " of ", view->before.id);
        add_date(&title, view->before.began_us);
        html_element(&page->html, "h2", NULL, text_string(&title));
        html_open(&page->html, "div", "card");
        html_open(&page->html, "ul", "differences");
        for (array_each(const struct difference, difference, &view->differences.items)) {
                html_open(&page->html, "li", difference_name(difference->kind));
                html_element(&page->html, "span", "difference", difference_words(difference->kind));
                html_open(&page->html, "span", NULL);
                add_element(page, "b", NULL, difference->host);
                html_content(&page->html, " ");
                add_visible(page, difference->text);
                html_close(&page->html, "span");
                html_close(&page->html, "li");
        }
        html_close(&page->html, "ul");
        if (!view->differences.items.count)
                html_element(&page->html, "p", NULL, "Nothing is different.");
        html_close(&page->html, "div");
}

/* ---- the timeline ---- */

/* A bar from a millisecond to another, as thousandths of the whole. */
static void add_bar(struct page *page, const char *kind, enum outcome outcome, int64_t began_ms,
        int64_t took_ms, const char *words)
{
        CLEANUP(string_free) char *classes = string_format("%s %s", kind, outcome_name(outcome));
        CLEANUP(text_done) struct text title = {0};
        int64_t end_ms = took_ms == NOT_YET ? page->lasts_ms : began_ms + took_ms;
        int64_t left = 1000 * began_ms / page->lasts_ms;
        int64_t width = 1000 * (end_ms - began_ms) / page->lasts_ms;

        visible_add(&title, words);
        if (took_ms != NOT_YET) {
                text_add(&title, " (");
                words_add_duration(&title, took_ms);
                text_add(&title, ")");
        }
        html_open(&page->html, "i", classes);
        html_attribute_format(&page->html, "style", "left: %d.%d%%; width: %d.%d%%", (int)(left / 10),
                (int)(left % 10), (int)(width / 10), (int)(width % 10));
        html_attribute(&page->html, "title", text_string(&title));
        html_close(&page->html, "i");
}

static void add_track(struct page *page, const struct history_host *host)
{
        CLEANUP(text_done) struct text label = {0};

        visible_add(&label, host->name);
        html_open(&page->html, "span", "name");
        html_attribute(&page->html, "title", text_string(&label));
        html_content(&page->html, text_string(&label));
        html_close(&page->html, "span");
        text_format(&label, ": %s", outcome_words(outcome_of_host(page->run, host)));
        html_open(&page->html, "span", "track");
        html_attribute(&page->html, "role", "img");
        html_attribute(&page->html, "aria-label", text_string(&label));
        for (array_each(const struct history_phase, phase, &host->phases)) {
                CLEANUP(string_free) char *words = string_format("phase %s", phase->name);

                add_bar(page, "phase", outcome_of_part(page->run, phase->outcome), phase->began_ms,
                        phase->took_ms, words);
        }
        for (array_each(const struct history_step, step, &host->steps))
                add_bar(page, "step", outcome_of_part(page->run, step->outcome), step->began_ms,
                        step->took_ms, step->sentence);
        html_close(&page->html, "span");
}

static void add_key(struct page *page)
{
        static const char *const items[][2] = {{"phase changed", "a phase"}, {"step changed", "a step"},
                {"step failed", "a step that failed"}};

        html_open(&page->html, "p", "key");
        for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
                html_element(&page->html, "i", items[i][0], "");
                html_content(&page->html, items[i][1]);
        }
        html_close(&page->html, "p");
}

static void add_timeline(struct page *page)
{
        if (!page->run->hosts.count)
                return;
        html_element(&page->html, "h2", NULL, "Timeline");
        html_open(&page->html, "div", "card");
        html_open(&page->html, "div", "timeline");
        html_element(&page->html, "span", "corner", "");
        html_open(&page->html, "span", "axis");
        for (int quarter = 0; quarter <= 4; quarter += 2) {
                html_open(&page->html, "span", NULL);
                if (quarter == 0)
                        html_content(&page->html, "0");
                else
                        add_took(page, page->lasts_ms * quarter / 4);
                html_close(&page->html, "span");
        }
        html_close(&page->html, "span");
        for (array_each(const struct history_host, host, &page->run->hosts))
                add_track(page, host);
        html_close(&page->html, "div");
        add_key(page);
        html_close(&page->html, "div");
}

/* ---- the machines ---- */

static void add_step(struct page *page, const struct history_step *step)
{
        enum outcome outcome = outcome_of_part(page->run, step->outcome);

        html_open(&page->html, "li", outcome_name(outcome));
        html_open(&page->html, "div", "row");
        html_open(&page->html, "span", NULL);
        add_element(page, "span", "score", step->score);
        add_visible(page, step->sentence);
        html_close(&page->html, "span");
        html_open(&page->html, "span", "took");
        if (outcome != OUTCOME_CHANGED) {
                add_word(page, outcome);
                html_content(&page->html, step->took_ms == NOT_YET ? "" : " ");
        }
        if (step->took_ms != NOT_YET)
                add_took(page, step->took_ms);
        html_close(&page->html, "span");
        html_close(&page->html, "div");
        if (step->error)
                add_element(page, "p", "why", step->error);
        if (step->output && outcome == OUTCOME_CHANGED) {
                html_open(&page->html, "details", "output");
                html_element(&page->html, "summary", NULL, "its last output");
                add_output(page, step->output);
                html_close(&page->html, "details");
        } else if (step->output) {
                add_output(page, step->output);
        }
        html_close(&page->html, "li");
}

static void add_summary(struct page *page, const struct history_host *host)
{
        CLEANUP(text_done) struct text facts = {0};

        html_open(&page->html, "summary", NULL);
        add_element(page, "b", NULL, host->name);
        add_word(page, outcome_of_host(page->run, host));
        if (host->steps_done)
                add_count(&facts, host->steps_done, "step");
        if (host->took_ms != NOT_YET) {
                text_add(&facts, facts.length ? ", " : "");
                words_add_duration(&facts, host->took_ms);
        }
        if (host->note)
                text_format(&facts, "%s%s", facts.length ? ", " : "", host->note);
        add_element(page, "span", "facts", text_string(&facts));
        html_close(&page->html, "summary");
}

static void add_machine(struct page *page, const struct history_host *host)
{
        enum outcome outcome = outcome_of_host(page->run, host);
        CLEANUP(string_free) char *classes = string_format("card machine %s", outcome_name(outcome));

        html_open(&page->html, "details", classes);
        html_attribute(&page->html, "open", outcome_is_bad(outcome) || host->steps.count ? "" : NULL);
        add_summary(page, host);
        html_open(&page->html, "div", "body");
        add_element(page, "p", "facts", host->address);
        if (host->error && !host_error_is_told(host))
                add_element(page, "p", "why", host->error);
        for (array_each(const struct history_note, note, &host->notes)) {
                html_open(&page->html, "p", "note");
                html_element(&page->html, "span", "kind",
                        string_equal(note->kind, "blocked") ? "In the way: " : "Warning: ");
                add_visible(page, note->text);
                html_close(&page->html, "p");
        }
        if (host->steps.count) {
                html_open(&page->html, "ol", "steps");
                for (array_each(const struct history_step, step, &host->steps))
                        add_step(page, step);
                html_close(&page->html, "ol");
        }
        html_close(&page->html, "div");
        html_close(&page->html, "details");
}

/* What went wrong comes first. */
static void add_machines(struct page *page)
{
        html_element(&page->html, "h2", NULL, "Machines");
        for (int bad_ones = 1; bad_ones >= 0; bad_ones--)
                for (array_each(const struct history_host, host, &page->run->hosts))
                        if (outcome_is_bad(outcome_of_host(page->run, host)) == bad_ones)
                                add_machine(page, host);
        if (!page->run->hosts.count)
                html_element(&page->html, "p", "card", "The run came to none.");
}

/* A run without an end lasted as long as what is known of it. */
static int64_t lasts_ms(const struct history_run *run)
{
        int64_t most = run->took_ms == NOT_YET ? 1 : run->took_ms;

        for (array_each(const struct history_host, host, &run->hosts))
                for (array_each(const struct history_step, step, &host->steps)) {
                        int64_t end = step->began_ms + (step->took_ms == NOT_YET ? 1000 : step->took_ms);

                        most = end > most ? end : most;
                }
        return most > 0 ? most : 1;
}

char *run_html(const struct run_view *view, int64_t now_us)
{
        struct page page = {.view = view, .run = &view->run, .lasts_ms = lasts_ms(&view->run)};
        CLEANUP(text_done) struct text footer = {0};
        CLEANUP(string_free)
        char *title =
                string_format("Run %" PRId64 ": %s", page.run->id, outcome_words(outcome_of_run(page.run)));

        html_begin(&page.html, title, run_html_style);
        html_open(&page.html, "main", NULL);
        add_head(&page);
        add_differences(&page);
        add_timeline(&page);
        add_machines(&page);
        text_add(&footer, "Made by provision " VERSION ", ");
        add_date(&footer, now_us);
        html_element(&page.html, "footer", NULL, text_string(&footer));
        html_close(&page.html, "main");
        return html_take(&page.html);
}
