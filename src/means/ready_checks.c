/* Looking whether a guest is up. Everything that is looked at is reached from its machine, as others there would. */
#include <stdio.h>

#include "base/shell.h"
#include "means/guest_key.h"
#include "means/http.h"
#include "means/libvirt_parts.h"
#include "means/ready.h"
#include "means/script.h"
#include "plan/seed.h"

#define LOOK_S       10 /* for one look that should take no time */
#define LOGIN_S      60 /* an emulated guest takes its time over keys */
#define ANSWER_S     3  /* for one whose address the machine has to find */
#define SSH_PORT     22
#define DISCARD_PORT 9
#define SAID         "300" /* bytes of the console's log that are worth repeating */

void ready_look_done(struct ready_look *look)
{
        string_free(&look->address);
        string_free(&look->known_hosts);
}

/* Whether going on makes sense: what went wrong is the guest's, or the way to it, and not the machine's. It may have been the
 * wrong address, so that is asked for again: a system that is made anew may take another lease. */
static int not_yet(struct ready_look *look, struct error *failure, char **ret_seen, struct error *error)
{
        if (link_wait(look->work->link, deadline_in_ms(0), error) < 0)
                return -1;
        string_free(&look->address);
        *ret_seen = STEAL(failure->text);
        return 0;
}

/* ---- address ---- */

struct asking {
        const struct guest_config *guest;
        struct strings addresses;
};

static int ask_addresses(struct session *session, void *context, struct error *error)
{
        struct asking *asking = context;

        for (array_each(const struct nic_config, nic, &asking->guest->nics))
                if (session_leases(session, nic->network, &nic->mac, &asking->addresses, error) < 0)
                        return -1;
        if (asking->addresses.count)
                return 0;
        return session_neighbours(session, asking->guest->name, &asking->addresses, error);
}

/* The one that the configuration gives it comes before any other. */
static const char *choose(const struct guest_config *guest, const struct strings *addresses)
{
        for (array_each(const struct nic_config, nic, &guest->nics)) {
                char text[IP_TEXT];
                const char *fixed = nic->address.family ? ip_address_format(&nic->address, text) : NULL;

                for (array_each(char *, address, addresses))
                        if (string_equal(*address, fixed))
                                return *address;
        }
        return addresses->count ? addresses->items[0] : NULL;
}

/* 1: there is one. What needs one asks, whether the configuration waits for an address or not. */
static int need_address(
        struct ready_look *look, struct deadline deadline, char **ret_seen, struct error *error)
{
        struct asking asking = {.guest = look->guest};
        CLEANUP(error_done) struct error failure = {0};
        const char *chosen;

        if (look->address)
                return 1;
        if (libvirt_run(look->work->libvirt, ask_addresses, &asking,
                    deadline_min(deadline, deadline_in_s(LOOK_S)), &failure) < 0) {
                strings_done(&asking.addresses);
                return not_yet(look, &failure, ret_seen, error);
        }
        chosen = choose(look->guest, &asking.addresses);
        look->address = string_copy(chosen);
        if (!chosen)
                *ret_seen = string_copy("no address yet");
        strings_done(&asking.addresses);
        return look->address != NULL;
}

/* Runs a script about the look's address, $1. */
static int run_about(struct ready_look *look, const char *script, struct deadline deadline,
        struct output *ret_output, struct error *error)
{
        CLEANUP(text_done) struct text text = {0};
        struct command command = {0};

        script_begin(&text);
        text_add(&text, "set -- ");
        shell_add_word(&text, look->address);
        text_format(&text, "\n%s\n", script);
        command.script = text_string(&text);
        return link_run(look->work->link, &command, deadline, ret_output, error);
}

/* A lease may be an earlier start's. So the machine forgets where the address is and has to find it again: for a
 * connection, wherever that goes, it asks the network, and a guest that is up answers. */
static int find_again(
        struct ready_look *look, struct deadline deadline, bool *ret_is_there, struct error *error)
{
        CLEANUP(output_done) struct output forgotten = {0}, found = {0};
        CLEANUP(error_done) struct error refused = {0}; /* a closed port is an answer, too */

        if (run_about(look, "ip neigh flush to \"$1\"", deadline, &forgotten, error) < 0)
                return -1;
        link_knock(look->work->link, look->address, DISCARD_PORT,
                deadline_min(deadline, deadline_in_s(ANSWER_S)), &refused);
        if (run_about(look, "ip neigh show to \"$1\" | grep -v -e FAILED -e INCOMPLETE", deadline, &found,
                    error) < 0)
                return -1;
        *ret_is_there = found.status == 0;
        return 0;
}

