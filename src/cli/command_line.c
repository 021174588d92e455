/* Reading the command line: options anywhere, a verb first among the words, "--" before words that look like
 * options or verbs. getopt_long would also take abbreviations, which break when an option is added. */
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/shell.h"
#include "base/text.h"
#include "cli/option.h"
#include "cli/verb.h"

#define PARALLEL_DEFAULT 40

struct reader {
        int argc;
        char **argv;
        int next;
        struct command_line *command_line;
};

static int take(struct reader *reader, const struct option *option, const char *value, struct error *error)
{
        reader->command_line->given |= option->bit;
        return option->take ? option->take(reader->command_line, value, error) : 0;
}

static int read_long(struct reader *reader, const char *word, struct error *error)
{
        size_t length = strcspn(word, "=");
        const struct option *option = option_named(word, length);
        const char *value = word[length] ? word + length + 1 : NULL;

        if (!option) {
                CLEANUP(string_free) char *name = string_copy_n(word, length);
                CLEANUP(string_free) char *suggestion = option_suggestion(name);

                return error_set(error, ERROR_USAGE, "there is no option --%s%s", name, suggestion);
        }
        if (!option->argument && value)
                return error_set(error, ERROR_USAGE, "--%s takes no value", option->name);
        if (option->argument && !value && reader->next == reader->argc)
                return error_set(
                        error, ERROR_USAGE, "--%s needs a value: %s", option->name, option->argument);
        if (option->argument && !value)
                value = reader->argv[reader->next++];
        return take(reader, option, value, error);
}

/* "-v", or several letters. None of the lettered options takes a value. */
static int read_letters(struct reader *reader, const char *letters, struct error *error)
{
        for (; *letters; letters++) {
                const struct option *option = option_lettered(*letters);

                if (!option)
                        return error_set(error, ERROR_USAGE, "there is no option -%c (see provision --help)",
                                *letters);
                if (take(reader, option, NULL, error) < 0)
                        return -1;
        }
        return 0;
}

/* Neither verb nor file: a misspelt verb, rather than a file that can't be read. */
static int check_first_word(const char *word, struct error *error)
{
        CLEANUP(string_free) char *suggestion = verb_suggestion(word);

        if (strpbrk(word, "./") || access(word, F_OK) == 0)
                return 0;
        return error_set(error, ERROR_USAGE, "there is neither a verb nor a file \"%s\"%s", word, suggestion);
}

static int read_word(struct reader *reader, const char *word, struct error *error)
{
        struct command_line *command_line = reader->command_line;

        if (!command_line->verb) {
                command_line->verb = verb_named(word);
                if (command_line->verb)
                        return 0;
                command_line->verb = &verb_promote;
                if (check_first_word(word, error) < 0)
                        return -1;
        }
        strings_add(&command_line->words, word);
        return 0;
}

static int read_all(struct reader *reader, struct error *error)
{
        struct command_line *command_line = reader->command_line;

        while (reader->next < reader->argc) {
                const char *word = reader->argv[reader->next++];
                int status;

                if (strcmp(word, "--") == 0)
                        break;
                if (strncmp(word, "--", 2) == 0)
                        status = read_long(reader, word + 2, error);
                else if (word[0] == '-' && word[1])
                        status = read_letters(reader, word + 1, error);
                else
                        status = read_word(reader, word, error);
                if (status < 0)
                        return -1;
        }
        if (!command_line->verb)
                command_line->verb = &verb_promote;
        while (reader->next < reader->argc)
                strings_add(command_line->verb->takes_command ? &command_line->command : &command_line->words,
                        reader->argv[reader->next++]);
        return 0;
}

static int check_options(const struct command_line *command_line, struct error *error)
{
        const struct verb *verb = command_line->verb;

        for (size_t i = 0; i < option_count; i++) {
                if (!(command_line->given & options[i].bit & ~verb->options))
                        continue;
                if (options[i].bit == OPTION_CHECK && verb == &verb_promote)
                        return error_set(
                                error, ERROR_USAGE, "--check goes with plan: provision plan --check CONF");
                return error_set(error, ERROR_USAGE, "%s doesn't take --%s", verb->name, options[i].name);
        }
        return 0;
}

static int check_words(const struct command_line *command_line, struct error *error)
{
        const struct verb *verb = command_line->verb;

        if (command_line->words.count < verb->least_words && verb == &verb_promote)
                return error_set(error, ERROR_USAGE,
                        "which machines? provision CONF, or provision --help for all there is");
        if (command_line->words.count < verb->least_words)
                return error_set(error, ERROR_USAGE, "%s needs %s (a file named %s is ./%s)", verb->name,
                        verb->words, verb->name, verb->name);
        if (command_line->words.count > verb->most_words)
                return error_set(error, ERROR_USAGE, "%s has no use for \"%s\"", verb->name,
                        command_line->words.items[verb->most_words]);
        return 0;
}

/* As a shell would take it. */
static char *join_words(int argc, char **argv)
{
        struct text text = {0};
        bool is_setting = false;

        text_add(&text, "provision");
        for (int i = 1; i < argc; i++) {
                const char *setting = is_setting                           ? argv[i]
                                      : strncmp(argv[i], "--set=", 6) == 0 ? argv[i] + 6
                                                                           : NULL;
                const char *equals = setting ? strchr(setting, '=') : NULL;
                CLEANUP(string_free) char *kept = NULL;

                if (equals)
                        kept = string_format("%.*s...", (int)(equals + 1 - argv[i]), argv[i]);
                text_add(&text, " ");
                shell_add_word(&text, kept ? kept : argv[i]);
                is_setting = !is_setting && strcmp(argv[i], "--set") == 0;
        }
        return text_take(&text);
}

int command_line_parse(int argc, char **argv, struct command_line *ret_command_line, struct error *error)
{
        CLEANUP(command_line_done)
        struct command_line command_line = {
                .phase = (enum phase_name)(PHASE_COUNT - 1),
                .parallel = PARALLEL_DEFAULT,
        };
        struct reader reader = {.argc = argc, .argv = argv, .next = 1, .command_line = &command_line};

        if (read_all(&reader, error) < 0)
                return -1;
        if (command_line.verb == &verb_promote && (command_line.given & OPTION_PLAN))
                command_line.verb = &verb_plan;
        if (!(command_line.given & (OPTION_HELP | OPTION_VERSION)) &&
                (check_options(&command_line, error) < 0 || check_words(&command_line, error) < 0))
                return -1;
        if (command_line.verb->options & OPTION_TIMEOUT && option_take_environment(&command_line, error) < 0)
                return -1;
        command_line.text = join_words(argc, argv);
        *ret_command_line = command_line;
        command_line = (struct command_line) {0};
        return 0;
}

void command_line_done(struct command_line *command_line)
{
        strings_done(&command_line->words);
        strings_done(&command_line->command);
        strings_done(&command_line->overrides.settings);
        free(command_line->text);
        *command_line = (struct command_line) {0};
}
