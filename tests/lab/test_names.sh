#!/usr/bin/env bash
# The names of a network and of a cluster in it, as `dig` gets them from the dnsmasq that libvirt runs, and what others do to
# them. No cluster is there: its names come before its machines.
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside
. "$(dirname "$0")/lab.sh"
. "$(dirname "$0")/tiny_guest.sh"

host=nm1
server=192.168.150.1
vip=192.168.150.5

# ---- asking ----

ask() { # QUESTION…: the status, and what was answered; "silence" when nobody did
        net dig "@$server" +tries=1 +time=5 +noall +comments +answer "$@" |
                awk '/status:/ { sub(/,$/, "", $6); all = $6 } /^[^;]/ && NF >= 5 { all = all " " $5 } END { print all ? all : "silence" }'
}

is_told() { # ANSWER QUESTION…: by UDP and by TCP
        local wanted=$1 transport answer
        shift
        for transport in +notcp +tcp; do
                answer=$(ask "$transport" "$@")
                [ "$answer" = "$wanted" ] || { echo "$transport $*: $answer; wanted: $wanted"; return 1; }
        done
}

# ---- configurations ----

node() { # NAME ADDRESS LINES
        printf 'guest "%s" {\nmemory = "96MiB"\nkernel = "/srv/tiny/vmlinuz"\ninitrd = "/srv/tiny/initrd"\n%s\n' "$1" "$3"
        printf 'command_line = "console=ttyS0 name=%s"\nnic "lan" { network = "lab" address = "%s" }\n}\n' "$1" "$2"
}

# Into $scratch/host.conf: what the lab has, with lines more in its network, guests, and a cluster of these nodes.
configure() { # LINES VIP NODES…
        local lines=$1 address=$2 nodes
        shift 2
        nodes=$(printf '"%s", ' "$@")
        {
                sed "/^network \"lab\" {/r /dev/stdin" "$scratch/lab.conf" <<<"$lines"
                node control-1 192.168.150.21 "ready { address = true }"
                node worker-1 192.168.150.31 "running = false"
                printf 'cluster "okd" {\nflavor = okd\nkubeconfig = "kubeconfig"\ncontrol = {%s}\n' "${nodes%, }"
                printf 'domain = "example.com"\ndns = "lab"\naddress = "%s"\n}\n' "$address"
        } >"$scratch/host.conf"
}

registry='dns "192.168.150.6" { names = {"registry.lab.test", "*.pages.lab.test"} }'

# No cluster is to be waited for.
converged() { promoted && says "nothing to do" && exits 0 plan --check --phase kvm "$scratch/host.conf"; }

planned() { # WORDS…: a plan says all of this
        local words
        exits 7 plan --check --phase kvm "$scratch/host.conf" || return 1
        for words; do says "$words" || return 1; done
}

# ---- the cases ----

whole_way_is_planned() {
        exits 0 plan --phase kvm "$scratch/host.conf" && says "see network lab tell the names of cluster okd"
}

cluster_is_told() { # VIP
        is_told "NOERROR $1" api.okd.example.com A && is_told "NOERROR $1" api-int.okd.example.com A &&
                is_told "NOERROR api.okd.example.com." -x "$1" &&
                is_told "NOERROR $1" console.apps.okd.example.com A && is_told "NOERROR $1" a.b.apps.okd.example.com A &&
                is_told "NOERROR 192.168.150.21" control-1.okd.example.com A
}

network_is_told() {
        is_told "NOERROR 192.168.150.6" registry.lab.test A && is_told "NOERROR registry.lab.test." -x 192.168.150.6 &&
                is_told "NOERROR 192.168.150.6" x.pages.lab.test A
}

nothing_else_is_told() { # an error would make some clients give up a name that has an IPv4 address
        is_told NOERROR console.apps.okd.example.com AAAA && is_told NOERROR console.apps.okd.example.com TXT &&
                is_told NOERROR apps.okd.example.com AAAA && is_told NOERROR api.okd.example.com AAAA && is_told NOERROR api-int.okd.example.com AAAA && [ "$(ask +notcp nothing.okd.example.com A)" = NXDOMAIN ]
}

