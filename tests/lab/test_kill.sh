#!/usr/bin/env bash
# A first run is cut off in every way that a night may bring: its controller is killed at the events that it announces, the
# network goes away, libvirtd dies, the power fails, disks are full, another run comes. Whatever it was: run again, it ends
# where an undisturbed run would, to the last UUID, MAC and file, with nothing left over.
#
# Every outcome is a line of the table that this prints. With KILL_ALL=1 the controller is killed at every event; without,
# at a spread of them. An argument picks the cases that have it in their names.
#
# Two hosts are at work side by side, each case on a fresh one. Most start from a tree that has the packages already
# (packages_tree.sh). An undisturbed run from there is the reference.
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside
. "$(dirname "$0")/lab.sh"

at_event=build/tests/lab/at_event
spread=18
columns='%-62s | %-44s | %-22s | %s\n'

# ---- a host and what it is to become ----

write_conf() {
        scripts/lab conf --prefix "$prefix" >"$scratch/host.conf"
        cat >>"$scratch/host.conf" <<CONF
file "/srv/kill/deep/conf" { content = "ours\n" }
file "/etc/systemd/system/kill.service" {
        content = "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n"
}
unit "kill.service" { restart_on = { "/srv/kill/deep/conf" } }
group "kill" { members = { "admin" } }
image "small" { file = "$common/image" format = raw pool = "lab" }
guest "small" {
        memory = "32MiB"
        disk "root" { pool = "lab" image = "small" }
        nic "lan" { network = "lab" address = "192.168.150.20" }
        cloud_init { user_data = "#cloud-config\n" }
}
CONF
}

fresh() { # [OPTIONS-OF-UP]: this worker's host, and a controller that knows nothing
        scripts/lab down --prefix "$prefix" >/dev/null 2>&1
        rm -rf "${scratch:?}/home"
        scripts/lab up 1 --prefix "$prefix" "$@" >"$scratch/up" 2>&1 || { cat "$scratch/up"; return 1; }
        write_conf
}

with_packages() { fresh --from "$tree"; }

# ---- runs ----

run() { # STATUS…: one of them
        local status
        timeout 300 "$provision" --phase kvm ${patience:+--wait $patience} "$scratch/host.conf" >"$scratch/out" 2>&1 </dev/null
        status=$?
        is_one_of "$status" "$@"
}

is_one_of() { # STATUS WANTED…
        local status=$1
        shift
        [[ " $* " == *" $status "* ]] || { echo "exit status $status, wanted one of: $*"; tail -n 8 "$scratch/out"; return 1; }
}

# What is done when an event shows comes from here, so that it happens at once.
run_with() { # WHICH DELAY-MS ACTION STATUS…
        local status
        timeout 300 "$at_event" "$1" "$2" "$3" "$provision" --json --phase kvm ${limit:+--timeout kvm=$limit} "$scratch/host.conf" >"$scratch/out" 2>&1 </dev/null
        status=$?
        shift 3
        is_one_of "$status" "$@"
}

last_words() { # of a run that is over, without the host's name
        sed -n "s/^$host: //p" "$scratch/out" | tail -n 1
}

# ---- where a run ends ----

# Everything that a run made, and what it must not leave: a line a fact, none that differs from host to host. (The disk of a
# throw-away guest that was cut off goes with one ten minutes later.)
state() {
        inside 'virsh -q list --all --name | sed "/^\$/d; s/^/guest /"
                for kind in "" net- pool-; do
                        virsh -q ${kind}list --all --name | grep -vx default | while read -r name; do
                                [ ! "$name" ] || virsh -q ${kind}dumpxml $([ "$kind" = pool- ] || echo --inactive) "$name" |
                                        grep -e "<uuid>" -e "<mac " -e "<source " -e "<bridge " -e "<host " |
                                        sed "s/^ */xml $kind$name: /; s/sha.*//"
                        done
                done
                virsh -q net-list --all; virsh -q pool-list --all
                virsh -q list --all | sed "s/^ *[0-9]* *//"
                find /srv /var/lib/libvirt /var/lib/provision /run/provision /etc/libvirt /etc/sysctl.d /etc/systemd/system -xdev \
                        ! -path "*/qemu/domain-*" ! -path "*/dnsmasq/*" ! -path "*/channel/*" ! -path "/var/lib/libvirt/swtpm*" ! -path /run/provision/steps \
                        ! -name "provision-canary-*.img" \
                        -printf "%p %y %m %u\n" | sort
                getent group kill libvirt | sed "s/:[0-9]*:/:/"
                cat /srv/kill/deep/conf /proc/sys/net/ipv4/ip_forward
                systemctl is-active kill.service libvirtd.socket; systemctl is-enabled kill.service libvirtd.socket
                ip -o link | sed "s/^[0-9]*: //; s/[:@].*//; /^vnet/s/[0-9]*\$//" | sort
                systemctl list-units --all --plain --no-legend "provision*" | sed "s/^/left: /"
                pgrep -x -l "apt-get|dpkg" | sed "s/^/left: /"
                ps -eo args | grep "^[^ ]*sh -c printf .*eval" | sed "s/^/left: /"' 2>&1
}

