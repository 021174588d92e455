/* ssh: OpenSSH's own ssh to a guest, through its machine, with the host key that the guest was given. */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/guest_choice.h"
#include "cli/guest_ssh.h"
#include "cli/session.h"
#include "cli/verb.h"
#include "means/guest_key.h"

/* What the guest's machine told, to be kept beyond the look. */
struct finding {
        const struct guest_config *guest;
        const char *words; /* its state */
        char *address, *host_key;
};

static void finding_done(struct finding *finding)
{
        free(finding->address);
        free(finding->host_key);
}

static void keep(void *context, const struct engine_probe *probe)
{
        struct finding *finding = context;
        struct guest_view view;

        guest_view_init(&view, finding->guest, probe->answers);
        finding->words = view.words;
        if (view.state && view.state->addresses.count)
                finding->address = string_copy(view.state->addresses.items[0]);
        finding->host_key = string_copy(view.host_key);
}

static int find(const struct command_line *command_line, const struct guest_choice *choice,
        struct finding *finding, struct error *error)
{
        struct engine_options engine = session_engine_options(command_line, ENGINE_PROBE);
        const struct report_options report = {.style = REPORT_PLAIN, .quiet = true, .fd = STDERR_FILENO};
        struct config only = choice->config; /* all of it is lent */
        int status;

        only.hosts.items = (struct host_config *)choice->host;
        only.hosts.count = 1;
        engine.ask = guest_ask;
        engine.on_probe = keep;
        engine.context = finding;
        status = session_run_with(command_line, &only, &engine, &report, error);
        if (status != 0)
                return status;
        if (!finding->address)
                return error_set(error, ERROR_FAILED, "guest %s on %s is %s and has no address that is known",
                        choice->guest->name, choice->host->name, finding->words);
        return 0;
}

static int ssh_run(const struct command_line *command_line, struct error *error)
{
        CLEANUP(guest_choice_done) struct guest_choice choice = {0};
        CLEANUP(finding_done) struct finding finding = {0};
        CLEANUP(strings_done) struct strings words = {0};
        CLEANUP(string_free) char *known_hosts = NULL;
        int status;

        if (guest_choice_init(command_line, &choice, error) < 0)
                return -1;
        finding.guest = choice.guest;
        status = find(command_line, &choice, &finding, error);
        if (status != 0)
                return status;
        if (finding.host_key &&
                guest_known_hosts(choice.host, choice.guest, finding.host_key, &known_hosts, error) < 0)
                return -1;
        guest_ssh_words(&choice, finding.address, known_hosts, &command_line->command, &words);
        strings_take(&words, NULL);
        signal(SIGPIPE, SIG_DFL);
        execvp(words.items[0], words.items);
        return error_set_errno(error, ERROR_FAILED, "ssh can't be started: is openssh-client installed?");
}

const struct verb verb_ssh = {
        .name = "ssh",
        .words = "[USER@][HOST/]GUEST CONF... [-- COMMAND...]",
        .summary = "log in to a guest through its machine",
        .least_words = 2,
        .most_words = ANY_NUMBER,
        .takes_command = true,
        .options = OPTION_TIMEOUT | OPTION_SET,
        .run = ssh_run,
};
