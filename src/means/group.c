/* Groups of the machine and who is in them. */
#include "base/memory.h"
#include "base/shell.h"
#include "means/script.h"

static int run_words(const struct work *work, const char *const *words, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};

        script_begin(&script);
        for (; *words; words++) {
                shell_add_word(&script, *words);
                text_add(&script, " ");
        }
        return script_run(work, text_string(&script), NULL, 0, error);
}

/* -f: that it has come to be since we looked (a package made it) is what was wanted. */
int group_create(const struct work *work, struct error *error)
{
        const char *const words[] = {"groupadd", "-f", "-r", "--", work->step->group.name, NULL};

        return run_words(work, words, error);
}

int group_leave(const struct work *work, struct error *error)
{
        const char *const words[] = {"gpasswd", "-d", work->step->group.member, work->step->group.name, NULL};

        return run_words(work, words, error);
}

int group_delete(const struct work *work, struct error *error)
{
        const char *const words[] = {"groupdel", "--", work->step->group.name, NULL};

        return run_words(work, words, error);
}

int group_add_member(const struct work *work, struct error *error)
{
        const char *const words[] = {
                "usermod", "-a", "-G", work->step->group.name, "--", work->step->group.member, NULL};

        return run_words(work, words, error);
}
