/* What a session does with guests alone: to change one that runs, and to run one without defining it. */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <time.h>

#include "means/libvirt_library.h"

#define BALLOON_MS       15000
#define BALLOON_STILL_MS 1000
#define BALLOON_LOOK_MS  100

/* clang-format off */
#define FUNCTIONS(X)                                                                          \
        X(virDomainLookupByName) X(virDomainFree) X(virDomainDestroy) X(virDomainGetState)    \
        X(virDomainIsActive) X(virDomainGetInfo) X(virDomainSetMemoryFlags) X(virDomainSetVcpusFlags)             \
        X(virDomainAttachDeviceFlags) X(virDomainDetachDeviceFlags)                           \
        X(virDomainUpdateDeviceFlags) X(virConnectGetDomainCapabilities)                      \
        X(virDomainCreateXML) X(virDomainResume) X(virDomainOpenConsole)                      \
        X(virStreamNew) X(virStreamRecv) X(virStreamAbort) X(virStreamFree)
/* clang-format on */

LIBVIRT_PART(libvirt_guests, FUNCTIONS);

/* ---- a guest that runs ---- */

/* The guest's balloon takes a moment to get there, and a guest without one, or with no room, never does: so it is waited for
 * as long as it moves. */
static void await_memory(virDomainPtr guest, unsigned long wanted_kib)
{
        static const struct timespec moment = {.tv_nsec = BALLOON_LOOK_MS * 1000000L};
        virDomainInfo info;
        unsigned long before_kib = 0;
        int still_ms = 0;

        for (int waited_ms = 0; waited_ms < BALLOON_MS && still_ms < BALLOON_STILL_MS;
                waited_ms += BALLOON_LOOK_MS) {
                if (virt.virDomainGetInfo(guest, &info) < 0 || info.memory == wanted_kib)
                        return;
                still_ms = info.memory == before_kib ? still_ms + BALLOON_LOOK_MS : 0;
                before_kib = info.memory;
                nanosleep(&moment, NULL);
        }
}

static int change_memory(virDomainPtr guest, const struct guest_change *change)
{
        int result = virt.virDomainSetMemoryFlags(guest, change->number, VIR_DOMAIN_AFFECT_LIVE);

        if (result == 0)
                await_memory(guest, change->number);
        return result;
}

static int change_vcpus(virDomainPtr guest, const struct guest_change *change)
{
        return virt.virDomainSetVcpusFlags(guest, (unsigned)change->number, VIR_DOMAIN_AFFECT_LIVE);
}

static int attach(virDomainPtr guest, const struct guest_change *change)
{
        return virt.virDomainAttachDeviceFlags(guest, change->xml, VIR_DOMAIN_AFFECT_LIVE);
}

static int detach(virDomainPtr guest, const struct guest_change *change)
{
        return virt.virDomainDetachDeviceFlags(guest, change->xml, VIR_DOMAIN_AFFECT_LIVE);
}

static int update(virDomainPtr guest, const struct guest_change *change)
{
        return virt.virDomainUpdateDeviceFlags(guest, change->xml, VIR_DOMAIN_AFFECT_LIVE);
}

int session_change_guest(
        struct session *session, const char *name, const struct guest_change *change, struct error *error)
{
        static const struct {
                const char *doing;
                int (*change)(virDomainPtr guest, const struct guest_change *change);
        } verbs[] = {
                [GUEST_SET_MEMORY] = {"set the memory of", change_memory},
                [GUEST_SET_VCPUS] = {"set the processors of", change_vcpus},
                [GUEST_ATTACH] = {"attach a device to", attach},
                [GUEST_DETACH] = {"detach a device from", detach},
                [GUEST_UPDATE] = {"change a device of", update},
        };
        virDomainPtr guest = virt.virDomainLookupByName(session->connection, name);
        int result = 0;

        if (!guest)
                return libvirt_fail(error, "find", "the guest");
        if (verbs[change->verb].change(guest, change) < 0)
                result = libvirt_fail(error, verbs[change->verb].doing, "the guest");
        virt.virDomainFree(guest);
        return result;
}

int session_guest_is_active(
        struct session *session, const char *name, bool *ret_is_active, struct error *error)
{
        virDomainPtr guest = virt.virDomainLookupByName(session->connection, name);
        int is_active;

