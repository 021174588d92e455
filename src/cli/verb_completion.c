/* completion: what a shell needs to complete our command lines. */
#include "base/memory.h"
#include "cli/completion.h"
#include "cli/say.h"
#include "cli/verb.h"

static int completion_run(const struct command_line *command_line, struct error *error)
{
        CLEANUP(text_done) struct text text = {0};

        if (!completion_add(&text, command_line->words.items[0]))
                return error_set(error, ERROR_USAGE,
                        "there is completion for bash, zsh and fish, none for \"%s\"",
                        command_line->words.items[0]);
        say(&text);
        return 0;
}

const struct verb verb_completion = {
        .name = "completion",
        .words = "SHELL",
        .summary = "print completion for bash, zsh or fish",
        .least_words = 1,
        .most_words = 1,
        .run = completion_run,
};
