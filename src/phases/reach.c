/* Getting to a machine, and getting there again: one that isn't up yet, one whose connection was lost, one that reboots.
 *
 * What is worth another try is only that nobody answered, or that an answer was cut off. A refusal is final, with one
 * exception: a machine that had let us in refuses for a moment while it boots (pam_nologin). */
#include <sys/random.h>

#include "base/backoff.h"
#include "link/link.h"
#include "phases/met.h"
#include "phases/way.h"

/* From the first packet to a logged-in connection. */
#define CONNECT_S 30
#define REFUSALS  3
/* Connections in a row that were lost without a step done between: something we do may be what breaks them. */
#define LOSSES 5

void way_connect(struct way *way)
{
        way->host.link = link_open(
                way->run->links, way->run->host, deadline_min(way->phase_end, deadline_in_s(CONNECT_S)));
        way->means = means_new(way->host.link);
        means_set_patience(way->means, way_patience_s(way));
}

void way_disconnect(struct way *way)
{
        run_lock_release(STEAL(way->lock));
        means_free(STEAL(way->means));
        link_close(STEAL(way->host.link));
}

static int pause_ms(unsigned failed)
{
        uint32_t random = 0;

        if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
                random = (uint32_t)clock_now_ns();
        return backoff_ms(failed, random);
}

/* A wait for the machine. */
struct waiting {
        struct deadline end;
        const char *what; /* is waited for: "the machine to answer again" */
        unsigned failed;  /* tries */
        unsigned refused; /* of them */
        struct error why; /* the last one failed */
};

static void waiting_done(struct waiting *waiting)
{
        error_done(&waiting->why);
}

/* Notes why a try failed, which it takes over. False: another is of no use. */
static bool is_worth_another(struct waiting *waiting, bool was_connected, struct error *why)
{
        bool was_cut_off = waiting->failed && why->kind == ERROR_DEADLINE && deadline_passed(waiting->end);

        if (was_cut_off) { /* by the end of the wait: the try before it tells more */
                error_done(why);
        } else {
                error_done(&waiting->why);
                waiting->why = *why;
                *why = (struct error) {0};
        }
        waiting->failed++;
        switch (waiting->why.kind) {
        case ERROR_UNREACHABLE:
        case ERROR_DEADLINE:
                return !deadline_passed(waiting->end);
        case ERROR_REFUSED:
                return was_connected && ++waiting->refused <= REFUSALS && !deadline_passed(waiting->end);
        default:
                return false;
        }
}

/* 0: the machine was reached. */
static int try_again(struct way *way, struct waiting *waiting, struct error *error)
{
        int64_t began_ns = clock_now_ns(), left_ms = deadline_left_ms(waiting->end);
        CLEANUP(string_free)
        char *text = string_format("%s: %s", waiting->what, error_text(&waiting->why));
        int ms = pause_ms(waiting->failed), result;

        way_tell(way, EVENT_WAITING, &(struct event) {.text = text, .left_ms = left_ms});
        way_disconnect(way);
        way_pause(way, ms < left_ms ? ms : (int)left_ms);
        if (way_stop_if_interrupted(way, error) < 0)
                return -1;
        if (!way->was_connected) /* waiting for a machine to be there isn't the phase's own time */
                way->phase_end.at_ns += clock_now_ns() - began_ns;
        began_ns = clock_now_ns();
        way_connect(way);
        result = link_wait(way->host.link, waiting->end, error);
        if (result < 0 && !way->was_connected)
                way->phase_end.at_ns += clock_now_ns() - began_ns;
        return result;
}

static int gave_up(struct waiting *waiting, struct error *error)
{
        if (!deadline_passed(waiting->end))
                return error_move(error, &waiting->why);
        return error_set(error, ERROR_UNREACHABLE, "waited in vain for %s, %u tries in all; the last: %s",
                waiting->what, waiting->failed, error_text(&waiting->why));
}

/* *error, of a look or a step, says that the machine is not there. */
static bool is_lost(const struct way *way, const struct error *error)
{
        struct error own = {0};
        bool is_down;

        if (error->kind == ERROR_UNREACHABLE)
                return true;
        if (error->kind != ERROR_DEADLINE)
                return false;
        is_down = link_wait(way->host.link, deadline_in_ms(0), &own) < 0; /* connecting took too long */
        error_done(&own);
        return is_down;
}

