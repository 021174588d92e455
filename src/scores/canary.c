/* A throw-away guest: the only proof that guests run. /dev/kvm may exist and yet run none. */
#include "scores/score.h"

static void canary_ask(const struct wish *wish, struct survey *survey)
{
        (void)wish;
        survey_ask(survey, ASK_MACHINE, NULL);
        survey_ask(survey, ASK_CANARY, NULL);
}

static void canary_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        const struct canary_state *canary = &answers->canary;
        bool has_kvm_device = answers->machine.has_kvm_device;
        struct step *step;

        (void)wish;
        if (canary->proven && canary->accelerator == CANARY_TCG)
                plan_warn(plan, "guests run by emulation (TCG), many times slower than with KVM%s%s",
                        canary->why ? ": " : "", canary->why ? canary->why : "");
        if (canary->proven)
                return;
        step = plan_add(plan, STEP_CANARY, "boot a throw-away guest (%s)%s%s",
                has_kvm_device ? "KVM if it works, else TCG" : "TCG, because there is no /dev/kvm",
                canary->why ? ": " : "", canary->why ? canary->why : "");
        step->canary.has_kvm_device = has_kvm_device;
}

static void canary_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)wish;
        (void)answers;
        survey_ask(survey, ASK_FILE, CANARY_NOTES);
}

static void canary_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        const struct file_state *notes = answers_file(answers, CANARY_NOTES);

        (void)wish;
        if (notes && notes->exists)
                plan_add(plan, STEP_NOTES_FORGET, "forget that a throw-away guest has booted")->path =
                        CANARY_NOTES;
}

const struct score score_canary = {
        .name = "canary",
        .summary = "a guest was booted since the machine was, with the QEMU and libvirt that are there now",
        .ask = canary_ask,
        .plan = canary_plan,
        .ask_undo = canary_ask_undo,
        .undo = canary_undo,
};
