# A fresh host is promoted, stays as it is, and is mended after every kind of drift. Sourced by the tests, which
# say which Debian: promotion RELEASE PREFIX.
# shellcheck shell=bash disable=SC2016 # what stands in single quotes is for the shell there
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"

drift() { # HOST
        local host=$1

        case_is "a stopped unit is started" mends "$host" "libvirtd.socket" \
                'systemctl stop libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirtd.service'
        case_is "a daemon that was masked and stopped runs again" mends "$host" "unmask unit libvirtd.socket" \
                'systemctl -q mask libvirtd.socket libvirtd.service; systemctl stop libvirtd.service'
        case_is "a daemon that was started too often runs again" mends "$host" "which has failed" \
                'for i in 1 2 3 4 5 6 7 8; do systemctl restart libvirtd.service || :; done 2>/dev/null'
        case_is "a destroyed network is started" mends "$host" "lab-mgmt" 'virsh -q net-destroy lab-mgmt'
        case_is "an undefined network is defined again" mends "$host" "lab-mgmt" \
                'virsh -q net-destroy lab-mgmt; virsh -q net-undefine lab-mgmt'
        case_is "a network that no longer starts with the host does again" mends "$host" "lab" \
                'virsh -q net-autostart --disable lab'
        case_is "a pool that is gone is defined again" mends "$host" "pool lab" \
                'virsh -q pool-destroy lab; virsh -q pool-undefine lab'
        case_is "a pool that can't be started doesn't stay half made" nothing_half_made "$host"
        case_is "a changed sysctl is set back" mends "$host" "net.ipv4.ip_forward" 'sysctl -qw net.ipv4.ip_forward=0'
        case_is "a sysctl that would not survive a reboot is written again" mends "$host" "net.ipv4.ip_forward" \
                'rm /etc/sysctl.d/*ip_forward*'
        case_is "a removed member is back in the group" mends "$host" "libvirt" 'gpasswd -d root libvirt'
        case_is "an edited file says again what it should" mends "$host" "/etc/lab-motd" 'echo edited >>/etc/lab-motd'
        case_is "a file's mode is set back" mends "$host" "/etc/lab-motd" 'chmod 0600 /etc/lab-motd'
        case_is "a symbolic link in a file's place is somebody else's: it blocks" link_in_the_way "$host"
        case_is "what the link pointed to is untouched" on "$host" 'grep -qx precious /root/precious'
        case_is "once the link is gone the file is written" mends "$host" "/etc/lab-motd" 'rm /etc/lab-motd'
        case_is "a removed directory is made again" mends "$host" "/var/lib/libvirt/lab/iso" \
                'rmdir /var/lib/libvirt/lab/iso'
        case_is "a removed package is installed again" mends "$host" "nftables" \
                'apt-get -qq -y remove nftables >/dev/null 2>&1'
        case_is "a reboot is forgotten by nobody" rebooted "$host"
}

nothing_half_made() { # HOST
        {
                cat "$scratch/host.conf"
                printf 'pool "half" { path = /proc/half }\n'
        } >"$scratch/half.conf"
        exits 1 --phase kvm "$scratch/half.conf" && says "start pool half" || return 1
        {
                cat "$scratch/host.conf"
                printf 'pool "half" { type = logical source = nope }\n'
        } >"$scratch/half.conf"
        exits 5 --phase kvm "$scratch/half.conf" && says "volume group nope, which this machine doesn't have: make it by vgcreate" &&
                exits 5 plan "$scratch/half.conf" && says "which this machine doesn't have" || return 1
        on "$1" 'virsh -q pool-list --all | grep -w half' && return 1
        promoted && converged
}

link_in_the_way() { # HOST
        on "$1" 'echo precious >/root/precious; ln -sf /root/precious /etc/lab-motd'
        exits 5 --phase kvm "$scratch/host.conf" && says "/etc/lab-motd is a symbolic link"
}

rebooted() { # the host comes back with everything running, and only the canary has to prove itself again
        scripts/lab crash "$1" && scripts/lab start "$1" && promoted && converged
}

# A guest that runs through all this keeps its link.
guest_on_network() { # HOST
        on "$1" 'cat >/root/witness.xml' <<'XML'
<domain type='qemu'>
  <name>witness</name><memory unit='MiB'>32</memory>
  <os><type arch='x86_64'>hvm</type></os>
  <devices><interface type='network'><mac address='52:54:00:00:77:01'/><source network='lab'/></interface></devices>
</domain>
XML
        on "$1" 'virsh -q create /root/witness.xml && virsh -q domiflist witness'
}

dhcp_range_changed_live() { # HOST
        local before after
        before=$(on "$1" 'ip -o link show master virbr-lab; virsh -q net-info lab | grep Active; cat /sys/class/net/virbr-lab/ifindex')
        sed -i 's/192\.168\.150\.99"/192.168.150.120"/' "$scratch/host.conf"
        promoted || return 1
        after=$(on "$1" 'ip -o link show master virbr-lab; virsh -q net-info lab | grep Active; cat /sys/class/net/virbr-lab/ifindex')
        [ "$before" = "$after" ] || { echo "the guest's link changed:"; diff <(echo "$before") <(echo "$after"); return 1; }
        grep -q vnet <<<"$after" || { echo "there is no guest on the bridge: $after"; return 1; }
        on "$1" "virsh -q net-dumpxml lab | grep -q \"end='192.168.150.120'\"" || return 1
        on "$1" "virsh -q net-dumpxml --inactive lab | grep -q \"end='192.168.150.120'\"" || return 1
        on "$1" 'grep -q 192.168.150.120 /var/lib/libvirt/dnsmasq/lab.conf' || return 1
        converged
}

