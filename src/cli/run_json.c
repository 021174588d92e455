/* A recorded run for programs. */
#include "base/memory.h"
#include "cli/run_views.h"
#include "base/record.h"

static void add_took(struct record *record, int64_t took_ms)
{
        if (took_ms != NOT_YET)
                record_integer(record, "took_ms", took_ms);
}

static void add_phases(struct record *record, const struct history_run *run, const struct history_host *host)
{
        struct record *list = record_list(record, "phases");

        for (array_each(const struct history_phase, phase, &host->phases)) {
                struct record *object = record_list_object(list);

                record_string(object, "phase", phase->name);
                record_string(object, "outcome", outcome_part_name(outcome_of_part(run, phase->outcome)));
                record_integer(object, "began_ms", phase->began_ms);
                add_took(object, phase->took_ms);
                record_integer(object, "steps_done", phase->steps_done);
        }
}

static void add_steps(struct record *record, const struct history_run *run, const struct history_host *host)
{
        struct record *list = record_list(record, "steps");

        for (array_each(const struct history_step, step, &host->steps)) {
                struct record *object = record_list_object(list);

                record_string(object, "phase", step->phase);
                record_string(object, "score", step->score);
                record_string(object, "step", step->sentence);
                record_string(object, "step_kind", step->kind);
                record_string(object, "outcome", outcome_part_name(outcome_of_part(run, step->outcome)));
                record_integer(object, "began_ms", step->began_ms);
                add_took(object, step->took_ms);
                record_string(object, "error", step->error);
                record_string(object, "output", step->output);
        }
}

static void add_notes(struct record *record, const struct history_host *host)
{
        struct record *list = record_list(record, "notes");

        for (array_each(const struct history_note, note, &host->notes)) {
                struct record *object = record_list_object(list);

                record_string(object, "kind", note->kind);
                record_string(object, "phase", note->phase);
                record_string(object, "score", note->score);
                record_string(object, "text", note->text);
        }
}

static void add_machines(struct record *record, const struct history_run *run)
{
        struct record *list = record_list(record, "machines");

        for (array_each(const struct history_host, host, &run->hosts)) {
                struct record *object = record_list_object(list);

                record_string(object, "host", host->name);
                record_string(object, "address", host->address);
                record_string(object, "machine_id", host->machine);
                record_string(object, "outcome", outcome_name(outcome_of_host(run, host)));
                record_string(object, "level", host->level);
                record_integer(object, "began_ms", host->began_ms);
                add_took(object, host->took_ms);
                record_integer(object, "steps_done", host->steps_done);
                record_string(object, "error", host->error);
                record_string(object, "note", host->note);
                add_phases(object, run, host);
                add_steps(object, run, host);
                add_notes(object, host);
        }
}

static void add_differences(struct record *record, const struct run_view *view)
{
        struct record *list;

        if (!view->before.id)
                return;
        record_integer(record, "before", view->before.id);
        list = record_list(record, "differences");
        for (array_each(const struct difference, difference, &view->differences.items)) {
                struct record *object = record_list_object(list);

                record_string(object, "kind", difference_name(difference->kind));
                record_string(object, "host", difference->host);
                record_string(object, "text", difference->text);
        }
}

void run_add_json(struct text *text, const struct history_run *run, const struct run_view *view)
{
        CLEANUP(string_free) char *began = date_for_programs(run->began_us);
        CLEANUP(string_free) char *line = NULL;
        struct record *record = record_new();

        record_integer(record, "run", run->id);
        record_string(record, "began", began);
        add_took(record, run->took_ms);
        record_string(record, "outcome", outcome_name(outcome_of_run(run)));
        if (run->exit_status != NOT_YET)
                record_integer(record, "exit_status", run->exit_status);
        record_string(record, "controller", run->controller);
        record_string(record, "user", run->user);
        record_integer(record, "pid", run->pid);
        record_string(record, "command", run->command);
        record_string(record, "verb", run->verb);
        record_string(record, "phase", run->phase);
        record_integer(record, "hosts", run->host_count);
        record_integer(record, "hosts_changed", run->hosts_changed);
        record_integer(record, "hosts_failed", run->hosts_failed);
        if (view) {
                add_machines(record, run);
                add_differences(record, view);
        }
        line = record_take(record);
        text_format(text, "%s\n", line);
}
