/* What answers questions and carries out steps: the parts, put together. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "means/libvirt_parts.h"
#include "means/parts.h"
#include "means/probe.h"
#include "means/unit.h"

struct means {
        struct link *link;
        struct libvirt *libvirt;
};

struct means *means_new(struct link *link)
{
        struct means *means = memory_new(1, sizeof(*means));

        means->link = link;
        means->libvirt = libvirt_new(link);
        return means;
}

void means_free(struct means *means)
{
        if (!means)
                return;
        libvirt_free(means->libvirt);
        free(means);
}

/* ---- questions ---- */

/* The probe and systemd: the probe runs there while systemd is asked here. */
static int ask_machine(struct means *means, const struct survey *survey, struct deadline deadline,
        struct answers *answers, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(error_done) struct error units_error = {0}; /* a lost machine shows better in the probe's */
        enum unit_reach reach = UNITS_OUT_OF_REACH;
        struct running *probe;
        int units;

        probe_script(survey, &script);
        probe = link_start(means->link,
                &(const struct command) {.script = text_string(&script), .keep = PROBE_KEEP}, deadline);
        units = units_answer(means->link, survey, deadline, answers, &reach, &units_error);
        if (link_finish(probe, &output, error) < 0 || probe_read(survey, &output, answers, error) < 0)
                return -1;
        if (units < 0)
                return error_move(error, &units_error);
        if (reach == UNITS_OUT_OF_REACH && answers->machine.has_systemd && survey_asks(survey, ASK_UNIT))
                return systemctl_answer(means->link, survey, deadline, answers, error);
        return 0;
}

int means_answer(struct means *means, const struct survey *survey, struct deadline deadline,
        struct answers *ret_answers, struct error *error)
{
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(error_done) struct error libvirt_error = {0}; /* a lost machine shows better in the probe's */
        struct libvirt_asking *asking = libvirt_ask(means->libvirt, survey, deadline);
        int machine = ask_machine(means, survey, deadline, &answers, error);
        int libvirt = libvirt_answer(asking, &answers, &libvirt_error);

        if (machine < 0)
                return -1;
        if (libvirt < 0)
                return error_move(error, &libvirt_error);
        *ret_answers = answers;
        answers = (struct answers) {0};
        return 0;
}

/* ---- steps ---- */

/* Who carries out a step: one of the two. */
static const struct performer {
        int (*on_machine)(const struct work *work, struct error *error);
        int (*in_libvirt)(struct libvirt *libvirt, struct link *link, const struct step *step,
                struct deadline deadline, struct error *error);
} performers[] = {
        [STEP_PACKAGES_REPAIR] = {.on_machine = packages_repair},
        [STEP_PACKAGES_INSTALL] = {.on_machine = packages_install},
        [STEP_UNIT] = {.on_machine = unit_change},
        [STEP_SYSCTL] = {.on_machine = sysctl_set},
        [STEP_GROUP_CREATE] = {.on_machine = group_create},
        [STEP_GROUP_MEMBER] = {.on_machine = group_add_member},
        [STEP_FILE] = {.on_machine = file_change_to},
        [STEP_NETWORK_DEFINE] = {.in_libvirt = network_carry_out},
        [STEP_NETWORK_EDIT] = {.in_libvirt = network_carry_out},
        [STEP_NETWORK_RECREATE] = {.in_libvirt = network_carry_out},
        [STEP_NETWORK_START] = {.in_libvirt = network_carry_out},
        [STEP_NETWORK_AUTOSTART] = {.in_libvirt = network_carry_out},
        [STEP_POOL_DEFINE] = {.in_libvirt = pool_carry_out},
        [STEP_POOL_START] = {.in_libvirt = pool_carry_out},
        [STEP_POOL_AUTOSTART] = {.in_libvirt = pool_carry_out},
        [STEP_CANARY] = {.in_libvirt = canary_carry_out},
};
_Static_assert(sizeof(performers) / sizeof(performers[0]) == STEP_KINDS,
        "every kind of step has somebody to carry it out");

int means_carry_out(struct means *means, const struct step *step, struct deadline deadline,
        const struct means_progress *progress, struct error *error)
{
        const struct performer *performer = &performers[step->kind];
        const struct work work = {
                .link = means->link,
                .step = step,
                .deadline = deadline,
                .progress = progress && progress->line ? progress : NULL,
        };

        if (performer->on_machine)
                return performer->on_machine(&work, error);
        return performer->in_libvirt(means->libvirt, means->link, step, deadline, error);
}
