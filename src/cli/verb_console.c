/* console: a guest's first serial port on this terminal. */
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/guest_choice.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "link/link.h"
#include "means/console.h"

#define CONNECT_S 30

static struct termios usual; /* what a signal has to bring back */

static void end_by(int signal_number)
{
        tcsetattr(STDIN_FILENO, TCSANOW, &usual);
        signal(signal_number, SIG_DFL);
        raise(signal_number);
}

/* Every key goes to the guest, Ctrl-C too; only others can send a signal. */
static void make_raw(void)
{
        static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
        struct termios raw = usual;

        for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
                signal(signals[i], end_by);
        cfmakeraw(&raw);
        tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static int bridge(struct link *link, const char *name, struct error *error)
{
        bool is_terminal = tcgetattr(STDIN_FILENO, &usual) == 0;
        CLEANUP(text_done) struct text text = {0};
        int result;

        if (link_wait(link, (struct deadline) {0}, error) < 0)
                return -1;
        if (is_terminal) {
                text_format(&text, "console of guest %s; Ctrl-] leaves it\n", name);
                say(&text);
                make_raw();
        }
        result = console_bridge(link, name, STDIN_FILENO, STDOUT_FILENO, error);
        if (is_terminal) {
                tcsetattr(STDIN_FILENO, TCSANOW, &usual);
                text_clear(&text);
                text_add(&text, "\n");
                say(&text);
        }
        return result;
}

static int console_run(const struct command_line *command_line, struct error *error)
{
        CLEANUP(guest_choice_done) struct guest_choice choice = {0};
        struct links *links;
        struct link *link;
        int result;

        if (guest_choice_init(command_line, &choice, error) < 0 || links_start(&links, error) < 0)
                return -1;
        link = link_open(links, choice.host, deadline_in_s(CONNECT_S));
        result = bridge(link, choice.guest->name, error);
        if (result < 0)
                error_prefix(error, "%s", choice.host->name);
        link_close(link);
        links_stop(links);
        return result;
}

const struct verb verb_console = {
        .name = "console",
        .words = "[HOST/]GUEST CONF...",
        .summary = "connect this terminal to a guest's console",
        .least_words = 2,
        .most_words = ANY_NUMBER,
        .options = OPTION_SET,
        .run = console_run,
};
