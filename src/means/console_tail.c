/* The end of a console's log. Whatever isn't printable ends a line: a console moves its cursor about. */
#include "means/console_tail.h"

#include <string.h>

#include "base/shell.h"
#include "base/text.h"
#include "means/script.h"
#include "topology/guest.h"

#define BYTES "2000"

void console_tail(struct link *link, const char *guest, unsigned count, struct deadline deadline,
        struct strings *ret_lines)
{
        CLEANUP(string_free) char *log = guest_console_path(guest);
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(error_done) struct error untold = {0};
        struct command command = {0};

        script_begin(&script);
        text_add(&script, "log=");
        shell_add_word(&script, log);
        text_format(&script,
                "\n[ -f \"$log\" ] || exit 0\ntail -c " BYTES
                " -- \"$log\" | tr -c '[:print:]' '\\n' | grep '[^ ]' | tail -n %u\n",
                count);
        command.script = text_string(&script);
        if (link_run(link, &command, deadline, &output, &untold) < 0)
                return;
        for (const char *line = text_string(&output.out); *line;) {
                size_t length = strcspn(line, "\n");

                if (length)
                        strings_take(ret_lines, string_format("console of %s: %.*s", guest,
                                                        (int)(length < 300 ? length : 300), line));
                line += length + (line[length] == '\n');
        }
}
