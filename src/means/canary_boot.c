/* Trying KVM, and emulation when that doesn't do.
 *
 * A processor with the hardware for KVM is given time to show that it works. Without it a /dev/kvm may be there all the same
 * (in a virtual machine), and do well, or emulate the little it can until it fails, or hang. So both are tried at once, and
 * KVM counts if it is no slower than emulation. */
#include "means/canary_boot.h"

#include <ctype.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/text.h"
#include "means/canary_guest.h"

/* A guest under KVM is up within a second or two. A /dev/kvm that can't really do it may hang QEMU, and libvirt with it. */
#define KVM_S 40
/* Emulation has no bad hardware to find, but on a machine under heavy load it was seen to starve for 10 s. */
#define TCG_ATTEMPTS 3
#define WHY_LONGEST  300

static int boot(struct session *session, void *context, struct error *error)
{
        if (canary_guest_sweep(session, error) < 0)
                return -1;
        return canary_guest_boot(session, context, error);
}

/* Each under a name of its own: a guest that QEMU or the kernel doesn't let go of keeps its name. */
static int boot_as(struct libvirt *libvirt, enum canary_accelerator accelerator,
        const struct canary_trial *trial, struct deadline deadline, struct error *error)
{
        CLEANUP(string_free)
        char *name = string_format("%s-%s", trial->name, accelerator == CANARY_KVM ? "kvm" : "tcg");
        struct canary_guest guest = {.name = name, .image = trial->image, .accelerator = accelerator};

        return libvirt_run(libvirt, boot, &guest, deadline, error);
}

static int boot_by_kvm(struct libvirt *libvirt, const struct canary_trial *trial, struct deadline deadline,
        struct error *error)
{
        return boot_as(libvirt, CANARY_KVM, trial, deadline_min(deadline, deadline_in_s(KVM_S)), error);
}

static int boot_by_tcg(struct libvirt *libvirt, const struct canary_trial *trial, struct deadline deadline,
        struct error *error)
{
        for (int i = 1; boot_as(libvirt, CANARY_TCG, trial, deadline, error) < 0; i++) {
                if (i == TCG_ATTEMPTS || error->kind != ERROR_FAILED || deadline_passed(deadline))
                        return -1;
                error_done(error);
        }
        return 0;
}

/* ---- both at once ---- */

/* KVM, on a connection of its own that can be cut. */
struct aside {
        struct libvirt *libvirt;
        const struct canary_trial *trial;
        struct deadline deadline;
        atomic_bool has_ended;
        int result;
        struct error error;
};

static void *boot_aside(void *context)
{
        struct aside *aside = context;

        aside->result = boot_by_kvm(aside->libvirt, aside->trial, aside->deadline, &aside->error);
        atomic_store(&aside->has_ended, true);
        return NULL;
}

/* 0: by emulation at least; *ret_kvm_failure is empty if by KVM too. */
static int boot_by_both(struct libvirt *libvirt, struct link *link, const struct canary_trial *trial,
        struct deadline deadline, struct error *ret_kvm_failure, struct error *error)
{
        struct aside aside = {.libvirt = libvirt_new(link), .trial = trial, .deadline = deadline};
        pthread_t thread;
        int result, no_thread = pthread_create(&thread, NULL, boot_aside, &aside);

        if (no_thread)
                error_set(&aside.error, ERROR_FAILED, "was not tried: no thread can be started for it");
        result = boot_by_tcg(libvirt, trial, deadline, error);
        if (!no_thread && result == 0 && !atomic_load(&aside.has_ended)) {
                libvirt_cut_off(aside.libvirt, thread);
                error_done(&aside.error);
                error_set(&aside.error, ERROR_FAILED, "the guest is slower than by emulation");
        } else if (!no_thread) {
                pthread_join(thread, NULL);
        }
        libvirt_free(aside.libvirt);
        error_move(ret_kvm_failure, &aside.error);
        return result;
}

/* ---- one after the other ---- */

static int boot_by_one(struct libvirt *libvirt, const struct canary_trial *trial, struct deadline deadline,
        struct error *ret_kvm_failure, struct error *error)
{
        struct error *failure = ret_kvm_failure;

        if (boot_by_kvm(libvirt, trial, deadline, failure) == 0)
                return 0;
        if (failure->kind != ERROR_FAILED && (failure->kind != ERROR_DEADLINE || deadline_passed(deadline)))
                return error_move(error, failure);
        return boot_by_tcg(libvirt, trial, deadline, error);
}

/* One line of what can stand in the proof. */
static char *make_why(const struct error *failure)
{
        char *why = string_format("with KVM %.*s", WHY_LONGEST, error_text(failure));

        for (char *c = why; *c; c++)
                if (iscntrl((unsigned char)*c))
                        *c = ' ';
        return why;
}

int canary_boot(struct libvirt *libvirt, struct link *link, const struct canary_trial *trial,
        struct deadline deadline, enum canary_accelerator *ret_accelerator, char **ret_no_kvm,
        struct error *error)
{
        CLEANUP(error_done) struct error kvm_failure = {0};
        CLEANUP(string_free) char *no_kvm = NULL;
        int result;

        if (!trial->has_kvm_device)
                result = boot_by_tcg(libvirt, trial, deadline, error);
        else if (trial->has_hardware)
                result = boot_by_one(libvirt, trial, deadline, &kvm_failure, error);
        else
                result = boot_by_both(libvirt, link, trial, deadline, &kvm_failure, error);
        if (!trial->has_kvm_device)
                no_kvm = string_copy("there is no /dev/kvm");
        else if (error_is_set(&kvm_failure))
                no_kvm = make_why(&kvm_failure);
        if (result < 0) {
                if (no_kvm)
                        error_prefix(error, "no guest boots: %s; by emulation", no_kvm);
                return -1;
        }
        *ret_accelerator = no_kvm ? CANARY_TCG : CANARY_KVM;
        *ret_no_kvm = STEAL(no_kvm);
        return 0;
}
