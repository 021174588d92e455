/* When a guest counts as up, and what is noted about it. Pure.
 *
 * Waiting for a guest is a step; that it was ready is noted on its machine, for as long as the guest runs: the note names
 * the moment at which QEMU was started. So a guest that is up costs a run one small file to look at, not a login; and
 * one that was restarted, by whomever, has to show itself again. */
#pragma once

#include "config/config.h"

#define READY_NOTES "/run/provision/ready"

/* At least one thing is waited for. */
bool ready_is_wanted(const struct guest_config *guest);

/* "SSH as ci": what is waited for, for people; owned by the caller. */
char *ready_words(const struct guest_config *guest, enum ready_kind kind);

/* QEMU's file of its process number, which is there while the guest runs and as old as its start. Owned by the caller. */
char *guest_process_path(const struct guest_config *guest);
/* Where it is noted that the guest was ready; owned by the caller. */
char *ready_note_path(const struct guest_config *guest);
/* The note, a line, of a guest that was started then (CLOCK_REALTIME, as its process' file tells); owned by the caller. */
char *ready_note(const struct guest_config *guest, int64_t since_us);
