/* Ending a command: SIGTERM, then SIGKILL, by a second command, because sshd passes signals on for some users only. */
#include "link/frame.h"
#include "link/run_parts.h"

#define KILL_LIMIT_S 6
/* When a command's time is up, who has been silent for so long is asked for a sign of life, and gone when for as long again
 * none has come. */
#define SILENT_S    5
#define LOOK_FOR_MS 100

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

/* True: it was, or it isn't known yet and this is called again. */
static bool machine_is_lost(struct running *run)
{
        struct session *session = run->link->session;
        struct error error = {0};
        int silent_s = session ? session_silent_s(session) : 0;

        if (silent_s < SILENT_S)
                return false;
        if (!run->killed && !run->life_by.at_ns) {
                run->life_by = deadline_in_s(SILENT_S);
                session_ask_for_life(session);
        }
        if (!run->killed && !deadline_passed(run->life_by)) {
                timer_set(&run->limit, run->link->links->loop, deadline_in_ms(LOOK_FOR_MS), run_expired, run);
                return true;
        }
        error_set(&error, ERROR_UNREACHABLE, "%s: the connection was lost: nothing has come from it for %d s",
                run->link->host->name, silent_s);
        if (run->killed) { /* who doesn't hear that a command is to end has gone: that is why it ends */
                error_done(&run->killed->ending);
                error_set(&run->killed->ending, error.kind, "%s", error_text(&error));
        }
        link_fail(run->link, &error); /* which ends this command, too */
        return true;
}

void run_expired(void *context)
{
        struct running *run = context;
        struct error error = {0};

        if (machine_is_lost(run))
                return;
        if (run->is_open && run->entry.out.is_complete) {
                error_set(&error, ERROR_DEADLINE,
                        "the command did not end in time and was ended (SIGTERM, then SIGKILL)");
        } else {
                pthread_mutex_lock(&run->link->links->mutex);
                error_set(&error, ERROR_DEADLINE, "the command did not begin in time: %s",
                        run->link->doing ? run->link->doing
                        : run->is_open
                                ? "the login shell there, or what sshd runs in its place, doesn't come to it"
                                : "sshd there opened no channel for it (does its MaxSessions allow three?)");
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