bridge_changed() { # HOST: what libvirt can't do live is done by a restart, and the guest is on the new bridge
        sed -i 's/bridge = "virbr-lab"/bridge = "virbr-lab2"/' "$scratch/host.conf"
        promoted || return 1
        on "$1" 'ip -o link show master virbr-lab2 | grep -q vnet' || { on "$1" 'ip -o link'; return 1; }
        converged
}

guest_is_on() { # HOST BRIDGE
        on "$1" "ip -o link show master $2 | grep -q vnet" || { on "$1" 'ip -o link'; return 1; }
}

subnets_become() { # LAB MGMT: of the two networks, 192.168.N.0/24 each
        sed -i "/^network \"lab\"/,/^}/s/192\.168\.[0-9]*\./192.168.$1./g; /^network \"lab-mgmt\"/,/^}/s/192\.168\.[0-9]*\./192.168.$2./g" \
                "$scratch/host.conf"
}

have_subnets() { # HOST LAB MGMT
        on "$1" "ip -br -4 address show virbr-lab2 | grep -w 192.168.$2.1/24 && ip -br -4 address show virbr-labm | grep -w 192.168.$3.1/24"
}

addresses_exchanged() { # HOST: two networks get each other's, and the guest is plugged in afterwards
        subnets_become 151 150
        exits 7 plan --check "$scratch/host.conf" &&
                says "stop network lab, whose guests have no link until it is recreated: network lab-mgmt gets its address" &&
                promoted && have_subnets "$1" 151 150 && guest_is_on "$1" virbr-lab2 && converged
}

cut_off_while_exchanged() { # HOST: after the first was stopped
        on "$1" 'virsh -q net-destroy lab' || return 1
        subnets_become 150 151
        promoted && have_subnets "$1" 150 151 && guest_is_on "$1" virbr-lab2 && converged
}

address_given_up() { # HOST: one goes elsewhere, and another gets what it had; then it comes back
        subnets_become 152 150
        promoted && have_subnets "$1" 152 150 && converged || return 1
        subnets_become 150 151
        promoted && have_subnets "$1" 150 151 && guest_is_on "$1" virbr-lab2 && converged
}

bridge_deleted() { # HOST: behind libvirt's back, which goes on calling the network active
        mends "$1" "its bridge virbr-lab2 is gone" 'ip link del virbr-lab2' && guest_is_on "$1" virbr-lab2
}

dnsmasq_killed() { # HOST
        mends "$1" "its dnsmasq has ended" 'kill -KILL $(cat /run/libvirt/network/lab.pid)' &&
                guest_is_on "$1" virbr-lab2 && on "$1" 'grep -q dnsmasq /proc/$(cat /run/libvirt/network/lab.pid)/comm'
}

dnsmasq_killed_asleep() { # HOST: a libvirtd that wakes brings it back itself, and nobody loses a link
        local before after
        on "$1" 'systemctl stop libvirtd.service; kill -KILL $(cat /run/libvirt/network/lab.pid)'
        before=$(on "$1" 'cat /sys/class/net/virbr-lab2/ifindex')
        promoted || return 1
        after=$(on "$1" 'cat /sys/class/net/virbr-lab2/ifindex')
        [ "$before" = "$after" ] || { echo "the bridge was made anew"; return 1; }
        converged
}

promotion() { # RELEASE PREFIX
        lab_begin "$2" 1 --release "$1"
        cat >>"$scratch/host.conf" <<'CONF'
file "/etc/lab-motd" {
        content = "a lab host; it's \"$HOME\" of `nobody` & <nothing>\n"
}
CONF
        case_is "a plan for a fresh $1 shows the whole way and changes nothing" exits 0 plan "$scratch/host.conf"
        case_is "it names the network to be defined" says "lab-mgmt"
        case_is "libvirt is still not installed" on "${2}1" '! command -v virsh'
        case_is "the fresh host is promoted" promoted
        case_is "a second run changes nothing" converged
        case_is "the file says what it should, character for character" on "${2}1" \
                cmp - /etc/lab-motd < <(printf '%s\n' "a lab host; it's \"\$HOME\" of \`nobody\` & <nothing>")
        case_is "a guest starts on the network" guest_on_network "${2}1"
        case_is "a DHCP range is changed live; the guest keeps its link" dhcp_range_changed_live "${2}1"
        case_is "another bridge is a restart; the guest is attached again" bridge_changed "${2}1"
        case_is "two networks get each other's addresses; the guest is attached again" addresses_exchanged "${2}1"
        case_is "cut off in the middle of that, the next run gets there" cut_off_while_exchanged "${2}1"
        case_is "a network gets the address that another one gives up" address_given_up "${2}1"
        case_is "a bridge that was deleted comes back, with the guest on it" bridge_deleted "${2}1"
        case_is "a dnsmasq that was killed comes back, with the guest on its bridge" dnsmasq_killed "${2}1"
        case_is "one that libvirtd brings back itself costs no link" dnsmasq_killed_asleep "${2}1"
        case_is "the throw-away guest left nothing behind" on "${2}1" \
                '! virsh -q list --all --name | grep -v "^witness$" | grep .'
        drift "${2}1"
        lab_sum
}