leased_node_keeps_its_name() { # its lease has a name, too, and a node learns its own from its address
        inside 'grep 192.168.150.21 /var/lib/libvirt/dnsmasq/virbr-lab.status' && is_told "NOERROR control-1.okd.example.com." -x 192.168.150.21
}

link_of_guest() { inside 'cat /run/libvirt/qemu/control-1.pid; ip -o link show master virbr-lab | grep -o "vnet[0-9]*"'; }

node_comes_live() { # one that has never been started
        local before after
        before=$(link_of_guest)
        configure "$registry" "$vip" control-1 worker-1
        promoted && says "add DNS entry worker-1.okd.example.com for 192.168.150.31 to network lab while it runs" && converged || return 1
        after=$(link_of_guest)
        [ "$before" = "$after" ] || { echo "the guest's link changed: $before; $after"; return 1; }
        is_told "NOERROR 192.168.150.31" worker-1.okd.example.com A && is_told "NOERROR worker-1.okd.example.com." -x 192.168.150.31
}

address_changes() { # which a wildcard can't while its network runs
        configure "$registry" 192.168.150.7 control-1 worker-1
        planned "recreate network lab, whose guests lose their link for a moment" \
                "lacks DNS entry *.apps.okd.example.com for 192.168.150.7" "see network lab tell the names of cluster okd" && promoted && converged &&
                cluster_is_told 192.168.150.7 && link_of_guest | grep vnet || return 1
        configure "$registry" "$vip" control-1 worker-1
        promoted && cluster_is_told "$vip"
}

without_options() { # redefines the network as somebody would who has forgotten them
        inside 'virsh -q net-dumpxml --inactive lab | sed "/<dnsmasq:option/d; /<\/dnsmasq:option/d" >/root/lab.xml && virsh -q net-define /root/lab.xml'
}

definition_loses_wildcards() { # what runs has them, so no guest loses its link
        local before after
        before=$(link_of_guest)
        without_options && planned "define network lab again: lacks DNS entry *.pages.lab.test" || return 1
        promoted && converged || return 1
        after=$(link_of_guest)
        [ "$before" = "$after" ] || { echo "the guest's link changed: $before; $after"; return 1; }
        inside 'virsh -q net-dumpxml --inactive lab | grep -q "local=/apps.okd.example.com/"'
}

all_loses_wildcards() {
        without_options && inside 'virsh -q net-destroy lab && virsh -q net-start lab' && [ "$(ask +notcp x.apps.okd.example.com A)" = NXDOMAIN ] &&
                planned "recreate network lab" "lacks DNS entry *.apps.okd.example.com for $vip" && promoted && converged && cluster_is_told "$vip" && network_is_told
}

option_of_others() { # may say anything, so it doesn't stay in a network that is ours
        inside 'virsh -q net-dumpxml --inactive lab | sed "s|^ *<dnsmasq:options>|&<dnsmasq:option value=\"address=/control-1.okd.example.com/fd00::9\"/>|" >/root/lab.xml &&
                virsh -q net-define /root/lab.xml' &&
                planned "has <dnsmasq:option value='address=/control-1.okd.example.com/fd00::9'>, which host.conf can't say" && promoted && converged
}

killed() {
        inside 'kill -KILL $(cat /run/libvirt/network/lab.pid)' && planned "its dnsmasq has ended" && promoted && converged && cluster_is_told "$vip" && network_is_told
}

wrong_answers_are_told() { # dnsmasq reads another file than libvirt's definition says; a restart has it say the right again
        inside "sed -i 's/^$vip/10.9.9.9/' /var/lib/libvirt/dnsmasq/lab.addnhosts && kill -HUP \$(cat /run/libvirt/network/lab.pid)"
        wait_told "NOERROR 10.9.9.9" api.okd.example.com A && planned "api.okd.example.com is 10.9.9.9" && exits 1 --phase kvm "$scratch/host.conf" &&
                says "by $server, api.okd.example.com is 10.9.9.9, wanted $vip" && says "that is still so after 5 s" &&
                says "restart the network" || return 1
        inside 'virsh -q net-destroy lab && virsh -q net-start lab' && converged
}

