/* Ending a command: SIGTERM, then SIGKILL, by a second command, because sshd passes signals on for some users only. */
#include "link/frame.h"
#include "link/run_parts.h"

#define KILL_LIMIT_S 6

static void killer_done(struct running *killer)
{
        struct running *killed = killer->killed;

        run_free(killer);
        if (killed) { /* its streams had time to end meanwhile; who holds them open now isn't waited for */
                killed->killer = NULL;
                run_finish(killed, &killed->ending);
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
                run_finish(run, error);
        } else {
                if (error->kind == ERROR_INTERRUPTED && run->command->at_interrupt)
                        text_format(&script, "(%s)\n", run->command->at_interrupt);
                error_move(&run->ending, error);
                frame_kill(run->entry.out.number, run->entry.nonce, &script);
                run->killer = run_begin_own(run->link, &script, deadline_in_s(KILL_LIMIT_S), killer_done);
                run->killer->killed = run;
        }
}

void run_expired(void *context)
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
                        run_finish(run, &run->ending);
                } else {
                        run_finish(run, &copy);
                }
        }
}
