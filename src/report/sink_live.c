/* The live terminal: what is finished scrolls above, and below it every machine at work has a line that
 * moves.
 *
 * Theory of operation. The lines at work stand at the bottom, the cursor below them. To change anything, one
 * write moves the cursor up over them, clears to the end of the screen, prints what is finished, and draws
 * them again. That happens at once for a finished line, otherwise by a thread, ten times a second at most.
 * Nothing about the terminal is changed for longer than that write, so there is nothing to restore when the
 * program is killed. */
#include <signal.h>
#include <sys/ioctl.h>

#include "base/deadline.h"
#include "report/sink.h"
#include "report/visible.h"
#include "report/words.h"

#define REDRAW_NS INT64_C(100000000)
#define NS_PER_S  INT64_C(1000000000)

struct live {
        struct words_options words;
        pthread_t thread;
        bool has_thread;
        bool is_ending;
        pthread_cond_t changed;
        int64_t drawn_ns;
        ARRAY(size_t) widths; /* columns of each line at work that stands on the terminal */
};

struct screen {
        size_t columns, rows;
};

/* Asked at every drawing: cheaper than a signal handler, and a size that changed meanwhile is no surprise. */
static struct screen screen_size(int fd)
{
        struct winsize size;

        if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_row == 0)
                return (struct screen) {80, 24};
        return (struct screen) {size.ws_col, size.ws_row};
}

/* A terminal that became narrower has wrapped the lines that stand on it. */
static size_t rows_drawn(const struct live *live, size_t columns)
{
        size_t rows = 0;

        for (array_each(const size_t, width, &live->widths))
                rows += *width > columns ? (*width + columns - 1) / columns : 1;
        return rows;
}

static size_t count_at_work(const struct host_states *states)
{
        size_t count = 0;

        for (array_each(const struct host_state, state, &states->hosts))
                count += !state->is_done;
        return count;
}

/* "  1.2 of 4.0 GiB, 20 s left  12 s" */
static void add_course(struct text *text, const struct host_state *state, int64_t now_ns)
{
        int64_t left_ms = host_state_left_ms(state, now_ns);

        if (state->bytes_since_ns) {
                text_add(text, "  ");
                words_add_bytes(text, state->bytes_done, state->bytes_total);
        }
        if (left_ms >= 0) {
                text_add(text, ", ");
                words_add_duration(text, left_ms);
                text_add(text, " left");
        }
        text_add(text, "  ");
        words_add_duration(text, (now_ns - state->doing_since_ns) / 1000000);
}

/* Adds "lab1: kvm: install packages qemu-utils, ... 12 s", and remembers its width. */
static void add_line_at_work(
        struct live *live, struct text *text, const struct host_state *state, size_t columns, int64_t now_ns)
{
        CLEANUP(text_done) struct text words = {0};
        CLEANUP(text_done) struct text time = {0};
        size_t width;

        visible_add(&words, state->name);
        text_add(&words, ": ");
        if (state->phase) {
                visible_add(&words, state->phase);
                text_add(&words, ": ");
        }
        if (state->is_waiting)
                text_add(&words, "waiting for: ");
        visible_add(&words, state->doing);
        add_course(&time, state, now_ns);
        /* The last column stays free: a terminal may wrap when it is written to. */
        if (columns > time.length + 1) {
                width = visible_cut(text, text_string(&words), columns - time.length - 1) + time.length;
                text_add(text, text_string(&time));
        } else {
                width = visible_cut(text, text_string(&words), columns - 1);
        }
        text_add(text, "\n");
        *array_add(&live->widths) = width;
}

static void add_lines_at_work(struct live *live, struct text *text, const struct host_states *states,
        struct screen screen, int64_t now_ns)
{
        size_t at_work = count_at_work(states), shown = 0;
        size_t room = screen.rows > 2 ? screen.rows - 2 : 1; /* the cursor's row, and one for how many more */

        for (array_each(const struct host_state, state, &states->hosts)) {
                if (!state->is_done && shown < room) {
                        add_line_at_work(live, text, state, screen.columns, now_ns);
                        shown++;
                }
        }
        if (shown < at_work) {
                CLEANUP(string_free) char *more = string_format("... and %zu more", at_work - shown);

                *array_add(&live->widths) = visible_cut(text, more, screen.columns - 1);
                text_add(text, "\n");
        }
}

/* With the lock held. */
static void draw(struct sink_run *run, const char *finished)
{
        struct live *live = run->own;
        struct screen screen = screen_size(run->output.fd);
        CLEANUP(text_done) struct text text = {0};

        if (live->widths.count)
                text_format(&text, "\r\033[%zuA\033[J", rows_drawn(live, screen.columns));
        array_free(&live->widths);
        text_add(&text, finished);
        live->drawn_ns = clock_now_ns();
        text_add(&text, "\033[?7l"); /* a line whose width was judged wrongly must not wrap */
        add_lines_at_work(live, &text, &run->states, screen, live->drawn_ns);
        text_add(&text, "\033[?7h");
        output_write(&run->output, text_string(&text), text.length);
}

static void *redraw(void *argument)
{
        struct sink_run *run = argument;
        struct live *live = run->own;

        pthread_mutex_lock(&run->lock);
        while (!live->is_ending) {
                int64_t next_ns = live->drawn_ns + REDRAW_NS;

                if (count_at_work(&run->states) == 0) {
                        pthread_cond_wait(&live->changed, &run->lock);
                } else if (clock_now_ns() < next_ns) {
                        const struct timespec next = {next_ns / NS_PER_S, next_ns % NS_PER_S};

                        pthread_cond_timedwait(&live->changed, &run->lock, &next);
                } else {
                        draw(run, "");
                }
        }
        pthread_mutex_unlock(&run->lock);
        return NULL;
}

static void live_begin(struct sink_run *run)
{
        struct live *live = memory_new(1, sizeof(*live));
        pthread_condattr_t monotonic;
        sigset_t all, before;

        run->own = live;
        live->words = (struct words_options) {
                .verbose = run->options->verbose, .quiet = run->options->quiet, .color = run->options->color};
        pthread_condattr_init(&monotonic);
        pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
        pthread_cond_init(&live->changed, &monotonic);
        pthread_condattr_destroy(&monotonic);
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before); /* signals are the main thread's */
        live->has_thread = pthread_create(&live->thread, NULL, redraw, run) == 0;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void live_show(struct sink_run *run, const struct event *event, const struct host_state *state)
{
        struct live *live = run->own;
        CLEANUP(text_done) struct text text = {0};

        words_add_line(&text, &live->words, event, state);
        if (text.length || clock_now_ns() >= live->drawn_ns + REDRAW_NS)
                draw(run, text_string(&text));
        pthread_cond_signal(&live->changed); /* it may wait for there to be anything at work */
}

static void live_end(struct sink_run *run)
{
        struct live *live = run->own;

        pthread_mutex_lock(&run->lock);
        live->is_ending = true;
        pthread_cond_signal(&live->changed);
        pthread_mutex_unlock(&run->lock);
        if (live->has_thread)
                pthread_join(live->thread, NULL);
        array_free(&live->widths);
        pthread_cond_destroy(&live->changed);
        free(live);
}

const struct sink sink_live = {
        .name = "live",
        .begin = live_begin,
        .show = live_show,
        .end = live_end,
};
