/* Steps: their kinds in a table, and adding them to a plan. */
#include "plan/plan.h"

static void free_names(struct step *step)
{
        strings_done(&step->packages.names);
}

static void free_edits(struct step *step)
{
        free(step->network.edits);
}

static void free_image(struct step *step)
{
        free(step->image.volume);
}

static void free_guest(struct step *step)
{
        if (step->guest.wanted)
                guest_done(step->guest.wanted);
        free(step->guest.wanted);
        strings_done(&step->guest.names);
}

static void free_balancer(struct step *step)
{
        free(step->balancer.text);
        free(step->balancer.fingerprint);
        if (step->balancer.wanted)
                haproxy_done(step->balancer.wanted);
        free(step->balancer.wanted);
}

static void free_firewall(struct step *step)
{
        free(step->firewall.text);
}

static void free_firewalld(struct step *step)
{
        strings_done(&step->firewalld.runtime);
        strings_done(&step->firewalld.permanent);
        strings_done(&step->firewalld.ours);
}

static void free_cluster(struct step *step)
{
        free(step->cluster.node);
}

static void free_note(struct step *step)
{
        free(step->note.path);
        free(step->note.text);
}

static void free_opnsense(struct step *step)
{
        opnsense_objects_done(&step->opnsense.wanted);
}

static void free_nothing(struct step *step)
{
        (void)step;
}

/* Deadlines are for a slow machine that is still getting somewhere: a package manager behind a thin line, a
 * unit that takes systemd's own 90 s to start, a guest that is emulated, a libvirt that asks QEMU what it can
 * before it takes the first definition of a guest (seen: more than 60 s under a load of 25 on two processors).
 *
 *  kind                     name                 deadline in s  what it owns */
#define KINDS(KIND)                                                       \
        KIND(STEP_TAKE_UP, "take-up", 1800, free_nothing)                 \
        KIND(STEP_PACKAGES_REPAIR, "packages.repair", 900, free_names)    \
        KIND(STEP_PACKAGES_INSTALL, "packages.install", 1800, free_names) \
        KIND(STEP_REBOOT, "reboot", 600, free_nothing)                    \
        KIND(STEP_UNIT, "unit", 120, free_nothing)                        \
        KIND(STEP_SYSCTL, "sysctl", 30, free_nothing)                     \
        KIND(STEP_GROUP_CREATE, "group.create", 30, free_nothing)         \
        KIND(STEP_GROUP_MEMBER, "group.member", 30, free_nothing)         \
        KIND(STEP_FILE, "file", 120, free_nothing)                        \
        KIND(STEP_NETWORK_DEFINE, "network.define", 60, free_edits)       \
        KIND(STEP_NETWORK_EDIT, "network.edit", 60, free_edits)           \
        KIND(STEP_NETWORK_RECREATE, "network.recreate", 120, free_edits)  \
        KIND(STEP_NETWORK_RESTART, "network.restart", 120, free_edits)    \
        KIND(STEP_NETWORK_STOP, "network.stop", 60, free_edits)           \
        KIND(STEP_NETWORK_START, "network.start", 60, free_edits)         \
        KIND(STEP_NETWORK_AUTOSTART, "network.autostart", 60, free_edits) \
        KIND(STEP_POOL_DEFINE, "pool.define", 60, free_nothing)           \
        KIND(STEP_POOL_START, "pool.start", 60, free_nothing)             \
        KIND(STEP_POOL_AUTOSTART, "pool.autostart", 60, free_nothing)     \
        KIND(STEP_PACKAGES_REMOVE, "packages.remove", 900, free_names)    \
        KIND(STEP_SYSCTL_FORGET, "sysctl.forget", 30, free_nothing)       \
        KIND(STEP_GROUP_LEAVE, "group.leave", 30, free_nothing)           \
        KIND(STEP_GROUP_DELETE, "group.delete", 30, free_nothing)         \
        KIND(STEP_FILE_REMOVE, "file.remove", 30, free_nothing)           \
        KIND(STEP_GUEST_REMOVE, "guest.remove", 120, free_guest)          \
        KIND(STEP_NOTES_FORGET, "notes.forget", 30, free_nothing)         \
        KIND(STEP_KEY_FORGET, "key.forget", 30, free_nothing)             \
        KIND(STEP_VOLUME_REMOVE, "volume.remove", 120, free_nothing)      \
        KIND(STEP_NETWORK_REMOVE, "network.remove", 60, free_edits)       \
        KIND(STEP_POOL_REMOVE, "pool.remove", 60, free_nothing)           \
        KIND(STEP_WAIT, "wait", 10, free_nothing)                         \
        KIND(STEP_IMAGE_FETCH, "image.fetch", 7200, free_image)           \
        KIND(STEP_VOLUME_CREATE, "volume.create", 1800, free_nothing)     \
        KIND(STEP_VOLUME_GROW, "volume.grow", 120, free_nothing)          \
        KIND(STEP_GUEST_DEFINE, "guest.define", 180, free_guest)          \
        KIND(STEP_GUEST_START, "guest.start", 120, free_guest)            \
        KIND(STEP_GUEST_RESUME, "guest.resume", 60, free_guest)           \
        KIND(STEP_GUEST_CHANGE, "guest.change", 60, free_guest)           \
        KIND(STEP_GUEST_RESTART, "guest.restart", 300, free_guest)        \
        KIND(STEP_GUEST_STOP, "guest.stop", 180, free_guest)              \
        KIND(STEP_GUEST_AUTOSTART, "guest.autostart", 60, free_guest)     \
        KIND(STEP_SEED, "seed", 120, free_nothing)                        \
        KIND(STEP_IGNITION, "ignition", 120, free_nothing)                \
        KIND(STEP_IGNITION_SERVE, "ignition.serve", 120, free_nothing)    \
        KIND(STEP_BALANCER_WRITE, "balancer.write", 60, free_balancer)    \
        KIND(STEP_BALANCER_LISTEN, "balancer.listen", 60, free_balancer)  \
        KIND(STEP_FIREWALL_LOAD, "firewall.load", 120, free_firewall)     \
        KIND(STEP_FIREWALL_REMOVE, "firewall.remove", 30, free_nothing)   \
        KIND(STEP_FIREWALLD_OPEN, "firewalld.open", 90, free_firewalld)   \
        KIND(STEP_FIREWALLD_CLOSE, "firewalld.close", 90, free_firewalld) \
        KIND(STEP_OPNSENSE_PLUGIN, "opnsense.plugin", 900, free_opnsense) \
        KIND(STEP_OPNSENSE_WRITE, "opnsense.write", 900, free_opnsense)   \
        KIND(STEP_OPNSENSE_SEE, "opnsense.see", 120, free_opnsense)       \
        KIND(STEP_OPNSENSE_RULES, "opnsense.rules", 900, free_opnsense)   \
        KIND(STEP_OPNSENSE_MIRROR, "opnsense.mirror", 900, free_opnsense) \
        KIND(STEP_READY, "ready", 300, free_nothing)                      \
        KIND(STEP_INSTALLER, "installer", 300, free_cluster)              \
        KIND(STEP_INSTALLER_FORGET, "installer.forget", 30, free_cluster) \
        KIND(STEP_CLUSTER, "cluster", 3600, free_cluster)                 \
        KIND(STEP_CLUSTER_DELIVER, "cluster.deliver", 60, free_cluster)   \
        KIND(STEP_CLUSTER_DRAIN, "cluster.drain", 900, free_cluster)      \
        KIND(STEP_NOTE, "note", 30, free_note)                            \
        KIND(STEP_BMC_WAIT, "bmc.wait", 300, free_nothing)                \
        KIND(STEP_BMC_INSERT, "bmc.insert", 300, free_nothing)            \
        KIND(STEP_BMC_EJECT, "bmc.eject", 120, free_nothing)              \
        KIND(STEP_BMC_BOOT, "bmc.boot", 120, free_nothing)                \
        KIND(STEP_BMC_POWER, "bmc.power", 300, free_nothing)              \
        KIND(STEP_CANARY, "canary", 180, free_nothing)

