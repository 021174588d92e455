/* Until when something may take, kept over the death of the process that began it. */
#pragma once

#include <stdint.h>

#include "base/deadline.h"
#include "state/store.h"

/* The deadline of a machine's phase or step: the one that was set before if it still lies ahead and was set for as
 * many seconds, else lasts_s from now, which is kept from now on. 1: it was there already; 0: it is new.
 *
 * In the boot in which it was set, the clock that nobody sets counts; after another boot, the time of day, and then
 * never more than lasts_s. */
int deadline_keep(struct store *store, const char *machine, const char *key, int64_t lasts_s,
        struct deadline *ret_deadline, struct error *error);

/* It was met or has passed, and the next one begins anew. */
int deadline_drop(struct store *store, const char *machine, const char *key, struct error *error);

/* ---- the pure part ---- */

struct kept_deadline {
        int64_t lasts_s;
        int64_t end_us;      /* CLOCK_REALTIME */
        int64_t boot_end_us; /* CLOCK_BOOTTIME, of the boot named */
        char *boot_id;
};

struct moment {
        int64_t real_us;
        int64_t boot_us;
        const char *boot_id;
};

/* Microseconds left of a kept deadline at a moment; 0 when it has passed or was set for another time than lasts_s. */
int64_t kept_deadline_left_us(const struct kept_deadline *kept, const struct moment *now, int64_t lasts_s);
