/* A machine whose packages want a reboot: it gets one if that is wished, before anything is started that it would
 * end. Without the wish score_machine warns. */
#include "scores/score.h"

static void reboot_ask(const struct wish *wish, struct survey *survey)
{
        (void)wish;
        survey_ask(survey, ASK_MACHINE, NULL);
}

static void reboot_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        if (answers->machine.reboot_required && wish->host->reboot_if_needed)
                plan_add(plan, STEP_REBOOT, "reboot the machine: what was installed asks for it");
}

const struct score score_reboot = {
        .name = "reboot",
        .summary = "the machine runs what is installed, if it may be rebooted for that",
        .ask = reboot_ask,
        .plan = reboot_plan,
};
