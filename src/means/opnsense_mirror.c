/* Bringing a backup's static mappings to its primary's.
 *
 * An address may have only one machine at any time: so what goes or changes is taken away first. */
#include "means/opnsense_parts.h"

#define MAPPINGS (1U << OPNSENSE_MAPPINGS)

static const struct {
        enum opnsense_kind kind;
        const char *status, *reconfigure;
} daemons[] = {
        {OPNSENSE_RESERVATION, "/api/kea/service/status", "/api/kea/service/reconfigure"},
        {OPNSENSE_HOST, "/api/dnsmasq/service/status", "/api/dnsmasq/service/reconfigure"},
};

#define DAEMONS (sizeof(daemons) / sizeof(daemons[0]))

static int is_running(struct session_with_opnsense *session, const char *path, struct deadline deadline,
        bool *ret_is_running, struct error *error)
{
        CLEANUP(json_free) struct json *json = NULL;

        if (opnsense_ask(session, path, NULL, OPNSENSE_ASK_S, deadline, &json, error) < 0)
                return -1;
        *ret_is_running = string_equal(json_text_at(json, "status"), "running");
        return 0;
}

/* One that ran has to run: it says "ok" even when it has found something that it can't live with. */
static int load_daemon(
        struct session_with_opnsense *session, size_t daemon, struct deadline deadline, struct error *error)
{
        bool had_run, runs;

        if (is_running(session, daemons[daemon].status, deadline, &had_run, error) < 0 ||
                opnsense_tell(session, daemons[daemon].reconfigure, "{}", "ok", OPNSENSE_APPLY_S, deadline,
                        error) < 0 ||
                is_running(session, daemons[daemon].status, deadline, &runs, error) < 0)
                return -1;
        if (had_run && !runs)
                return error_set(error, ERROR_FAILED, "OPNsense %s: what %s has loaded has ended it",
                        session->config->name, daemons[daemon].reconfigure);
        return 0;
}

/* Those whose mappings were touched. */
static int load_changed(struct opnsense_making *making, struct deadline deadline, struct error *error)
{
        for (size_t i = 0; i < DAEMONS; i++)
                if (making->log.kinds & 1U << daemons[i].kind &&
                        load_daemon(making->session, i, deadline, error) < 0)
                        return -1;
        return 0;
}

/* With what its own has besides. */
static void merge(const struct opnsense_objects *wanted, const struct opnsense_objects *found,
        struct opnsense_objects *ret_merged)
{
        for (array_each(const struct opnsense_object, object, &wanted->list)) {
                struct opnsense_object *merged = array_add(&ret_merged->list);
                const struct opnsense_object *from = object;

                for (array_each(const struct opnsense_object, there, &found->list))
                        if (there->kind == object->kind && string_equal(there->uuid, object->uuid))
                                from = there;
                opnsense_copy(merged, from);
                for (array_each(const struct opnsense_field, field, &object->fields))
                        opnsense_set(merged, field->name, field->value);
        }
}

static int write_both(
        struct opnsense_making *making, const struct opnsense_changes *changes, struct error *error)
{
        struct deadline deadline = making->work->deadline;

        for (array_each(const struct opnsense_change, change, &changes->list))
                if (change->found &&
                        opnsense_change(&making->log, &(const struct opnsense_change) {NULL, change->found},
                                deadline, error) < 0)
                        return -1;
        for (array_each(const struct opnsense_change, change, &changes->list))
                if (change->wanted &&
                        opnsense_change(&making->log, &(const struct opnsense_change) {change->wanted, NULL},
                                deadline, error) < 0)
                        return -1;
        return 0;
}

/* What the primary has is looked at only now: it may have changed. */
static int find_wanted(struct opnsense_making *making, struct opnsense_objects *wanted, struct error *error)
{
        const struct work *work = making->work;
        CLEANUP(opnsense_state_done) struct opnsense_state primary = {0};
        CLEANUP(strings_done) struct strings problems = {0};
        struct session_with_opnsense *session;

        if (opnsense_open(work->opnsenses, work->step->opnsense.from, work->deadline, &session, error) < 0 ||
                opnsense_look(session, MAPPINGS, MAPPINGS, work->deadline, &primary, error) < 0)
                return -1;
        opnsense_mirror(&primary, &making->before, wanted, &problems);
        return 0;
}

static int mirror(struct opnsense_making *making, struct error *error)
{
        CLEANUP(opnsense_changes_done) struct opnsense_changes changes = {0};
        CLEANUP(opnsense_objects_done) struct opnsense_objects wanted = {0};

        if (find_wanted(making, &wanted, error) < 0)
                return -1;
        merge(&wanted, &making->before.objects, &making->own);
        making->wanted = &making->own;
        opnsense_compare(OPNSENSE_MAPPINGS, making->wanted, &making->before.objects, &changes);
        if (write_both(making, &changes, error) < 0 ||
                load_changed(making, making->work->deadline, error) < 0)
                return -1;
        return opnsense_read_back(making, OPNSENSE_MAPPINGS, error);
}

int opnsense_mirror_mappings(const struct work *work, struct error *error)
{
        return opnsense_make_on_all(work, MAPPINGS, mirror, load_changed, error);
}
