/* A guest's console on two descriptors here. */
#pragma once

#include "link/link.h"

#define CONSOLE_ESCAPE 0x1D /* Ctrl-] */

/* Passes on what comes from in, and to out what the guest says, until Ctrl-] or the end of in, or the guest's. Blocks. -1
 * when the console couldn't be had, or was lost. */
int console_bridge(struct link *link, const char *guest, int in, int out, struct error *error);
