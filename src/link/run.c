/* Commands: framed by marks, fed, drained, and ended when their time is up.
 *
 * A run goes through the I/O thread only; its caller waits for is_done, and meanwhile carries what has come to
 * on_output. A command that has to end is sent SIGTERM and SIGKILL by a second command, because sshd passes
 * signals on for some users only. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "link/capture.h"
#include "link/frame.h"
#include "link/parts.h"

#define CHUNK        32768
#define MOST_PENDING (256 * 1024)
#define KEEP         (1024 * 1024)
#define KILL_LIMIT_S 6

struct running {
        struct link *link;
        struct running *next;
        const struct command *command;
        struct deadline deadline;
        struct job job;
        struct timer limit;
        void (*done)(struct running *run); /* of our own commands; NULL: somebody waits */

        struct far *far; /* NULL: not begun, or over */
        bool is_open;
        struct entry entry;
        struct mark out_end, err_end;
        struct capture out, err;
        bool out_ended, err_ended;
        struct text first_input; /* of a script that came on stdin */
        size_t input_sent;       /* of both inputs together */
        bool input_ended;
        struct running *killer;
        struct running *killed; /* by this one */
        struct error ending;    /* why it is being ended */
        struct text script;     /* of our own commands */
        struct command own_command;

        /* Under the mutex. */
        struct text pending; /* for on_output */
        bool is_done;
        struct error error;
        struct output output;
};

static const struct far_user run_user;

/* ---- the end --------------------------------------------------------------------------------------------- */

static void unlink_run(struct running *run)
{
        struct running **at = &run->link->runs;

        while (*at && *at != run)
                at = &(*at)->next;
        if (*at)
                *at = run->next;
}

static void run_free(struct running *run)
{
        entry_done(&run->entry);
        capture_done(&run->out);
        capture_done(&run->err);
        text_done(&run->first_input);
        text_done(&run->script);
        text_done(&run->pending);
        error_done(&run->ending);
        error_done(&run->error);
        output_done(&run->output);
        free(run);
}

/* error: taken over; not set: it has ended by itself. */
static void finish(struct running *run, struct error *error)
{
        struct link *link = run->link;
        void (*done)(struct running * run) = run->done;

        if (run->far)
                run->far->class->close(STEAL(run->far));
        timer_end(&run->limit);
        unlink_run(run);
        if (run->killer)
                run->killer->killed = NULL;
        pthread_mutex_lock(&link->links->mutex);
        loop_cancel(link->links->loop, &run->job);
        if (error_is_set(error)) {
                error_move(&run->error, error);
        } else {
                run->output.status = (int)run->out_end.number;
                capture_take(&run->out, &run->output.out, &run->output.out_dropped);
                capture_take(&run->err, &run->output.err, &run->output.err_dropped);
        }
        run->is_done = true; /* whoever waits frees it as soon as the mutex is free */
        pthread_cond_broadcast(&link->changed);
        pthread_mutex_unlock(&link->links->mutex);
        if (done)
                done(run);
}

static void finish_with(struct running *run, enum error_kind kind, const char *text)
{
        struct error error = {0};

        error_set(&error, kind, "%s", text);
        finish(run, &error);
}

/* ---- its streams ----------------------------------------------------------------------------------------- */

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
                finish(run, &run->ending);
        } else if (entry_is_over(&run->entry)) {
                finish_with(run, ERROR_FAILED,
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
                if (error_is_set(&run->ending))
                        finish(run, &run->ending);
                else
                        finish(run, &(struct error) {0});
                return false;
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
                finish(run, &run->ending);
        else
                finish_with(run, why->kind, error_text(why));
}

static const struct far_user run_user = {.opened = run_opened, .failed = run_failed, .ready = run_ready};

/* ---- ending it ------------------------------------------------------------------------------------------- */

static void begin(struct running *run);

static struct running *run_new(struct link *link, const struct command *command, struct deadline deadline)
{
        struct running *run = memory_new(1, sizeof(*run));

        run->link = link;
        run->command = command;
        run->deadline = deadline;
        run->out.keep = run->err.keep = command && command->keep ? command->keep : KEEP;
        return run;
}

static void add_run(struct running *run)
{
        struct running **last = &run->link->runs;

        while (*last)
                last = &(*last)->next;
        *last = run;
}

/* A command of our own; done frees it. */
static struct running *begin_own(
        struct link *link, struct text *script, struct deadline deadline, void (*done)(struct running *run))
{
        struct running *run = run_new(link, NULL, deadline);

        run->done = done;
        run->script = *script;
        *script = (struct text) {0};
        run->own_command.script = text_string(&run->script);
        run->command = &run->own_command;
        add_run(run);
        begin(run);
        return run;
}

static void killer_done(struct running *killer)
{
        struct running *killed = killer->killed;

        run_free(killer);
        if (killed) { /* its streams had time to end meanwhile; who holds them open now isn't waited for */
                killed->killer = NULL;
                finish(killed, &killed->ending);
        }
}

/* Takes the error over. */
static void end_run(struct running *run, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};

        timer_end(&run->limit);
        if (error_is_set(&run->ending)) {
                error_done(error);
        } else if (!run->is_open || !run->entry.out.is_complete || run->done) {
                finish(run, error);
        } else {
                error_move(&run->ending, error);
                frame_kill(run->entry.out.number, run->entry.nonce, &script);
                run->killer = begin_own(run->link, &script, deadline_in_s(KILL_LIMIT_S), killer_done);
                run->killer->killed = run;
        }
}

