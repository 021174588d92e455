/* How long to wait before the next try: longer each time, up to a limit, and never quite the same, so that many who wait
 * for one machine don't come all at once, and a server that punishes those who come too often
 * (OpenSSH's PerSourcePenalties) has no reason to. */
#pragma once

#include <stdint.h>

#define BACKOFF_FIRST_MS 1000
#define BACKOFF_MOST_MS  30000

/* Milliseconds before another try, after so many have failed (at least 1): from half to the whole of 1 s, 2 s, 4 s, …,
 * 30 s. random: any number. */
int backoff_ms(unsigned failed, uint32_t random);
