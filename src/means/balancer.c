/* Our haproxy's configuration: written when haproxy accepts it, and seen to be what runs.
 *
 * haproxy -c doesn't try to bind. A reload whose configuration names an address that the machine doesn't have, or a port
 * that another program has, ends well for systemd, and the old configuration goes on. So what counts is what the kernel
 * lists: the statistics socket of this configuration, and the services' own. */
#include "base/memory.h"
#include "base/shell.h"
#include "means/file.h"
#include "means/listeners.h"
#include "means/load_balancer.h"
#include "means/script.h"
#include "plan/haproxy.h"

static const char accept_function[] =
        "accept() {\n"
        "said=$(haproxy -c -f \"$1\" 2>&1) && return\n"
        "fail \"haproxy doesn't accept it: "
        "$(printf '%s\\n' \"$said\" | sed -n 's/^\\[ALERT\\][^:]*: *//p' | head -n 1)\"\n"
        "}\n";

static int haproxy_on_host_write_services(const struct work *work, struct error *error)
{
        const struct file_config file = {
                .path = (char *)HAPROXY_OURS,
                .type = FILE_REGULAR,
                .content = work->step->balancer.text,
                .content_length = strlen(work->step->balancer.text),
                .mode = 0644,
                .owner = (char *)"root",
                .group = (char *)"root",
        };

        return file_put_accepted(work, &file, accept_function, error);
}

static const char functions[] =
        "say() { missing=${missing:+$missing, }$1; }\n"
        "at() {\n"
        "grep -qsE \"^ *[0-9]+: $1 [0-9A-F]+:0000 0A \" /proc/net/tcp /proc/net/tcp6 || say \"$2\"\n"
        "}\n"
        "missing() {\n"
        "missing=\n"
        "if ! grep -qs ' 00010000 .* " HAPROXY_RUN
        "/' /proc/net/unix; then say \"haproxy doesn't run\"; return; fi\n"
        "grep -qs \" 00010000 .* $ours\" /proc/net/unix || "
        "say 'haproxy goes on with the configuration that it had before'\n";

/* A new process is there some tenths of a second after the reload at the latest. */
static const char wait_for_all[] =
        "tries=50 began=$(date +%s)\n"
        "until missing; [ ! \"$missing\" ]; do\n"
        "tries=$((tries - 1))\n"
        "if [ $tries = 0 ]; then\n"
        "why=$(journalctl -q --no-pager --since=@$((began - 5)) -o cat -u " HAPROXY_UNIT " | "
        "sed -n 's/^\\[ALERT\\][^:]*: *//p' | grep -v -e 'has no server' -e 'Current worker' -e 'Some "
        "protocols failed' | tail -n 1)\n"
        "echo \"$missing${why:+; haproxy says: $why}\" >&2; exit 1\n"
        "fi\n"
        "sleep 0.1\n"
        "done\n"
        "for socket in " HAPROXY_RUN
        "/*.sock; do [ \"$socket\" = \"$ours\" ] || rm -f -- \"$socket\"; done\n";

static void add_bind(
        struct text *script, const struct balanced_service *service, const struct socket_address *at)
{
        char hex[LISTENER_HEX], words[SOCKET_TEXT];
        CLEANUP(string_free)
        char *sentence = string_format(
                "service %s doesn't listen at %s", service->name, socket_address_format(at, words));

        text_format(script, "at %s ", listener_hex(at, hex));
        shell_add_word(script, sentence);
        text_add(script, "\n");
}

static int haproxy_on_host_see_services(const struct work *work, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};
        const char *fingerprint = work->step->balancer.fingerprint;

        script_begin(&script);
        text_format(&script, "ours=" HAPROXY_RUN "/%s.sock\n", fingerprint);
        text_add(&script, functions);
        for (array_each(const struct haproxy_service, service, &work->step->balancer.wanted->services))
                for (array_each(const struct socket_address, bind, &service->service.binds))
                        add_bind(&script, &service->service, bind);
        text_add(&script, "}\n");
        text_add(&script, wait_for_all);
        return script_run(work, text_string(&script), NULL, 0, error);
}

/* By whichever filter the machine has: the plan knows. */
static int haproxy_on_host_ensure_wan_access(const struct work *work, struct error *error)
{
        static int (*const filters[STEP_KINDS])(const struct work *work, struct error *error) = {
                [STEP_FIREWALL_LOAD] = firewall_load,
                [STEP_FIREWALLD_OPEN] = firewalld_open,
                [STEP_FIREWALLD_CLOSE] = firewalld_close,
        };

        return filters[work->step->kind](work, error);
}

LOAD_BALANCER(haproxy_on_host);
