/* What answers questions and carries out steps: the parts, put together. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "means/bmc.h"
#include "means/cluster.h"
#include "means/libvirt_parts.h"
#include "means/load_balancer.h"
#include "means/names.h"
#include "means/opnsense.h"
#include "means/parts.h"
#include "means/probe.h"
#include "means/unit.h"
#include "means/volume_uses.h"

struct means {
        struct link *link;
        struct libvirt *libvirt;
        struct clusters *clusters;
        struct opnsenses *opnsenses;
        struct bmcs *bmcs;
};

struct means *means_new(struct link *link)
{
        struct means *means = memory_new(1, sizeof(*means));

        means->link = link;
        means->libvirt = libvirt_new(link);
        means->clusters = clusters_new(link);
        means->opnsenses = opnsenses_new(link);
        means->bmcs = bmcs_new(link);
        return means;
}

void means_set_patience(struct means *means, int patience_s)
{
        libvirt_set_patience(means->libvirt, patience_s);
}

void means_free(struct means *means)
{
        if (!means)
                return;
        opnsenses_free(means->opnsenses);
        bmcs_free(means->bmcs);
        clusters_free(means->clusters);
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

/* Who is asked over the network, by streams of the machine's link, while the machine itself is asked. */
struct beside {
        struct means *means;
        const struct survey *survey;
        struct deadline deadline;
        struct answers answers;
        struct error error;
        int result;
        pthread_t thread;
        bool has_thread;
};

/* Only of a machine that is reached can be told that it was lost. */
static int answer_others(struct beside *beside)
{
        struct means *means = beside->means;

        if (link_wait(means->link, beside->deadline, &beside->error) < 0 ||
                clusters_answer(means->clusters, beside->survey, beside->deadline, &beside->answers,
                        &beside->error) < 0)
                return -1;
        return opnsenses_answer(
                means->opnsenses, beside->survey, beside->deadline, &beside->answers, &beside->error);
}

static void *ask_others(void *context)
{
        struct beside *beside = context;

        beside->result = answer_others(beside);
        return NULL;
}

static void begin_beside(struct beside *beside)
{
        bool is_asked = survey_asks(beside->survey, ASK_CLUSTER) ||
                        survey_asks(beside->survey, ASK_INSTALLER) ||
                        survey_asks(beside->survey, ASK_OPNSENSE);

        beside->has_thread = is_asked && pthread_create(&beside->thread, NULL, ask_others, beside) == 0;
        if (is_asked && !beside->has_thread)
                ask_others(beside);
}

static int end_beside(struct beside *beside, struct answers *answers, struct error *error)
{
        if (beside->has_thread)
                pthread_join(beside->thread, NULL);
        answers->clusters = beside->answers.clusters;
        answers->installers = beside->answers.installers;
        answers->opnsenses = beside->answers.opnsenses;
        return beside->result < 0 ? error_move(error, &beside->error) : 0;
}

int means_answer(struct means *means, const struct survey *survey, struct deadline deadline,
        struct answers *ret_answers, struct error *error)
{
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(error_done) struct error libvirt_error = {0}; /* a lost machine shows better in the probe's */
        CLEANUP(error_done) struct error names_error = {0};
        CLEANUP(error_done) struct error bmc_error = {0};
        CLEANUP(error_done) struct error others_error = {0};
        struct beside beside = {.means = means, .survey = survey, .deadline = deadline};
        struct bmc_asking *bmcs = bmcs_ask(means->bmcs, survey, deadline);
        struct libvirt_asking *asking = libvirt_ask(means->libvirt, survey, deadline);
        int machine, libvirt, names, bmc, others;
        struct names_asking *asking_names;

        begin_beside(&beside);
        machine = ask_machine(means, survey, deadline, &answers, error);
        asking_names = machine < 0 ? NULL : names_ask(means->link, survey, &answers);
        libvirt = libvirt_answer(asking, &answers, &libvirt_error);
        names = names_answer(asking_names, deadline, &answers, &names_error);
        bmc = bmcs_answer(bmcs, &answers, &bmc_error);
        others = end_beside(&beside, &answers, &others_error);

