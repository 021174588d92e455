/* Starting a program here: its own process group, no signals blocked or ignored, only its three descriptors. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/* argv[0] is looked up in PATH. descriptors: stdin, stdout, stderr; they stay the caller's. */
int spawn(const char *const argv[], const int descriptors[3], pid_t *ret_pid, struct error *error);

/* A descriptor that becomes readable when the process ends. -1: this kernel (before 5.3) has none to give. */
int spawn_watch_fd(pid_t pid);

/* A pair of pipe ends, ours (non-blocking) and the program's; is_input: the program reads. */
int spawn_pipe(bool is_input, int *ret_ours, int *ret_theirs, struct error *error);