# What must not be there twice, whatever the reference says.
doubles() {
        grep -o -e "xml [a-z]*-*[^:]*: <uuid>.*" -e "<mac address='[^']*'" "$scratch/state" | sed 's/.*<uuid>/<uuid>/' | sort | uniq -d |
                sed 's/^/twice: /'
        inside 'for kind in "" net- pool-; do virsh -q ${kind}list --all --name; echo --; done | sed "/^\$/d" | grep -v -e -- | sort |
                uniq -c | awk "\$1 > 2"'
}

# Run again: done; then a plan with nothing in it; and all is as in the reference. Prints the last three columns.
ends_well() {
        run 0 || { again="run again: FAILED" plan=""; return 1; }
        again="run again: $(last_words | sed 's/^kvm: //; s/ (.*//')"
        cp "$scratch/out" "$scratch/again"
        if timeout 60 "$provision" plan --check "$scratch/host.conf" >"$scratch/out" 2>&1; then
                plan="plan empty"
        else
                plan="plan NOT empty" && cat "$scratch/out"
                return 1
        fi
        state >"$scratch/state"
        end=$(diff "$common/reference" "$scratch/state"; doubles)
        [ -z "$end" ] || { echo "it isn't as after an undisturbed run:"; echo "$end"; return 1; }
}

# ---- the cases: each leaves what became of the run in $became ----

killed() { # TREE WHICH DELAY-MS
        "$1" || return 1
        run_with "$2" "$3" kill 137 0 || return 1 # 0: it had come to its end
        became="killed"
}

disturbed() { # TREE WHICH ACTION STATUS…
        "$1" || return 1
        local which=$2 action=$3
        shift 3
        run_with "$which" 0 "$action" "$@" || return 1
        became=$(sed -n 's/.*"event":"host-done".*"status":"\([^"]*\)".*/\1/p' "$scratch/out" | tail -n 1)
        became="the run: ${became:-ended}"
}

# The host's end of its cable: on this machine's side the way to it stays.
pull_plug() { echo "nsenter --net=/var/lib/provision-lab/hosts/$host/netns ip link set host0 down"; }

put_plug() {
        local ip
        ip=$(scripts/lab ip "$host")
        echo "nsenter --net=/var/lib/provision-lab/hosts/$host/netns sh -c 'ip link set host0 up; ip route add default via ${ip%.*}.1'"
}

cut_for_a_while() { # TREE WHICH: the run itself gets over it
        disturbed "$1" "$2" "$(pull_plug); sleep 10; $(put_plug)" 0
}

answers() { # it may take this machine a moment to see that there is somebody again
        local tries ip
        ip=$(scripts/lab ip "$host")
        for ((tries = 100; tries > 0; tries--)); do
                ! (exec 9<>"/dev/tcp/$ip/22") 2>/dev/null || return 0
                sleep 0.1
        done
        return 1
}

# It is waited for, as long as the phase may take. The lock of a run that the machine hears nothing of any more is held for
# a minute.
cut_for_good() { # TREE WHICH
        local limit=45s
        disturbed "$1" "$2" "$(pull_plug)" 4 6
        local status=$?
        eval "$(put_plug)"
        patience=2min
        answers && return "$status"
}

libvirtd_killed() { # WHICH
        disturbed with_packages "$1" "scripts/lab enter $host systemctl kill -s KILL libvirtd.service" 0 1 4
}

