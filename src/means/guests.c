/* libvirt's guests: what there is, and every step that changes one. */
#include <assert.h>
#include <pthread.h>
#include <time.h>

#include "means/guest_uses.h"
#include "means/guest_xml.h"
#include "means/libvirt_parts.h"
#include "means/owner.h"
#include "means/parallel.h"

#define GRACE_S     60 /* that a guest has to power off when it is asked to, before it is switched off */
#define ASK_AGAIN_S 10 /* a guest that is still booting doesn't hear it */
#define LOOK_MS     200

#define STARTED_AT_ONCE 10 /* libvirt takes five at a time from one client, and reads on */

/* ---- what there is ---- */

static int read_running(const struct listed *listed, struct guest_state *state, struct error *error)
{
        CLEANUP(strings_done) struct strings unmodelled = {0};

        if (guest_xml_read(listed->running, &state->running, &unmodelled, error) < 0)
                return -1;
        for (array_each(char *, element, &unmodelled))
                if (!strings_has(&state->unmodelled, *element))
                        strings_add(&state->running_unmodelled, *element);
        return 0;
}

static int read_uses(const struct listed *listed, struct guest_state *state, struct error *error)
{
        if (listed->definition && guest_uses_read(listed->definition, &state->uses, error) < 0)
                return -1;
        return listed->running ? guest_uses_read(listed->running, &state->uses, error) : 0;
}

int guests_answer(const struct inventory *inventory, struct answers *answers, struct error *error)
{
        for (array_each(const struct listed, listed, &inventory->kinds[LIBVIRT_GUEST])) {
                struct guest_state *state = array_add(&answers->guests);
                const char *xml = listed->definition ? listed->definition : listed->running;

                state->uuid = string_copy(listed->uuid);
                state->paused = listed->paused;
                strings_copy(&state->addresses, &listed->addresses);
                state->autostart = listed->autostart;
                state->persistent = listed->persistent;
                state->ours = owner_is_us("guest", listed->name, listed->uuid);
                if (guest_xml_read(xml, &state->defined, &state->unmodelled, error) < 0 ||
                        (listed->running && read_running(listed, state, error) < 0) ||
                        (!state->ours && read_uses(listed, state, error) < 0))
                        return error_prefix(error, "guest %s", listed->name);
        }
        return 0;
}

/* <enum name='…'> of that name has that value. */
static bool has_value(const struct xml_node *node, const char *name, const char *value)
{
        for (size_t i = 0; node && i < node->children.count; i++) {
                const struct xml_node *choice = &node->children.items[i];

                if (!string_equal(choice->name, "enum") ||
                        !string_equal(xml_node_property(choice, "name"), name))
                        continue;
                for (array_each(const struct xml_node, child, &choice->children))
                        if (string_equal(child->text, value))
                                return true;
        }
        return false;
}

int firmware_answer(const struct inventory *inventory, struct answers *answers, struct error *error)
{
        CLEANUP(xml_node_done) struct xml_node root = {0};
        const struct xml_node *os;

        answers->has_firmware[FIRMWARE_BIOS] = true;
        if (!inventory->capabilities)
                return 0;
        if (xml_node_parse(inventory->capabilities, &root, error) < 0)
                return error_prefix(error, "what guests can have");
        os = xml_node_child(&root, "os");
        answers->has_firmware[FIRMWARE_UEFI] = has_value(os, "firmware", "efi");
        answers->has_firmware[FIRMWARE_UEFI_SECURE] =
                answers->has_firmware[FIRMWARE_UEFI] &&
                has_value(xml_node_child(os, "loader"), "secure", "yes");
        return 0;
}

/* ---- the steps ---- */

static int act(struct session *session, const struct step *step, enum libvirt_act act, struct error *error)
{
        return session_act(session, LIBVIRT_GUEST, step->guest.config->name, act, error);
}

/* What is there keeps its UUID, by which it is ours or not, and what its system knows it by. */
static int define(struct session *session, const struct step *step, struct error *error)
{
        const struct guest *wanted = step->guest.wanted;
        CLEANUP(xml_node_done) struct xml_node found = {0};
        CLEANUP(string_free) char *uuid = NULL, *found_xml = NULL, *xml = NULL;

        if (session_xml(session, LIBVIRT_GUEST, wanted->name, false, &found_xml, error) < 0 ||
                (found_xml && xml_node_parse(found_xml, &found, error) < 0))
                return -1;
        uuid = step->guest.found ? string_copy(step->guest.found->uuid) : owner_uuid("guest", wanted->name);
        xml = guest_xml_write(wanted, uuid, found_xml ? &found : NULL);
        return session_define(session, LIBVIRT_GUEST, xml, error);
}

/* Starting a guest is mostly waiting, for its QEMU: side by side ten take a third of the time (measured). */
struct starting {
        struct session *session;
        const struct strings *names;
        pthread_mutex_t lock; /* of failures */
        struct text failures; /* one sentence a guest */
};

static void start_one(void *context, size_t index)
{
        struct starting *starting = context;
        const char *name = starting->names->items[index];
        CLEANUP(error_done) struct error error = {0};

        if (session_act(starting->session, LIBVIRT_GUEST, name, LIBVIRT_START, &error) == 0)
                return;
        pthread_mutex_lock(&starting->lock);
        text_format(&starting->failures, "%sguest %s: %s", starting->failures.length ? "; " : "", name,
                error_text(&error));
        pthread_mutex_unlock(&starting->lock);
}

