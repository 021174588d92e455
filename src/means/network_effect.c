/* Whether what makes a network that runs is there. */
#include "means/network_effect.h"

#include <sys/socket.h>

#include "base/shell.h"
#include "means/script.h"

#define STATE \
        "/run/libvirt/network" /* libvirtd's and virtnetworkd's: a NAME.xml for each network that runs */

/* The number may be another process's by now. */
const char network_has_dnsmasq[] = "has_dnsmasq() {\n"
                                   "pid= command=; { read -r pid <\"" STATE "/$1.pid\"; } 2>/dev/null\n"
                                   "case $pid in *[!0-9]*|'') return 1;; esac\n"
                                   "{ read -r command <\"/proc/$pid/comm\"; } 2>/dev/null\n"
                                   "case $command in *dnsmasq*) return 0;; esac; return 1\n"
                                   "}\n";

void network_add_probe(struct text *script)
{
        text_add(script, "for path in " STATE "/*.xml; do\n"
                         "[ -e \"$path\" ] || continue\n"
                         "name=${path##*/}; name=${name%.xml}\n"
                         "if has_dnsmasq \"$name\"; then printf 'served %s\\n' \"$name\"\n"
                         "else printf 'unserved %s\\n' \"$name\"; fi; done\n");
}

int network_is_whole(struct link *link, const struct network_state *network, struct deadline deadline,
        bool *ret_is_whole, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        struct command command = {0};
        const char *bridge = network_state_bridge(network);

        text_add(&script, network_has_dnsmasq);
        if (bridge) {
                text_add(&script, "bridge=");
                shell_add_word(&script, bridge);
                text_add(&script, "; [ -e \"/sys/class/net/$bridge/bridge\" ] || exit 1\n");
        }
        if (bridge && network->network.address.address.family == AF_INET)
                text_add(&script, "grep -q \"^$bridge[[:space:]]\" /proc/net/route || exit 1\n");
        if (network_state_is_served(network)) {
                text_add(&script, "has_dnsmasq ");
                shell_add_word(&script, network->network.name);
                text_add(&script, " || exit 1\n");
        }
        text_add(&script, "exit 0\n");
        command.script = text_string(&script);
        if (link_run(link, &command, deadline, &output, error) < 0)
                return -1;
        *ret_is_whole = output.status == 0;
        return 0;
}