static void forget_progress(struct way *way)
{
        way_watch_none(way);
        for (size_t i = 0; i < way->progress_count; i++) {
                string_free(&way->progress[i].last_sentences);
                way->progress[i] = (struct progress) {0};
        }
}

int way_recover(struct way *way, struct error *error)
{
        enum engine_mode mode = way->run->options->mode;
        bool changes = (mode == ENGINE_PROMOTE || mode == ENGINE_UNDO) && way->was_connected;
        CLEANUP(waiting_done)
        struct waiting waiting = {
                .end = changes ? way->phase_end : way->reach_end,
                .what = changes ? "the machine to answer again" : "the machine to answer",
        };

        if (!is_lost(way, error) || deadline_passed(waiting.end) || way->run->is_interrupted())
                return -1;
        if (changes && ++way->losses > LOSSES)
                return error_prefix(
                        error, "the connection was lost %d times without anything getting done", way->losses);
        while (is_worth_another(&waiting, way->was_connected, error))
                if (try_again(way, &waiting, error) == 0) {
                        forget_progress(way);
                        return 1;
                }
        return error_is_set(&waiting.why) ? gave_up(&waiting, error) : -1;
}

static int read_boot(struct way *way, char **ret_boot, struct error *error)
{
        CLEANUP(output_done) struct output output = {0};
        const struct command command = {
                .script = "read -r id </proc/sys/kernel/random/boot_id && echo \"$id\""};

        if (link_run(way->host.link, &command, deadline_in_s(CONNECT_S), &output, error) < 0)
                return -1;
        *ret_boot = string_copy_n(text_string(&output.out), strcspn(text_string(&output.out), "\n"));
        return 0;
}

int way_await_boot(struct way *way, struct deadline deadline, struct error *error)
{
        CLEANUP(waiting_done)
        struct waiting waiting = {.end = deadline, .what = "the machine to come back from its reboot"};
        struct error why = {0};

        error_set(&why, ERROR_UNREACHABLE, "it is going down");
        while (is_worth_another(&waiting, true, &why)) {
                CLEANUP(string_free) char *boot = NULL;

                if (try_again(way, &waiting, &why) < 0 || read_boot(way, &boot, &why) < 0) {
                        if (why.kind == ERROR_INTERRUPTED)
                                return error_move(error, &why);
                        continue;
                }
                if (!string_equal(boot, way->boot_id)) {
                        string_replace(&way->boot_id, boot);
                        way->is_rebooted = true;
                        way_watch_none(way);
                        return 0;
                }
                error_set(&why, ERROR_UNREACHABLE, "it is still going down");
        }
        if (deadline_passed(waiting.end))
                return error_set(error, ERROR_DEADLINE, "it did not come back: %s", error_text(&waiting.why));
        return error_move(error, &waiting.why);
}

/* Two names for one machine would each undo what the other one wants, or at least wait for it. */
static int claim(const struct way *way, const char *boot_id, struct error *error)
{
        const struct host_run *run = way->run;
        const char *other;

        if (run->options->mode == ENGINE_PROBE || run->options->ask || !boot_id)
                return 0;
        other = met_claim(run->met, run->host->name, boot_id);
        if (!other)
                return 0;
        return error_set(error, ERROR_BLOCKED,
                "it is the same machine as host \"%s\": name each machine once, with everything that belongs "
                "to it",
                other);
}

int way_note_look(struct way *way, const struct answers *answers, struct error *error)
{
        const char *boot_id = answers->machine.boot_id;

        if (claim(way, boot_id, error) < 0)
                return -1;
        way->was_connected = true;
        way->is_rebooted = false;
        if (way->boot_id && !string_equal(way->boot_id, boot_id))
                way_tell(way, EVENT_WARNING,
                        &(struct event) {.text = "the machine has rebooted in the middle; it is looked at "
                                                 "afresh, and what is missing is done again"});
        string_replace(&way->boot_id, boot_id);
        return 0;
}
