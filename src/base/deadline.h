/* Points in time that a wait may not pass: absolute, on the monotonic clock, in nanoseconds. */
#pragma once

#include <stdint.h>

struct deadline {
        int64_t at_ns; /* CLOCK_MONOTONIC; 0 means never */
};

int64_t clock_now_ns(void);

struct deadline deadline_in_ms(int64_t ms);
struct deadline deadline_in_s(int64_t s);

/* The earlier of two. */
struct deadline deadline_min(struct deadline a, struct deadline b);

int deadline_passed(struct deadline deadline);

/* Milliseconds left, rounded up, for poll(2): 0 when passed, -1 for never. */
int deadline_left_ms(struct deadline deadline);
