/* --help, from the tables. */
#include <string.h>

#include "base/memory.h"
#include "cli/help.h"
#include "cli/option.h"

#define COLUMN 24 /* where the explanations begin */

static const struct {
        int status;
        const char *meaning;
} statuses[] = {
        {0, "done"},
        {1, "a step failed"},
        {2, "usage"},
        {3, "configuration"},
        {4, "machine not reached"},
        {5, "blocked"},
        {6, "out of time"},
        {7, "there is something to do (plan --check)"},
        {8, "interrupted"},
};

/* "  term" and its explanation behind it, on the next line where the term is too long. */
static void add_entry(struct text *text, const char *term, const char *explanation)
{
        const char *newline;

        text_format(text, "  %-*s", COLUMN - 2, term);
        if (strlen(term) > COLUMN - 4)
                text_format(text, "\n%*s", COLUMN, "");
        while ((newline = strchr(explanation, '\n'))) {
                text_add_n(text, explanation, (size_t)(newline - explanation));
                text_format(text, "\n%*s", COLUMN, "");
                explanation = newline + 1;
        }
        text_format(text, "%s\n", explanation);
}

static void add_verb(struct text *text, const struct verb *verb)
{
        CLEANUP(string_free)
        char *term =
                string_format("%s%s%s", verb->name, verb->name[0] && verb->words[0] ? " " : "", verb->words);

        add_entry(text, term, verb->summary);
}

static void add_option(struct text *text, const struct option *option)
{
        CLEANUP(text_done) struct text term = {0};

        if (option->letter)
                text_format(&term, "-%c, ", option->letter);
        text_format(&term, "--%s%s%s", option->name, option->argument ? " " : "",
                option->argument ? option->argument : "");
        add_entry(text, text_string(&term), option->help);
}

static void add_statuses(struct text *text)
{
        for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
                text_format(text, "  %d  %s\n", statuses[i].status, statuses[i].meaning);
}

void help_add(struct text *text, const struct verb *verb)
{
        const unsigned always = OPTION_HELP | OPTION_VERSION;

        if (verb) {
                text_format(text, "usage: provision %s%s[OPTION...]%s%s\n\n%s\n", verb->name,
                        verb->name[0] ? " " : "", verb->words[0] ? " " : "", verb->words, verb->summary);
        } else {
                text_add(text,
                        "usage: provision [VERB] [OPTION...] CONF...\n\n"
                        "Brings plain Linux machines to a phase: installs and starts what is missing,\n"
                        "makes networks and pools, boots a throw-away guest to prove it. Run again, it\n"
                        "changes nothing.\n\n"
                        "verbs:\n");
                for (size_t i = 0; i < verb_count; i++)
                        add_verb(text, verbs[i]);
        }
        text_add(text, "\noptions:\n");
        for (size_t i = 0; i < option_count; i++)
                if (!verb || (options[i].bit & (verb->options | always)))
                        add_option(text, &options[i]);
        if (!verb) {
                text_add(text, "\nexit status:\n");
                add_statuses(text);
                text_add(text, "\nSee provision(1), and host.conf(5) for what stands in CONF.\n");
        }
}
