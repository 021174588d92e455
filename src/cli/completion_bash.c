/* Completion for bash. */
#include "base/memory.h"
#include "cli/completion_parts.h"

static void bash_add_reply(struct text *text, enum values values)
{
        CLEANUP(string_free) char *words = completion_words(values);

        if (values == VALUES_FILES)
                text_add(text, "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$current\")");
        else
                text_format(text, "mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$current\")", words);
}

static void bash_add_verb(struct text *text, const struct verb *verb)
{
        text_format(text,
                "        %s)\n                if [[ $current == -* ]]; then\n"
                "                        mapfile -t COMPREPLY < <(compgen -W '",
                verb->name[0] ? verb->name : "\"\"");
        for (size_t i = 0; i < option_count; i++)
                if (completion_takes(verb, &options[i]))
                        text_format(text, "--%s ", options[i].name);
        text_add(text, "' -- \"$current\")\n                else\n                        ");
        bash_add_reply(text, completion_values_of(verb->words));
        if (!verb->name[0]) {
                CLEANUP(string_free) char *names = completion_words(VALUES_VERBS);

                text_format(text,
                        "\n                        mapfile -O ${#COMPREPLY[@]} -t COMPREPLY < "
                        "<(compgen -W '%s' -- \"$current\")",
                        names);
        }
        text_add(text, "\n                fi\n                ;;\n");
}

void completion_bash_add(struct text *text)
{
        CLEANUP(string_free) char *names = completion_words(VALUES_VERBS);
        CLEANUP(string_free) char *pattern = string_copy(names);

        for (char *c = pattern; *c; c++)
                if (*c == ' ')
                        *c = '|';
        text_format(text,
                "_provision() {\n"
                "        local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb= "
                "word\n"
                "        COMPREPLY=()\n"
                "        for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                "                case $word in %s) verb=$word; break ;; esac\n"
                "        done\n"
                "        case $before in\n",
                pattern);
        for (size_t i = 0; i < option_count; i++) {
                if (!options[i].argument)
                        continue;
                text_format(text, "        --%s) ", options[i].name);
                bash_add_reply(text, completion_values_of(options[i].argument));
                text_add(text, "; return ;;\n");
        }
        text_add(text, "        esac\n        case $verb in\n");
        for (size_t i = 0; i < verb_count; i++)
                bash_add_verb(text, verbs[i]);
        text_add(text, "        esac\n}\ncomplete -F _provision provision\n");
}
