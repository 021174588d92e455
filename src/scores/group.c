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

#define MEMBER "group-member" /* "GROUP/USER" */

static void group_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)wish;
        for (array_each(const struct owned_thing, thing, &answers->owned)) {
                if (string_equal(thing->kind, "group"))
                        survey_ask(survey, ASK_GROUP, thing->name);
                if (string_equal(thing->kind, MEMBER)) {
                        CLEANUP(string_free)
                        char *group = string_copy_n(thing->name, strcspn(thing->name, "/"));

                        survey_ask(survey, ASK_GROUP, group);
                }
        }
}

static void undo_group(const struct answers *answers, const struct group_state *found, struct plan *plan)
{
        bool is_ours = answers_owned(answers, "group", found->name) != NULL;
        const char *stranger = NULL;
        struct step *step;

        for (array_each(char *, member, &found->members)) {
                CLEANUP(string_free) char *name = string_format("%s/%s", found->name, *member);

                if (!answers_owned(answers, MEMBER, name)) {
                        stranger = *member;
                        continue;
                }
                step = plan_add(plan, STEP_GROUP_LEAVE, "take user %s out of group %s", *member, found->name);
                step->group.name = found->name;
                step->group.member = *member;
        }
        if (is_ours && stranger)
                plan_warn(
                        plan, "group %s stays: somebody else has added user %s to it", found->name, stranger);
        else if (is_ours) {
                step = plan_add(plan, STEP_GROUP_DELETE, "delete group %s", found->name);
                step->group.name = found->name;
        }
}

static void group_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        (void)wish;
        for (array_each(const struct group_state, found, &answers->groups))
                if (found->exists)
                        undo_group(answers, found, plan);
}

const struct score score_group = {
        .name = "group",
        .summary = "groups exist and have the members that the configuration names",
        .ask = group_ask,
        .plan = group_plan,
        .ask_undo = group_ask_undo,
        .undo = group_undo,
};
