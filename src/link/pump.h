/* Moving bytes between a descriptor here and a far end, in both directions, through 32 KiB each way. Whoever
 * reads slowly is waited for: what doesn't fit stays where it came from. */
#pragma once

#include "link/entry.h"
#include "link/loop.h"

struct pump;

/* Called once, later: both directions have ended, or why is set. The callee frees the pump. */
typedef void pump_ended(void *context, const struct error *why);

/* near is taken over; it must be a socket. */
struct pump *pump_new(struct loop *loop, int near, pump_ended *ended, void *context);
void pump_free(struct pump *pump);

/* The far end, which was opened with pump_user and the pump. entry (or NULL) is lent: its marks come before the
 * bytes. */
extern const struct far_user pump_user;
void pump_attach(struct pump *pump, struct far *far, struct entry *entry);

/* Gives up the far end that failed before a byte was moved, so that another can be attached. */
void pump_detach(struct pump *pump);
bool pump_was_open(const struct pump *pump);
/* What came on the far end's stderr, the last of it. */
const struct text *pump_said(const struct pump *pump);
