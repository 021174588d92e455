/* libvirt's storage pools: what there is, and every step that changes one. */
#include <assert.h>
#include <time.h>

#include "means/libvirt_parts.h"
#include "means/owner.h"
#include "means/pool_xml.h"
#include "means/xml_tree.h"

static int types_answer(const char *xml, struct strings *ret_types, struct error *error)
{
        CLEANUP(xml_node_done) struct xml_node root = {0};

        if (!xml)
                return 0;
        if (xml_node_parse(xml, &root, error) < 0)
                return error_prefix(error, "which pools there can be");
        for (array_each(const struct xml_node, pool, &root.children)) {
                const char *type = xml_node_property(pool, "type");

                if (type && string_equal(xml_node_property(pool, "supported"), "yes"))
                        strings_add(ret_types, type);
        }
        return 0;
}

int pools_answer(const struct inventory *inventory, struct answers *answers, struct error *error)
{
        if (types_answer(inventory->pool_types, &answers->pool_types, error) < 0)
                return -1;
        for (array_each(const struct listed, listed, &inventory->kinds[LIBVIRT_POOL])) {
                struct pool_state *state = array_add(&answers->pools);

                state->name = string_copy(listed->name);
                state->uuid = string_copy(listed->uuid);
                state->active = listed->active;
                state->autostart = listed->autostart;
                state->persistent = listed->persistent;
                state->ours = owner_is_us("pool", listed->name, listed->uuid);
                if (pool_xml_read(listed->definition, state, error) < 0)
                        return error_prefix(error, "pool %s", listed->name);
        }
        return 0;
}

/* What is there keeps its UUID, by which it is ours or not. */
static int define(struct session *session, const struct step *step, struct error *error)
{
        const struct pool_config *wanted = step->pool.wanted;
        CLEANUP(string_free)
        char *uuid =
                step->pool.found ? string_copy(step->pool.found->uuid) : owner_uuid("pool", wanted->name);
        CLEANUP(string_free) char *xml = pool_xml_write(wanted, uuid);

        return session_define(session, LIBVIRT_POOL, xml, error);
}

/* Its directory is a file's matter: it may have been there before us. */
static int remove_pool(struct session *session, const struct pool_state *found, struct error *error)
{
        if (session_act(session, LIBVIRT_POOL, found->name, LIBVIRT_STOP, error) < 0)
                return -1;
        if (!found->persistent) /* it went when it was stopped */
                return 0;
        return session_act(session, LIBVIRT_POOL, found->name, LIBVIRT_UNDEFINE, error);
}

/* There is a volume group, or one is made of its devices; libvirt refuses those that hold anything, another volume group
 * among them. */
static int start_group(struct session *session, const struct pool_config *wanted, struct error *error)
{
        CLEANUP(error_done) struct error absent = {0}, refused = {0};

        if (session_act(session, LIBVIRT_POOL, wanted->name, LIBVIRT_START, &absent) == 0)
                return 0;
        if (wanted->devices.count == 0)
                return error_set(error, absent.kind,
                        "%s; if there is no volume group %s, make it by vgcreate, or say by devices what "
                        "it is to be made of",
                        error_text(&absent), wanted->source);
        if (session_act(session, LIBVIRT_POOL, wanted->name, LIBVIRT_BUILD_EMPTY, &refused) == 0)
                return session_act(session, LIBVIRT_POOL, wanted->name, LIBVIRT_START, error);
        return error_set(error, ERROR_FAILED, "%s; and %s", error_text(&absent), error_text(&refused));
}

static int try_start(struct session *session, const struct step *step, struct error *error)
{
        const struct pool_config *wanted = step->pool.wanted;

        if (wanted->type == POOL_LOGICAL)
                return start_group(session, wanted, error);
        /* The directory of ours may be missing still, when the run that defined it was cut off. */
        if ((!step->pool.found || step->pool.found->ours) &&
                session_act(session, LIBVIRT_POOL, wanted->name, LIBVIRT_BUILD, error) < 0)
                return -1;
        return session_act(session, LIBVIRT_POOL, wanted->name, LIBVIRT_START, error);
}

/* Ours, and it never got as far as to start with the machine. */
static bool was_never_started(const struct step *step)
{
        const struct pool_state *found = step->pool.found;

        return !found || (found->ours && step->pool.wanted->autostart && !found->autostart);
}

/* One that was never started doesn't stay behind as a pool that can't be used. */
static int start(struct session *session, const struct step *step, struct error *error)
{
        CLEANUP(error_done) struct error ignored = {0}; /* the next run starts from it as well */

        if (try_start(session, step, error) == 0)
                return 0;
        if (was_never_started(step) && error->kind == ERROR_FAILED)
                session_act(session, LIBVIRT_POOL, step->pool.wanted->name, LIBVIRT_UNDEFINE, &ignored);
        return -1;
}

static int make_change(struct session *session, void *context, struct error *error)
{
        const struct step *step = context;
        const struct pool_config *wanted = step->pool.wanted; /* NULL for STEP_POOL_REMOVE */

        switch (step->kind) {
        case STEP_POOL_DEFINE:
                return define(session, step, error);
        case STEP_POOL_START:
                return start(session, step, error);
        case STEP_POOL_AUTOSTART:
                return session_act(session, LIBVIRT_POOL, wanted->name,
                        wanted->autostart ? LIBVIRT_AUTOSTART_ON : LIBVIRT_AUTOSTART_OFF, error);
        case STEP_POOL_REMOVE:
                return remove_pool(session, step->pool.found, error);
        default:
                assert(!"a step of a pool");
                return 0;
        }
}

struct refresh {
        const char *pool;
        bool is_busy;
};

static int refresh(struct session *session, void *context, struct error *error)
{
        struct refresh *refresh = context;

        return session_refresh_pool(session, refresh->pool, &refresh->is_busy, error);
}

int pool_refresh(struct libvirt *libvirt, const char *pool, struct deadline deadline, struct error *error)
{
        const struct timespec moment = {.tv_nsec = 100000000L};
        struct refresh asked = {.pool = pool};

        for (;;) {
                CLEANUP(error_done) struct error failure = {0};

                if (libvirt_run(libvirt, refresh, &asked, deadline, &failure) == 0)
                        return 0;
                if (!asked.is_busy || deadline_passed(deadline))
                        return error_move(error, &failure);
                nanosleep(&moment, NULL);
        }
}

int pool_carry_out(struct libvirt *libvirt, struct link *link, const struct step *step,
        struct deadline deadline, struct error *error)
{
        (void)link; /* libvirt itself makes the directory */
        return libvirt_run(libvirt, make_change, (void *)step, deadline, error);
}
