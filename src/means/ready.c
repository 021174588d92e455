/* Waiting until a guest is up: looking at everything that isn't there yet, again and again, less often the longer it takes.
 *
 * What was there once isn't looked at again. Whatever goes wrong on the way to the guest is what was seen, and not the end;
 * only when the time is over it is told: what was missing, what was seen last, and for how long nothing else was. But a
 * guest that has gone off meanwhile is waited for no longer. */
#include "means/progress.h"
#include "means/ready.h"

#include <time.h>

#include "means/note.h"

#define FIRST_MS   250
#define LONGEST_MS 2000
#define NOTE_S     10

struct sight {
        bool holds;
        char *seen; /* last; NULL: not looked yet */
        int64_t changed_ns;
};

struct waiting {
        struct ready_look look;
        struct sight sights[READY_KINDS];
};

static void waiting_done(struct waiting *waiting)
{
        for (int kind = 0; kind < READY_KINDS; kind++)
                free(waiting->sights[kind].seen);
        ready_look_done(&waiting->look);
}

static void tell(const struct waiting *waiting, enum ready_kind kind)
{
        const struct means_progress *progress = waiting->look.work->progress;
        CLEANUP(string_free) char *words = ready_words(waiting->look.guest, kind), *line = NULL;

        if (!progress)
                return;
        line = string_format("%s: %s", words, waiting->sights[kind].seen);
        progress->line(progress->context, line);
}

static int look_at(struct waiting *waiting, enum ready_kind kind, struct error *error)
{
        struct sight *sight = &waiting->sights[kind];
        CLEANUP(string_free) char *seen = NULL;
        int holds = ready_check(&waiting->look, kind, waiting->look.work->deadline, &seen, error);

        if (holds < 0)
                return -1;
        sight->holds = holds;
        /* What the end of the time itself cut off tells nothing. */
        if (string_equal(seen, sight->seen) ||
                (!holds && sight->seen && deadline_passed(waiting->look.work->deadline)))
                return 0;
        string_free(&sight->seen);
        sight->seen = STEAL(seen);
        sight->changed_ns = clock_now_ns();
        tell(waiting, kind);
        return 0;
}

static bool is_over(const struct waiting *waiting)
{
        for (int kind = 0; kind < READY_KINDS; kind++)
                if (waiting->look.guest->ready.wanted[kind] && !waiting->sights[kind].holds)
                        return false;
        return true;
}

static int look_at_all(struct waiting *waiting, struct error *error)
{
        for (int kind = 0; kind < READY_KINDS; kind++)
                if (waiting->look.guest->ready.wanted[kind] && !waiting->sights[kind].holds &&
                        look_at(waiting, (enum ready_kind)kind, error) < 0)
                        return -1;
        return 0;
}

static void add_missing(const struct waiting *waiting, struct text *text)
{
        for (int kind = 0; kind < READY_KINDS; kind++) {
                const struct sight *sight = &waiting->sights[kind];
                CLEANUP(string_free) char *words = ready_words(waiting->look.guest, (enum ready_kind)kind);

                if (!waiting->look.guest->ready.wanted[kind] || sight->holds)
                        continue;
                text_format(text, "%s%s", text->length ? "; " : "", words);
                if (sight->seen)
                        text_format(text, " (last seen, %lld s long: %s)",
                                (long long)((clock_now_ns() - sight->changed_ns) / 1000000000), sight->seen);
        }
}

static int give_up(const struct waiting *waiting, int64_t began_ns, struct error *error)
{
        CLEANUP(text_done) struct text missing = {0};
        CLEANUP(string_free) char *console = ready_console_words(&waiting->look);

        add_missing(waiting, &missing);
        return error_set(error, ERROR_DEADLINE, "after %lld s it still lacks %s%s%s%s",
                (long long)((clock_now_ns() - began_ns) / 1000000000), text_string(&missing),
                console ? "; its console's last words, " : "", console ? console : "",
                waiting->look.guest->ready.within_s ? "" : "; give it more time with within");
}

