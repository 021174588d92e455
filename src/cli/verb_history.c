/* history: the runs that are recorded, newest first. */
#include <inttypes.h>

#include "cli/run_outcome.h"
#include "cli/run_views.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "report/duration_words.h"
#include "report/visible.h"

static void add_took(struct text *text, const struct history_run *run)
{
        CLEANUP(text_done) struct text took = {0};

        if (run->took_ms != NOT_YET)
                words_add_duration(&took, run->took_ms);
        text_format(text, "%12s", run->took_ms == NOT_YET ? "-" : text_string(&took));
}

static void add_line(struct text *text, const struct history_run *run)
{
        CLEANUP(text_done) struct text machines = {0};

        text_format(text, "%5" PRId64 "  ", run->id);
        add_date(text, run->began_us);
        add_took(text, run);
        text_format(text, "  %-13s  ", outcome_words(outcome_of_run(run)));
        add_count(&machines, run->host_count, "machine");
        if (run->hosts_changed)
                text_format(&machines, ", %" PRId64 " changed", run->hosts_changed);
        if (run->hosts_failed)
                text_format(&machines, ", %" PRId64 " failed", run->hosts_failed);
        text_format(text, "%-32s  ", text_string(&machines));
        visible_add(text, run->command);
        text_add(text, "\n");
}

static int history_run(const struct command_line *command_line, struct error *error)
{
        CLEANUP(history_runs_done) struct history_runs runs = {0};
        CLEANUP(text_done) struct text text = {0};
        struct store *store = NULL;
        int result;

        if (store_open(STORE_READ, &store, error) < 0)
                return -1;
        result = history_list(store, &runs, error);
        store_close(store);
        if (result < 0)
                return -1;
        for (array_each(const struct history_run, run, &runs.runs)) {
                if (command_line->given & OPTION_JSON)
                        run_add_json(&text, run, NULL);
                else
                        add_line(&text, run);
        }
        if (!runs.runs.count && !(command_line->given & OPTION_JSON))
                text_add(&text, "no run is recorded yet\n");
        say(&text);
        return 0;
}

const struct verb verb_history = {
        .name = "history",
        .words = "",
        .summary = "list the runs that are recorded, newest first",
        .options = OPTION_JSON,
        .run = history_run,
};
