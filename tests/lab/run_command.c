/* Runs a script over a link to the first machine of a host.conf and prints what it wrote:
 *
 *     run_command CONF SETTING… -- SCRIPT SECONDS
 *
 * The exit status is the script's; an error is printed on stderr and exits with 100. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/config.h"
#include "link/link.h"

static int fail(const struct error *error)
{
        fprintf(stderr, "%s: %s\n", error_kind_name(error->kind), error_text(error));
        return 100;
}

int main(int argc, char **argv)
{
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(config_done) struct config config = {0};
        CLEANUP(strings_done) struct strings files = {0};
        CLEANUP(strings_done) struct strings problems = {0};
        CLEANUP(output_done) struct output output = {0};
        struct config_overrides overrides = {0};
        struct command command = {0};
        struct links *links;
        struct link *link;
        int at = 2, result;

        if (argc < 5)
                return 2;
        strings_add(&files, argv[1]);
        for (; at < argc && strcmp(argv[at], "--") != 0; at++)
                strings_add(&overrides.settings, argv[at]);
        if (at + 3 != argc)
                return 2;
        command.script = argv[at + 1];
        if (config_load(&files, &overrides, &config, &problems, &error) < 0) {
                for (array_each(char *, problem, &problems))
                        fprintf(stderr, "%s\n", *problem);
                return fail(&error);
        }
        if (links_start(&links, &error) < 0)
                return fail(&error);
        link = link_open(links, &config.hosts.items[0], deadline_in_s(30));
        result = link_wait(link, deadline_in_s(30), &error);
        if (result == 0)
                result = link_run(link, &command, deadline_in_s(atoi(argv[at + 2])), &output, &error);
        link_close(link);
        links_stop(links);
        strings_done(&overrides.settings);
        if (result < 0)
                return fail(&error);
        fwrite(output.out.data, 1, output.out.length, stdout);
        fwrite(output.err.data, 1, output.err.length, stderr);
        return output.status;
}
