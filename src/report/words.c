/* Events as lines for people: a table of which are worth a line, and a function for what each line says. */
#include "report/visible.h"
#include "report/words.h"

struct line {
        struct text *text;
        const struct words_options *options;
        const struct event *event;
        const struct host_state *state;
};

static const char *const escapes[COLORS] = {
        [COLOR_NONE] = NULL,
        [COLOR_BOLD] = "\033[1m",
        [COLOR_RED] = "\033[1;31m",
        [COLOR_GREEN] = "\033[32m",
        [COLOR_YELLOW] = "\033[33m",
};

static const struct {
        const char *words;
        enum color color;
} failures[] = {
        [ERROR_NONE] = {"done", COLOR_GREEN},
        [ERROR_FAILED] = {"failed", COLOR_RED},
        [ERROR_USAGE] = {"failed", COLOR_RED},
        [ERROR_CONFIG] = {"failed", COLOR_RED},
        [ERROR_UNREACHABLE] = {"not reached", COLOR_RED},
        [ERROR_REFUSED] = {"refused", COLOR_RED},
        [ERROR_BLOCKED] = {"blocked", COLOR_RED},
        [ERROR_DEADLINE] = {"out of time", COLOR_RED},
        [ERROR_INTERRUPTED] = {"interrupted", COLOR_YELLOW},
};
_Static_assert(sizeof(failures) / sizeof(failures[0]) == ERROR_KINDS, "every kind of error has its words");

void words_paint(struct text *text, const struct words_options *options, enum color color, const char *word)
{
        bool painted = options->color && escapes[color];

        if (painted)
                text_add(text, escapes[color]);
        visible_add(text, word);
        if (painted)
                text_add(text, "\033[0m");
}

static size_t unit_of(uint64_t bytes)
{
        size_t unit = 0;

        for (; bytes >= 1000 && unit < 4; bytes /= 1024)
                unit++;
        return unit;
}

void words_add_bytes(struct text *text, uint64_t done, uint64_t total)
{
        static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
        size_t unit = unit_of(total ? total : done);
        double scale = (double)(UINT64_C(1) << (10 * unit));
        int decimals = unit ? 1 : 0;

        text_format(text, "%.*f ", decimals, (double)done / scale);
        if (total)
                text_format(text, "of %.*f ", decimals, (double)total / scale);
        text_add(text, units[unit]);
}

/* " (12 s)", or with a note behind the time. */
static void add_time(const struct line *line, const char *note)
{
        text_add(line->text, " (");
        words_add_duration(line->text, line->event->elapsed_ms);
        if (note) {
                text_add(line->text, ", ");
                visible_add(line->text, note);
        }
        text_add(line->text, ")");
}

static void add_steps(const struct line *line, size_t count)
{
        text_format(line->text, "%zu step%s", count, count == 1 ? "" : "s");
}

static void say_connected(const struct line *line)
{
        text_add(line->text, "connected");
        add_time(line, NULL);
}

static void say_phase_done(const struct line *line)
{
        text_add(line->text, "reached");
        if (line->event->steps_done) {
                text_add(line->text, " by ");
                add_steps(line, line->event->steps_done);
        }
        add_time(line, NULL);
}

static void say_step_announced(const struct line *line)
{
        visible_add(line->text, line->event->step);
        text_add(line->text, " ...");
}

static void say_progress(const struct line *line)
{
        text_add(line->text, "  | ");
        if (line->event->text)
                visible_add(line->text, line->event->text);
        else
                words_add_bytes(line->text, line->event->bytes_done, line->event->bytes_total);
}

static void say_step_done(const struct line *line)
{
        visible_add(line->text, line->event->step);
        add_time(line, NULL);
}

static void say_step_failed(const struct line *line)
{
        visible_add(line->text, line->event->step);
        text_add(line->text, " ");
        words_paint(line->text, line->options, COLOR_RED, "failed");
        add_time(line, NULL);
}

static void say_plan_step(const struct line *line)
{
        text_add(line->text, line->state->blocks_told ? "would, were nothing in the way, " : "would ");
        visible_add(line->text, line->event->step);
        if (line->event->expected)
                text_add(line->text, ", if still needed then");
}

static void say_warning(const struct line *line)
{
        words_paint(line->text, line->options, COLOR_YELLOW, "warning");
        text_add(line->text, ": ");
        visible_add(line->text, line->event->text);
}

static void say_blocked(const struct line *line)
{
        words_paint(line->text, line->options, COLOR_RED, "in the way");
        text_add(line->text, ": ");
        visible_add(line->text, line->event->text);
}