power_lost() { # TREE WHICH
        disturbed "$1" "$2" "scripts/lab crash $host && scripts/lab start $host" 0 1 4
}

two_at_once() {
        with_packages || return 1
        PROVISION_HOME=$scratch/other timeout 120 "$provision" --phase kvm --wait 2min "$scratch/host.conf" >"$scratch/second" 2>&1 </dev/null &
        local second=$!
        timeout 120 "$provision" --phase kvm --wait 2min "$scratch/host.conf" >"$scratch/out" 2>&1 </dev/null
        local first=$?
        wait "$second"
        [ "$first $?" = "0 0" ] || { cat "$scratch/out" "$scratch/second"; return 1; }
        [ "$(cat "$scratch/out" "$scratch/second" | grep -c "define pool lab at")" -eq 1 ] || { cat "$scratch/out" "$scratch/second"; return 1; }
        became="both done, each step once"
}

disk_full() { # TREE FILL-IT FREE-IT
        "$1" && inside "$2" || return 1
        run 1
        local status=$?
        inside "$3"
        [ "$status" -eq 0 ] || return 1
        grep -q -e "No space left" -e "is full" -e "there is no room for" "$scratch/out" || { cat "$scratch/out"; return 1; }
        became="failed: disk full"
}

controller_full() { # nothing is touched before it is known that it can be kept
        with_packages && mkdir -p "$scratch/home" && mount -t tmpfs -o size=16k none "$scratch/home" || return 1
        run 1
        local status=$?
        umount "$scratch/home"
        if [ "$status" -ne 0 ] || ! grep -q "full" "$scratch/out"; then cat "$scratch/out" && return 1; fi
        ! grep -q "^$host: kvm:.*(.* s)$" "$scratch/out" || { cat "$scratch/out"; return 1; }
        became="failed: disk full, nothing done"
}

controller_fills() { # the step in hand is finished, the next isn't begun
        with_packages && mkdir -p "$scratch/home" && mount -t tmpfs -o size=2m none "$scratch/home" || return 1
        run_with '"step_kind":"network.define"' 0 "cat /dev/zero >$scratch/home/fill 2>/dev/null; true" 1
        local status=$?
        rm -f "$scratch/home/fill"
        mkdir "$scratch/kept" && cp -a "$scratch/home/." "$scratch/kept/" && umount "$scratch/home" && cp -a "$scratch/kept/." "$scratch/home/"
        rm -rf "$scratch/kept"
        if [ "$status" -ne 0 ] || ! grep -q "full" "$scratch/out"; then tail -n 3 "$scratch/out" && return 1; fi
        became="failed: disk full"
}

# ---- the table ----

outcome() { # NAME CASE ARGUMENT…
        local name=$1 became='' patience='' again='' plan='' end='' verdict=ok
        shift
        if "$@" >"$scratch/said" 2>&1 && ends_well >>"$scratch/said" 2>&1; then
                echo passed >>"$common/results"
        else
                verdict=FAILED
                echo failed >>"$common/results"
        fi
        # shellcheck disable=SC2059 # the format is ours
        {
                printf "$columns" "$name${became:+: $became}" "$again" "$plan" "$verdict"
                [ "$verdict" = ok ] || tail -n 40 "$scratch/said" | cut -c1-300 | sed 's/^/    /'
        } >"$scratch/line"
        flock "$common/table.lock" cat "$scratch/line"
}

add() { # NAME CASE ARGUMENT…
        [[ $1 == *"$picked"* ]] || return 0
        printf '%q ' "$@" >>"$common/cases"
        echo >>"$common/cases"
}

# Events are named after what they were in the undisturbed run.
event_names() {
        grep '"event":' "$1" | grep -v '"event":"step-progress"' |
                sed -E 's/.*"event":"([^"]*)"(.*"step_kind":"([^"]*)"|.*"phase":"([^"]*)")?.*/\1 \3\4/; s/ $//'
}

