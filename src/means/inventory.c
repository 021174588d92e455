/* What a libvirt has, in two round trips.
 *
 * First the lists: all objects, and (since a list can be asked for by a property) those that are active, start with
 * the machine, are defined, so that no object has to be asked about itself; and beside them the volumes that were asked
 * about, found by their paths. Then the XML of each. libvirt's daemons work on a few calls
 * of one client at a time and read on when one is done: more threads than objects would bring nothing, fewer would
 * bring waits. */
#include "means/inventory.h"

#include <pthread.h>

#include "means/parallel.h"

#define WIDTH 32

struct call {
        enum libvirt_kind kind;
        enum libvirt_filter filter; /* of a list */
        size_t index;               /* of an XML's object */
        bool running;
        struct handles *handles;
        char **ret_text; /* an XML, or the version */
        int (*get)(struct session *session, char **ret_text, struct error *error); /* of no object */
        struct lookup *lookup; /* of a volume; the rest is nothing then */
};

struct lookup {
        struct wanted_volume *wanted;
        struct volume_handle handle;
        bool was_looked_for;
};

struct fetch {
        struct session *session;
        const struct inventory_scope *scope;
        ARRAY(struct call) calls;
        struct handles lists[LIBVIRT_KINDS][LIBVIRT_FILTERS];
        ARRAY(struct lookup) lookups;
        pthread_mutex_t lock; /* of error */
        struct error error;   /* the first one */
};

static void fetch_done(struct fetch *fetch)
{
        for (int kind = 0; kind < LIBVIRT_KINDS; kind++)
                for (int filter = 0; filter < LIBVIRT_FILTERS; filter++)
                        handles_done(&fetch->lists[kind][filter]);
        for (array_each(struct lookup, lookup, &fetch->lookups))
                volume_handle_done(&lookup->handle);
        array_free(&fetch->lookups);
        array_free(&fetch->calls);
        error_done(&fetch->error);
}

/* First where it is, then what it is. */
static int look_up(struct session *session, struct lookup *lookup, struct error *error)
{
        struct wanted_volume *wanted = lookup->wanted;

        if (lookup->was_looked_for)
                return volume_xml(&lookup->handle, wanted->name, &wanted->xml, error);
        lookup->was_looked_for = true;
        return volume_find(session, wanted->pool, wanted->path, &lookup->handle, error);
}

static int make_call(struct session *session, const struct call *call, struct error *error)
{
        if (call->lookup)
                return look_up(session, call->lookup, error);
        if (call->get)
                return call->get(session, call->ret_text, error);
        if (!call->ret_text)
                return session_list(session, call->kind, call->filter, call->handles, error);
        return handles_xml(call->handles, call->index, call->running, call->ret_text, error);
}

static void make_call_at(void *context, size_t index)
{
        struct fetch *fetch = context;
        struct error error = {0};

        if (make_call(fetch->session, &fetch->calls.items[index], &error) == 0)
                return;
        pthread_mutex_lock(&fetch->lock);
        if (!error_is_set(&fetch->error))
                error_move(&fetch->error, &error);
        pthread_mutex_unlock(&fetch->lock);
        error_done(&error);
}

static int make_calls(struct fetch *fetch, struct error *error)
{
        parallel_run(fetch->calls.count, WIDTH, make_call_at, fetch);
        array_free(&fetch->calls);
        return error_is_set(&fetch->error) ? error_move(error, &fetch->error) : 0;
}

static void add_lookups(struct fetch *fetch)
{
        for (array_each(struct lookup, lookup, &fetch->lookups))
                array_add(&fetch->calls)->lookup = lookup;
}

static void ask_machine(struct fetch *fetch, struct inventory *inventory)
{
        *array_add(&fetch->calls) = (struct call) {.get = session_version, .ret_text = &inventory->version};
        if (fetch->scope->capabilities)
                *array_add(&fetch->calls) =
                        (struct call) {.get = session_capabilities, .ret_text = &inventory->capabilities};
        if (fetch->scope->pool_types)
                *array_add(&fetch->calls) =
                        (struct call) {.get = session_pool_types, .ret_text = &inventory->pool_types};
}

static int fetch_lists(struct fetch *fetch, struct inventory *inventory, struct error *error)
{
        ask_machine(fetch, inventory);
        for (enum libvirt_kind kind = 0; kind < LIBVIRT_KINDS; kind++)
                for (enum libvirt_filter filter = 0; filter < LIBVIRT_FILTERS; filter++)
                        if (fetch->scope->kinds & 1U << kind &&
                                (filter != LIBVIRT_PAUSED || kind == LIBVIRT_GUEST))
                                *array_add(&fetch->calls) = (struct call) {
                                        .kind = kind,
                                        .filter = filter,
                                        .handles = &fetch->lists[kind][filter],
                                };
        add_lookups(fetch);
        return make_calls(fetch, error);
}

