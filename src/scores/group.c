/* Groups and who is in them. Members that the configuration doesn't name stay. */
#include "scores/packages.h"
#include "scores/score.h"

static void group_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct group_config *, group, &wish->groups)) {
                survey_ask(survey, ASK_GROUP, (*group)->name);
                for (array_each(char *, member, &(*group)->members))
                        survey_ask(survey, ASK_USER, *member);
        }
        if (wish->groups.count)
                packages_ask(wish, survey);
}

static void plan_member(const struct answers *answers, const struct group_config *wanted, const char *member,
        bool may_come, struct plan *plan)
{
        const struct group_state *group = answers_group(answers, wanted->name);
        const struct user_state *user = answers_user(answers, member);
        bool user_exists = user && user->exists;
        struct step *step;

        if (group && strings_has(&group->members, member))
                return;
        if (!user_exists && !may_come) {
                plan_block(plan,
                        "user %s is to be in group %s but doesn't exist: create the user first, or check the "
                        "name",
                        member, wanted->name);
                return;
        }
        step = plan_add(plan, STEP_GROUP_MEMBER, "add user %s to group %s", member, wanted->name);
        step->group.name = wanted->name;
        step->group.member = member;
        step->expected = !user_exists || (may_come && !(group && group->exists));
}

static void plan_group(
        const struct answers *answers, const struct group_config *wanted, bool may_come, struct plan *plan)
{
        const struct group_state *found = answers_group(answers, wanted->name);

        if (!found || !found->exists) {
                struct step *step = plan_add(plan, STEP_GROUP_CREATE, "create group %s", wanted->name);

                step->group.name = wanted->name;
                step->expected = may_come;
        }
        for (array_each(char *, member, &wanted->members))
                plan_member(answers, wanted, *member, may_come, plan);
}

static void group_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        bool may_come = packages_are_missing(wish, answers); /* users and groups, with the packages */

        for (array_each(const struct group_config *, wanted, &wish->groups))
                plan_group(answers, *wanted, may_come, plan);
}

const struct score score_group = {
        .name = "group",
        .summary = "groups exist and have the members that the configuration names",
        .ask = group_ask,
        .plan = group_plan,
};
