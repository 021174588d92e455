/* From the program's arguments to its exit status. */
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/process.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "cli/version.h"

static int run(int argc, char **argv, struct error *error)
{
        CLEANUP(command_line_done) struct command_line command_line = {0};
        CLEANUP(text_done) struct text text = {0};

        if (command_line_parse(argc, argv, &command_line, error) < 0)
                return -1;
        if (!(command_line.given & (OPTION_HELP | OPTION_VERSION)))
                return command_line.verb->run(&command_line, error);
        if (command_line.given & OPTION_HELP)
                help_add(&text, command_line.verb->name[0] ? command_line.verb : NULL);
        else
                version_add(&text);
        say(&text);
        return 0;
}

int cli_main(int argc, char **argv)
{
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(error_done) struct error unsaid = {0};
        int status;

        process_prepare();
        status = run(argc, argv, &error);
        if (status < 0) {
                say_error(&error);
                status = error_exit_status(error.kind);
        }
        if (say_finish(&unsaid) < 0) {
                say_error(&unsaid);
                if (status == 0)
                        status = error_exit_status(unsaid.kind);
        }
        return status;
}