static bool has(const struct handles *handles, const char *name)
{
        for (size_t i = 0; i < handles->count; i++)
                if (string_equal(handles_name(handles, i), name))
                        return true;
        return false;
}

static bool is_in_scope(const struct fetch *fetch, enum libvirt_kind kind, const char *name)
{
        return kind != LIBVIRT_GUEST || !fetch->scope->guests || strings_has(fetch->scope->guests, name);
}

static void ask_for(struct fetch *fetch, struct handles *handles, size_t index, bool running, char **ret_text)
{
        *array_add(&fetch->calls) = (struct call) {
                .kind = handles->kind,
                .handles = handles,
                .index = index,
                .running = running,
                .ret_text = ret_text,
        };
}

static void add_object(struct fetch *fetch, enum libvirt_kind kind, size_t i, struct inventory *inventory)
{
        const struct handles *lists = fetch->lists[kind];
        const char *name = handles_name(&lists[LIBVIRT_ALL], i);

        *array_add(&inventory->kinds[kind]) = (struct listed) {
                .name = string_copy(name),
                .uuid = handles_uuid(&lists[LIBVIRT_ALL], i),
                .active = has(&lists[LIBVIRT_ACTIVE], name),
                .autostart = has(&lists[LIBVIRT_AUTOSTART], name),
                .persistent = has(&lists[LIBVIRT_PERSISTENT], name),
                .paused = has(&lists[LIBVIRT_PAUSED], name),
        };
}

/* The array has all its items before anything points into them. */
static void add_objects(struct fetch *fetch, enum libvirt_kind kind, struct inventory *inventory)
{
        struct handles *all = &fetch->lists[kind][LIBVIRT_ALL];
        struct listed *listed;

        for (size_t i = 0; i < all->count; i++)
                if (is_in_scope(fetch, kind, handles_name(all, i)))
                        add_object(fetch, kind, i, inventory);
        listed = inventory->kinds[kind].items;
        for (size_t i = 0; i < all->count; i++) {
                if (!is_in_scope(fetch, kind, handles_name(all, i)))
                        continue;
                ask_for(fetch, all, i, false, &listed->definition);
                if (kind != LIBVIRT_POOL && listed->active)
                        ask_for(fetch, all, i, true, &listed->running);
                listed++;
        }
}

static void listed_done(struct listed *listed)
{
        free(listed->name);
        free(listed->uuid);
        free(listed->definition);
        free(listed->running);
        strings_done(&listed->addresses);
}

/* Of what vanished between the round trips there is no XML. */
static void drop_vanished(struct inventory *inventory)
{
        for (enum libvirt_kind kind = 0; kind < LIBVIRT_KINDS; kind++) {
                size_t kept = 0;

                for (array_each(struct listed, listed, &inventory->kinds[kind])) {
                        if (listed->definition || listed->running)
                                inventory->kinds[kind].items[kept++] = *listed;
                        else
                                listed_done(listed);
                }
                inventory->kinds[kind].count = kept;
        }
}

int inventory_read(struct session *session, const struct inventory_scope *scope,
        struct inventory *ret_inventory, struct error *error)
{
        CLEANUP(fetch_done)
        struct fetch fetch = {.session = session, .scope = scope, .lock = PTHREAD_MUTEX_INITIALIZER};
        struct inventory inventory = {0};

        for (size_t i = 0; scope->volumes && i < scope->volumes->list.count; i++)
                array_add(&fetch.lookups)->wanted = &scope->volumes->list.items[i];
        if (fetch_lists(&fetch, &inventory, error) == 0) {
                for (enum libvirt_kind kind = 0; kind < LIBVIRT_KINDS; kind++)
                        add_objects(&fetch, kind, &inventory);
                add_lookups(&fetch);
                if (make_calls(&fetch, error) == 0) {
                        drop_vanished(&inventory);
                        *ret_inventory = inventory;
                        return 0;
                }
        }
        inventory_done(&inventory);
        return -1;
}

void wanted_volumes_done(struct wanted_volumes *volumes)
{
        for (array_each(struct wanted_volume, wanted, &volumes->list)) {
                free(wanted->path);
                free(wanted->xml);
        }
        array_free(&volumes->list);
}

void inventory_done(struct inventory *inventory)
{
        for (enum libvirt_kind kind = 0; kind < LIBVIRT_KINDS; kind++) {
                for (array_each(struct listed, listed, &inventory->kinds[kind]))
                        listed_done(listed);
                array_free(&inventory->kinds[kind]);
        }
        free(inventory->version);
        free(inventory->capabilities);
        free(inventory->pool_types);
        *inventory = (struct inventory) {0};
}
