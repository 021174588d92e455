#!/usr/bin/env bash
# Bare machines behind a BMC, which is sushy-tools: it listens beside the lab's host, as a BMC does, and its machines are guests there
# that the configuration doesn't have. One boots from the network when it is switched on for the first time, one from an ISO.
# shellcheck disable=SC2016 # what stands in single quotes is for the host's shell
. "$(dirname "$0")/lab.sh"
. tests/lab/tiny_guest.sh

host=rf1
conf=$scratch/machines.conf
mac=0c:42:a1:00:00:01
port=8443

if ! emulator=$(scripts/servers path sushy-emulator 2>"$scratch/said") || ! /usr/bin/python3 -c 'import libvirt' 2>>"$scratch/said"; then
        skip "machines behind a BMC" "there is no BMC: $(tail -n 1 "$scratch/said")"
        lab_sum
        exit
fi
lab_begin_with_packages rf 1
address=$(scripts/lab ip rf1)
gateway=${address%.2}.1

certificate() { # NAME: a key and a certificate that vouches for itself
        openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/$1.key" -out "$scratch/$1.pem" -days 2 -subj "/CN=$1" \
                -addext "subjectAltName=IP:$gateway" 2>/dev/null
}

write_conf() { # KEYS-OF-BARE [KEYS-OF-ISO]
        {
                cat "$scratch/host.conf"
                printf 'machine "bare" {\n        bmc = "https://%s:%s/redfish/v1/Systems/%s"\n' "$gateway" "$port" "$uuid"
                printf '        credentials = "%s/login"\n        ca = "%s/%s.pem"\n        mac = "%s"\n%s\n}\n' \
                        "$scratch" "$scratch" "${authority:-bmc}" "${its_mac:-$mac}" "$1"
                [ -z "${2:-}" ] || printf 'machine "second" {\n        bmc = "https://%s:%s/redfish/v1/Systems/second"
        credentials = "%s/login"\n        ca = "%s/bmc.pem"\n        mac = "0c:42:a1:00:00:02"\n%s\n}\n' \
                        "$gateway" "$port" "$scratch" "$scratch" "$2"
        } >"$conf"
}

domain() { # NAME MAC: a machine with an empty disk, from which it boots
        cat <<XML
<domain type='qemu'><name>$1</name><memory unit='MiB'>160</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type><boot dev='hd'/></os><features><acpi/></features>
<devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/srv/$1.qcow2'/><target dev='vda' bus='virtio'/></disk>
<interface type='network'><source network='pxe'/><mac address='$2'/><model type='virtio'/></interface>
<serial type='file'><source path='/var/log/$1.log'/></serial><memballoon model='none'/></devices></domain>
XML
}

machines_are_there() {
        (umask 077 && echo "admin:se:cret" >"$scratch/login") && certificate bmc && certificate other && tiny_guest_make && mkdir "$scratch/www" && cp "$tiny_kernel" "$tiny_initrd" "$scratch/www/" && echo iso >"$scratch/www/boot.iso" &&
                printf '#!ipxe\nkernel http://%s:8080/vmlinuz console=ttyS0 name=bare\ninitrd http://%s:8080/initrd\nboot\n' \
                        "$gateway" "$gateway" >"$scratch/www/boot.ipxe" || return 1
        domain bare "$mac" | on "$host" 'cat >/srv/bare.xml' && domain second 0c:42:a1:00:00:02 | on "$host" 'cat >/srv/second.xml' &&
                on "$host" "cat >/srv/pxe.xml" <<XML || return 1
<network><name>pxe</name><forward mode='nat'/><ip address='192.168.160.1' prefix='24'>
<dhcp><range start='192.168.160.10' end='192.168.160.20'/><bootp file='http://$gateway:8080/boot.ipxe'/></dhcp></ip></network>
XML
        on "$host" 'set -e; virsh -q net-define /srv/pxe.xml; virsh -q net-start pxe
                mkdir -p /srv/images; virsh -q pool-define-as default dir --target /srv/images; virsh -q pool-start default
                for name in bare second; do qemu-img create -q -f qcow2 /srv/$name.qcow2 16M; virsh -q define /srv/$name.xml; done' &&
                uuid=$(on "$host" virsh domuuid bare | head -n 1)
}

