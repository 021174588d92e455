/* Machines that reboot: told to, or by themselves. */
#include <string.h>

#include "means/script.h"

#define ASK_S 10

/* What comes back may be cut off by what was asked for. */
int reboot(const struct work *work, struct error *error)
{
        CLEANUP(error_done) struct error cut = {0};

        if (script_run(work, "systemctl --no-block reboot", NULL, 0, &cut) == 0 ||
                cut.kind == ERROR_UNREACHABLE)
                return 0;
        return error_move(error, &cut);
}

bool machine_is_going_down(struct link *link)
{
        const struct command command = {.script = "systemctl is-system-running"};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(error_done) struct error error = {0}; /* says no more than that */

        if (link_run(link, &command, deadline_in_s(ASK_S), &output, &error) < 0)
                return error.kind == ERROR_UNREACHABLE;
        return strncmp(text_string(&output.out), "stopping", 8) == 0;
}
