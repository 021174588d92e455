#!/usr/bin/env bash
# What can go wrong with a host: each gets one clear sentence and its exit status, and leaves nothing half-made that the
# next run doesn't finish or remove. In the order of a machine's life: it isn't reached, it isn't fit, its first run is
# cut off again and again; then, when it is a KVM host, its disk, its package manager and its networks are in the way.
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside
. "$(dirname "$0")/lab.sh"

host=faults1
tell_tale=/tmp/provision-was-fooled # appears, there or here, when what stands in a string is executed
under_way=''                        # the run that is to be cut off

wait_for() { # COMMAND…: for at most a minute
        local ticks
        for ((ticks = 600; ticks > 0; ticks--)); do
                ! "$@" >/dev/null 2>&1 || return 0
                sleep 0.1
        done
        echo "waited in vain for: $*"
        return 1
}

# ---- configurations: the lab's host.conf, entered in another way or with something more ----

entered() { # CONNECT [LINES]
        printf 'host "%s" {\nconnect = "%s"\nidentity = "%s"\nknown_hosts = "%s"\n%s\n}\n' \
                "$host" "$1" "$identity" "$scratch/known_hosts" "${2-}"
        sed '1,/^}/d' "$scratch/host.conf"
}

# The run with what comes on stdin added; without, with what was added last.
with() { # STATUS ARGUMENT…
        local status=$1
        shift
        exits "$status" "$@" "$scratch/host.conf" "$scratch/more.conf"
}

done_with() { # promoted, and nothing left to do
        with 0 --phase kvm && with 0 plan --check
}

# ---- the machine isn't reached ----

other_doors() { # servers on other ports: one that says nothing, one with another key, one that wants a password
        inside 'useradd --create-home ordinary && cp -r /root/.ssh /home/ordinary/ && chown -R ordinary: /home/ordinary/.ssh
                ssh-keygen -q -t ed25519 -N "" -f /root/other_key
                systemd-run -q --unit=silent --socket-property=ListenStream=2222 sleep infinity
                systemd-run -q --unit=other-key /usr/sbin/sshd -D -p 2223 -h /root/other_key
                systemd-run -q --unit=password /usr/sbin/sshd -D -p 2224 -o PubkeyAuthentication=no'
        wait_for inside 'for port in 2222 2223 2224; do [ "$(ss -Hltn "sport = $port")" ] || exit 1; done' || return 1
        grep -F "$ip" "$known_hosts" >"$scratch/known_hosts"
        sed -n 's/^[^ ]* \(ssh-ed25519 .*\)/\1/p' "$scratch/known_hosts" >"$scratch/key"
        for port in 2222 2223 2224; do echo "[$ip]:$port $(<"$scratch/key")"; done >>"$scratch/known_hosts"
}

refused() { # STATUS WORDS CONNECT [LINES]: in one line, and soon (sudo takes its time to say no)
        local began=$SECONDS patience=50s
        [ "$1" -ne 6 ] || patience=3s
        entered "${@:3}" >"$scratch/entered.conf"
        exits "$1" --phase kvm --timeout "linux=$patience" "$scratch/entered.conf" && says "$2" || return 1
        [ $((SECONDS - began)) -lt 45 ] || { echo "it took $((SECONDS - began)) s"; return 1; }
        [ "$(grep -c -E 'refused|not reached|out of time|in the way' "$scratch/out")" -eq 1 ]
}

not_reached() {
        case_is "other doors are there" other_doors
        case_is "a closed port: not reached" refused 4 "Connection refused" "ssh://root@$ip:1"
        case_is "a server that says nothing: out of time" refused 6 "waiting for its SSH banner" "ssh://root@$ip:2222"
        case_is "another key than the known one: refused" refused 4 "its host key is not the known one" \
                "ssh://root@$ip:2223"
        case_is "a server that takes only passwords says so" refused 4 "the server takes only password" \
                "ssh://root@$ip:2224"
        case_is "an ordinary user is told about become" refused 5 "set become = true" "ordinary@$ip"
        case_is "a user without sudo: refused" refused 4 "sudo" "ordinary@$ip" 'become = true'
        printf 'not it\n' >"$scratch/wrong" && printf 'lab-operator\n' >"$scratch/right"
        chmod 0600 "$scratch/wrong" "$scratch/right"
        case_is "a wrong password for sudo: refused" refused 4 "does not accept the password" "operator@$ip" \
                "become = true become_password_file = \"$scratch/wrong\""
        case_is "no password for sudo: refused" refused 4 "become_password_file" "operator@$ip" 'become = true'
}

