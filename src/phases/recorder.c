/* The run in the store, and what the engine wants of it. */
#include <time.h>

#include "phases/recorder_parts.h"
#include "state/deadlines.h"

int64_t recorder_now_ms(const struct recorder *recorder)
{
        return (clock_now_ns() - recorder->began_ns) / 1000000;
}

static int64_t now_us(void)
{
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

void recorder_note_failure(struct recorder *recorder, int result, struct error *error)
{
        if (result < 0 && !error_is_set(&recorder->error))
                error_move(&recorder->error, error);
        error_done(error);
}

static int tell_failure(const struct recorder *recorder, struct error *error)
{
        if (!error_is_set(&recorder->error))
                return 0;
        return error_set(error, recorder->error.kind, "%s", error_text(&recorder->error));
}

struct recorded *recorder_find(struct recorder *recorder, const char *name)
{
        for (array_each(struct recorded, recorded, &recorder->hosts))
                if (string_equal(recorded->host.name, name))
                        return recorded;
        return NULL;
}

const char *recorded_machine(const struct recorded *recorded)
{
        const char *machine = recorded->host.machine;

        return machine && machine[0] ? machine : recorded->host.name;
}

/* ---- what the engine asks for ---- */

static int claim(
        struct recorder *recorder, const char *host, const struct owned_list *things, struct error *error)
{
        struct recorded *recorded = recorder_find(recorder, host);

        if (tell_failure(recorder, error) < 0)
                return -1;
        if (!recorded || !things->items.count)
                return 0;
        for (array_each(const struct owned, thing, &things->items))
                owned_add(&recorded->things, thing->kind, thing->name, thing->before);
        return ownership_claim(recorder->store, recorded_machine(recorded), recorder->run.id, things, error);
}

int recorder_step_begins(
        struct recorder *recorder, const char *host, const struct owned_list *things, struct error *error)
{
        int result;

        pthread_mutex_lock(&recorder->lock);
        result = claim(recorder, host, things, error);
        pthread_mutex_unlock(&recorder->lock);
        return result;
}

int recorder_phase_deadline(struct recorder *recorder, const char *host, enum phase_name phase, int lasts_s,
        struct deadline *ret_deadline, struct error *error)
{
        struct recorded *recorded;
        int result = -1;

        pthread_mutex_lock(&recorder->lock);
        recorded = recorder_find(recorder, host);
        if (recorded && tell_failure(recorder, error) == 0) {
                result = deadline_keep(recorder->store, recorded_machine(recorded), phase_name(phase),
                        lasts_s, ret_deadline, error);
                recorded->deadline_is_kept = result >= 0;
        }
        pthread_mutex_unlock(&recorder->lock);
        return result;
}

/* ---- begin and end ---- */

static void add_hosts(struct recorder *recorder)
{
        for (array_each(const struct host_config, host, &recorder->config->hosts)) {
                struct recorded *recorded = array_add(&recorder->hosts);

                recorded->host.run = recorder->run.id;
                recorded->host.name = string_copy(host->name);
                recorded->host.address = kvm_host_uri_format(&host->connect);
                recorded->host.level = string_copy(machine_level_name(LEVEL_UNKNOWN));
                recorded->host.activity = string_copy(machine_activity_name(ACTIVITY_SETTLED));
                recorded->host.changed_us = recorder->run.began_us;
                recorded->host.took_ms = NOT_YET;
        }
}

int recorder_new(struct store *store, const struct config *config, const struct history_run *about,
        struct recorder **ret_recorder, struct error *error)
{
        struct recorder *recorder = memory_new(1, sizeof(*recorder));

        recorder->store = store;
        recorder->config = config;
        recorder->began_ns = clock_now_ns();
        recorder->run = (struct history_run) {
                .began_us = now_us(),
                .took_ms = NOT_YET,
                .controller = string_copy(about->controller),
                .user = string_copy(about->user),
                .pid = about->pid,
                .command = string_copy(about->command),
                .verb = string_copy(about->verb),
                .phase = string_copy(about->phase),
                .exit_status = NOT_YET,
                .host_count = (int64_t)config->hosts.count,
        };
        pthread_mutex_init(&recorder->lock, NULL);
        if (history_add_run(store, &recorder->run, error) < 0) {
                recorder_free(recorder);
                return -1;
        }
        add_hosts(recorder);
        *ret_recorder = recorder;
        return 0;
}

int recorder_finish(struct recorder *recorder, int exit_status, struct error *error)
{
        struct error unsaved = {0};

        recorder->run.took_ms = recorder_now_ms(recorder);
        recorder->run.exit_status = exit_status;
        recorder_note_failure(
                recorder, history_save_run(recorder->store, &recorder->run, &unsaved), &unsaved);
        if (tell_failure(recorder, error) < 0)
                return error_prefix(error, "not everything about this run could be kept");
        return 0;
}

void recorder_free(struct recorder *recorder)
{
        if (!recorder)
                return;
        for (array_each(struct recorded, recorded, &recorder->hosts)) {
                history_host_done(&recorded->host);
                history_step_done(&recorded->step);
                output_tail_clear(&recorded->output);
                owned_list_done(&recorded->things);
        }
        array_free(&recorder->hosts);
        history_run_done(&recorder->run);
        error_done(&recorder->error);
        pthread_mutex_destroy(&recorder->lock);
        free(recorder);
}
