#!/usr/bin/env bash
# The lab cleans up after itself, whenever and however a command of it ends: by itself when it is asked to end, and with
# the next command when it was killed. It has the machine's processes, mounts and network to itself, and hosts of nobody
# else's, so that whatever is left is its own.
# shellcheck disable=SC2317 # called by the name of a case
. "$(dirname "$0")/lab.sh"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM
export LAB_DISKS=disk

state=/var/lib/provision-lab
command_under_way=''

wait_for() { # COMMAND…: for at most a minute
        local ticks
        for ((ticks = 3000; ticks > 0; ticks--)); do
                ! "$@" >/dev/null 2>&1 || return 0
                sleep 0.02
        done
        echo "waited in vain for: $*"
        return 1
}

begin() { # LAB'S ARGUMENTS: goes on when this returns, and takes signals as if somebody had typed it
        env --default-signal=INT,TERM,HUP scripts/lab "$@" >"$scratch/under-way" 2>&1 </dev/null &
        command_under_way=$!
}

ends_by() { # SIGNAL MOMENT…: as soon as the command MOMENT succeeds, the one under way gets the signal
        local signal=$1 moment=0
        shift
        wait_for "$@" || moment=1
        kill -s "$signal" "$command_under_way" 2>/dev/null || { echo "it had ended before"; moment=1; }
        wait "$command_under_way" 2>/dev/null
        [ "$moment" -eq 0 ] || { cat "$scratch/under-way"; return 1; }
}

# ---- moments of a host's life ----

is_claimed() { [ -s "$state/hosts/killed1/lower" ]; }
has_memory() { mountpoint -q "$state/hosts/killed1/disk"; }
is_mounted() { mountpoint -q "$state/hosts/killed1/root"; }
has_namespace() { mountpoint -q "$state/hosts/killed1/netns"; }
has_link() { ip link show "plab-$(cat "$state/hosts/killed1/net")"; }
runs() { grep -qx 'populated 1' "$(cgroup_root)/provision-lab-killed1/cgroup.events"; }
both_run() { runs && grep -qx 'populated 1' "$(cgroup_root)/provision-lab-killed2/cgroup.events"; }
is_rubbish() { [ ! -e "$state/hosts/killed1/ready" ]; }

cgroup_root() { awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts; }

# ---- what is left ----

left() {
        find "$state" -mindepth 1 2>/dev/null
        find /run/systemd/nspawn -name 'killed[0-9]*' 2>/dev/null
        find /sys/fs/cgroup -type d -name 'provision-lab-killed[0-9]*' 2>/dev/null
        grep -o "$state/[^ ]*\|/run/systemd/nspawn/[^ ]*killed[0-9][^ ]*" /proc/self/mounts
        ip -o link | grep -o ' plab-[0-9]*\|host0'
        nft list tables
        pgrep -a systemd-nspawn
        pgrep -af '^[^ ]*bash scripts/lab'
        [ "$(</proc/sys/net/ipv4/ip_forward)" = "$forwarding" ] || echo "net.ipv4.ip_forward is changed"
}

nothing_left() {
        local left
        left=$(left)
        [ -z "$left" ] || { echo "left: $left"; return 1; }
}

# ---- commands that end before their time ----

up_asked_to_end() { # SIGNAL MOMENT…: leaves nothing, without any other command
        begin up 2 --prefix killed
        ends_by "$@" && nothing_left
}

up_killed() { # MOMENT…: the next `down` takes away what is left
        begin up 2 --prefix killed
        ends_by KILL "$@" || return 1
        scripts/lab down --all && nothing_left
}

up_killed_between() { # the directory is made, its lock not yet: too short a moment to be hit from outside
        begin up 1 --prefix killed
        ends_by KILL is_claimed || return 1
        mkdir "$state/hosts/killed2"
        scripts/lab down --all && nothing_left
}
up_killed_and_up_again() { # the next `up` has the same names and a host that works
        begin up 2 --prefix killed
        ends_by KILL both_run || return 1
        scripts/lab up 2 --prefix killed && scripts/lab ssh killed2 true && scripts/lab down --all && nothing_left
}

all_of_it_killed() { # the command and everything it has started here
        begin up 2 --prefix killed
        wait_for both_run || return 1
        kill -s KILL "$command_under_way" $(pgrep -P "$command_under_way") 2>/dev/null
        wait "$command_under_way" 2>/dev/null
        scripts/lab down --all && nothing_left
}

down_killed() {
        scripts/lab up 2 --prefix killed || return 1
        begin down --all
        ends_by KILL is_rubbish || return 1
        scripts/lab down --all && nothing_left
}

start_killed() { # its disk is as it was, and it can be started
        scripts/lab up 1 --prefix killed && scripts/lab ssh killed1 'echo precious >/root/precious' && scripts/lab stop killed1 || return 1
        begin start killed1
        ends_by KILL runs || return 1
        scripts/lab start killed1 && scripts/lab ssh killed1 'grep -qx precious /root/precious' && scripts/lab down --all &&
                nothing_left
}