# ---- it isn't fit ----

untouched() {
        inside '! command -v virsh && [ ! -e /var/lib/libvirt ] && ! ls /etc/sysctl.d | grep provision'
}

unknown_distribution() {
        inside 'mv /usr/bin/apt-get /usr/bin/apt-get.away' || return 1
        exits 5 --phase kvm "$scratch/host.conf" && says "an unknown distribution: Debian GNU/Linux 12" && untouched &&
                [ "$(grep -c "in the way" "$scratch/out")" -eq 1 ]
        local status=$?
        inside 'mv /usr/bin/apt-get.away /usr/bin/apt-get'
        return "$status"
}

address_in_use() { # found before anything is installed or defined
        inside 'ip link add elsewhere type bridge && ip link set elsewhere up &&
                ip addr add 192.168.151.77/26 dev elsewhere' || return 1
        exits 5 --phase kvm "$scratch/host.conf" && untouched &&
                says "network lab-mgmt: its address 192.168.151.1/24 overlaps 192.168.151.64/26" && says "elsewhere"
        local status=$?
        inside 'ip link del elsewhere'
        return "$status"
}

# ---- a run is cut off ----

# Starts a run, which goes on when this returns: it has just said WORDS.
begin_run() { # WORDS [OPTION…]
        local words=$1
        shift
        exec {events}< <(exec env --default-signal=INT "$provision" --json --phase kvm "$@" "$scratch/host.conf" \
                </dev/null 2>&1)
        under_way=$!
        goes_on_until "$words"
}

goes_on_until() { # WORDS: the run under way has just said them
        local words=$1 line
        while read -r -t 120 -u "$events" line; do
                printf '%s\n' "${line:0:400}"
                [[ $line != *"$words"* ]] || return 0
        done
        echo "it ended, or said nothing more, before: $words"
        kill -KILL "$under_way" 2>/dev/null
        ends_with 137
        return 1
}

ends_with() { # STATUS
        local status
        cat <&"$events" >"$scratch/out"
        exec {events}<&-
        wait "$under_way"
        status=$?
        under_way=''
        tail -n 5 "$scratch/out"
        [ "$status" -eq "$1" ] || { echo "exit status $status, wanted $1"; return 1; }
}

