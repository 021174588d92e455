/* Knocking at ports from a machine. */
#include "means/knock.h"

#include <ctype.h>
#include <string.h>

#include "base/shell.h"
#include "means/script.h"

#define IN_WORDS(number)    IN_WORDS_OF(number)
#define IN_WORDS_OF(number) #number

#define TIMED_OUT 124 /* timeout's */

static const char try_it[] =
        "command -v bash >/dev/null && command -v timeout >/dev/null || exit 0\n"
        "exec timeout " IN_WORDS(KNOCK_S) " bash -c 'exec 3<>\"/dev/tcp/$0/$1\"' \"$1\" \"$2\"\n";

/* bash says "bash: line 1: /dev/tcp/10.0.0.5/6443: Connection refused". */
static int refuse(const struct output *output, struct error *error)
{
        CLEANUP(string_free) char *said = script_last_line(&output->err);
        char *reason = said ? strrchr(said, ':') : NULL;

        if (output->status == TIMED_OUT)
                return error_set(error, ERROR_FAILED, "no answer within " IN_WORDS(KNOCK_S) " s");
        if (!reason || !reason[1])
                return error_set(error, ERROR_FAILED, "no connection");
        reason += 2;
        *reason = (char)tolower((unsigned char)*reason);
        return error_set(error, ERROR_FAILED, "%s", reason);
}

int port_knock(
        struct link *link, const char *host, unsigned port, struct deadline deadline, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        struct command command = {0};

        script_begin(&script);
        text_add(&script, "set -- ");
        shell_add_word(&script, host);
        text_format(&script, " %u\n%s", port, try_it);
        command.script = text_string(&script);
        if (link_run(link, &command, deadline, &output, error) < 0)
                return -1;
        return output.status == 0 ? 0 : refuse(&output, error);
}
