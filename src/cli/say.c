/* Printing. */
#include <errno.h>
#include <stdio.h>

#include "base/memory.h"
#include "cli/say.h"
#include "report/visible.h"

void say_problem(const char *sentence)
{
        CLEANUP(text_done) struct text text = {0};

        visible_add(&text, sentence);
        fprintf(stderr, "%s\n", text_string(&text));
}

void say_error(const struct error *error)
{
        CLEANUP(text_done) struct text text = {0};

        text_add(&text, "provision: ");
        text_add(&text, error_text(error));
        say_problem(text_string(&text));
}

void say(const struct text *text)
{
        fwrite(text->data ? text->data : "", 1, text->length, stdout);
}

int say_finish(struct error *error)
{
        if (fflush(stdout) == 0 && !ferror(stdout))
                return 0;
        return error_set_errno(
                error, ERROR_FAILED, "not everything could be printed: writing the output failed");
}
