/* No package takes back what its daemons made: directories that are empty by then, units that go on although their files
 * are gone, and, in the kernel, libvirt's chains, which would stay until the next boot. */
#include "means/package_leavings.h"

#include "means/manager.h"

/* Chains of somebody else's stay, and tables with a rule in them or with a policy of their own. libvirt from 10.4 on has
 * tables of its own. */
static const char remove_chains[] =
        "remove_chains() {\n"
        "for iptables in iptables ip6tables; do for table in filter nat mangle; do\n"
        "rules=$($iptables -w -t $table -S 2>/dev/null) || continue\n"
        "echo \"$rules\" | sed -n '/^-A [A-Z]* -j LIBVIRT_/s/-A/-D/p' | while read -r rule; do $iptables -w "
        "-t $table $rule; done\n"
        "chains=$(echo \"$rules\" | sed -n 's/^-N \\(LIBVIRT_[A-Z]*\\)$/\\1/p')\n"
        "for chain in $chains; do $iptables -w -t $table -F \"$chain\"; done\n"
        "for chain in $chains; do $iptables -w -t $table -X \"$chain\"; done\n"
        "done; done\n"
        "for family in ip ip6; do for table in filter nat mangle libvirt_network; do\n"
        "rules=$(nft list table $family $table 2>/dev/null) || continue\n"
        "echo \"$rules\" | grep -qvE '^(table .*|[[:space:]]*(chain .*|type .*policy accept;|[}]|))$' || nft "
        "delete table "
        "$family $table\n"
        "done; done\n"
        "}\n"
        "case \" $left_over\" in *libvirt-daemon*|*[[:space:]]libvirt[[:space:]]*) remove_chains >/dev/null "
        "2>&1 || :;; esac\n";

/* What systemd started because something of a package asked for it, the package doesn't always stop. */
static const char stop_units[] = "[ ! \"$units\" ] || [ ! -d /run/systemd/system ] || {\n"
                                 "systemctl daemon-reload\n"
                                 "for unit in $units; do\n"
                                 "case $unit in *@.*) unit=${unit%%@.*}@*.${unit##*.};; esac\n"
                                 "systemctl list-units --plain --no-legend --state=active \"$unit\" | while "
                                 "read -r active load _; do\n"
                                 "[ \"$load\" != not-found ] || systemctl stop \"$active\"; done\n"
                                 "done; } >/dev/null 2>&1\n";

void package_leavings_add_before(struct text *script, enum package_manager manager)
{
        text_add(script, remove_chains);
        text_format(script, "units=$(%s $left_over 2>/dev/null | " PACKAGED_UNITS ")\n",
                manager_get(manager)->files);
        text_format(script,
                "directories=$(%s $left_over 2>/dev/null | sort -ru | while read -r path; do\n"
                "[ ! -d \"$path\" ] || [ -L \"$path\" ] || printf '%%s\\n' \"$path\"; done)\n",
                manager_get(manager)->files);
}

void package_leavings_add_after(struct text *script, enum package_manager manager)
{
        text_add(script, stop_units);
        text_format(script,
                "echo \"$directories\" | while read -r path; do\n"
                "[ ! -d \"$path\" ] || [ -n \"$(find \"$path\" ! -type d -print -quit)\" ] || %s \"$path\" "
                ">/dev/null 2>&1 ||\n"
                "find \"$path\" -depth -type d -delete\n"
                "done\n",
                manager_get(manager)->owner);
}
