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
        [ASK_PRESENCE] = true,
        [ASK_VOLUME_GROUP] = true,
        [ASK_VOLUME] = true,
        [ASK_NOTE] = true,
        [ASK_GUEST] = true,
        [ASK_TEXT] = true,
        [ASK_LISTENERS] = true,
        [ASK_ZONE] = true,
        [ASK_CLUSTER] = true,
        [ASK_INSTALLER] = true,
        [ASK_NAMES] = true,
        [ASK_OPNSENSE] = true,
        [ASK_BMC] = true,
};

/* A file's question says more than one about its presence, and there is one answer for both. */
static bool is_same_file(struct question *known, const struct question *asked)
{
        bool known_is_file = known->kind == ASK_FILE, asked_is_file = asked->kind == ASK_FILE;

        if (!(known_is_file && asked->kind == ASK_PRESENCE) &&
                !(asked_is_file && known->kind == ASK_PRESENCE))
                return false;
        if (!string_equal(known->subject, asked->subject))
                return false;
        known->kind = ASK_FILE;
        return true;
}

static void add(struct survey *survey, const struct question *asked)
{
        struct question *question;

        assert(has_subject[asked->kind] == (asked->subject != NULL));
        for (array_each(struct question, known, &survey->questions))
                if (is_same_file(known, asked) ||
                        (known->kind == asked->kind && known->manager == asked->manager &&
                                string_equal(known->subject, asked->subject) &&
                                string_equal(known->pool, asked->pool)))
                        return;
        question = array_add(&survey->questions);
        *question = *asked;
        question->subject = string_copy(asked->subject);
        question->pool = string_copy(asked->pool);
        question->pool_path = string_copy(asked->pool_path);
}

void survey_ask(struct survey *survey, enum question_kind kind, const char *subject)
{
        add(survey, &(const struct question) {.kind = kind, .subject = (char *)subject});
}

void survey_ask_package(struct survey *survey, enum package_manager manager, const char *name)
{
        add(survey,
                &(const struct question) {.kind = ASK_PACKAGE, .subject = (char *)name, .manager = manager});
}

void survey_ask_volume_group(struct survey *survey, const char *pool, const char *name)
{
        add(survey, &(const struct question) {
                            .kind = ASK_VOLUME_GROUP, .subject = (char *)name, .pool = (char *)pool});
}

void survey_ask_volume(struct survey *survey, const char *pool, const char *pool_path, const char *name)
{
        add(survey, &(const struct question) {.kind = ASK_VOLUME,
                            .subject = (char *)name,
                            .pool = (char *)pool,
                            .pool_path = (char *)pool_path});
}

void survey_ask_cluster(struct survey *survey, const struct cluster_config *cluster)
{
        add(survey,
                &(const struct question) {.kind = ASK_CLUSTER, .subject = cluster->name, .cluster = cluster});
}

void survey_ask_installer(struct survey *survey, const struct cluster_config *cluster)
{
        add(survey, &(const struct question) {
                            .kind = ASK_INSTALLER, .subject = cluster->name, .cluster = cluster});
}

void survey_ask_names(struct survey *survey, const struct cluster_config *cluster)
{
        add(survey,
                &(const struct question) {.kind = ASK_NAMES, .subject = cluster->name, .cluster = cluster});
}

void survey_ask_opnsense(struct survey *survey, const struct opnsense_config *opnsense, unsigned needs)
{
        add(survey, &(const struct question) {.kind = ASK_OPNSENSE,
                            .subject = opnsense->name,
                            .opnsense = opnsense,
                            .opnsense_needs = needs});
}

void survey_ask_bmc(struct survey *survey, const struct machine_config *machine, bool with_drive)
{
        add(survey, &(const struct question) {.kind = ASK_BMC,
                            .subject = machine->name,
                            .machine = machine,
                            .with_drive = with_drive});
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
        for (array_each(struct question, question, &survey->questions)) {
                free(question->subject);
                free(question->pool);
                free(question->pool_path);
        }
        array_free(&survey->questions);
}