static int check_address(
        struct ready_look *look, struct deadline deadline, char **ret_seen, struct error *error)
{
        CLEANUP(error_done) struct error failure = {0};
        struct deadline limit = deadline_min(deadline, deadline_in_s(LOOK_S));
        int known = need_address(look, deadline, ret_seen, error);
        bool is_there;

        if (known <= 0)
                return known;
        if (find_again(look, limit, &is_there, &failure) < 0)
                return not_yet(look, &failure, ret_seen, error);
        *ret_seen = string_format(is_there ? "%s" : "%s is leased, and nobody answers there", look->address);
        if (!is_there)
                string_free(&look->address); /* it may get another */
        return is_there;
}

/* ---- ports ---- */

static int knock(struct ready_look *look, unsigned port, struct deadline deadline, char **ret_seen,
        struct error *error)
{
        CLEANUP(error_done) struct error failure = {0};
        int known = need_address(look, deadline, ret_seen, error);

        if (known <= 0)
                return known;
        if (link_knock(look->work->link, look->address, port, deadline_min(deadline, deadline_in_s(LOOK_S)),
                    &failure) < 0)
                return not_yet(look, &failure, ret_seen, error);
        *ret_seen = string_format("%s port %u takes connections", look->address, port);
        return 1;
}

static int check_tcp(struct ready_look *look, struct deadline deadline, char **ret_seen, struct error *error)
{
        return knock(look, look->guest->ready.tcp_port, deadline, ret_seen, error);
}

static int check_http(struct ready_look *look, struct deadline deadline, char **ret_seen, struct error *error)
{
        const char *wanted = look->guest->ready.http;
        CLEANUP(error_done) struct error failure = {0};
        CLEANUP(string_free) char *url = NULL;
        unsigned status;

        if (strncmp(wanted, "http://", 7) == 0) {
                url = string_copy(wanted);
        } else {
                int known = need_address(look, deadline, ret_seen, error);

                if (known <= 0)
                        return known;
                url = string_format(
                        strchr(look->address, ':') ? "http://[%s]%s" : "http://%s%s", look->address, wanted);
        }
        if (http_status(look->work->link, url, deadline, &status, &failure) < 0) {
                error_prefix(&failure, "%s", url);
                return not_yet(look, &failure, ret_seen, error);
        }
        *ret_seen = string_format("%s: status %u", url, status);
        return status >= 200 && status < 400;
}

/* ---- SSH ---- */

/* The key that the guest was given, as its machine keeps it: so every controller knows it, not only the one that made it. */
static int learn_key(struct ready_look *look, struct deadline deadline, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(string_free) char *path = seed_host_key_path(look->guest), *key = NULL;
        CLEANUP(output_done) struct output output = {0};
        struct command command = {0};

        if (look->known_hosts)
                return 0;
        script_begin(&script);
        text_add(&script, "cat -- ");
        shell_add_word(&script, path);
        command.script = text_string(&script);
        if (link_run(look->work->link, &command, deadline, &output, error) < 0)
                return -1;
        key = script_last_line(&output.out);
        if (output.status != 0 || !key)
                return error_set(
                        error, ERROR_FAILED, "the guest's host key isn't known: %s can't be read", path);
        return guest_known_hosts(look->host, look->guest, key, &look->known_hosts, error);
}

/* A login, and a command that ran to its end: nothing less shows that others can work there. */
static int log_in(struct ready_look *look, struct deadline deadline, struct error *error)
{
        static const char nothing[] = "exit 0\n";
        struct host_config guest = {
                .name = look->guest->name,
                .identity = look->host->identity,
                .known_hosts = look->known_hosts,
                .host_key_policy = HOST_KEY_STRICT,
        };
        struct deadline limit = deadline_min(deadline, deadline_in_s(LOGIN_S));
        const struct command command = {.script = nothing};
        CLEANUP(output_done) struct output output = {0};
        struct link *link;
        int result;

        snprintf(guest.connect.user, sizeof(guest.connect.user), "%s", look->guest->ready.ssh_user);
        snprintf(guest.connect.host, sizeof(guest.connect.host), "%s", look->address);
        guest.connect.port = SSH_PORT;
        link = link_open_through(look->work->link, &guest, limit);
        result = link_run(link, &command, limit, &output, error);
        link_close(link);
        return result;
}

