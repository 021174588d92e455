/* Events: everything that is worth telling about a run, told once by the engine and shown by one sink.
 *
 * The engine says what happened, never how it looks: the sinks (plain lines, live terminal, JSON lines)
 * decide that. Nothing an event holds is trusted to be printable. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum event_kind {
        EVENT_RUN_START,      /* hosts: how many machines */
        EVENT_HOST_CONNECTED, /* host, machine_id; elapsed_ms since the run began */
        EVENT_PHASE_START,    /* host, phase */
        EVENT_PHASE_DONE,     /* host, phase; elapsed_ms, steps_done */
        EVENT_PHASE_FAILED,   /* host, phase, error; elapsed_ms */
        EVENT_STEP_ANNOUNCED, /* host, phase, score, step, step_kind */
        EVENT_STEP_PROGRESS, /* the same, and text: one line of what came back; or bytes_done and bytes_total */
        EVENT_STEP_DONE,     /* the same without text; elapsed_ms */
        EVENT_STEP_FAILED,   /* the same, and error */
        EVENT_PLAN_STEP,     /* host, phase, score, step, step_kind: a step that would be made */
        EVENT_WARNING,       /* host (or NULL: of the run), text; phase and score when there is one */
        EVENT_BLOCKED,       /* host, phase, text: what is in the way; score when there is one */
        EVENT_WAITING,       /* host, text: what for ("libvirtd to answer"), left_ms; once a wait */
        EVENT_HOST_DONE, /* host, phase: the last one looked at; elapsed_ms, steps_done, steps_planned; error
                            when it is not where it was wanted; text: a note or NULL ("guests run by TCG") */
        EVENT_RUN_DONE,  /* hosts, hosts_changed, hosts_failed (the others are as they were); elapsed_ms */
        EVENT_KINDS
};

/* Everything is lent for the time of the call; what a kind does not name stays zero. */
struct event {
        enum event_kind kind;
        const char *host;
        const char *phase;
        const char *score;
        const char *step;      /* its sentence */
        const char *step_kind; /* step_kind_name() */
        bool expected;         /* EVENT_PLAN_STEP: only if what comes before does not already do it */
        const char *text;
        const char *machine_id; /* EVENT_HOST_CONNECTED: /etc/machine-id, "" where there is none */
        const struct error *error;
        int64_t at_us; /* CLOCK_REALTIME; 0: now */
        int64_t elapsed_ms;
        int64_t left_ms; /* until the wait gives up; 0: never */
        uint64_t bytes_done;
        uint64_t bytes_total; /* 0: not known */
        size_t steps_done;
        size_t steps_planned;
        size_t hosts;
        size_t hosts_changed; /* a plan: that would be changed */
        size_t hosts_failed;
};

/* "step-done": what JSON lines call it. */
const char *event_kind_name(enum event_kind kind);

enum report_style {
        REPORT_PLAIN,   /* one line for what matters: pipes, files, CI */
        REPORT_LIVE,    /* a terminal: a line a machine that moves, what is finished above it */
        REPORT_JSON,    /* one object a line (docs/provision.1 lists the keys) */
        REPORT_JOURNAL, /* plain lines with fields, when the output leads to systemd's journal */
        REPORT_STYLES
};

struct report_options {
        enum report_style style;
        bool verbose; /* steps as they begin, and what they print */
        bool quiet;   /* only what went wrong; not for JSON */
        bool color;   /* live only */
        int fd;       /* borrowed */
};

/* What the environment says of the output; strings are NULL where a variable isn't set. */
struct report_environment {
        const char *term;
        const char *no_color;
        const char *journal_stream; /* "DEVICE:INODE" of the stream that leads to the journal */
};

/* The style and colours that suit descriptor fd: live on a terminal that can move its cursor, else the journal where it
 * leads there, else plain; colours unless NO_COLOR says otherwise. */
void report_options_suit(
        struct report_options *options, int fd, const struct report_environment *environment);

struct report;

/* Cannot fail. A style that needs a thread of its own and gets none does without. */
struct report *report_new(const struct report_options *options);

/* Somebody who is told each event, too, before it is shown: with its time, never two at once, and not what only repeats
 * the last one. One at most; before the first event. */
void report_also(
        struct report *report, void (*take)(void *context, const struct event *event), void *context);

/* Shows an event; from any thread, one at a time. An error in writing (a closed pipe, a full disk) is kept
 * for report_finish, so that a run on which machines depend is not cut off half-way by its own output. */
void report_event(struct report *report, const struct event *event);

/* Ends the live lines. -1 (ERROR_FAILED) when something could not be written. */
int report_finish(struct report *report, struct error *error);

/* NULL is allowed. */
void report_free(struct report *report);
