/* Printing. */
#include <errno.h>
#include <stdbool.h>
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

static int failure; /* errno of the first piece that could not be printed */

void say(const struct text *text)
{
        bool is_printed = fwrite(text_string(text), 1, text->length, stdout) == text->length;

        /* At once: a reader of a pipe waits for it, and what went wrong is told only now. */
        if ((fflush(stdout) != 0 || !is_printed) && !failure)
                failure = errno;
}

int say_finish(struct error *error)
{
        if (!failure ||
                failure == EPIPE) /* whoever reads has seen enough, as in "provision history | head" */
                return 0;
        errno = failure;
        return error_set_errno(
                error, ERROR_FAILED, "not everything could be printed: writing the output failed");
}