cut_off_at() { # WORDS [COMMAND…]: killed when it has said so and, if need be, the command succeeds
        local words=$1 moment=0
        shift
        begin_run "$words" || return 1
        [ $# -eq 0 ] || wait_for "$@" || moment=1
        kill -KILL "$under_way"
        ends_with 137 && return "$moment"
}

ended() {
        [ -z "$under_way" ] || kill -KILL "$under_way" 2>/dev/null
        lab_end
}

found_there() { # FIND'S EXPRESSION
        inside "find / /run /tmp /dev/shm -xdev $1"
}

nothing_left() { # of files, units and processes there, nor of sockets here
        local left
        left=$(found_there '\( -name ".*.provision" -o -path "/run/provision/*/*" -o -name "provision-*" \) \
                        ! -name "provision-canary-*" ! -path /run/provision/canary/proof'
                inside 'ps -eo args | grep "^[^ ]*sh -c printf .*eval"
                        systemctl list-units --all --plain --no-legend "provision*"'
                find "$XDG_RUNTIME_DIR" -mindepth 1)
        [ -z "$left" ] || { echo "left: $left"; return 1; }
}

no_guest_left() { # its log is libvirt's; its disk, in /run, goes with the next canary that is ten minutes younger
        local left
        left=$(inside 'virsh -q list --all --name | grep .')
        [ -z "$left" ] || { echo "left: $left"; return 1; }
}

cut_off() {
        case_is "killed while packages are unpacked" cut_off_at '"text":"Unpacking'
        case_is "killed while packages are set up" cut_off_at '"text":"Setting up'
        case_is "killed before a file" cut_off_at '"step_kind":"file"'
        case_is "killed while a network starts" cut_off_at '"step_kind":"network.start"'
        case_is "killed before a pool is defined" cut_off_at '"step_kind":"pool.define"'
        case_is "killed while the throw-away guest runs" cut_off_at '"step_kind":"canary"' \
                inside 'pgrep -f guest=[p]rovision-canary'
        case_is "the next run ends where an undisturbed one would" converged_at_last
        case_is "nothing of the cut-off runs is left" nothing_left
}

converged_at_last() {
        promoted && converged
}

# ---- sudo ----

undo_much() { # something for every kind of step
        inside 'dpkg --remove nftables && rm -f /etc/sysctl.d/*ip_forward* && gpasswd -d root libvirt &&
                rmdir /var/lib/libvirt/lab/iso && virsh -q net-destroy lab-mgmt && virsh -q net-undefine lab-mgmt &&
                virsh -q pool-destroy lab && virsh -q pool-undefine lab && rm -f /run/provision/canary/proof &&
                systemctl disable --now libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirtd.service'
}

promoted_by() { # CONNECT LINES
        undo_much || return 1
        entered "$@" >"$scratch/entered.conf"
        exits 0 --phase kvm "$scratch/entered.conf" && says "done, " && exits 0 plan --check "$scratch/entered.conf" &&
                converged
}

# ---- one of two machines ----

one_of_two() { # it doesn't hold up the other
        inside 'rm -f /etc/sysctl.d/*ip_forward*' || return 1
        printf 'host "nobody" {\nconnect = "ssh://root@%s:1"\n}\n' "$ip" >"$scratch/more.conf"
        with 4 --phase kvm && says "nobody: linux: not reached" && says "$host: kvm: done, 1 step" && converged
}

# ---- packages ----

slow_package() { # one that is being set up until /run/slow-may-end is there
        inside 'mkdir -p /root/slow/DEBIAN && cd /root/slow/DEBIAN &&
                printf "%s\n" "Package: slow" "Version: 1" "Architecture: all" "Maintainer: lab <root@localhost>" \
                        "Description: takes its time" >control &&
                printf "#!/bin/sh\ntouch /run/slow-began\nuntil [ -e /run/slow-may-end ]; do sleep 0.1; done\n" >postinst &&
                chmod 0755 postinst && dpkg-deb --build /root/slow /root/slow.deb'
}

somebody_installs() { # and doesn't come to an end
        inside 'dpkg --purge slow; dpkg --remove nftables; rm -f /run/slow-may-end /run/slow-began
                systemctl reset-failed slow; systemd-run -q --unit=slow dpkg --install /root/slow.deb'
        wait_for inside '[ -e /run/slow-began ]'
}

lock_stays() { # and is waited for to the end
        local began=$SECONDS
        exits 6 --phase kvm --timeout kvm=8s "$scratch/host.conf" &&
                says "another package manager is at work and was waited for, " && says "held by process" &&
                says "(dpkg)" && says "let it end, or end it" || return 1
        [ $((SECONDS - began)) -ge 7 ] || { echo "it gave up after $((SECONDS - began)) s"; return 1; }
}

interrupted_once() { # the step under way is finished, the next one isn't begun
        inside 'rm -f /etc/sysctl.d/*ip_forward*' || return 1
        begin_run 'It is held by process' --timeout kvm=60s && kill -INT "$under_way"
        inside 'touch /run/slow-may-end' # in any case, or who comes next waits in vain
        ends_with 8 && inside 'dpkg --status slow | grep "ok installed" && ! ls /etc/sysctl.d | grep ip_forward'
}

interrupted_twice() { # at once, and what waits there with it
        somebody_installs && begin_run 'It is held by process' --timeout kvm=60s || return 1
        kill -INT "$under_way" && goes_on_until '"stopping as asked' || return 1 # two of the same signal at once are one
        kill -INT "$under_way"
        ends_with 8 && wait_for inside '! pgrep -x apt-get'
}

interrupted_dpkg() {
        inside 'systemctl kill --signal=KILL slow; touch /run/slow-may-end'
        wait_for inside '! pgrep -x dpkg' && inside 'dpkg --audit | grep slow' || return 1
        promoted && says "left half-installed" && inside 'dpkg --status slow | grep "ok installed"' && converged
}

its_dpkg_goes_on() { # that of an apt-get that was killed, with a lock of its own
        inside 'dpkg --purge slow; dpkg --remove nftables; rm -f /run/slow-may-end /run/slow-began
                setsid apt-get -qq -y install /root/slow.deb >/dev/null 2>&1 & apt=$!
                until [ -e /run/slow-began ]; do sleep 0.1; done; kill -KILL $apt' && lock_stays
        local status=$?
        inside 'touch /run/slow-may-end'
        wait_for inside '! pgrep -x dpkg' && return "$status"
}

# While dpkg waits. Of apt's directories in /tmp, which it makes for many packages only, so that the lab makes one, that
# which is older than the transaction is somebody else's.
ended_in_the_middle() {
        inside 'dpkg --remove nftables; mkdir -m 0700 /tmp/apt-dpkg-install-theirs; touch -d yesterday /tmp/apt-dpkg-install-theirs
                echo "pre-invoke=\"until [ -e /run/dpkg-may-go ]; do sleep 0.1; done\"" >/etc/dpkg/dpkg.cfg.d/wait' || return 1
        begin_run 'After this operation'
        local status=$?
        inside 'mkdir -m 0700 /tmp/apt-dpkg-install-ours; rm /etc/dpkg/dpkg.cfg.d/wait; systemctl stop "provision-packages*"'
        ends_with 1 && says "somebody has stopped it" && inside '! ls -d /tmp/apt-dpkg-install-ours &&
                rmdir /tmp/apt-dpkg-install-theirs' && return "$status"
}

mirror_out_of_reach() { # one sentence for all its files
        inside 'dpkg --remove nftables && apt-get clean && cp /etc/hosts /root/hosts &&
                echo "Acquire::Retries \"0\";" >/etc/apt/apt.conf.d/99-once &&
                echo 127.0.0.1 $(sed -n "s,.*://\([^/]*\)/.*,\1,p" /etc/apt/sources.list | sort -u) >>/etc/hosts' || return 1
        exits 1 --phase kvm "$scratch/host.conf" && says "could not be fetched from" && says "name another mirror" &&
                [ "$(grep -o 'fetch' "$scratch/out" | wc -l)" -eq 1 ]
        local status=$?
        inside 'cat /root/hosts >/etc/hosts; rm /etc/apt/apt.conf.d/99-once'
        return "$status"
}

no_room_in_run() { # for what a transaction says: it is carried out all the same
        inside 'dpkg --remove nftables && mkdir -p /run/provision/steps && mount -t tmpfs -o size=8k none /run/provision/steps &&
                head -c 4096 /dev/zero >/run/provision/steps/fill' || return 1
        promoted && says "install package nftables" && inside 'rm /run/provision/steps/fill; [ ! "$(ls -A /run/provision/steps)" ]'
        local status=$?
        inside 'umount /run/provision/steps'
        return "$status"
}

packages() {
        case_is "there is a package that takes its time" slow_package
        case_is "and somebody installs it" somebody_installs
        case_is "a lock that stays held: out of time, and who holds it" lock_stays
        case_is "interrupted once: ends after the step" interrupted_once
        case_is "and the next run goes on from there" converged_at_last
        case_is "interrupted twice: ends at once" interrupted_twice
        case_is "an interrupted dpkg is mended" interrupted_dpkg
        case_is "a lock that a killed apt-get's dpkg holds: out of time, and who holds it" its_dpkg_goes_on
        case_is "and what it left is mended" converged_at_last
        case_is "a transaction that is ended in the middle leaves nothing of apt's" ended_in_the_middle
        case_is "and the next run goes on from there" converged_at_last
        case_is "a mirror that isn't reached: one sentence" mirror_out_of_reach
        case_is "when it is, the packages are installed" converged_at_last
        case_is "no room for what a transaction says: it is carried out all the same" no_room_in_run
}

# ---- a libvirt that says nothing ----

libvirt_hangs() { # half of the phase's time is left to restart it
        inside 'systemctl start libvirtd; kill -STOP $(pidof libvirtd)' && exits 0 --phase kvm --timeout kvm=16s "$scratch/host.conf" &&
                says "stop unit libvirtd.socket: it listens, but libvirt doesn't answer" && converged
}

libvirt_hangs_for_good() { # it can't be stopped, or hangs again: the phase's own time is what that takes
        inside 'systemctl start libvirtd; systemd-run -q --unit=hold sh -c "while :; do ! it=\$(pidof libvirtd) || kill -STOP \$it; sleep 0.05; done"' || return 1
        wait_for inside 'grep -q "T (stopped)" /proc/$(pidof libvirtd)/status' || return 1
        local began=$SECONDS status took
        exits 6 --phase kvm --timeout kvm=8s "$scratch/host.conf" && says "libvirt doesn't answer" &&
                says 'the 8 s that phase kvm may take '
        status=$? took=$((SECONDS - began))
        inside 'systemctl stop hold; kill -CONT $(pidof libvirtd)'
        [ "$took" -le 11 ] || { echo "it took $took s"; return 1; }
        return "$status"
}

# ---- a full disk, and a restart that is still to come ----

# The unit counts how often it was started; the big file comes after the one that the unit reads.
watched() { # WHAT-THE-UNIT-READS
        cat >"$scratch/more.conf" <<CONF
file "/etc/watched" {
        content = "$1"
}
file "/srv/small/big" {
        from = "$scratch/big"
}
file "/etc/systemd/system/watcher.service" {
        content = "[Service]
ExecStartPre=/bin/sh -c 'echo >>/run/starts'
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
"
}
unit "watcher.service" {
        restart_on = { "/etc/watched", "/etc/systemd/system/watcher.service" }
}
CONF
}

started() { # TIMES
        local times
        times=$(inside 'wc -l </run/starts')
        [ "$times" -eq "$1" ] || { echo "started $times times, not $1"; return 1; }
}

disk_full() { # the file before is written, the restart that it calls for isn't reached
        inside 'mkdir -p /srv/small && rm /srv/small/big && mount -t tmpfs -o size=16k none /srv/small' || return 1
        watched three
        with 1 --phase kvm && says "/srv/small/big" && says "a disk of the machine is full" &&
                inside 'grep -qx three /etc/watched; [ ! "$(ls -A /srv/small)" ]' && started 2
}

restart_is_planned() {
        with 7 plan --check && says "restart unit watcher.service"
}

restarts() {
        head -c 100000 /dev/zero | tr '\0' x >"$scratch/big"
        watched one
        case_is "a unit of the configuration is started" done_with
        case_is "once" started 1
        watched two
        case_is "the file that it reads changes" done_with
        case_is "it was restarted once" started 2
        case_is "a full disk: said, and no part of a file is left" disk_full
        case_is "what was cut off before the restart still plans it" restart_is_planned
        case_is "there is room again" inside 'umount /srv/small'
        case_is "what the full disk stopped is finished" done_with
        case_is "restarted once" started 3
}

# ---- a unit that takes its time ----

tardy() { # ACTIVE: a unit that is activating until /run/tardy-may-go is there
        cat >"$scratch/more.conf" <<CONF
file "/etc/systemd/system/tardy.service" {
        content = "[Service]
Type=notify
NotifyAccess=all
TimeoutStartSec=infinity
ExecStart=/bin/sh -c 'until [ -e /run/tardy-may-go ]; do sleep 0.1; done; systemd-notify --ready; exec sleep infinity'
"
}
unit "tardy.service" {
        enabled = false
        active = $1
}
CONF
}

activating_in_vain() {
        inside 'systemctl start --no-block tardy.service' || return 1
        tardy true
        with 7 plan --check && says "wait for unit tardy.service, which is activating" && with 1 --phase kvm &&
                says "wait for unit tardy.service, which is activating: that is still so after 10 s"
}

activating_at_last() {
        begin_run 'wait for unit tardy.service, which is activating' "$scratch/more.conf"
        inside 'touch /run/tardy-may-go'
        ends_with 0 && inside 'systemctl is-active tardy.service' && with 0 plan --check
}

tardy_units() {
        tardy false
        case_is "there is a unit that takes its time" done_with
        case_is "it stays activating: waited for, and said" activating_in_vain
        case_is "it gets there while it is waited for: done" activating_at_last
        inside 'systemctl stop tardy.service; rm -f /etc/systemd/system/tardy.service; systemctl daemon-reload'
}

# ---- units that don't stay up ----

short_lived() { # LINES of its file: a unit of Type=simple, whose start always succeeds
        printf 'file "/etc/systemd/system/short.service" {\ncontent = "[Service]\n%s\n"\n}
unit "short.service" {\nenabled = false\n}\n' "$1" >"$scratch/more.conf"
}

dies_at_once() { # and each further run says so, too
        short_lived 'ExecStart=/bin/sh -c '"'echo no luck; exit 3'"
        with 1 --phase kvm && says "start unit short.service: it has failed since (exit-code, status 3); its journal" &&
                says "no luck" && with 7 plan --check && says "start unit short.service, which has failed" &&
                with 1 --phase kvm && says "it has failed since (exit-code, status 3)"
}

ends_by_itself() {
        short_lived 'ExecStart=/bin/true'
        with 1 --phase kvm && says ": it has ended since, without a failure; its journal ends: "
}

starts_again_and_again() { # until it doesn't
        short_lived 'Restart=always
RestartSec=1
ExecStart=/bin/sh -c '"'[ -e /run/short-may-stay ] || exit 3; exec sleep infinity'"
        begin_run 'unit short.service' "$scratch/more.conf" || return 1
        wait_for inside '[ "$(systemctl show -p NRestarts --value short.service)" -gt 0 ]' || return 1
        inside 'touch /run/short-may-stay'
        ends_with 0 && inside 'systemctl is-active short.service' && with 0 plan --check
}

oneshot() { # LINES of its file
        printf 'file "/etc/systemd/system/short.service" {\ncontent = "[Service]\nType=oneshot\n%s\n"\n}
unit "short.service" {\nenabled = false\n}\n' "$1" >"$scratch/more.conf"
}

ends_when_it_is_done() { # it isn't even started
        oneshot 'ExecStart=/bin/touch /run/short-was-run'
        with 5 --phase kvm && says "unit short.service can't stay active" && says "Write active = false" &&
                inside '[ ! -e /run/short-was-run ]'
}

remains_when_it_is_done() {
        oneshot 'RemainAfterExit=yes
ExecStart=/bin/touch /run/short-was-run'
        done_with && inside '[ -e /run/short-was-run ]'
}

mask_in_the_way() { # of a unit that runs, and goes on
        printf 'unit "short.service" {\nmasked = true\n}\n' >"$scratch/more.conf"
        with 5 --phase kvm && says "unit short.service can't be masked" && inside 'systemctl is-active short.service'
}

short_lived_units() {
        case_is "a service that dies at once: failed, and what its journal says" dies_at_once
        case_is "one that ends by itself: failed" ends_by_itself
        case_is "one that systemd starts again until it stays: done" starts_again_and_again
        inside 'systemctl stop short.service; rm -f /etc/systemd/system/short.service; systemctl daemon-reload'
        case_is "one that ends when it is done can't be active: blocked, with what to write" ends_when_it_is_done
        case_is "but one that remains can" remains_when_it_is_done
        case_is "a unit whose file is where its mask would be: blocked, and goes on" mask_in_the_way
        inside 'systemctl stop short.service; rm -f /etc/systemd/system/short.service /run/short-*
                systemctl daemon-reload'
}

# ---- kernel settings that can't be kept ----

setting() { # STATUS WORDS KEY VALUE
        printf 'sysctl "%s" {\nvalue = "%s"\n}\n' "$3" "$4" >"$scratch/more.conf"
        with "$1" --phase kvm && says "$2"
}

settings() {
        case_is "a setting that can only be written: blocked" \
                setting 5 "can only be written, and has no value to keep" net.ipv4.route.flush 1
        case_is "a number that the kernel shows in another way: blocked, with what to write" \
                setting 5 'the kernel shows 0x10 as 16: write value = "16"' net.ipv4.tcp_retries2 0x10
        case_is "a setting that is mounted read-only: said" \
                setting 1 "/proc/sys/kernel is mounted read-only on this machine" kernel.panic 33
        case_is "a value that the kernel refuses: said" \
                setting 1 "the kernel refuses the value many" net.ipv4.tcp_retries2 many
        inside 'rm -f /etc/sysctl.d/*tcp_retries2*; sysctl -qw net.ipv4.tcp_retries2=15'
}

# ---- files that can't be made, and one that nearly couldn't ----

no_file() { # WORDS PATH
        printf 'file "%s" {\ncontent = x\n}\n' "$2" >"$scratch/more.conf"
        with 1 --phase kvm && says ", group root): $1" && ! grep -E 'sh:|eval|cannot' "$scratch/out"
}

longest_name() { # that a file can have
        local name
        name=$(printf 'n%.0s' {1..255})
        printf 'file "/srv/%s" {\ncontent = x\n}\n' "$name" >"$scratch/more.conf"
        done_with && inside "rm /srv/$name && [ ! \"\$(ls -A /srv | grep provision)\" ]"
}

files() {
        inside 'mkdir -p /srv/read-only && mount -t tmpfs -o ro none /srv/read-only'
        case_is "a file on a read-only mount: said" no_file "what it lies on is mounted read-only" /srv/read-only/x
        inside 'umount /srv/read-only && rmdir /srv/read-only'
        case_is "a file in /proc: said" no_file "what is in /proc and /sys is the kernel's" /proc/x
        case_is "a file below a directory in /proc: said" no_file "what is in /proc and /sys is the kernel's" /proc/x/y
        case_is "a file with the longest name there can be" longest_name
}

# ---- something else where a directory is to be ----

file_in_the_way() { # of a directory, which isn't even begun
        inside 'echo theirs >/srv/theirs' || return 1
        printf 'file "/srv/theirs/deep/conf" {\ncontent = x\n}\npool "below" {\npath = "/srv/theirs/pool"\n}\n' \
                >"$scratch/more.conf"
        with 5 plan && with 5 --phase kvm &&
                says "file /srv/theirs/deep/conf can't be made, because /srv/theirs is there and is no directory" &&
                says "pool below is to be at /srv/theirs/pool, but /srv/theirs is there and is no directory" &&
                inside 'grep -qx theirs /srv/theirs'
}

# ---- a wish that libvirt can't be had with ----

libvirtd_turned_off() { # where there is no other daemon: nothing is masked
        printf '\nunit "libvirtd.service" {\nmasked = true\n}\n' >"$scratch/more.conf"
        with 0 check && with 5 --phase kvm && says "unit libvirtd.service is turned off at $scratch/more.conf:2" &&
                inside 'systemctl is-enabled libvirtd.service'
}

# ---- networks that are somebody else's ----

foreign() { # ADDRESS: a network made by hand
        inside "virsh -q net-define /dev/stdin && virsh -q net-start foreign && virsh -q net-autostart foreign" <<XML
<network><name>foreign</name><bridge name='virbr-theirs'/><ip address='$1' prefix='24'/></network>
XML
}

uplink_missing() { # what it could have been is said
        exits 5 --phase kvm --set network.lab.uplink=eth9 "$scratch/host.conf" &&
                says "its uplink eth9 isn't an interface of this machine, which has host0: name one of them" &&
                inside '! virsh net-dumpxml lab | grep eth9'
}

foreign_differs() { # it isn't touched, and the difference is shown
        foreign 192.168.163.1 || return 1
        inside 'virsh net-dumpxml foreign >/root/foreign.xml'
        printf 'network "foreign" {\nmode = isolated\nbridge = "virbr-theirs"\naddress = "192.168.162.1/24"\n}\n' \
                >"$scratch/more.conf"
        with 5 --phase kvm && says "192.168.163.1" && says "192.168.162.1" && says "is not ours" &&
                inside 'virsh net-dumpxml foreign | cmp - /root/foreign.xml'
}

foreign_says_the_same() { # it is used as it is
        inside 'virsh -q net-destroy foreign && virsh -q net-undefine foreign' && foreign 192.168.162.1 &&
                inside 'virsh net-dumpxml foreign >/root/foreign.xml' && with 0 --phase kvm && says "nothing to do" &&
                with 0 plan --check && inside 'virsh net-dumpxml foreign | cmp - /root/foreign.xml'
}

pool_in_a_foreign_one() { # libvirt takes it, and shows it as a volume of the other
        inside 'mkdir /srv/outer && virsh -q pool-define-as outer dir --target /srv/outer && virsh -q pool-start outer'
        printf 'pool "inner" {\npath = "/srv/outer/inner"\n}\n' >"$scratch/more.conf"
        with 0 --phase kvm && with 0 plan --check &&
                says "its path /srv/outer/inner lies in that of pool outer (/srv/outer)" &&
                inside 'virsh -q pool-refresh outer && virsh vol-list outer | grep inner'
        local status=$?
        inside 'for pool in inner outer; do virsh -q pool-destroy $pool; virsh -q pool-undefine $pool; done; rm -r /srv/outer'
        return "$status"
}

# ---- strings that would like to be something else ----

hostile_where_anything_goes() {
        local evil="\$(touch $tell_tale)\`touch $tell_tale\`;touch $tell_tale;'\\\"|touch $tell_tale&<b>*"
        local slashless=${evil//\/tmp\//}
        printf 'x' >"$scratch/\$(touch x)'\"; <&>"
        cat >"$scratch/more.conf" <<CONF
file "/srv/$slashless" {
        content = "$evil\n<!ENTITY x SYSTEM 'file:///etc/passwd'> &x; ]]> %s%n \${HOME:-x}\n"
}
file "/srv/-rf *" {
        from = "$scratch/\$(touch x)'\\"; <&>"
}
pool "hostile" {
        path = "/srv/pool $slashless"
}
CONF
        done_with && on "$host" 'test "$(cat "/srv/-rf *")" = x && grep -F "&x; ]]>" /srv/\$*was-fooled*' &&
                inside 'virsh -q pool-destroy hostile && virsh -q pool-undefine hostile'
}

hostile_where_little_goes() {
        local evil="\$(touch $tell_tale)" problems
        cat >"$scratch/more.conf" <<CONF
host "a" { connect = "root@-oProxyCommand=touch $tell_tale" }
host "b" { connect = "root@$evil" }
host "c" { connect = "$evil@host" }
network "$evil" { mode = isolated }
network "dns" {
        mode = nat
        address = "192.168.161.1/24"
        domain = "$evil"
        bridge = "x;$evil"
        lease "$evil" { mac = "52:54:00:00:00:01$evil" address = "192.168.161.2;$evil" }
        dns "192.168.161.3" { names = { "a'; touch $tell_tale; '", "<x/>&" } }
}
pool "<a/>" { path = "relative $evil" }
packages { install = { "$evil", "-oDpkg::Pre-Invoke::=touch" } }
sysctl "net.$evil" { value = 1 }
group "$evil" { members = { "$evil" } }
unit "$evil.service" { }
file "/srv/x" { content = x owner = "$evil" group = "$evil" mode = "$evil" }
CONF
        with 3 check
        problems=$(grep -c "more.conf:" "$scratch/out")
        [ "$problems" -ge 20 ] || { echo "only $problems of the strings are problems"; return 1; }
}

hostile_setting() { # the kernel refuses it
        printf 'sysctl "net.ipv4.conf.all.log_martians" {\nvalue = "1; touch %s"\n}\n' "$tell_tale" >"$scratch/more.conf"
        with 1 --phase kvm && says "log_martians"
}

nothing_was_executed() {
        inside "! ls $tell_tale /srv/provision-was-fooled /provision-was-fooled /root/provision-was-fooled" &&
                [ ! -e "$tell_tale" ]
}

# ---- all of it ----

rm -f "$tell_tale"
lab_begin faults 1
trap ended EXIT
export XDG_RUNTIME_DIR=$scratch/run
mkdir "$XDG_RUNTIME_DIR"
ip=$(scripts/lab ip "$host")
identity=$(sed -n 's/.*identity = "\(.*\)"/\1/p' "$scratch/host.conf")
known_hosts=$(sed -n 's/.*known_hosts = "\(.*\)"/\1/p' "$scratch/host.conf")

not_reached
case_is "no package manager that is known: blocked, nothing touched" unknown_distribution
case_is "an address that an interface has: blocked, nothing touched" address_in_use
cut_off
case_is "by sudo without a password" promoted_by "admin@$ip" 'become = true'
case_is "by sudo with a password" promoted_by "operator@$ip" \
        "become = true become_password_file = \"$scratch/right\""
case_is "one machine of two isn't reached; the other is promoted" one_of_two
packages
case_is "a libvirtd that hangs is started anew, in the time that the phase has" libvirt_hangs
case_is "one that can't be helped: out of time when the phase's is up" libvirt_hangs_for_good
case_is "and when it answers again nothing is left to do" converged_at_last
restarts
tardy_units
settings
files
short_lived_units
case_is "a file where a directory is to be: blocked" file_in_the_way
case_is "the only daemon of libvirt's is to be off: blocked" libvirtd_turned_off
case_is "an uplink that isn't there: blocked" uplink_missing
case_is "somebody else's network that differs: blocked" foreign_differs
case_is "somebody else's network that says the same is used as it is" foreign_says_the_same
case_is "a pool in somebody else's pool: told" pool_in_a_foreign_one
case_is "strings are what they are, in files and paths" hostile_where_anything_goes
case_is "strings that can't be are refused, all in one go" hostile_where_little_goes
case_is "a setting is a setting" hostile_setting
case_is "nothing that stood in a string was executed" nothing_was_executed
case_is "in the end nothing is left behind" nothing_left
case_is "no throw-away guest is left" no_guest_left
lab_sum
