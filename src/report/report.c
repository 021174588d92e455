/* One event at a time, from any thread, to the sink of the wanted style. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "report/service_status.h"
#include "report/sink.h"

struct report {
        struct report_options options;
        struct sink_run run;
        const struct sink *sink;
        void (*also)(void *context, const struct event *event);
        void *also_context;
        bool has_ended;
};

static const struct sink *const sinks[REPORT_STYLES] = {
        [REPORT_PLAIN] = &sink_plain,
        [REPORT_LIVE] = &sink_live,
        [REPORT_JSON] = &sink_json,
        [REPORT_JOURNAL] = &sink_journal,
};

static const char *const kind_names[EVENT_KINDS] = {
        [EVENT_RUN_START] = "run-start",
        [EVENT_HOST_CONNECTED] = "host-connected",
        [EVENT_PHASE_START] = "phase-start",
        [EVENT_PHASE_DONE] = "phase-done",
        [EVENT_PHASE_FAILED] = "phase-failed",
        [EVENT_STEP_ANNOUNCED] = "step-announced",
        [EVENT_STEP_PROGRESS] = "step-progress",
        [EVENT_STEP_DONE] = "step-done",
        [EVENT_STEP_FAILED] = "step-failed",
        [EVENT_PLAN_STEP] = "plan-step",
        [EVENT_WARNING] = "warning",
        [EVENT_BLOCKED] = "blocked",
        [EVENT_WAITING] = "waiting",
        [EVENT_HOST_DONE] = "host-done",
        [EVENT_RUN_DONE] = "run-done",
};

const char *event_kind_name(enum event_kind kind)
{
        return kind_names[kind];
}

/* What systemd connected may have been redirected since. */
static bool leads_to_journal(int fd, const char *journal_stream)
{
        unsigned long long device, inode;
        struct stat stream;

        return journal_stream && sscanf(journal_stream, "%llu:%llu", &device, &inode) == 2 &&
               fstat(fd, &stream) == 0 && stream.st_dev == device && stream.st_ino == inode;
}

void report_options_suit(struct report_options *options, int fd, const struct report_environment *environment)
{
        const char *term = environment->term, *no_color = environment->no_color;
        bool moves = term && term[0] && strcmp(term, "dumb") != 0 && isatty(fd);

        options->fd = fd;
        options->style = moves ? REPORT_LIVE : REPORT_PLAIN;
        if (leads_to_journal(fd, environment->journal_stream))
                options->style = REPORT_JOURNAL;
        options->color = moves && !(no_color && no_color[0]);
}

struct report *report_new(const struct report_options *options)
{
        struct report *report = memory_new(1, sizeof(*report));

        report->options = *options;
        report->sink = sinks[options->style];
        report->run.options = &report->options;
        report->run.output.fd = options->fd;
        pthread_mutex_init(&report->run.lock, NULL);
        if (report->sink->begin)
                report->sink->begin(&report->run);
        return report;
}

void report_also(struct report *report, void (*take)(void *context, const struct event *event), void *context)
{
        report->also = take;
        report->also_context = context;
}

static int64_t now_us(void)
{
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

void report_event(struct report *report, const struct event *event)
{
        struct event dated = *event;
        const struct host_state *state;
        bool is_news;

        pthread_mutex_lock(&report->run.lock);
        if (!dated.at_us)
                dated.at_us = now_us();
        state = host_states_note(&report->run.states, &dated, &is_news);
        if (is_news && report->also)
                report->also(report->also_context, &dated);
        if (is_news) {
                report->sink->show(&report->run, &dated, state);
                service_status_show(&report->run.states, &dated);
        }
        pthread_mutex_unlock(&report->run.lock);
}

static void end(struct report *report)
{
        if (!report->has_ended && report->sink->end)
                report->sink->end(&report->run);
        report->has_ended = true;
}

int report_finish(struct report *report, struct error *error)
{
        end(report);
        if (report->run.output.number == 0)
                return 0;
        errno = report->run.output.number;
        return error_set_errno(
                error, ERROR_FAILED, "not everything could be reported: writing the output failed");
}

void report_free(struct report *report)
{
        if (!report)
                return;
        end(report);
        host_states_done(&report->run.states);
        pthread_mutex_destroy(&report->run.lock);
        free(report);
}