        if (machine < 0)
                return -1;
        if (libvirt < 0)
                return error_move(error, &libvirt_error);
        if (names < 0)
                return error_move(error, &names_error);
        if (bmc < 0)
                return error_move(error, &bmc_error);
        if (others < 0)
                return error_move(error, &others_error);
        if (survey_asks(survey, ASK_VOLUME_USES) &&
                volume_uses_answer(means->link, survey, deadline, &answers, error) < 0)
                return -1;
        *ret_answers = answers;
        answers = (struct answers) {0};
        return 0;
}

/* ---- steps ---- */

/* Who carries out a step: one of the three. (Those on the machine may use libvirt, too, and what is kept here.) */
static const struct performer {
        int (*on_machine)(const struct work *work, struct error *error);
        int (*in_libvirt)(struct libvirt *libvirt, struct link *link, const struct step *step,
                struct deadline deadline, struct error *error);
        int (*const *of_balancer)(const struct work *work, struct error *error); /* an operation of its */
} performers[] = {
        [STEP_TAKE_UP] = {.on_machine = take_up},
        [STEP_PACKAGES_REPAIR] = {.on_machine = packages_repair},
        [STEP_PACKAGES_INSTALL] = {.on_machine = packages_install},
        [STEP_REBOOT] = {.on_machine = reboot},
        [STEP_UNIT] = {.on_machine = unit_change},
        [STEP_SYSCTL] = {.on_machine = sysctl_set},
        [STEP_GROUP_CREATE] = {.on_machine = group_create},
        [STEP_GROUP_MEMBER] = {.on_machine = group_add_member},
        [STEP_FILE] = {.on_machine = file_change_to},
        [STEP_NETWORK_DEFINE] = {.in_libvirt = network_carry_out},
        [STEP_NETWORK_EDIT] = {.in_libvirt = network_carry_out},
        [STEP_NETWORK_RECREATE] = {.in_libvirt = network_carry_out},
        [STEP_NETWORK_RESTART] = {.in_libvirt = network_carry_out},
        [STEP_NETWORK_STOP] = {.in_libvirt = network_carry_out},
        [STEP_NETWORK_START] = {.in_libvirt = network_carry_out},
        [STEP_NETWORK_AUTOSTART] = {.in_libvirt = network_carry_out},
        [STEP_POOL_DEFINE] = {.in_libvirt = pool_carry_out},
        [STEP_POOL_START] = {.in_libvirt = pool_carry_out},
        [STEP_POOL_AUTOSTART] = {.in_libvirt = pool_carry_out},
        [STEP_PACKAGES_REMOVE] = {.on_machine = packages_remove},
        [STEP_SYSCTL_FORGET] = {.on_machine = sysctl_forget},
        [STEP_GROUP_LEAVE] = {.on_machine = group_leave},
        [STEP_GROUP_DELETE] = {.on_machine = group_delete},
        [STEP_FILE_REMOVE] = {.on_machine = file_remove},
        [STEP_GUEST_REMOVE] = {.in_libvirt = guest_carry_out},
        [STEP_NOTES_FORGET] = {.on_machine = notes_forget},
        [STEP_KEY_FORGET] = {.on_machine = seed_forget_key},
        [STEP_VOLUME_REMOVE] = {.in_libvirt = volume_remove},
        [STEP_NETWORK_REMOVE] = {.in_libvirt = network_carry_out},
        [STEP_POOL_REMOVE] = {.in_libvirt = pool_carry_out},
        [STEP_IMAGE_FETCH] = {.on_machine = image_fetch},
        [STEP_VOLUME_CREATE] = {.on_machine = volume_create},
        [STEP_VOLUME_GROW] = {.on_machine = volume_grow},
        [STEP_GUEST_DEFINE] = {.in_libvirt = guest_carry_out},
        [STEP_GUEST_START] = {.in_libvirt = guest_carry_out},
        [STEP_GUEST_RESUME] = {.in_libvirt = guest_carry_out},
        [STEP_GUEST_CHANGE] = {.in_libvirt = guest_carry_out},
        [STEP_GUEST_RESTART] = {.in_libvirt = guest_carry_out},
        [STEP_GUEST_STOP] = {.in_libvirt = guest_carry_out},
        [STEP_GUEST_AUTOSTART] = {.in_libvirt = guest_carry_out},
        [STEP_SEED] = {.on_machine = seed_write},
        [STEP_IGNITION] = {.on_machine = ignition_write},
        [STEP_IGNITION_SERVE] = {.on_machine = ignition_serve},
        [STEP_BALANCER_WRITE] = {.of_balancer = &haproxy_on_host.write_services},
        [STEP_BALANCER_LISTEN] = {.of_balancer = &haproxy_on_host.see_services},
        [STEP_FIREWALL_LOAD] = {.of_balancer = &haproxy_on_host.ensure_wan_access},
        [STEP_FIREWALL_REMOVE] = {.on_machine = firewall_remove},
        [STEP_FIREWALLD_OPEN] = {.of_balancer = &haproxy_on_host.ensure_wan_access},
        [STEP_FIREWALLD_CLOSE] = {.of_balancer = &haproxy_on_host.ensure_wan_access},
        [STEP_OPNSENSE_PLUGIN] = {.on_machine = opnsense_install_plugin},
        [STEP_OPNSENSE_WRITE] = {.of_balancer = &opnsense_haproxy.write_services},
        [STEP_OPNSENSE_SEE] = {.of_balancer = &opnsense_haproxy.see_services},
        [STEP_OPNSENSE_RULES] = {.of_balancer = &opnsense_haproxy.ensure_wan_access},
        [STEP_OPNSENSE_MIRROR] = {.on_machine = opnsense_mirror_mappings},
        [STEP_READY] = {.on_machine = ready_wait},
        [STEP_INSTALLER] = {.on_machine = installer_make},
        [STEP_INSTALLER_FORGET] = {.on_machine = installer_set_aside},
        [STEP_CLUSTER] = {.on_machine = cluster_wait},
        [STEP_CLUSTER_DELIVER] = {.on_machine = cluster_deliver},
        [STEP_CLUSTER_DRAIN] = {.on_machine = cluster_drain},
        [STEP_NOTE] = {.on_machine = note_write},
        [STEP_BMC_WAIT] = {.on_machine = bmc_wait},
        [STEP_BMC_INSERT] = {.on_machine = bmc_insert},
        [STEP_BMC_EJECT] = {.on_machine = bmc_eject},
        [STEP_BMC_BOOT] = {.on_machine = bmc_boot},
        [STEP_BMC_POWER] = {.on_machine = bmc_power},
        [STEP_CANARY] = {.in_libvirt = canary_carry_out},
};
_Static_assert(sizeof(performers) / sizeof(performers[0]) == STEP_WAIT,
        "every kind of step that is carried out has somebody to do it");

char *means_unit_story(struct means *means, const char *unit, struct deadline deadline)
{
        return unit_story(means->link, unit, deadline);
}

bool means_is_going_down(struct means *means)
{
        return machine_is_going_down(means->link);
}

int means_carry_out(struct means *means, const struct step *step, struct deadline deadline, int grace_s,
        const struct means_progress *progress, struct error *error)
{
        const struct performer *performer = &performers[step->kind];
        const struct work work = {
                .link = means->link,
                .libvirt = means->libvirt,
                .clusters = means->clusters,
                .opnsenses = means->opnsenses,
                .bmcs = means->bmcs,
                .step = step,
                .deadline = deadline,
                .grace_s = grace_s,
                .progress = progress && progress->line ? progress : NULL,
        };

        if (performer->of_balancer)
                return (*performer->of_balancer)(&work, error);
        if (performer->on_machine)
                return performer->on_machine(&work, error);
        return performer->in_libvirt(means->libvirt, means->link, step, deadline, error);
}
