/* What an earlier run began and nobody has seen the end of: it comes before everything else, for what it is still
 * changing can't be planned on. */
#include "scores/score.h"

static void unfinished_ask(const struct wish *wish, struct survey *survey)
{
        (void)wish;
        survey_ask(survey, ASK_LONG_STEPS, NULL);
}

static void unfinished_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        (void)wish;
        for (array_each(const struct long_step_state, state, &answers->long_steps)) {
                struct step *step = plan_add(
                        plan, STEP_TAKE_UP, "go on with what an earlier run began: %s", state->words);

                step->long_step.name = state->name;
        }
}

static void unfinished_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)wish;
        (void)answers;
        survey_ask(survey, ASK_LONG_STEPS, NULL);
}

const struct score score_unfinished = {
        .name = "unfinished",
        .summary = "nothing that an earlier run began is still under way",
        .ask = unfinished_ask,
        .plan = unfinished_plan,
        .ask_undo = unfinished_ask_undo,
        .undo = unfinished_plan, /* what is taken away has to be there, or not: nothing in between */
};
