/* Completion for three shells, from the tables of verbs and options. */
#include "cli/completion.h"

#include <string.h>

#include "base/memory.h"
#include "cli/completion_parts.h"

/* By what a value is called in --help. */
static const struct {
        const char *called;
        enum values values;
} values_called[] = {
        {"CONF", VALUES_FILES},
        {"FILE", VALUES_FILES},
        {"PHASE", VALUES_PHASES},
        {"VERB", VALUES_VERBS},
        {"SHELL", VALUES_SHELLS},
};

enum values completion_values_of(const char *words)
{
        for (size_t i = 0; words && i < sizeof(values_called) / sizeof(values_called[0]); i++) {
                const char *found = strstr(words, values_called[i].called);
                size_t length = strlen(values_called[i].called);

                if (found && found[length] != '=')
                        return values_called[i].values;
        }
        return VALUES_NONE;
}

static void add_word(struct text *text, const char *word)
{
        text_format(text, "%s%s", text->length ? " " : "", word);
}

char *completion_words(enum values values)
{
        struct text text = {0};

        for (int i = 0; values == VALUES_PHASES && i < PHASE_COUNT; i++)
                add_word(&text, phase_name((enum phase_name)i));
        for (size_t i = 0; values == VALUES_VERBS && i < verb_count; i++)
                if (verbs[i]->name[0])
                        add_word(&text, verbs[i]->name);
        for (size_t i = 0; values == VALUES_SHELLS && completion_shell(i); i++)
                add_word(&text, completion_shell(i));
        return text_take(&text);
}

bool completion_takes(const struct verb *verb, const struct option *option)
{
        return option->bit & (verb->options | ALWAYS);
}

static const struct {
        const char *name;
        void (*add)(struct text *text);
} shells[] = {
        {"bash", completion_bash_add},
        {"zsh", completion_zsh_add},
        {"fish", completion_fish_add},
};

const char *completion_shell(size_t i)
{
        return i < sizeof(shells) / sizeof(shells[0]) ? shells[i].name : NULL;
}

bool completion_add(struct text *text, const char *shell)
{
        for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
                if (!string_equal(shells[i].name, shell))
                        continue;
                shells[i].add(text);
                return true;
        }
        return false;
}
