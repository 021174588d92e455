/* What the program arranges with the kernel before it does anything. */
#pragma once

/* "root@controller": who runs it where, without blanks. Lent for good. */
const char *process_owner(void);

/* Standard descriptors that are closed fail instead of being somebody's socket; no core files, for there may be
 * secrets in memory; a closed pipe is an error and not a death; threads have stacks of 1 MiB. */
void process_prepare(void);

/* Who runs it: "root", or "root, for alice" under sudo. Owned by the caller. */
char *process_user(void);

/* From here on SIGINT, SIGTERM and SIGHUP stop the engine: the first lets the step in hand end, the second doesn't,
 * the third ends the program at once with status 8. */
void process_catch_signals(void);