static const struct {
        const char *name;
        int deadline_s;
        void (*free_content)(struct step *step);
} kinds[STEP_KINDS] = {
#define ROW(kind, ...) [kind] = {__VA_ARGS__},
        KINDS(ROW)
#undef ROW
};

/* A row twice is an error of its own (-Woverride-init). */
#define ONE_MORE(...) +1
_Static_assert(0 KINDS(ONE_MORE) == STEP_KINDS,
        "every kind of step has a name, a deadline and an owner of its content");

const char *step_kind_name(enum step_kind kind)
{
        return kinds[kind].name;
}

int step_deadline_s(const struct step *step)
{
        return step->deadline_s ? step->deadline_s : kinds[step->kind].deadline_s;
}

struct step *plan_add(struct plan *plan, enum step_kind kind, const char *sentence, ...)
{
        struct step *step = array_add(&plan->steps);
        va_list arguments;

        va_start(arguments, sentence);
        step->sentence = string_vformat(sentence, arguments);
        va_end(arguments);
        step->kind = kind;
        step->score = plan->score;
        return step;
}

void plan_block(struct plan *plan, const char *sentence, ...)
{
        va_list arguments;

        va_start(arguments, sentence);
        strings_take(&plan->blocks, string_vformat(sentence, arguments));
        va_end(arguments);
}

void plan_warn(struct plan *plan, const char *sentence, ...)
{
        va_list arguments;

        va_start(arguments, sentence);
        strings_take(&plan->warnings, string_vformat(sentence, arguments));
        va_end(arguments);
}

void plan_keep(struct plan *plan, const char *kind, const char *name)
{
        strings_take(&plan->keeps, string_format("%s %s", kind, name));
}

bool plan_keeps(const struct plan *plan, const char *kind, const char *name)
{
        CLEANUP(string_free) char *words = string_format("%s %s", kind, name);

        return strings_has(&plan->keeps, words);
}

bool plan_is_empty(const struct plan *plan)
{
        return plan->steps.count == 0 && plan->blocks.count == 0;
}

void plan_done(struct plan *plan)
{
        for (array_each(struct step, step, &plan->steps)) {
                free(step->sentence);
                kinds[step->kind].free_content(step);
        }
        array_free(&plan->steps);
        strings_done(&plan->blocks);
        strings_done(&plan->warnings);
        strings_done(&plan->keeps);
        plan->score = NULL;
}