started=''
begin() { # COMMAND…: beside the test
        "$@" >>"$scratch/beside" 2>&1 </dev/null &
        started="$started $!"
}

listens() { # PORT: within half a minute
        local ticks
        for ((ticks = 300; ticks > 0; ticks--)); do
                ! (: <>"/dev/tcp/$gateway/$1") 2>/dev/null || return 0
                sleep 0.1
        done
        cat "$scratch/beside"
        return 1
}

of_host() { sed -n "s/.*$1 = \"\(.*\)\"/\1/p" "$scratch/host.conf" | head -n 1; } # KEY: what the lab says of it

bmc_is_up() {
                PYTHONPATH=${emulator%/*} /usr/bin/python3 -c 'import bcrypt
print("admin:" + bcrypt.hashpw(b"se:cret", bcrypt.gensalt(4)).decode())' >"$scratch/htpasswd" || return 1
        printf '#!/bin/sh\nexec ssh -i %s -o UserKnownHostsFile=%s "$@"\n' "$(of_host identity)" "$(of_host known_hosts)" >"$scratch/ssh" &&
                chmod +x "$scratch/ssh" || return 1
        cat >"$scratch/bmc.conf" <<PYTHON
SUSHY_EMULATOR_LISTEN_IP = '$gateway'
SUSHY_EMULATOR_LISTEN_PORT = $port
SUSHY_EMULATOR_SSL_CERT = '$scratch/bmc.pem'
SUSHY_EMULATOR_SSL_KEY = '$scratch/bmc.key'
SUSHY_EMULATOR_AUTH_FILE = '$scratch/htpasswd'
SUSHY_EMULATOR_LIBVIRT_URI = 'qemu+ssh://root@$address/system?command=$scratch/ssh&no_tty=1'
PYTHON
        begin "$emulator" --config "$scratch/bmc.conf"
        bmc=$!
        begin /usr/bin/python3 -u -m http.server --bind "$gateway" --directory "$scratch/www" 8080
        listens $port && listens 8080
}

machines() { # STATUS [OPTION…]
        local status=$1
        shift
        exits "$status" --phase cluster -v "$@" "$conf"
}

changes_nothing() { machines 0 && says "nothing to do" && exits 0 plan --check --phase cluster "$conf"; }
is_on() { [ "$(on "$host" virsh domstate "$1" | head -n 1)" = running ]; }
is_off() { [ "$(on "$host" virsh domstate "$1" | head -n 1)" = "shut off" ]; }
fetched() { grep -c "GET /$1 " "$scratch/beside" || true; }

bmc_is_down() { # it isn't there yet
        write_conf 'boot = network' && exits 7 plan --check --phase cluster "$conf" &&
                says "would wait until the BMC of machine bare answers" && says "have machine bare boot from the network once" &&
                machines 6 --timeout cluster=4s && says "machine bare: $gateway port $port: connection refused"
}

login_may_be_read() {
        local status
        chmod 644 "$scratch/login"
        machines 3 && says "machine \"bare\": $scratch/login may be read by others: run chmod 600"
        status=$?
        chmod 600 "$scratch/login"
        return "$status"
}

another_password() {
        echo admin:guessed >"$scratch/login" && machines 5 && says "refuses the login in $scratch/login" &&
                echo admin:se:cret >"$scratch/login" && is_off bare
}

somebody_else_vouches() {
        authority=other write_conf 'boot = network' && machines 6 --timeout cluster=4s && says "certificate" && is_off bare
}

another_machine() {
        its_mac=0c:42:a1:00:00:09 write_conf 'boot = network' && ! machines 0 &&
                says "is another machine: it has $mac, and not 0c:42:a1:00:00:09" && is_off bare
}

a_system_that_is_not_there() {
        local uuid=no-such-system
        write_conf 'boot = network' && machines 5 && says "Systems/no-such-system: "
}

it_boots_from_the_network() {
        write_conf 'boot = network' && exits 7 plan --check --phase cluster "$conf" && says "would have machine bare boot from the network once" &&
                says "would switch on machine bare" && is_off bare && machines 0 && is_on bare &&
                on "$host" 'for i in $(seq 600); do ! grep -aq "tiny guest: bare is up" /var/log/bare.log || exit 0; sleep 0.1; done
                        tail -c 500 /var/log/bare.log; exit 1' && [ "$(fetched boot.ipxe)" -eq 1 ] &&
                on "$host" 'grep -qx "booted network" /var/lib/provision/machines/bare'
}

it_boots_from_its_disk() { # for ever after
        on "$host" virsh -q destroy bare && machines 0 && is_on bare && says "switch on machine bare" &&
                ! grep -q "boot from the network" "$scratch/out" && changes_nothing && [ "$(fetched boot.ipxe)" -eq 1 ] &&
                on "$host" "virsh dumpxml bare | grep -A9 '<disk ' | grep -q \"boot order='1'\""
}

it_is_slow() { # as one that is busy with itself
        on "$host" virsh -q destroy bare
        kill -STOP "$bmc"
        ( sleep 8; kill -CONT "$bmc" ) &
        machines 0 && is_on bare
}


an_iso() {
        write_conf 'boot = network' "boot = iso
        iso = \"http://$gateway:8080/boot.iso\"" && machines 0 && says "insert http://$gateway:8080/boot.iso" && is_on second &&
                [ "$(fetched boot.iso)" -ge 1 ] && on "$host" 'virsh dumpxml second | grep -A9 "device=.cdrom" | grep "boot.iso"' && changes_nothing
}

killed_in_between() { # at its first step; the next goes on
        on "$host" 'rm -f /var/lib/provision/machines/bare; virsh -q destroy bare' || return 1
        "$provision" --phase cluster -v "$conf" >"$scratch/cut" 2>&1 </dev/null &
        local run=$! ticks
        for ((ticks = 600; ticks > 0; ticks--)); do
                ! grep -q "boot from the network" "$scratch/cut" 2>/dev/null || break
                sleep 0.05
        done
        kill -KILL "$run"
        wait "$run"
        machines 0 && is_on bare && changes_nothing
}

it_is_switched_off() { # though its system doesn't end by itself, which has the time that it is given
        local began=$SECONDS
        write_conf 'power = off' "boot = iso
        iso = \"http://$gateway:8080/boot.iso\"" && machines 0 && says "its system doesn't end by itself: it is switched off" && is_off bare && is_on second &&
                [ $((SECONDS - began)) -ge 120 ] && changes_nothing
}

undone() {
        exits 0 undo --yes "$conf" && says "eject http://$gateway:8080/boot.iso" && is_on second &&
                on "$host" '! virsh dumpxml --inactive second | grep -q "boot.iso" && ! ls /var/lib/provision/machines 2>/dev/null'
}

end() {
        # shellcheck disable=SC2086 # they are numbers
        [ -z "$started" ] || kill -KILL $started
        lab_end
}

trap end EXIT
case_is "the host is promoted" promoted
case_is "machines are there, with empty disks" machines_are_there
case_is "a BMC that isn't there is waited for" bmc_is_down
case_is "it comes up" bmc_is_up
case_is "a login that others may read isn't used" login_may_be_read
case_is "a wrong password is refused" another_password
case_is "a BMC that somebody else vouches for isn't talked to" somebody_else_vouches
case_is "a BMC that has another machine isn't told anything" another_machine
case_is "nor one that doesn't have it" a_system_that_is_not_there
case_is "a machine that is off boots from the network, and is on" it_boots_from_the_network
case_is "a second run changes nothing" changes_nothing
case_is "what was installed boots from its disk" it_boots_from_its_disk
case_is "a BMC that is slow is waited for" it_is_slow
case_is "an ISO is inserted, and booted from" an_iso
case_is "a run is killed in between, and the next goes on" killed_in_between
case_is "a machine whose system ignores that it is to end is switched off" it_is_switched_off
case_is "all is undone: the ISO is ejected, machines stay on" undone
lab_sum