/* What is wished is on: so to have gone off is no way of being ready, also when it was an installer's last act. */
static int ended(const struct waiting *waiting, const char *end, int64_t began_ns, struct error *error)
{
        CLEANUP(text_done) struct text missing = {0};
        CLEANUP(string_free) char *console = ready_console_words(&waiting->look);
        CLEANUP(string_free) char *log = guest_console_path(waiting->look.guest->name);

        add_missing(waiting, &missing);
        return error_set(error, ERROR_FAILED,
                "%s, after %lld s in which it was waited for; it still lacked %s%s%s; see why%s%s, and run "
                "again, which starts it",
                end, (long long)((clock_now_ns() - began_ns) / 1000000000), text_string(&missing),
                console ? "; its console's last words, " : "", console ? console : "",
                waiting->look.guest->console_log ? " in " : "", waiting->look.guest->console_log ? log : "");
}

/* 1: its last words were those that it was waited for; 0: it is on. */
static int check_end(struct waiting *waiting, int64_t began_ns, struct error *error)
{
        const char *end = NULL;

        if (ready_look_for_end(&waiting->look, waiting->look.work->deadline, &end, error) < 0)
                return -1;
        if (!end)
                return 0;
        if (waiting->look.guest->ready.wanted[READY_CONSOLE] && !waiting->sights[READY_CONSOLE].holds &&
                look_at(waiting, READY_CONSOLE, error) < 0)
                return -1;
        return is_over(waiting) ? 1 : ended(waiting, end, began_ns, error);
}

static int stopped(const struct waiting *waiting, struct error *error)
{
        CLEANUP(text_done) struct text missing = {0};

        add_missing(waiting, &missing);
        return error_set(
                error, ERROR_INTERRUPTED, "no longer waited for; it still lacks %s", text_string(&missing));
}

static void rest(int ms, struct deadline deadline)
{
        int left = deadline_left_ms(deadline_min(deadline, deadline_in_ms(ms)));
        const struct timespec moment = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000L};

        nanosleep(&moment, NULL);
}

static int wait_for_all(struct waiting *waiting, struct error *error)
{
        struct deadline deadline = waiting->look.work->deadline;
        int64_t began_ns = clock_now_ns();
        int has_ended;

        for (int pause_ms = FIRST_MS;;
                pause_ms = pause_ms * 3 / 2 < LONGEST_MS ? pause_ms * 3 / 2 : LONGEST_MS) {
                if (look_at_all(waiting, error) < 0)
                        return -1;
                if (is_over(waiting))
                        return 0;
                if (deadline_passed(deadline))
                        return give_up(waiting, began_ns, error);
                if (progress_must_stop(waiting->look.work->progress))
                        return stopped(waiting, error);
                has_ended = check_end(waiting, began_ns, error);
                if (has_ended)
                        return has_ended < 0 ? -1 : 0;
                rest(pause_ms, deadline);
        }
}

/* For as long as it runs: /run is gone after a reboot, and a restarted guest has another start. */
static int put_note(const struct work *work, struct error *error)
{
        CLEANUP(string_free) char *path = ready_note_path(work->step->ready.guest);
        CLEANUP(string_free) char *note = ready_note(work->step->ready.guest, work->step->ready.since_us);
        struct work in_time =
                *work; /* what was waited for is there: the note isn't to fail for the last second */

        in_time.deadline = deadline_in_s(NOTE_S);
        return note_put(&in_time, path, note, error);
}

int ready_wait(const struct work *work, struct error *error)
{
        CLEANUP(waiting_done)
        struct waiting waiting = {
                .look = {.work = work, .host = work->step->ready.host, .guest = work->step->ready.guest},
        };

        if (wait_for_all(&waiting, error) < 0)
                return -1;
        return put_note(work, error);
}
