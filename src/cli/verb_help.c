/* help: everything, or one verb. */
#include "cli/help.h"
#include "cli/say.h"
#include "base/memory.h"

static int help_run(const struct command_line *command_line, struct error *error)
{
        CLEANUP(text_done) struct text text = {0};
        const struct verb *verb = NULL;

        if (command_line->words.count) {
                const char *name = command_line->words.items[0];

                verb = verb_named(name);
                if (!verb) {
                        CLEANUP(string_free) char *suggestion = verb_suggestion(name);

                        return error_set(error, ERROR_USAGE, "there is no verb \"%s\"%s", name, suggestion);
                }
        }
        help_add(&text, verb);
        say(&text);
        return 0;
}

const struct verb verb_help = {
        .name = "help",
        .words = "[VERB]",
        .summary = "show this text, or a verb's",
        .most_words = 1,
        .run = help_run,
};
