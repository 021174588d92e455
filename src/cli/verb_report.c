/* report: one recorded run, compared with the one before it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "cli/run_views.h"
#include "cli/save.h"
#include "cli/say.h"
#include "cli/verb.h"

static void view_done(struct run_view *view)
{
        run_differences_done(&view->differences);
        history_run_done(&view->run);
        history_run_done(&view->before);
}

/* 0: the last run. */
static int read_number(const struct command_line *command_line, int64_t *ret_number, struct error *error)
{
        const char *word = command_line->words.count ? command_line->words.items[0] : "0";
        char *end;

        errno = 0;
        *ret_number = strtoll(word, &end, 10);
        if (word[0] < '0' || word[0] > '9' || *end || errno ||
                (command_line->words.count && *ret_number == 0))
                return error_set(error, ERROR_USAGE,
                        "report %s: the number of a run would be right; provision history lists them", word);
        return 0;
}

static int read_view(struct store *store, int64_t number, struct run_view *view, struct error *error)
{
        int found = history_read(store, number, &view->run, error);

        if (found < 0)
                return -1;
        if (!found && !number)
                return error_set(error, ERROR_USAGE, "there is nothing to report: no run is recorded yet");
        if (!found)
                return error_set(error, ERROR_USAGE,
                        "there is no run %" PRId64 " (any more); provision history lists them", number);
        found = history_read_before(store, &view->run, &view->before, error);
        if (found > 0)
                run_compare(&view->run, &view->before, &view->differences);
        return found < 0 ? -1 : 0;
}

static int save_owned(const char *path, char *owned_content, struct error *error)
{
        CLEANUP(string_free) char *content = owned_content;

        return save_file(path, content, error);
}

static int show(const struct command_line *command_line, const struct run_view *view, struct error *error)
{
        CLEANUP(text_done) struct text text = {0};

        if (command_line->html && save_owned(command_line->html, run_html(view, now_in_us()), error) < 0)
                return -1;
        if (command_line->junit && save_owned(command_line->junit, run_junit(&view->run), error) < 0)
                return -1;
        if (command_line->given & OPTION_JSON)
                run_add_json(&text, &view->run, view);
        else if (!command_line->html && !command_line->junit)
                run_add_words(&text, view);
        say(&text);
        return 0;
}

static int report_run(const struct command_line *command_line, struct error *error)
{
        CLEANUP(view_done) struct run_view view = {0};
        struct store *store = NULL;
        int64_t number = 0;
        int result;

        if (read_number(command_line, &number, error) < 0 || store_open(STORE_READ, &store, error) < 0)
                return -1;
        result = read_view(store, number, &view, error);
        store_close(store);
        return result < 0 ? -1 : show(command_line, &view, error);
}

const struct verb verb_report = {
        .name = "report",
        .words = "[RUN]",
        .summary = "show what a recorded run did (the last one)",
        .most_words = 1,
        .options = OPTION_JSON | OPTION_HTML | OPTION_JUNIT,
        .run = report_run,
};
