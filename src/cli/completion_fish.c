/* Completion for fish. */
#include "base/memory.h"
#include "cli/completion_parts.h"

static void fish_add_explanation(struct text *text, const char *words)
{
        text_add(text, " -d '");
        for (const char *c = words; *c; c++) {
                if (*c == '\'' || *c == '\\')
                        text_add(text, "\\");
                text_add_n(text, *c == '\n' ? " " : c, 1);
        }
        text_add(text, "'");
}

static void fish_add_values(struct text *text, enum values values)
{
        CLEANUP(string_free) char *words = completion_words(values);

        if (values == VALUES_FILES)
                text_add(text, " -F");
        else
                text_format(text, " -f -a '%s'", words);
}

/* Which verbs take an option, as fish's condition; none at all is the verb without a name. */
static void fish_add_condition(struct text *text, unsigned bit)
{
        text_add(text, " -n '");
        for (size_t i = 0, count = 0; i < verb_count; i++)
                if (verbs[i]->options & bit)
                        text_format(text, "%s%s%s", count++ ? "; or " : "",
                                verbs[i]->name[0] ? "__fish_seen_subcommand_from "
                                                  : "not __provision_has_verb",
                                verbs[i]->name);
        text_add(text, "'");
}

static void fish_add_option(struct text *text, const struct option *option)
{
        text_format(text, "complete -c provision -l %s", option->name);
        if (option->letter)
                text_format(text, " -s %c", option->letter);
        if (!(option->bit & ALWAYS))
                fish_add_condition(text, option->bit);
        if (option->argument) {
                text_add(text, " -r");
                fish_add_values(text, completion_values_of(option->argument));
        }
        fish_add_explanation(text, option->help);
        text_add(text, "\n");
}

void completion_fish_add(struct text *text)
{
        CLEANUP(string_free) char *names = completion_words(VALUES_VERBS);

        text_format(text,
                "function __provision_has_verb\n        __fish_seen_subcommand_from %s\nend\n"
                "complete -c provision -f\n",
                names);
        for (size_t i = 0; i < option_count; i++)
                fish_add_option(text, &options[i]);
        for (size_t i = 0; i < verb_count; i++) {
                if (verbs[i]->name[0]) {
                        text_format(text, "complete -c provision -n 'not __provision_has_verb' -a %s",
                                verbs[i]->name);
                        fish_add_explanation(text, verbs[i]->summary);
                        text_add(text, "\n");
                }
                if (!verbs[i]->most_words)
                        continue;
                text_format(text, "complete -c provision -n '%s%s'",
                        verbs[i]->name[0] ? "__fish_seen_subcommand_from " : "not __provision_has_verb",
                        verbs[i]->name);
                fish_add_values(text, completion_values_of(verbs[i]->words));
                text_add(text, "\n");
        }
}