static void limit_expired(void *context)
{
        struct running *run = context;
        struct error error = {0};

        if (run->is_open && run->entry.out.is_complete) {
                error_set(&error, ERROR_DEADLINE,
                        "the command did not end in time and was ended (SIGTERM, then SIGKILL)");
        } else {
                pthread_mutex_lock(&run->link->links->mutex);
                error_set(&error, ERROR_DEADLINE, "the command did not begin in time: %s",
                        run->link->doing ? run->link->doing : "the machine did not open a channel for it");
                pthread_mutex_unlock(&run->link->links->mutex);
        }
        end_run(run, &error);
}

static struct running *first_to_end(const struct link *link)
{
        for (struct running *run = link->runs; run; run = run->next)
                if (run->done != killer_done && !error_is_set(&run->ending))
                        return run;
        return NULL;
}

void runs_end(struct link *link, const struct error *error, bool gently)
{
        struct running *run;

        while ((run = gently ? first_to_end(link) : link->runs)) {
                struct error copy = {0};

                error_set(&copy, error->kind, "%s", error_text(error));
                if (gently) {
                        end_run(run, &copy);
                } else if (error_is_set(&run->ending)) {
                        error_done(&copy);
                        finish(run, &run->ending);
                } else {
                        finish(run, &copy);
                }
        }
}

/* ---- the beginning --------------------------------------------------------------------------------------- */

static void begin(struct running *run)
{
        struct link *link = run->link;
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(strings_done) struct strings argv = {0};

        if (!run->limit.loop)
                timer_set(&run->limit, link->links->loop, run->deadline, limit_expired, run);
        if (!link->is_up || run->far)
                return;
        entry_init(&run->entry, link->become, link->host->become_password_file);
        mark_init(&run->out_end, run->entry.nonce);
        mark_init(&run->err_end, run->entry.nonce);
        frame_command(run->command->words, run->command->script, run->entry.nonce, &script);
        frame_enter(&run->entry, &script, &argv, &run->first_input);
        run->far = link_command(link, &argv, run->done != NULL, &run_user, run);
}

static void proof_done(struct running *proof)
{
        run_free(proof);
}

/* Any command that gets in proves that commands do; without one it takes one of our own. */
void runs_begin(struct link *link)
{
        CLEANUP(text_done) struct text script = {0};

        for (struct running *run = link->runs; run; run = run->next)
                begin(run);
        if (!link->runs && !link->is_proven) {
                text_add(&script, ":");
                begin_own(link, &script, link->connect_by, proof_done);
        }
}

/* Posted by whoever started it. */
static void take(void *context)
{
        struct running *run = context;
        struct link *link = run->link;

        add_run(run);
        if (link->state == LINK_FAILED) /* only this thread changes it */
                finish_with(run, link->error.kind, error_text(&link->error));
        else
                begin(run);
}

struct running *link_start(struct link *link, const struct command *command, struct deadline deadline)
{
        struct running *run = run_new(link, command, deadline);

        loop_post(link->links->loop, &run->job, take, run);
        return run;
}

/* ---- the caller's side ----------------------------------------------------------------------------------- */

static void go_on(void *context)
{
        struct running *run = context;

        if (run->far)
                run->far->class->touch(run->far);
}

static void hand_out(struct running *run)
{
        struct links *links = run->link->links;
        struct text pending = run->pending;

        run->pending = (struct text) {0};
        pthread_mutex_unlock(&links->mutex);
        run->command->on_output(run->command->context, pending.data, pending.length);
        text_done(&pending);
        pthread_mutex_lock(&links->mutex);
        if (!run->is_done)
                loop_post(links->loop, &run->job, go_on, run);
}

int link_finish(struct running *run, struct output *ret_output, struct error *error)
{
        struct link *link = run->link;
        int done = 0;

        pthread_mutex_lock(&link->links->mutex);
        while (!run->is_done || run->pending.length) {
                if (run->pending.length)
                        hand_out(run);
                else
                        pthread_cond_wait(&link->changed, &link->links->mutex);
        }
        pthread_mutex_unlock(&link->links->mutex);
        if (error_is_set(&run->error)) {
                done = error_move(error, &run->error);
        } else {
                *ret_output = run->output;
                run->output = (struct output) {0};
        }
        run_free(run);
        return done;
}

int link_run(struct link *link, const struct command *command, struct deadline deadline,
        struct output *ret_output, struct error *error)
{
        return link_finish(link_start(link, command, deadline), ret_output, error);
}

void output_done(struct output *output)
{
        text_done(&output->out);
        text_done(&output->err);
        *output = (struct output) {0};
}
