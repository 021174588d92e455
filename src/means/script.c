/* Running a script of ours to its end. */
#include <string.h>

#include "base/memory.h"
#include "means/script.h"

static const char blank[] = " \t\r\n";

const char script_is_open[] = "is_open() { for fd in /proc/[0-9]*/fd/*; do ! [ \"$fd\" -ef \"$1\" ] || "
                              "return 0; done; return 1; }\n";

void script_begin(struct text *script)
{
        text_add(script, "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C; export PATH LC_ALL\n");
}

char *script_last_line(const struct text *text)
{
        const char *start = text_string(text), *end = start + strlen(start), *line;

        while (end > start && strchr(blank, end[-1]))
                end--;
        for (line = end; line > start && line[-1] != '\n';)
                line--;
        line += strspn(line, blank);
        return line < end ? string_copy_n(line, (size_t)(end - line)) : NULL;
}

/* ---- what was said ---- */

static const struct {
        const char *words;
        const char *cause;
} causes[] = {
        {"No space left on device", "a disk of the machine is full"},
        {"Disk quota exceeded", "a quota on the machine's disk is used up"},
        {"Read-only file system", "what it lies on is mounted read-only"},
        {"File name too long", "a part of its path is longer than the machine's file system takes"},
};

const char *script_cause(const char *said)
{
        for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
                if (strstr(said, causes[i].words))
                        return causes[i].cause;
        return NULL;
}

static const char *skip(const char *text, const char *beginning)
{
        size_t length = strlen(beginning);

        return strncmp(text, beginning, length) == 0 ? text + length : text;
}

/* "sh: 21: eval: ", "/bin/bash: line 3: " */
static const char *skip_shell(const char *said)
{
        size_t name = strcspn(said, " :");
        const char *number;

        if (name < 2 || strncmp(said + name - 2, "sh: ", 4) != 0)
                return said;
        number = skip(said + name + 2, "line ");
        said += name + 2;
        if (number[strspn(number, "0123456789")] == ':' && *number != ':')
                said = number + strspn(number, "0123456789") + 2;
        return skip(said, "eval: ");
}

char *script_words(const char *said)
{
        const char *words = skip_shell(said), *cause = script_cause(said);
        /* Then it was a redirection of ours, and the step's sentence has the path. */
        bool is_ours = words > said || strncmp(said, "cat: ", 5) == 0;

        if (!cause)
                return string_copy(words);
        return is_ours ? string_copy(cause) : string_format("%s: %s", cause, words);
}

int script_run(
        const struct work *work, const char *script, const void *input, size_t length, struct error *error)
{
        const struct command command = {.script = script, .input = input, .input_length = length};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(string_free) char *said = NULL, *words = NULL;

        if (link_run(work->link, &command, work->deadline, &output, error) < 0)
                return -1;
        if (output.status == 0)
                return 0;
        said = script_last_line(&output.err);
        if (said) {
                words = script_words(said);
                return error_set(error, ERROR_FAILED, "%s", words);
        }
        return error_set(
                error, ERROR_FAILED, "the command ended with status %d and said nothing", output.status);
}