static void say_waiting(const struct line *line)
{
        text_add(line->text, "waiting for: ");
        visible_add(line->text, line->event->text);
        if (line->event->left_ms > 0) {
                text_add(line->text, " (at most ");
                words_add_duration(line->text, line->event->left_ms);
                text_add(line->text, ")");
        }
}

/* A machine's last line. What is in its way was told in lines of its own and isn't told again. */
static void say_host_failed(const struct line *line)
{
        const struct event *event = line->event;
        enum error_kind kind = event->error->kind;

        words_paint(line->text, line->options, failures[kind].color, failures[kind].words);
        if (kind != ERROR_BLOCKED || !line->state->blocks_told) {
                text_add(line->text, ": ");
                visible_add(line->text, error_text(event->error));
        }
        text_add(line->text, " (");
        if (event->steps_done) {
                text_add(line->text, "after ");
                add_steps(line, event->steps_done);
                text_add(line->text, ", ");
        }
        words_add_duration(line->text, event->elapsed_ms);
        text_add(line->text, ")");
}

static void say_host_done(const struct line *line)
{
        const struct event *event = line->event;

        if (event->error) {
                say_host_failed(line);
                return;
        }
        if (event->steps_planned) {
                add_steps(line, event->steps_planned);
                text_add(line->text, " to do");
        } else if (event->steps_done) {
                words_paint(line->text, line->options, COLOR_GREEN, "done");
                text_add(line->text, ", ");
                add_steps(line, event->steps_done);
        } else {
                words_paint(line->text, line->options, COLOR_GREEN, "nothing to do");
        }
        add_time(line, event->text);
}

static void say_run_done(const struct line *line)
{
        const struct event *event = line->event;
        size_t unchanged = event->hosts - event->hosts_changed - event->hosts_failed;
        CLEANUP(string_free) char *failed = string_format("%zu failed", event->hosts_failed);

        text_format(line->text, "%zu hosts: %zu with nothing to do, %zu with changes, ", event->hosts,
                unchanged, event->hosts_changed);
        words_paint(line->text, line->options, event->hosts_failed ? COLOR_RED : COLOR_NONE, failed);
        add_time(line, NULL);
}

enum worth {
        WORTH_A_LINE,
        WORTH_VERBOSE,  /* with -v */
        WORTH_NORMALLY, /* unless only what went wrong is wanted */
};

static const struct {
        enum worth worth;
        void (*say)(const struct line *line);
} lines[EVENT_KINDS] = {
        [EVENT_HOST_CONNECTED] = {WORTH_VERBOSE, say_connected},
        [EVENT_PHASE_DONE] = {WORTH_VERBOSE, say_phase_done},
        [EVENT_STEP_ANNOUNCED] = {WORTH_VERBOSE, say_step_announced},
        [EVENT_STEP_PROGRESS] = {WORTH_VERBOSE, say_progress},
        [EVENT_STEP_DONE] = {WORTH_NORMALLY, say_step_done},
        [EVENT_STEP_FAILED] = {WORTH_VERBOSE, say_step_failed}, /* why stands in the machine's last line */
        [EVENT_PLAN_STEP] = {WORTH_NORMALLY, say_plan_step},
        [EVENT_WARNING] = {WORTH_A_LINE, say_warning},
        [EVENT_BLOCKED] = {WORTH_A_LINE, say_blocked},
        [EVENT_WAITING] = {WORTH_VERBOSE, say_waiting},
        [EVENT_HOST_DONE] = {WORTH_NORMALLY, say_host_done},
        [EVENT_RUN_DONE] = {WORTH_NORMALLY, say_run_done},
};

static bool is_worth_a_line(
        const struct words_options *options, const struct event *event, const struct host_state *state)
{
        if (!lines[event->kind].say)
                return false;
        if (event->kind == EVENT_STEP_PROGRESS && !event->text && !state->is_new_tenth)
                return false;
        if (event->kind == EVENT_HOST_DONE && event->error)
                return true;
        if (event->kind == EVENT_RUN_DONE && event->hosts < 2)
                return false; /* its machine's last line has said it */
        switch (lines[event->kind].worth) {
        case WORTH_VERBOSE:
                return options->verbose && !options->quiet;
        case WORTH_NORMALLY:
                return !options->quiet;
        case WORTH_A_LINE:
                break;
        }
        return true;
}

void words_add_line(struct text *text, const struct words_options *options, const struct event *event,
        const struct host_state *state)
{
        const struct line line = {text, options, event, state};

        if (!is_worth_a_line(options, event, state))
                return;
        if (event->host) {
                words_paint(text, options, COLOR_BOLD, event->host);
                text_add(text, ": ");
        }
        if (event->phase) {
                visible_add(text, event->phase);
                text_add(text, ": ");
        }
        lines[event->kind].say(&line);
        text_add(text, "\n");
}