add_kills() {
        local names count n delay step=1
        mapfile -t names < <(event_names "$common/events")
        count=${#names[@]}
        [ -n "${KILL_ALL:-}" ] || step=$((count / spread > 0 ? count / spread : 1))
        for ((n = 1; n <= count; n += step)); do
                delay=0
                # as often between two events as at one
                [[ ${names[n - 1]} != step-announced* || $((n / step % 2)) -eq 0 ]] || delay=30
                add "killed $([ "$delay" -eq 0 ] && echo at || echo after) ${names[n - 1]} ($n of $count)" killed with_packages "$n" "$delay"
        done
}

queue() {
        add "network away for good at a pool" cut_for_good with_packages '"step_kind":"pool.define"'
        add "killed while packages are unpacked" killed fresh '"text":"Unpacking' 0
        add "killed while packages are set up" killed fresh '"text":"Setting up' 0
        add "network away for 10 s while packages are unpacked" cut_for_a_while fresh '"text":"Unpacking'
        add "power lost while packages are set up" power_lost fresh '"text":"Setting up'
        add "no room for packages to be fetched" disk_full fresh 'mount -t tmpfs -o size=200k none /var/cache/apt' 'umount /var/cache/apt'
        add "network away for 10 s at a network" cut_for_a_while with_packages '"step_kind":"network.start"'
        add "libvirtd killed at a network's definition" libvirtd_killed '"step_kind":"network.define"'
        add "libvirtd killed at a network's start" libvirtd_killed '"step_kind":"network.start"'
        add "libvirtd killed at a pool" libvirtd_killed '"step_kind":"pool.define"'
        add "libvirtd killed at a guest's definition" libvirtd_killed '"step_kind":"guest.define"'
        add "power lost at a network" power_lost with_packages '"step_kind":"network.define"'
        add "power lost at a guest" power_lost with_packages '"step_kind":"guest.start"'
        add "two controllers at once" two_at_once
        add "no room for a setting" disk_full with_packages 'mount -t tmpfs -o size=4k,nr_inodes=1 none /etc/sysctl.d' 'umount /etc/sysctl.d'
        add "no room for an image" disk_full with_packages \
                'mkdir -p /var/lib/libvirt/lab && mount -t tmpfs -o size=64k none /var/lib/libvirt/lab' 'umount /var/lib/libvirt/lab && rmdir /var/lib/libvirt/lab'
        add "no room in /run" disk_full with_packages \
                'head -c $(($(df --output=avail -B1 /run | tail -n 1) + 100000)) /dev/zero >/run/fill 2>/dev/null; true' 'rm /run/fill'
        add "no room on the controller" controller_full
        add "no room on the controller from a network on" controller_fills
        add_kills
}

# ---- two workers ----

take_case() {
        flock "$common/cases.lock" sh -c 'head -n 1 "$1"; sed -i 1d "$1"' sh "$common/cases"
}

worker() { # PREFIX
        local line
        prefix=$1 host=${1}1 scratch=$common/$1
        mkdir -p "$scratch"
        export PROVISION_HOME=$scratch/home
        trap 'scripts/lab down --prefix "$prefix" >/dev/null 2>&1' EXIT
        trap 'exit 1' INT TERM
        while line=$(take_case) && [ -n "$line" ]; do
                eval "outcome $line" # quoted by add
        done
}

prepare() { # the reference
        prefix=kill-a host=kill-a1 scratch=$common/kill-a
        mkdir -p "$scratch"
        export PROVISION_HOME=$scratch/home
        head -c 3000000 /dev/urandom >"$common/image"
        tree=$(tests/lab/packages_tree.sh bookworm) || return 1
        with_packages && run_with '"event":"run-done"' 0 true 0 && cp "$scratch/out" "$common/events" && state >"$common/reference" &&
                ! grep '^left' "$common/reference"
}

finish() {
        local pid
        for pid in $(jobs -p); do kill "$pid" 2>/dev/null; done
        wait
        scripts/lab down --prefix kill-a >/dev/null 2>&1
        scripts/lab down --prefix kill-b >/dev/null 2>&1
        rm -rf "$common"
}

common=$scratch
picked=${1:-}
trap finish EXIT
trap 'exit 1' INT TERM
: >"$common/cases" && : >"$common/results"
make -s "$at_event" || exit 1
if ! prepare >"$common/said" 2>&1; then
        tail -n 30 "$common/said"
        echo "0 passed, 1 failed"
        exit 1
fi
queue
worker kill-a &
worker kill-b &
wait
passed=$(grep -c passed "$common/results") failed=$(grep -c failed "$common/results")
lab_sum
