/* Commands: framed by marks, fed, drained, and ended when their time is up.
 *
 * A run is the I/O thread's; its caller waits for is_done, and meanwhile carries what has come to on_output. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "link/frame.h"
#include "link/run_parts.h"

#define KEEP (1024 * 1024)

/* ---- its life -------------------------------------------------------------------------------------------- */

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

static void unlink_run(struct running *run)
{
        struct running **at = &run->link->runs;

        while (*at && *at != run)
                at = &(*at)->next;
        if (*at)
                *at = run->next;
}

void run_free(struct running *run)
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

void run_finish(struct running *run, struct error *error)
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

void run_finish_with(struct running *run, enum error_kind kind, const char *text)
{
        struct error error = {0};

        error_set(&error, kind, "%s", text);
        run_finish(run, &error);
}

static void begin(struct running *run)
{
        struct link *link = run->link;
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(strings_done) struct strings argv = {0};

        if (!run->limit.loop)
                timer_set(&run->limit, link->links->loop, run->deadline, run_expired, run);
        if (!link->is_up || run->far)
                return;
        entry_init(&run->entry, link->become, link->host->become_password_file);
        mark_init(&run->out_end, run->entry.nonce);
        mark_init(&run->err_end, run->entry.nonce);
        frame_command(run->command->words, run->command->script, run->entry.nonce, &script);
        frame_enter(&run->entry, &script, &argv, &run->first_input);
        run->far = link_command(link, &argv, run->done != NULL, &run_user, run);
}

struct running *run_begin_own(
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
                run_begin_own(link, &script, link->connect_by, proof_done);
        }
}

/* Posted by whoever started it. */
static void take(void *context)
{
        struct running *run = context;
        struct link *link = run->link;

        add_run(run);
        if (link->state == LINK_FAILED) /* only this thread changes it */
                run_finish_with(run, link->error.kind, error_text(&link->error));
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