memory_lost() { # as by this machine's restart
        scripts/lab up 1 --prefix killed && scripts/lab stop killed1 && umount "$state/hosts/killed1/root" "$state/hosts/killed1/disk" || return 1
        ! scripts/lab start killed1 2>"$scratch/words" && grep "its disk was in memory, and is gone" "$scratch/words" &&
                scripts/lab down --all && nothing_left
}

in_memory() { LAB_DISKS=memory "$@"; }

stop_killed() {
        scripts/lab up 1 --prefix killed || return 1
        begin stop killed1
        ends_by KILL [ -e "$state/hosts/killed1/lock" ] || return 1
        scripts/lab stop killed1 && scripts/lab list | grep stopped && scripts/lab down --all && nothing_left
}

save_killed() { # half a tree is none
        export XDG_CACHE_HOME=$scratch/cache
        mkdir -p "$XDG_CACHE_HOME/provision/lab/trees"
        cp -r "$cache/key" "$cache/key.pub" "$XDG_CACHE_HOME/provision/lab/"
        scripts/lab up 1 --prefix killed --from "$base" && scripts/lab stop killed1 || return 1
        begin save killed1 half
        ends_by KILL [ -e "$XDG_CACHE_HOME/provision/lab/trees/.new-half/usr" ] || return 1
        [ -z "$(scripts/lab trees)" ] && scripts/lab save killed1 half && [ "$(scripts/lab trees)" = half ] &&
                [ "$(ls -A "$XDG_CACHE_HOME/provision/lab/trees")" = half ] && scripts/lab down --all && nothing_left
}

# ---- a base that isn't finished: this needs the network, and so comes before the rest ----

base_under_way() { # SIGNAL: ended when packages are being unpacked
        XDG_CACHE_HOME=$scratch/cache begin base
        ends_by "$1" [ -e "$scratch/cache/provision/lab/.new-bookworm/var/lib/dpkg/status" ] &&
                wait_for nothing_of_base
}

nothing_of_base() {
        ! pgrep -f "$scratch/cache" && ! grep "$scratch" /proc/self/mounts
}

base_killed() {
        base_under_way KILL && ! find "$scratch/cache/provision/lab" -maxdepth 1 -type d -name 'base-*' | grep .
}

base_asked_to_end() {
        base_under_way TERM && [ ! -e "$scratch/cache/provision/lab/.new-bookworm" ]
}

# ---- all of it ----

# Whoever takes the machine's last host down removes $state, and with a directory goes what another namespace has mounted
# on it. So we count as a run that is under way, until we are through.
run_begins() {
        . scripts/lab.d/locks.sh
        lock_make "$state/lock" 120 || return 1
        local global=$lock_fd
        lock_make "$state/runs/$$" 0 || return 1
        our_run=$lock_fd
        lock_drop "$global"
}

cache=${XDG_CACHE_HOME:-$HOME/.cache}/provision/lab

if [ $# -eq 0 ]; then
        scripts/lab base >/dev/null || exit 1
        mkdir -p "$state"
        case_is "a base's making is asked to end: no half tree, no process" base_asked_to_end
        case_is "a base's making is killed: no process, no mount, no tree" base_killed
        rm -rf "$scratch"
        run_begins && mkdir -p /run/systemd/nspawn || exit 1
        unshare --mount --net --pid --fork --kill-child --mount-proc "$0" "$passed" "$failed"
        status=$?
        lock_drop "$our_run"
        scripts/lab down --prefix killed # sees to $state, unless somebody else has hosts
        exit "$status"
fi

passed=$1 failed=$2
awk -v state="$state/" 'index($2, state) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l # in our namespace
mount -t tmpfs -o mode=0755 none "$state" && mount -t tmpfs -o mode=0755 none /run/systemd/nspawn || exit 1
base=$(scripts/lab base)
forwarding=$(</proc/sys/net/ipv4/ip_forward)

case_is "there is nothing at first" nothing_left
for signal in TERM INT HUP; do
        case_is "up gets SIG$signal while its hosts boot: nothing is left" up_asked_to_end "$signal" runs
done
case_is "up gets SIGTERM before they do: nothing is left" up_asked_to_end TERM is_mounted
for moment in is_claimed is_mounted has_namespace has_link runs both_run; do
        case_is "up is killed at \"$moment\": down leaves nothing" up_killed "$moment"
done
case_is "up is killed before a host has its lock: down leaves nothing" up_killed_between
case_is "up is killed: the next up has the names" up_killed_and_up_again
case_is "up is killed with all its children: down leaves nothing" all_of_it_killed
case_is "down is killed: the next one leaves nothing" down_killed
case_is "stop is killed: the host can be stopped" stop_killed
case_is "start is killed: the host has its disk and starts" start_killed
case_is "up is killed when there is memory for a host's disk: down leaves nothing" in_memory up_killed has_memory
case_is "start is killed: the host has its disk in memory and starts" in_memory start_killed
case_is "a disk in memory that is gone is said, and down leaves nothing" in_memory memory_lost
case_is "save is killed: there is no half tree, and the next one saves" save_killed
lab_sum
