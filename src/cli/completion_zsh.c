/* Completion for zsh: works as an autoloaded function and when it is sourced. */
#include <string.h>

#include "base/memory.h"
#include "base/shell.h"
#include "cli/completion_parts.h"

/* In "NAME[EXPLANATION]:…" these end a part; a newline is --help's. */
static void zsh_add_explanation(struct text *text, const char *words)
{
        for (const char *c = words; *c; c++) {
                if (strchr("[]:\\", *c))
                        text_add(text, "\\");
                text_add_n(text, *c == '\n' ? " " : c, 1);
        }
}

static void zsh_add_values(struct text *text, enum values values)
{
        CLEANUP(string_free) char *words = completion_words(values);

        if (values == VALUES_FILES)
                text_add(text, "_files");
        else if (*words)
                text_format(text, "(%s)", words);
        else
                text_add(text, " ");
}

static void zsh_add_option(struct text *text, const struct option *option)
{
        CLEANUP(text_done) struct text specification = {0};

        text_format(&specification, "*--%s[", option->name);
        zsh_add_explanation(&specification, option->help);
        text_add(&specification, "]");
        if (option->argument) {
                text_format(&specification, ":");
                zsh_add_explanation(&specification, option->argument);
                text_add(&specification, ":");
                zsh_add_values(&specification, completion_values_of(option->argument));
        }
        text_add(text, " \\\n                        ");
        shell_add_word(text, text_string(&specification));
}

static void zsh_add_verb(struct text *text, const struct verb *verb)
{
        CLEANUP(text_done) struct text rest = {0};

        text_format(text, "        %s)\n                _arguments", verb->name[0] ? verb->name : "\"\"");
        for (size_t i = 0; i < option_count; i++)
                if (completion_takes(verb, &options[i]))
                        zsh_add_option(text, &options[i]);
        if (verb->most_words) {
                text_add(&rest, "*:word:");
                if (verb->name[0])
                        zsh_add_values(&rest, completion_values_of(verb->words));
                else
                        text_add(&rest, "_provision_first");
                text_add(text, " \\\n                        ");
                shell_add_word(text, text_string(&rest));
        }
        text_add(text, "\n                ;;\n");
}

void completion_zsh_add(struct text *text)
{
        CLEANUP(string_free) char *pattern = completion_words(VALUES_VERBS);

        text_add(text, "#compdef provision\n\n_provision_first() {\n        local -a verbs=(");
        for (size_t i = 0; i < verb_count; i++) {
                CLEANUP(text_done) struct text entry = {0};

                if (!verbs[i]->name[0])
                        continue;
                text_format(&entry, "%s:", verbs[i]->name);
                zsh_add_explanation(&entry, verbs[i]->summary);
                text_add(text, "\n                ");
                shell_add_word(text, text_string(&entry));
        }
        for (char *c = pattern; *c; c++)
                if (*c == ' ')
                        *c = '|';
        text_format(text,
                "\n        )\n"
                "        ((CURRENT > 2)) || _describe verb verbs\n"
                "        _files\n}\n\n"
                "_provision() {\n"
                "        local verb= word\n"
                "        for word in \"${(@)words[2,CURRENT-1]}\"; do\n"
                "                case $word in (%s) verb=$word; break ;; esac\n"
                "        done\n"
                "        case $verb in\n",
                pattern);
        for (size_t i = 0; i < verb_count; i++)
                zsh_add_verb(text, verbs[i]);
        text_add(text, "        esac\n}\n\n"
                       "if [ \"$funcstack[1]\" = _provision ]; then _provision; else compdef _provision "
                       "provision; fi\n");
}