static int check_ssh(struct ready_look *look, struct deadline deadline, char **ret_seen, struct error *error)
{
        CLEANUP(error_done) struct error failure = {0};
        int open = look->port_is_open ? need_address(look, deadline, ret_seen, error)
                                      : knock(look, SSH_PORT, deadline, ret_seen, error);

        if (open <= 0)
                return open;
        look->port_is_open =
                true; /* every knock is a connection without a login, for which sshd may lock us out */
        string_free(ret_seen);
        if (learn_key(look, deadline, error) < 0)
                return -1;
        if (log_in(look, deadline, &failure) < 0)
                return not_yet(look, &failure, ret_seen, error);
        *ret_seen = string_format("logged in as %s", look->guest->ready.ssh_user);
        return 1;
}

/* ---- console ---- */

/* QEMU was started to take up what was saved (virsh managedsave, restore) or has come from another machine. What the guest
 * said then isn't in the log of this start, and it won't say it again. */
#define RESUMED 3
static const char console_script[] = "! grep -saqF -e \"$words\" -- \"$log\" || exit 0\n"
                                     "pid=$(cat -- \"$process\") && tr '\\0' '\\n' <\"/proc/$pid/cmdline\" | "
                                     "grep -qx -e -incoming || exit 1\n"
                                     "exit 3\n";

static void add_assignment(struct text *script, const char *name, const char *value)
{
        text_format(script, "%s=", name);
        shell_add_word(script, value);
        text_add(script, "\n");
}

static int check_console(
        struct ready_look *look, struct deadline deadline, char **ret_seen, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(string_free) char *log = guest_console_path(look->guest->name);
        CLEANUP(string_free) char *process = guest_process_path(look->guest);
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(error_done) struct error failure = {0};
        struct command command = {0};

        script_begin(&script);
        add_assignment(&script, "words", look->guest->ready.console);
        add_assignment(&script, "log", log);
        add_assignment(&script, "process", process);
        text_add(&script, console_script);
        command.script = text_string(&script);
        if (link_run(look->work->link, &command, deadline_min(deadline, deadline_in_s(LOOK_S)), &output,
                    &failure) < 0)
                return not_yet(look, &failure, ret_seen, error);
        *ret_seen =
                string_copy(output.status == 0         ? "it was there"
                            : output.status == RESUMED ? "it goes on from where it was saved, and was up then"
                                                       : "it isn't there yet");
        return output.status == 0 || output.status == RESUMED;
}

const char ready_console_script[] =
        "set -e\n"
        "said=$(tail -c " SAID " \"$log\" | tr -c '[:print:]' '\\n' | grep '[^ ]' | tail -n 1)\n"
        "[ \"$said\" ] || exit 1\n"
        "printf '%s s ago: %s\\n' $(($(date +%s) - $(stat -c %Y \"$log\"))) \"$said\"\n";

char *ready_console_words(const struct ready_look *look)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(string_free) char *log = guest_console_path(look->guest->name);
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(error_done) struct error error = {0}; /* then nothing is known */
        struct command command = {0};

        script_begin(&script);
        add_assignment(&script, "log", log);
        text_add(&script, ready_console_script);
        command.script = text_string(&script);
        if (!look->guest->console_log ||
                link_run(look->work->link, &command, deadline_in_s(LOOK_S), &output, &error) < 0 ||
                output.status != 0)
                return NULL;
        return script_last_line(&output.out);
}

/* ---- its end ---- */

struct ending {
        const char *guest;
        const char *end;
};

static int ask_end(struct session *session, void *context, struct error *error)
{
        struct ending *ending = context;

        return session_guest_end(session, ending->guest, &ending->end, error);
}

int ready_look_for_end(
        struct ready_look *look, struct deadline deadline, const char **ret_end, struct error *error)
{
        struct ending ending = {.guest = look->guest->name};
        CLEANUP(error_done) struct error untold = {0}; /* it is asked again with the next look */

        if (libvirt_run(look->work->libvirt, ask_end, &ending, deadline_min(deadline, deadline_in_s(LOOK_S)),
                    &untold) < 0 &&
                link_wait(look->work->link, deadline_in_ms(0), error) < 0)
                return -1;
        *ret_end = ending.end;
        return 0;
}

/* ---- all of them ---- */

int ready_check(struct ready_look *look, enum ready_kind kind, struct deadline deadline, char **ret_seen,
        struct error *error)
{
        static int (*const checks[])(
                struct ready_look * look, struct deadline deadline, char **ret_seen, struct error *error) = {
                [READY_ADDRESS] = check_address,
                [READY_SSH] = check_ssh,
                [READY_TCP] = check_tcp,
                [READY_HTTP] = check_http,
                [READY_CONSOLE] = check_console,
        };
        _Static_assert(sizeof(checks) / sizeof(checks[0]) == READY_KINDS, "everything can be looked at");

        return checks[kind](look, deadline, ret_seen, error);
}
