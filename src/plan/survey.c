/* Questions about one machine. */
#include <assert.h>

#include "plan/survey.h"

static const bool has_subject[QUESTION_KINDS] = {
        [ASK_PACKAGE] = true,
        [ASK_UNIT] = true,
        [ASK_SYSCTL] = true,
        [ASK_GROUP] = true,
        [ASK_USER] = true,
        [ASK_FILE] = true,
        [ASK_BRIDGE] = true,
        [ASK_GUEST] = true,
        [ASK_TEXT] = true,
};

static void add(
        struct survey *survey, enum question_kind kind, const char *subject, enum package_manager manager)
{
        struct question *question;

        assert(has_subject[kind] == (subject != NULL));
        for (array_each(const struct question, asked, &survey->questions))
                if (asked->kind == kind && asked->manager == manager && string_equal(asked->subject, subject))
                        return;
        question = array_add(&survey->questions);
        question->kind = kind;
        question->subject = string_copy(subject);
        question->manager = manager;
}

void survey_ask(struct survey *survey, enum question_kind kind, const char *subject)
{
        add(survey, kind, subject, PACKAGES_UNKNOWN);
}

void survey_ask_package(struct survey *survey, enum package_manager manager, const char *name)
{
        add(survey, ASK_PACKAGE, name, manager);
}

bool survey_asks(const struct survey *survey, enum question_kind kind)
{
        for (array_each(const struct question, question, &survey->questions))
                if (question->kind == kind)
                        return true;
        return false;
}

void survey_done(struct survey *survey)
{
        for (array_each(struct question, question, &survey->questions))
                free(question->subject);
        array_free(&survey->questions);
}
