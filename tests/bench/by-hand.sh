# What labs do today: an idempotent script for the sample of `scripts/lab conf`, for comparison in scripts/bench.
# Run:  ssh root@HOST bash -s <tests/bench/by-hand.sh     It prints a line a change, nothing when there is none.
# shellcheck shell=bash disable=SC2016
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

changed() { echo "changed: $*"; }

packages() {
        local wanted=("$@") missing=() have package
        have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true)
        for package in "${wanted[@]}"; do
                grep -qx "installed $package" <<<"$have" || missing+=("$package")
        done
        [ ${#missing[@]} -gt 0 ] || return 0
        apt-get -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
        changed "packages ${missing[*]}"
}

unit() {
        systemctl -q is-enabled "$1" || { systemctl -q enable "$1" && changed "$1 enabled"; }
        systemctl -q is-active "$1" || { systemctl start "$1" && changed "$1 started"; }
}

setting() { # KEY VALUE
        local file=/etc/sysctl.d/90-lab.conf
        grep -qsx "$1=$2" $file || { echo "$1=$2" >$file && changed "$file"; }
        [ "$(sysctl -n "$1")" = "$2" ] || { sysctl -qw "$1=$2" && changed "$1"; }
}

network() { # NAME BRIDGE PREFIX FORWARD DHCP
        local xml wanted
        wanted="<network><name>$1</name>${4:+<forward mode='$4'/>}<bridge name='$2'/><ip address='$3.1' \
netmask='255.255.255.0'>${5:+<dhcp><range start='$3.10' end='$3.99'/></dhcp>}</ip></network>"
        xml=$(virsh -q net-dumpxml --inactive "$1" 2>/dev/null || true)
        if ! grep -q "bridge name='$2'" <<<"$xml" || ! grep -q "address='$3.1'" <<<"$xml" ||
                { [ -n "$5" ] && ! grep -q "range start='$3.10' end='$3.99'" <<<"$xml"; }; then
                virsh -q net-define /dev/stdin <<<"$wanted" >/dev/null
                changed "network $1"
        fi
        grep -qx "$1" <<<"$active" || { virsh -q net-start "$1" >/dev/null && changed "network $1 started"; }
        grep -qx "$1" <<<"$autostart" || { virsh -q net-autostart "$1" >/dev/null && changed "network $1 autostart"; }
}

pool() { # NAME PATH
        local info
        [[ $(virsh -q pool-dumpxml --inactive "$1" 2>/dev/null) == *"<path>$2</path>"* ]] || {
                virsh -q pool-define-as "$1" dir --target "$2" >/dev/null
                virsh -q pool-build "$1" >/dev/null
                changed "pool $1"
        }
        info=$(virsh -q pool-info "$1")
        grep -q '^State: *running' <<<"$info" || { virsh -q pool-start "$1" >/dev/null && changed "pool $1 started"; }
        grep -q '^Autostart: *yes' <<<"$info" || { virsh -q pool-autostart "$1" >/dev/null && changed "pool $1 autostart"; }
}

main() {
        packages libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils dnsmasq-base nftables
        unit libvirtd.socket
        setting net.ipv4.ip_forward 1
        case " $(id -nG root) " in
        *' libvirt '*) ;;
        *) gpasswd -a root libvirt >/dev/null && changed "root in libvirt" ;;
        esac
        active=$(virsh -q net-list --name) autostart=$(virsh -q net-list --all --autostart --name)
        network lab virbr-lab 192.168.150 nat dhcp
        network lab-mgmt virbr-labm 192.168.151 '' ''
        pool lab /var/lib/libvirt/lab
        [ "$(stat -c '%F %a %U:%G' /var/lib/libvirt/lab/iso 2>/dev/null)" = 'directory 755 root:root' ] || {
                install -d -m 0755 -o root -g root /var/lib/libvirt/lab/iso
                changed /var/lib/libvirt/lab/iso
        }
}
main </dev/null
