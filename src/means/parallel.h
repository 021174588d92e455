/* The same job many times, side by side: for calls that mostly wait. */
#pragma once

#include <stddef.h>

/* Calls job with every index below count, on at most `width` threads (the caller's is one of them); returns when all
 * are done. A thread that can't be had costs time, nothing else. */
void parallel_run(size_t count, size_t width, void (*job)(void *context, size_t index), void *context);
