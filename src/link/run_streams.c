/* What a command says and is told. */
#include <string.h>

#include "link/run_parts.h"

#define CHUNK        32768
#define MOST_PENDING (256 * 1024)

static void keep_out(void *context, const char *bytes, size_t count)
{
        struct running *run = context;

        capture_add(&run->out, bytes, count);
        if (!run->command->on_output)
                return;
        pthread_mutex_lock(&run->link->links->mutex);
        text_add_n(&run->pending, bytes, count);
        pthread_cond_broadcast(&run->link->changed);
        pthread_mutex_unlock(&run->link->links->mutex);
}

static void keep_err(void *context, const char *bytes, size_t count)
{
        struct running *run = context;

        capture_add(&run->err, bytes, count);
}

static bool is_pending_full(struct running *run)
{
        bool is_full;

        if (!run->command->on_output)
                return false;
        pthread_mutex_lock(&run->link->links->mutex);
        is_full = run->pending.length > MOST_PENDING;
        pthread_mutex_unlock(&run->link->links->mutex);
        return is_full;
}

static bool drain(struct running *run, enum far_half half)
{
        struct mark *end = half == FAR_OUT ? &run->out_end : &run->err_end;
        bool *ended = half == FAR_OUT ? &run->out_ended : &run->err_ended;
        char bytes[CHUNK];
        size_t taken;
        ssize_t count;

        if (*ended || (half == FAR_OUT && is_pending_full(run)))
                return false;
        count = run->far->class->read(run->far, half, bytes, sizeof(bytes));
        *ended = count == 0;
        if (count <= 0)
                return false;
        taken = entry_feed(&run->entry, run->far, half, bytes, (size_t)count);
        if (!end->is_complete)
                mark_feed(end, bytes + taken, (size_t)count - taken, half == FAR_OUT ? keep_out : keep_err,
                        run);
        return true;
}

static bool feed(struct running *run)
{
        const struct command *command = run->command;
        size_t first = run->first_input.length, sent = run->input_sent;
        const char *bytes =
                sent < first ? run->first_input.data + sent : (const char *)command->input + (sent - first);
        size_t count = sent < first ? first - sent : first + command->input_length - sent;
        ssize_t taken = 0;

        if (run->input_ended || !entry_takes_input(&run->entry))
                return false;
        if (count)
                taken = run->far->class->write(run->far, bytes, count);
        if (taken > 0)
                run->input_sent += (size_t)taken;
        if (taken < 0 || run->input_sent == first + command->input_length) {
                run->input_ended = true;
                run->far->class->end_input(run->far);
        }
        return taken > 0;
}

/* The streams are at their end and the mark hasn't come. */
static void ended_early(struct running *run)
{
        struct error error = {0}, copy = {0};

        if (error_is_set(&run->ending)) {
                run_finish(run, &run->ending);
        } else if (entry_is_over(&run->entry)) {
                run_finish_with(run, ERROR_FAILED,
                        "the command's shell was killed there, before it could tell how the command ended");
        } else {
                entry_explain(&run->entry, &error);
                error_set(&copy, error.kind, "%s: %s", run->link->host->name, error_text(&error));
                error_done(&error);
                link_fail(run->link, &copy); /* ends this run, too */
        }
}

static bool run_ready(void *context)
{
        struct running *run = context;
        bool moved = false;

        moved |= drain(run, FAR_ERR);
        moved |= drain(run, FAR_OUT);
        if (error_is_set(&run->entry.refusal)) {
                ended_early(run);
                return false;
        }
        moved |= feed(run);
        if (entry_is_over(&run->entry) && !run->link->is_proven)
                link_is_proven(run->link);
        if (run->out_end.is_complete && (run->err_end.is_complete || run->err_ended)) {
                if (!error_is_set(&run->ending))
                        run_finish(run, &(struct error) {0});
                else if (!run->killer || !run->command->at_interrupt)
                        run_finish(run, &run->ending);
                return false; /* or what it followed is still being ended, and the end of that is this one's */
        }
        if (run->out_ended && !run->out_end.is_complete && (run->err_ended || entry_is_over(&run->entry))) {
                ended_early(run);
                return false;
        }
        return moved;
}

static void run_opened(void *context)
{
        struct running *run = context;

        run->is_open = true;
}

static void run_failed(void *context, bool is_lost, const struct error *why)
{
        struct running *run = context;

        (void)is_lost;
        if (error_is_set(&run->ending))
                run_finish(run, &run->ending);
        else
                run_finish_with(run, why->kind, error_text(why));
}

const struct far_user run_user = {.opened = run_opened, .failed = run_failed, .ready = run_ready};
