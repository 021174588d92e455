/* Absolute deadlines. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "state/deadlines.h"
#include "state/store_parts.h"

#define US_PER_S INT64_C(1000000)

int64_t kept_deadline_left_us(const struct kept_deadline *kept, const struct moment *now, int64_t lasts_s)
{
        int64_t left_us;

        if (kept->lasts_s != lasts_s)
                return 0;
        if (now->boot_id[0] && string_equal(kept->boot_id, now->boot_id))
                left_us = kept->boot_end_us - now->boot_us;
        else
                left_us = kept->end_us - now->real_us;
        if (left_us > lasts_s * US_PER_S)
                left_us = lasts_s * US_PER_S; /* a clock that was set back */
        return left_us > 0 ? left_us : 0;
}

static int64_t read_clock(clockid_t clock)
{
        struct timespec now;

        clock_gettime(clock, &now);
        return now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

/* "" where /proc isn't there: then only the time of day is left. */
static void read_boot_id(char *buffer, size_t size)
{
        CLEANUP(fd_close) int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
        ssize_t count = fd < 0 ? 0 : read(fd, buffer, size - 1);

        buffer[count > 0 ? count : 0] = '\0';
        buffer[strcspn(buffer, "\n")] = '\0';
}

static void take_kept(void *context, const struct row *row)
{
        *(struct kept_deadline *)context = (struct kept_deadline) {
                .lasts_s = row_integer(row, 0),
                .end_us = row_integer(row, 1),
                .boot_end_us = row_integer(row, 2),
                .boot_id = row_text(row, 3),
        };
}

static int get_or_set(struct store *store, const char *machine, const char *key, int64_t lasts_s,
        int64_t *ret_left_us, struct error *error)
{
        struct kept_deadline kept = {0};
        char boot_id[64];
        struct moment now = {read_clock(CLOCK_REALTIME), read_clock(CLOCK_BOOTTIME), boot_id};

        read_boot_id(boot_id, sizeof(boot_id));
        if (database_query(store->database,
                    "SELECT lasts_s, end_us, boot_end_us, boot_id FROM deadline WHERE machine = ? AND key = "
                    "?",
                    VALUES(TEXT(machine), TEXT(key)), take_kept, &kept, error) < 0)
                return -1;
        *ret_left_us = kept_deadline_left_us(&kept, &now, lasts_s);
        string_free(&kept.boot_id);
        if (*ret_left_us > 0)
                return 0;
        return database_do(store->database,
                "INSERT OR REPLACE INTO deadline (machine, key, lasts_s, end_us, boot_id, boot_end_us) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                VALUES(TEXT(machine), TEXT(key), INTEGER(lasts_s), INTEGER(now.real_us + lasts_s * US_PER_S),
                        TEXT(boot_id), INTEGER(now.boot_us + lasts_s * US_PER_S)),
                error);
}

int deadline_keep(struct store *store, const char *machine, const char *key, int64_t lasts_s,
        struct deadline *ret_deadline, struct error *error)
{
        int64_t left_us = 0;

        if (database_begin(store->database, CARE_SYNCED, error) < 0 ||
                database_end(store->database, get_or_set(store, machine, key, lasts_s, &left_us, error),
                        error) < 0)
                return -1;
        *ret_deadline = left_us ? deadline_in_ms((left_us + 999) / 1000) : deadline_in_s(lasts_s);
        return left_us > 0;
}

int deadline_drop(struct store *store, const char *machine, const char *key, struct error *error)
{
        int result;

        if (database_begin(store->database, CARE_SYNCED, error) < 0)
                return -1;
        result = database_do(store->database, "DELETE FROM deadline WHERE machine = ? AND key = ?",
                VALUES(TEXT(machine), TEXT(key)), error);
        return database_end(store->database, result, error);
}