wait_told() { # ANSWER QUESTION…: dnsmasq takes its signal when it comes to it
        local end=$((SECONDS + 10))
        until is_told "$@" >/dev/null; do
                [ "$SECONDS" -lt "$end" ] || { is_told "$@"; return; }
        done
}

silence_is_told() {
        inside 'kill -STOP $(cat /run/libvirt/network/lab.pid)'
        planned "no answer from $server port 53 about" "within 5 s"
        local status=$?
        inside 'kill -CONT $(cat /run/libvirt/network/lab.pid)'
        [ "$status" -eq 0 ] && converged
}


becomes_theirs() { # WITHOUT: the network as it is, by somebody else, without what sed takes out
        inside "virsh -q net-dumpxml --inactive lab | sed '/<metadata>/,/<\/metadata>/d; /<uuid>/d; $1' >/root/lab.xml &&
                virsh -q net-destroy lab && virsh -q net-undefine lab && virsh -q net-define /root/lab.xml &&
                virsh -q net-start lab && virsh -q net-autostart lab"
}

theirs_without_names() {
        becomes_theirs '/<dnsmasq:option/d; /<\/dnsmasq:option/d' && exits 5 --phase kvm "$scratch/host.conf" &&
                says "network lab is there, is not ours and differs" && says "lacks DNS entry *.apps.okd.example.com for $vip" &&
                [ "$(ask +notcp x.apps.okd.example.com A)" = NXDOMAIN ]
}

theirs_with_names() { # is used as it is
        local options='' option
        for option in local=/api.okd.example.com/ local=/api-int.okd.example.com/ local=/apps.okd.example.com/ "address=/apps.okd.example.com/$vip" address=/pages.lab.test/192.168.150.6 local=/pages.lab.test/; do
                options+="<dnsmasq:option value=\"$option\"/>"
        done
        inside "virsh -q net-dumpxml --inactive lab | sed 's|^<network>|<network xmlns:dnsmasq=\"http://libvirt.org/schemas/network/dnsmasq/1.0\">|
                s|^</network>|<dnsmasq:options>$options</dnsmasq:options>&|' >/root/lab.xml &&
                virsh -q net-define /root/lab.xml && virsh -q net-destroy lab && virsh -q net-start lab" && converged && cluster_is_told "$vip"
}

lab_begin_with_packages nm 1
mv "$scratch/host.conf" "$scratch/lab.conf"
configure "$registry" "$vip" control-1
case_is "kernel and initramfs are made" tiny_guest_put "$host"
case_is "a plan for a host without the network shows the whole way" whole_way_is_planned
case_is "the host is promoted, and asked for the names" promoted
case_is "a second run changes nothing" converged
case_is "a cluster's names, their address' name and everything below its wildcard are told" cluster_is_told "$vip"
case_is "so are the network's own" network_is_told
case_is "whatever else about them is nothing, and no error" nothing_else_is_told
case_is "a node with a lease goes by the cluster's name for it" leased_node_keeps_its_name
case_is "a node that comes is told while the network runs, before it was ever started" node_comes_live
case_is "another address recreates the network, with its guest attached again" address_changes
case_is "wildcards that the definition has lost come back to it" definition_loses_wildcards
case_is "those that the network has lost, too" all_loses_wildcards
case_is "an option that isn't ours doesn't stay in our network" option_of_others
case_is "a dnsmasq that was killed tells all again" killed
case_is "wrong answers are told, with who was asked and what was wanted" wrong_answers_are_told
case_is "so is silence" silence_is_told
case_is "a network of others without the names is not touched, and what it lacks is told" theirs_without_names
case_is "with them, it is used as it is" theirs_with_names
lab_sum
