/* Who made what, on which machine: for undo, which takes away only what is ours. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"
#include "state/store.h"

struct owned {
        char *kind; /* "package", "network", … */
        char *name;
        int64_t run;
        int64_t at_us; /* CLOCK_REALTIME */
        bool is_made; /* false: it was about to be made when something cut the run off: it may be there or not */
        char *before; /* what was there before, bounded; NULL: nothing */
};

struct owned_list {
        ARRAY(struct owned) items;
};

/* Before they are made: all of the list, on the disk before this returns. What is owned already keeps its run, time and
 * before. kind, name and before count. */
int ownership_claim(struct store *store, const char *machine, int64_t run, const struct owned_list *things,
        struct error *error);

/* After: they are there. */
int ownership_made(
        struct store *store, const char *machine, const struct owned_list *things, struct error *error);

/* It is gone, or nobody's any more. */
int ownership_drop(
        struct store *store, const char *machine, const char *kind, const char *name, struct error *error);

/* What is owned on a machine, in the order in which it was made. */
int ownership_list(
        struct store *store, const char *machine, struct owned_list *ret_list, struct error *error);

/* A new last item with copies; before may be NULL. */
void owned_add(struct owned_list *list, const char *kind, const char *name, const char *before);
void owned_list_done(struct owned_list *list);
