/* libvirt's networks: what there is, and every step that changes one. */
#include <assert.h>

#include "means/libvirt_parts.h"
#include "means/network_effect.h"
#include "means/network_guests.h"
#include "means/network_leftover.h"
#include "means/network_xml.h"
#include "means/owner.h"

/* ---- what there is ---- */

/* In what the running network is another than its definition. */
static int compare_running(const struct listed *listed, struct network_state *state, struct error *error)
{
        CLEANUP(network_done) struct network running = {0};
        CLEANUP(strings_done) struct strings unmodelled = {0};

        if (network_xml_read(listed->running, &running, &unmodelled, error) < 0)
                return -1;
        network_differences(&state->network, &running, &state->live_differences);
        for (array_each(char *, element, &unmodelled))
                if (!strings_has(&state->unmodelled, *element))
                        strings_take(&state->live_differences,
                                string_format("runs with <%s>, which its definition hasn't", *element));
        if (state->live_differences.count) {
                state->runs_unmodelled = unmodelled.count > 0;
                state->running = memory_new(1, sizeof(running));
                *state->running = running;
                running = (struct network) {0};
        }
        return 0;
}

int networks_answer(const struct inventory *inventory, struct answers *answers, struct error *error)
{
        for (array_each(const struct listed, listed, &inventory->kinds[LIBVIRT_NETWORK])) {
                struct network_state *state = array_add(&answers->networks);
                const char *xml = listed->definition ? listed->definition : listed->running;

                state->uuid = string_copy(listed->uuid);
                state->active = listed->active;
                state->autostart = listed->autostart;
                state->persistent = listed->persistent;
                state->ours = owner_is_us("network", listed->name, listed->uuid);
                state->bridge_mac = state->ours ? owner_mac("network", listed->name) : NULL;
                if (network_xml_read(xml, &state->network, &state->unmodelled, error) < 0 ||
                        (listed->definition && listed->running && compare_running(listed, state, error) < 0))
                        return error_prefix(error, "network %s", listed->name);
        }
        return 0;
}

/* ---- the steps ---- */

struct change {
        const struct step *step;
        struct watch watch;
};

/* What is there keeps its UUID, by which it is ours or not, and a bridge that nobody asked to be another. */
static int define(struct session *session, void *context, struct error *error)
{
        const struct step *step = ((struct change *)context)->step;
        const struct network_state *found = step->network.found;
        struct network network = step->network.wanted->network; /* borrows everything */
        CLEANUP(string_free) char *uuid = NULL, *xml = NULL;

        uuid = found ? string_copy(found->uuid) : owner_uuid("network", network.name);
        if (found && !network.bridge && network.mode == found->network.mode)
                network.bridge = found->network.bridge;
        xml = network_xml_write(&network, uuid);
        return session_define(session, LIBVIRT_NETWORK, xml, error);
}

static int edit(struct session *session, void *context, struct error *error)
{
        const struct step *step = ((struct change *)context)->step;
        const struct network_state *found = step->network.found;

        for (size_t i = 0; i < step->network.edit_count; i++) {
                const struct network_edit *edit = &step->network.edits[i];
                CLEANUP(string_free) char *xml = network_xml_write_edit(edit);
                const struct network_update update = {
                        .part = edit->part,
                        .verb = edit->verb,
                        .xml = xml,
                        .running = found->active,
                        .definition = found->persistent && !step->network.is_live_only,
                };

                if (session_update_network(session, found->network.name, &update, error) < 0)
                        return -1;
        }
        return 0;
}

static int act(
        struct session *session, const struct change *change, enum libvirt_act act, struct error *error)
{
        return session_act(session, LIBVIRT_NETWORK, change->step->network.wanted->network.name, act, error);
}

static int find_guests(struct session *session, void *context, struct error *error)
{
        struct change *change = context;

        return watch_find(session, change->step->network.wanted->network.name, &change->watch, error);
}

static int define_and_find_guests(struct session *session, void *context, struct error *error)
{
        if (define(session, context, error) < 0)
                return -1;
        return find_guests(session, context, error);
}

static int start(struct session *session, void *context, struct error *error)
{
        return act(session, context, LIBVIRT_START, error);
}

static int stop(struct session *session, void *context, struct error *error)
{
        return act(session, context, LIBVIRT_STOP, error);
}

static int stop_and_start(struct session *session, void *context, struct error *error)
{
        if (act(session, context, LIBVIRT_STOP, error) < 0)
                return -1;
        return act(session, context, LIBVIRT_START, error);
}

static int set_autostart(struct session *session, void *context, struct error *error)
{
        const struct change *change = context;

        return act(session, change,
                change->step->network.wanted->autostart ? LIBVIRT_AUTOSTART_ON : LIBVIRT_AUTOSTART_OFF,
                error);
}

static int remove_network(struct session *session, void *context, struct error *error)
{
        const struct network_state *found = ((struct change *)context)->step->network.found;
        const char *name = found->network.name;

        if (session_act(session, LIBVIRT_NETWORK, name, LIBVIRT_STOP, error) < 0)
                return -1;
        if (!found->persistent) /* it went when it was stopped */
                return 0;
        return session_act(session, LIBVIRT_NETWORK, name, LIBVIRT_UNDEFINE, error);
}

/* Between the two jobs of a kind the machine begins to watch for the bridge that the second brings. A start has that
 * too: a run that was cut off may have stopped the network under its guests. */
static const struct {
        libvirt_job *first, *then;
} jobs[STEP_KINDS] = {
        [STEP_NETWORK_DEFINE] = {.first = define},
        [STEP_NETWORK_EDIT] = {.first = edit},
        [STEP_NETWORK_RECREATE] = {define_and_find_guests, stop_and_start},
        [STEP_NETWORK_RESTART] = {find_guests, stop_and_start},
        [STEP_NETWORK_STOP] = {.first = stop},
        [STEP_NETWORK_START] = {find_guests, start},
        [STEP_NETWORK_AUTOSTART] = {.first = set_autostart},
        [STEP_NETWORK_REMOVE] = {.first = remove_network},
};

static void change_done(struct change *change)
{
        watch_done(&change->watch);
}

int network_carry_out(struct libvirt *libvirt, struct link *link, const struct step *step,
        struct deadline deadline, struct error *error)
{
        CLEANUP(change_done) struct change change = {.step = step};
        bool is_whole = false;

        if (step->kind == STEP_NETWORK_RESTART && link &&
                network_is_whole(link, step->network.found, deadline, &is_whole, error) < 0)
                return -1;
        if (is_whole)
                return 0;
        if (step->network.has_leftover &&
                network_remove_leftover(link, step->network.found, deadline, error) < 0)
                return -1;
        assert(jobs[step->kind].first);
        if (libvirt_run(libvirt, jobs[step->kind].first, &change, deadline, error) < 0)
                return -1;
        if (!jobs[step->kind].then)
                return 0;
        if (taps_watch_begin(link, deadline, &change.watch, error) < 0 ||
                libvirt_run(libvirt, jobs[step->kind].then, &change, deadline, error) < 0)
                return -1;
        return taps_watch_end(&change.watch, error);
}