        if (!guest && libvirt_last_error_is(VIR_ERR_NO_DOMAIN)) {
                *ret_is_active = false;
                return 0;
        }
        if (!guest)
                return libvirt_fail(error, "find", "the guest");
        is_active = virt.virDomainIsActive(guest);
        virt.virDomainFree(guest);
        if (is_active < 0)
                return libvirt_fail(error, "tell the state of", "the guest");
        *ret_is_active = is_active;
        return 0;
}

int session_guest_end(struct session *session, const char *name, const char **ret_end, struct error *error)
{
        static const char *const reasons[] = {
                [VIR_DOMAIN_SHUTOFF_UNKNOWN] = "it has gone off",
                [VIR_DOMAIN_SHUTOFF_SHUTDOWN] = "it has powered off",
                [VIR_DOMAIN_SHUTOFF_DESTROYED] = "somebody has switched it off",
                [VIR_DOMAIN_SHUTOFF_CRASHED] = "its QEMU has crashed, or was killed",
                [VIR_DOMAIN_SHUTOFF_MIGRATED] = "somebody has moved it to another machine",
                [VIR_DOMAIN_SHUTOFF_SAVED] = "somebody has saved it",
                [VIR_DOMAIN_SHUTOFF_FAILED] = "it couldn't be started",
        };
        virDomainPtr guest = virt.virDomainLookupByName(session->connection, name);
        int state, reason, known;

        if (!guest && libvirt_last_error_is(VIR_ERR_NO_DOMAIN)) {
                *ret_end = "it is gone";
                return 0;
        }
        if (!guest)
                return libvirt_fail(error, "find", "the guest");
        known = virt.virDomainGetState(guest, &state, &reason, 0);
        virt.virDomainFree(guest);
        if (known < 0)
                return libvirt_fail(error, "tell the state of", "the guest");
        if (state == VIR_DOMAIN_CRASHED)
                *ret_end = "its system has crashed";
        else if (state != VIR_DOMAIN_SHUTOFF)
                *ret_end = NULL;
        else if (reason < 0 || (size_t)reason >= sizeof(reasons) / sizeof(reasons[0]))
                *ret_end = reasons[VIR_DOMAIN_SHUTOFF_UNKNOWN];
        else
                *ret_end = reasons[reason];
        return 0;
}

int session_capabilities(struct session *session, char **ret_xml, struct error *error)
{
        static const char *const machines[] = {"q35", NULL}; /* another processor's machines have one kind */

        for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
                *ret_xml = virt.virConnectGetDomainCapabilities(
                        session->connection, NULL, NULL, machines[i], NULL, 0);
                if (*ret_xml)
                        return 0;
        }
        if (libvirt_last_error_is(VIR_ERR_NO_SUPPORT)) /* by a driver that knows no machines */
                return 0;
        return libvirt_fail(error, "tell", "what guests can have");
}

/* ---- a transient guest: it ends with the session ---- */

struct transient {
        virDomainPtr domain;
        virStreamPtr console;
};

int transient_create(
        struct session *session, const char *xml, struct transient **ret_guest, struct error *error)
{
        /* Nothing that it says is lost: it stands still until somebody listens. */
        const unsigned flags = VIR_DOMAIN_START_PAUSED | VIR_DOMAIN_START_AUTODESTROY;
        struct transient *guest = memory_new(1, sizeof(*guest));

        guest->domain = virt.virDomainCreateXML(session->connection, xml, flags);
        guest->console = guest->domain ? virt.virStreamNew(session->connection, 0) : NULL;
        if (!guest->console || virt.virDomainOpenConsole(guest->domain, NULL, guest->console, 0) < 0 ||
                virt.virDomainResume(guest->domain) < 0) {
                libvirt_fail(error, "run", "the guest");
                transient_free(guest);
                return -1;
        }
        *ret_guest = guest;
        return 0;
}

int transient_read(struct transient *guest, char *buffer, size_t size)
{
        return virt.virStreamRecv(guest->console, buffer, size);
}

bool transient_is_running(struct transient *guest)
{
        int state;

        return virt.virDomainGetState(guest->domain, &state, NULL, 0) == 0 && state == VIR_DOMAIN_RUNNING;
}

void transient_end(struct transient *guest)
{
        virt.virDomainDestroy(guest->domain);
}

void transient_free(struct transient *guest)
{
        if (guest->domain) {
                transient_end(guest);
                virt.virDomainFree(guest->domain);
        }
        if (guest->console) {
                virt.virStreamAbort(guest->console);
                virt.virStreamFree(guest->console);
        }
        free(guest);
}
