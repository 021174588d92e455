/* The recorder: keeps what a run tells in the store, and what outlives it: who made what, and until when a phase may
 * take. From any thread. */
#pragma once

#include "base/deadline.h"
#include "config/config.h"
#include "report/report.h"
#include "state/history.h"
#include "state/ownership.h"

struct recorder;

/* Begins the run in the store (both borrowed, as the configuration). about: controller, user, pid, command, verb and
 * phase, copied. An error means that nothing could be kept: then nothing may be done either. */
int recorder_new(struct store *store, const struct config *config, const struct history_run *about,
        struct recorder **ret_recorder, struct error *error);

/* For report_also(): context is the recorder. What can't be kept is told by the next of the functions below. */
void recorder_take(void *context, const struct event *event);

/* Before a step that was announced is carried out: things are on the disk as ours once this returns. -1: they aren't, or
 * what was told before isn't kept, and the step must not be carried out. */
int recorder_step_begins(
        struct recorder *recorder, const char *host, const struct owned_list *things, struct error *error);

/* The end of a phase that may take lasts_s: what a run before this one, which was cut off, had left of it (1), or all
 * (0). The recorder drops it when the phase is reached or given up. */
int recorder_phase_deadline(struct recorder *recorder, const char *host, enum phase_name phase, int lasts_s,
        struct deadline *ret_deadline, struct error *error);

/* The end of the run. -1 when not everything could be kept. */
int recorder_finish(struct recorder *recorder, int exit_status, struct error *error);

/* NULL is allowed. A run that wasn't finished counts as cut off. */
void recorder_free(struct recorder *recorder);
