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

int script_run(
        const struct work *work, const char *script, const void *input, size_t length, struct error *error)
{
        const struct command command = {.script = script, .input = input, .input_length = length};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(string_free) char *said = NULL;

        if (link_run(work->link, &command, work->deadline, &output, error) < 0)
                return -1;
        if (output.status == 0)
                return 0;
        said = script_last_line(&output.err);
        if (said)
                return error_set(error, ERROR_FAILED, "%s", said);
        return error_set(
                error, ERROR_FAILED, "the command ended with status %d and said nothing", output.status);
}
