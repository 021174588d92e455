#include "means/network_leftover.h"

#include "base/memory.h"
#include "base/shell.h"
#include "means/network_effect.h"
#include "means/script.h"

/* What it was seen by, it is asked for again: another may have come by that name. */
static const char remove_it[] =
        "path=/sys/class/net/$bridge\n"
        "[ -d \"$path/bridge\" ] || exit 0\n"
        "read -r found <\"$path/address\"\n"
        "[ \"$found\" = \"$mac\" ] || { echo \"interface $bridge has another address than ours would have\" "
        ">&2; exit 1; }\n"
        "for port in \"$path\"/brif/*; do\n"
        "[ ! -e \"$port\" ] || [ \"${port##*/}\" = \"$bridge-nic\" ] ||\n"
        "{ echo \"${port##*/} is plugged into bridge $bridge, which libvirt doesn't know of\" >&2; exit 1; "
        "}; done\n"
        "! has_dnsmasq \"$network\" || kill -KILL \"$pid\"\n"
        "[ ! -e \"/sys/class/net/$bridge-nic\" ] || ip link delete dev \"$bridge-nic\"\n"
        "ip link delete dev \"$bridge\" type bridge\n";

static void add_variable(struct text *script, const char *name, const char *value)
{
        text_format(script, "%s=", name);
        shell_add_word(script, value);
        text_add(script, "\n");
}

int network_remove_leftover(
        struct link *link, const struct network_state *network, struct deadline deadline, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};
        const struct work work = {.link = link, .deadline = deadline};

        script_begin(&script);
        text_add(&script, network_has_dnsmasq);
        add_variable(&script, "network", network->network.name);
        add_variable(&script, "bridge", network->network.bridge);
        add_variable(&script, "mac", network->bridge_mac);
        text_add(&script, remove_it);
        return script_run(&work, text_string(&script), NULL, 0, error);
}
