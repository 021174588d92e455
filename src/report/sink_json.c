/* JSON lines, for programs: one object an event, every event. The keys are a contract, told in
 * docs/provision.1. */
#include <time.h>

#include "base/text.h"
#include "base/record.h"
#include "report/sink.h"

enum field {
        FIELD_ELAPSED = 1 << 0,
        FIELD_LEFT = 1 << 1,
        FIELD_EXPECTED = 1 << 2,
        FIELD_STEPS_DONE = 1 << 3,
        FIELD_STEPS_PLANNED = 1 << 4,
        FIELD_HOSTS = 1 << 5,
        FIELD_HOSTS_CHANGED = 1 << 6,
        FIELD_HOSTS_FAILED = 1 << 7,
        FIELD_BYTES = 1 << 8,
};

/* Which numbers an event carries even when they are 0, and its status ("": see status_of). Strings and errors
 * are there when they are set. */
static const struct {
        unsigned fields;
        const char *status;
} contents[EVENT_KINDS] = {
        [EVENT_RUN_START] = {FIELD_HOSTS, "running"},
        [EVENT_HOST_CONNECTED] = {FIELD_ELAPSED, "done"},
        [EVENT_PHASE_START] = {0, "running"},
        [EVENT_PHASE_DONE] = {FIELD_ELAPSED | FIELD_STEPS_DONE, "done"},
        [EVENT_PHASE_FAILED] = {FIELD_ELAPSED, ""},
        [EVENT_STEP_ANNOUNCED] = {0, "running"},
        [EVENT_STEP_PROGRESS] = {FIELD_BYTES, "running"},
        [EVENT_STEP_DONE] = {FIELD_ELAPSED, "done"},
        [EVENT_STEP_FAILED] = {FIELD_ELAPSED, ""},
        [EVENT_PLAN_STEP] = {FIELD_EXPECTED, "planned"},
        [EVENT_WARNING] = {0, NULL},
        [EVENT_BLOCKED] = {0, "blocked"},
        [EVENT_WAITING] = {FIELD_LEFT, "waiting"},
        [EVENT_HOST_DONE] = {FIELD_ELAPSED | FIELD_STEPS_DONE | FIELD_STEPS_PLANNED, ""},
        [EVENT_RUN_DONE] = {FIELD_ELAPSED | FIELD_HOSTS | FIELD_HOSTS_CHANGED | FIELD_HOSTS_FAILED, ""},
};

/* "2026-11-23T20:33:27.123Z" (RFC 3339). */
static char *time_format(int64_t at_us)
{
        time_t seconds = (time_t)(at_us / 1000000);
        char date[32];
        struct tm tm;

        gmtime_r(&seconds, &tm);
        strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
        return string_format("%s.%03dZ", date, (int)(at_us / 1000 % 1000));
}

static const char *status_of(const struct event *event)
{
        if (!contents[event->kind].status || contents[event->kind].status[0])
                return contents[event->kind].status;
        if (event->error)
                return error_kind_name(event->error->kind);
        if (event->kind == EVENT_RUN_DONE)
                return event->hosts_failed ? "failed" : "done";
        return event->steps_planned ? "planned" : event->steps_done ? "changed" : "unchanged";
}

static void add_numbers(struct record *record, const struct event *event)
{
        const unsigned fields = contents[event->kind].fields;
        const struct {
                enum field field;
                const char *key;
                size_t value;
        } counts[] = {
                {FIELD_STEPS_DONE, "steps_done", event->steps_done},
                {FIELD_STEPS_PLANNED, "steps_planned", event->steps_planned},
                {FIELD_HOSTS, "hosts", event->hosts},
                {FIELD_HOSTS_CHANGED, "hosts_changed", event->hosts_changed},
                {FIELD_HOSTS_FAILED, "hosts_failed", event->hosts_failed},
        };

        if (fields & FIELD_EXPECTED)
                record_boolean(record, "expected", event->expected);
        if (fields & FIELD_ELAPSED)
                record_integer(record, "elapsed_ms", event->elapsed_ms);
        if ((fields & FIELD_LEFT) && event->left_ms > 0)
                record_integer(record, "left_ms", event->left_ms);
        if ((fields & FIELD_BYTES) && !event->text)
                record_integer(record, "bytes_done", (int64_t)event->bytes_done);
        if ((fields & FIELD_BYTES) && event->bytes_total)
                record_integer(record, "bytes_total", (int64_t)event->bytes_total);
        for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
                if (fields & counts[i].field)
                        record_integer(record, counts[i].key, (int64_t)counts[i].value);
}

static void json_show(struct sink_run *run, const struct event *event, const struct host_state *state)
{
        CLEANUP(string_free) char *time = time_format(event->at_us);
        CLEANUP(string_free) char *line = NULL;
        CLEANUP(text_done) struct text text = {0};
        struct record *record = record_new();

        (void)state;
        record_string(record, "time", time);
        record_string(record, "event", event_kind_name(event->kind));
        record_string(record, "host", event->host);
        record_string(record, "phase", event->phase);
        record_string(record, "score", event->score);
        record_string(record, "step", event->step);
        record_string(record, "step_kind", event->step_kind);
        record_string(record, "status", status_of(event));
        record_string(record, "text", event->text);
        if (event->machine_id && event->machine_id[0])
                record_string(record, "machine_id", event->machine_id);
        add_numbers(record, event);
        if (event->error) {
                struct record *error = record_object(record, "error");

                record_string(error, "kind", error_kind_name(event->error->kind));
                record_string(error, "text", error_text(event->error));
        }
        line = record_take(record);
        text_add(&text, line);
        text_add(&text, "\n");
        output_write(&run->output, text_string(&text), text.length);
}

const struct sink sink_json = {
        .name = "json",
        .show = json_show,
};
