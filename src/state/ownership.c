/* Who made what. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "state/ownership.h"
#include "state/store_parts.h"

#define BEFORE_MOST 4096 /* bytes kept of what was there before */

static int64_t now_us(void)
{
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static int claim_all(struct store *store, const char *machine, int64_t run, const struct owned_list *things,
        struct error *error)
{
        for (array_each(const struct owned, thing, &things->items))
                if (database_do(store->database,
                            "INSERT INTO owned (machine, kind, name, run, at_us, is_made, before) "
                            "VALUES (?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
                            VALUES(TEXT(machine), TEXT(thing->kind), TEXT(thing->name), INTEGER(run),
                                    INTEGER(now_us()), TEXT(thing->before)),
                            error) < 0)
                        return -1;
        return 0;
}

int ownership_claim(struct store *store, const char *machine, int64_t run, const struct owned_list *things,
        struct error *error)
{
        if (database_begin(store->database, CARE_SYNCED, error) < 0)
                return -1;
        return database_end(store->database, claim_all(store, machine, run, things, error), error);
}

static int mark_all(
        struct store *store, const char *machine, const struct owned_list *things, struct error *error)
{
        for (array_each(const struct owned, thing, &things->items))
                if (database_do(store->database,
                            "UPDATE owned SET is_made = 1 WHERE machine = ? AND kind = ? AND name = ?",
                            VALUES(TEXT(machine), TEXT(thing->kind), TEXT(thing->name)), error) < 0)
                        return -1;
        return 0;
}

int ownership_made(
        struct store *store, const char *machine, const struct owned_list *things, struct error *error)
{
        /* Not synced: if this is lost, it was claimed and may be there, which is true. */
        if (database_begin(store->database, CARE_HISTORY, error) < 0)
                return -1;
        return database_end(store->database, mark_all(store, machine, things, error), error);
}

int ownership_drop(
        struct store *store, const char *machine, const char *kind, const char *name, struct error *error)
{
        int result;

        if (database_begin(store->database, CARE_SYNCED, error) < 0)
                return -1;
        result = database_do(store->database, "DELETE FROM owned WHERE machine = ? AND kind = ? AND name = ?",
                VALUES(TEXT(machine), TEXT(kind), TEXT(name)), error);
        return database_end(store->database, result, error);
}

static void add_row(void *context, const struct row *row)
{
        struct owned_list *list = context;

        *array_add(&list->items) = (struct owned) {
                .kind = row_text(row, 0),
                .name = row_text(row, 1),
                .run = row_integer(row, 2),
                .at_us = row_integer(row, 3),
                .is_made = row_integer(row, 4) != 0,
                .before = row_text(row, 5),
        };
}

int ownership_list(struct store *store, const char *machine, struct owned_list *ret_list, struct error *error)
{
        int result;

        if (!store)
                return 0;
        if (database_begin(store->database, CARE_READ, error) < 0)
                return -1;
        result = database_query(store->database,
                "SELECT kind, name, run, at_us, is_made, before FROM owned WHERE machine = ? "
                "ORDER BY run, at_us, kind, name",
                VALUES(TEXT(machine)), add_row, ret_list, error);
        return database_end(store->database, result, error);
}

void owned_add(struct owned_list *list, const char *kind, const char *name, const char *before)
{
        struct owned *thing = array_add(&list->items);

        thing->kind = string_copy(kind);
        thing->name = string_copy(name);
        thing->before = before ? string_copy_n(before, strnlen(before, BEFORE_MOST)) : NULL;
}

void owned_list_done(struct owned_list *list)
{
        for (array_each(struct owned, thing, &list->items)) {
                free(thing->kind);
                free(thing->name);
                free(thing->before);
        }
        array_free(&list->items);
}