static int start(struct session *session, const struct step *step, struct error *error)
{
        struct starting starting = {
                .session = session,
                .names = &step->guest.names,
                .lock = PTHREAD_MUTEX_INITIALIZER,
        };
        CLEANUP(string_free) char *failures = NULL;

        parallel_run(starting.names->count, STARTED_AT_ONCE, start_one, &starting);
        failures = text_take(&starting.failures);
        return *failures ? error_set(error, ERROR_FAILED, "%s", failures) : 0;
}

static int resume(struct session *session, const struct step *step, struct error *error)
{
        return act(session, step, LIBVIRT_RESUME, error);
}

/* 1: it has powered off; 0: it is still on when the time is over. */
static int wait_for_end(
        struct session *session, const char *name, struct deadline deadline, struct error *error)
{
        static const struct timespec moment = {.tv_nsec = LOOK_MS * 1000000L};
        bool is_active;

        for (;;) {
                if (session_guest_is_active(session, name, &is_active, error) < 0)
                        return -1;
                if (!is_active)
                        return 1;
                if (deadline_passed(deadline))
                        return 0;
                nanosleep(&moment, NULL);
        }
}

int guest_shut_down(struct session *session, const char *name, struct error *error)
{
        bool is_active;

        if (session_guest_is_active(session, name, &is_active, error) < 0 || !is_active)
                return error_is_set(error) ? -1 : 0;
        for (int waited = 0; waited < GRACE_S; waited += ASK_AGAIN_S) {
                int has_ended;

                if (session_act(session, LIBVIRT_GUEST, name, LIBVIRT_SHUT_DOWN, error) < 0)
                        return -1;
                has_ended = wait_for_end(session, name, deadline_in_s(ASK_AGAIN_S), error);
                if (has_ended)
                        return has_ended < 0 ? -1 : 0;
        }
        return session_act(session, LIBVIRT_GUEST, name, LIBVIRT_STOP, error);
}

static int stop(struct session *session, const struct step *step, struct error *error)
{
        return guest_shut_down(session, step->guest.config->name, error);
}

static int restart(struct session *session, const struct step *step, struct error *error)
{
        if (stop(session, step, error) < 0)
                return -1;
        return act(session, step, LIBVIRT_START, error);
}

static int set_autostart(struct session *session, const struct step *step, struct error *error)
{
        return act(session, step,
                step->guest.config->autostart ? LIBVIRT_AUTOSTART_ON : LIBVIRT_AUTOSTART_OFF, error);
}

static int change(struct session *session, const struct step *step, struct error *error)
{
        static const enum guest_change_verb verbs[] = {
                [GUEST_EDIT_MEMORY] = GUEST_SET_MEMORY,
                [GUEST_EDIT_VCPUS] = GUEST_SET_VCPUS,
                [GUEST_EDIT_ADD_DISK] = GUEST_ATTACH,
                [GUEST_EDIT_ADD_NIC] = GUEST_ATTACH,
                [GUEST_EDIT_REMOVE_NIC] = GUEST_DETACH,
                [GUEST_EDIT_CHANGE_NIC] = GUEST_UPDATE,
                [GUEST_EDIT_CD] = GUEST_UPDATE,
        };
        const struct guest_edit *edit = &step->guest.edit;
        const struct guest *wanted = step->guest.wanted;
        struct guest_change change = {.verb = verbs[edit->kind]};
        CLEANUP(string_free) char *xml = NULL;

        if (edit->kind == GUEST_EDIT_MEMORY)
                change.number = wanted->memory_kib;
        else if (edit->kind == GUEST_EDIT_VCPUS)
                change.number = wanted->vcpus;
        else
                xml = edit->disk  ? guest_xml_write_disk(edit->disk)
                      : edit->nic ? guest_xml_write_nic(edit->nic)
                                  : guest_xml_write_cd(wanted->iso);
        change.xml = xml;
        return session_change_guest(session, step->guest.config->name, &change, error);
}

static int remove_guest(struct session *session, const struct step *step, struct error *error)
{
        const char *name = step->guest.found->defined.name;

        if (session_act(session, LIBVIRT_GUEST, name, LIBVIRT_STOP, error) < 0)
                return -1;
        if (!step->guest.found->persistent)
                return 0; /* gone with that */
        return session_act(session, LIBVIRT_GUEST, name, LIBVIRT_UNDEFINE, error);
}

static int make_change(struct session *session, void *context, struct error *error)
{
        static int (*const jobs[STEP_KINDS])(
                struct session * session, const struct step *step, struct error *error) = {
                [STEP_GUEST_DEFINE] = define,
                [STEP_GUEST_START] = start,
                [STEP_GUEST_RESUME] = resume,
                [STEP_GUEST_CHANGE] = change,
                [STEP_GUEST_RESTART] = restart,
                [STEP_GUEST_STOP] = stop,
                [STEP_GUEST_AUTOSTART] = set_autostart,
                [STEP_GUEST_REMOVE] = remove_guest,
        };
        const struct step *step = context;

        assert(jobs[step->kind]);
        return jobs[step->kind](session, step, error);
}

int guest_carry_out(struct libvirt *libvirt, struct link *link, const struct step *step,
        struct deadline deadline, struct error *error)
{
        (void)link; /* nothing but libvirt is needed */
        return libvirt_run(libvirt, make_change, (void *)step, deadline, error);
}
