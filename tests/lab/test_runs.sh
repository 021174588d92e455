#!/usr/bin/env bash
# What nights bring: two controllers at once, a controller that is killed while packages are installed, what is
# slow and what is stuck, being told to stop, networks that fail, machines that reboot, lose their power or are not there.
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside
. "$(dirname "$0")/lab.sh"

host=runs1
declare -A runs=() # the runs under way: their PIDs, by name

wait_for() { # COMMAND…: for at most a minute, or $TICKS tenths of a second
        local ticks
        for ((ticks = ${TICKS-600}; ticks > 0; ticks--)); do
                ! "$@" >/dev/null 2>&1 || return 0
                sleep 0.1
        done
        echo "waited in vain for: $*"
        return 1
}

# ---- runs that go on beside the test ----

begin_run() { # NAME OPTION…: as from a controller of its own; what it says is in $scratch/NAME.out
        local name=$1
        shift
        PROVISION_HOME=$scratch/home.$name exec env --default-signal=INT "$provision" --json --phase kvm "$@" \
                "${conf-$scratch/slow.conf}" >"$scratch/$name.out" 2>&1 </dev/null &
        runs[$name]=$!
}

has_said() { # NAME WORDS [TICKS]
        TICKS=${3-600} wait_for grep -qF -- "$2" "$scratch/$1.out" && return
        tail -n 5 "$scratch/$1.out"
        return 1
}

ends_with() { # NAME STATUS
        local status
        wait "${runs[$1]}"
        status=$?
        unset "runs[$1]"
        tail -n 5 "$scratch/$1.out"
        [ "$status" -eq "$2" ] || { echo "exit status $status, wanted $2"; return 1; }
}

ended() {
        local name
        for name in "${!runs[@]}"; do kill -KILL "${runs[$name]}" 2>/dev/null; done
        lab_end
}

# ---- a package that takes its time, in one of several ways, until it may end ----

slow_package() {
        printf 'packages {\ninstall = { "slow" }\n}\n' | cat "$scratch/host.conf" - >"$scratch/slow.conf"
        inside 'mkdir -p /srv/repo/slow/DEBIAN && cd /srv/repo &&
                printf "%s\n" "Package: slow" "Version: 1" "Architecture: all" "Maintainer: lab <root@localhost>" \
                        "Description: takes its time" >slow/DEBIAN/control &&
                cat >slow/DEBIAN/postinst <<END && chmod 0755 slow/DEBIAN/postinst
#!/bin/sh
[ "\$1" = configure ] || exit 0
touch /run/slow-began
until [ -e /run/slow-may-end ]; do
        case \$(cat /run/slow-way) in
        talks) echo still here; sleep 0.2;;
        works) i=0; while [ \$i -lt 20000 ]; do i=\$((i + 1)); done;;
        *) sleep 0.5;;
        esac
done
END
                dpkg-deb --build slow slow.deb && size=$(stat -c %s slow.deb) && sum=$(sha256sum slow.deb) &&
                printf "%s\n" "Filename: ./slow.deb" "Size: $size" "SHA256: ${sum%% *}" | cat slow/DEBIAN/control - >Packages &&
                rm -rf /etc/apt/sources.list /etc/apt/sources.list.d &&
                echo "deb [trusted=yes] file:/srv/repo ./" >/etc/apt/sources.list && apt-get -q update'
}

fresh_slow() { # WAY: it is to be installed
        inside "dpkg --purge slow; : >/var/log/apt/history.log; rm -f /run/slow-began /run/slow-may-end; echo $1 >/run/slow-way"
}

installs() { # NAME OPTION…: a run that is at it
        begin_run "$@" && wait_for inside '[ -e /run/slow-began ]'
}

may_end() { inside 'touch /run/slow-may-end'; }

slow_is_installed() { inside 'dpkg --status slow | grep "ok installed"'; }

# ---- a controller that is killed while packages are installed ----

killed_at() { # WORDS: of the package manager
        begin_run first && has_said first "$1" && killed first
}

plan_says_so() {
        exits 0 plan "$scratch/host.conf" && says "would go on with what an earlier run began: install packages" && says "if still needed then"
}

taken_up() { # followed from the beginning to the end; then there was only one transaction
        exits 0 -v --phase kvm "$scratch/host.conf" && says "go on with what an earlier run began: install packages" &&
                says "| Reading package lists..." && says "| it ended with status 0" && ! grep ": kvm: install packages" "$scratch/out" &&
                [ "$(inside 'grep -c ^Start-Date: /var/log/apt/history.log')" -eq 1 ] && converged
}

ended_meanwhile() { # what nobody followed has ended: its status is still there to be taken
        fresh_slow still && installs first && killed first || return 1
        may_end
        wait_for slow_is_installed && wait_for inside '! systemctl -q is-active "provision-*"' &&
                with_slow 0 -v --phase kvm && says "| it ended with status 0" && ! grep ": kvm: install package" "$scratch/out"
}

failed_meanwhile() { # and is no business of the next run's but to do it again
        fresh_slow still && installs first && killed first && inside 'pkill -KILL -x dpkg'
        wait_for inside '! systemctl -q is-active "provision-*"'
        may_end
        with_slow 0 -v --phase kvm && says "| it ended with status 100" && says "left half-installed" && slow_is_installed
}

# Of steps, units and processes. What ends a command there may itself have a moment to go.
nothing_left() {
        TICKS=50 wait_for is_clean || { echo "left: $left"; return 1; }
}

is_clean() {
        left=$(inside 'ls -A /run/provision/steps; ls /run/provision | grep -v -x -e canary -e lock -e steps
                systemctl list-units --all --plain --no-legend "provision*"; ps -eo args | grep "^[^ ]*sh -c printf .*eval"')
        [ -z "$left" ]
}

killed_controller() {
        case_is "a first run is killed while packages are unpacked" killed_at '"text":"Unpacking'
        case_is "a plan says what goes on" plan_says_so
        case_is "the next run takes it up: one transaction in all" taken_up
        case_is "there is a package that takes its time" slow_package
        case_is "one that has ended meanwhile" ended_meanwhile
        case_is "one that has failed meanwhile" failed_meanwhile
        case_is "nothing of it is left" nothing_left
}

# ---- slow and stuck ----

# Exit status 6 with these words; the unit and what it ran are ended, and there is nothing to take up.
too_late() { # WAY WORDS OPTION…
        local words=$2
        fresh_slow "$1"
        with_slow 6 --phase kvm "${@:3}" && says "install package slow: the " && says "$words" &&
                inside '! pgrep -x dpkg; [ ! "$(ls -A /run/provision/steps)" ]' && nothing_left
}

grace_is_used() {
        fresh_slow works && begin_run first --set deadlines.step=5s --set deadlines.grace=2min || return 1
        has_said first "its time is up, but it still moves (using "
        local status=$?
        may_end
        ends_with first 0 && slow_is_installed && return "$status"
}

mended() { # what was ended half-way
        may_end
        with_slow 0 --phase kvm && says "left half-installed" && with_slow 0 plan --check
}

slow_and_stuck() {
        case_is "stuck: out of time, although there were grace" too_late still \
                "may take have passed: it was stuck (no output, no processor time, nothing written) and has been ended" \
                --set deadlines.step=6s --set deadlines.grace=1min
        case_is "it is told what it said last" says 'before it last said "Setting up slow (1) ..."'
        case_is "slow: out of time, and what gives it more" too_late talks "it was slow but moving (talking" \
                --set deadlines.step=6s
        case_is "slow with grace: out of time in the end" too_late works "a longer grace" \
                --set deadlines.step=5s --set deadlines.grace=3s
        case_is "the phase's time is up" too_late still "that phase kvm may take have passed: it was stuck" --timeout kvm=8s
        case_is "what was ended half-way is mended" mended
        case_is "slow with grace: done" grace_is_used
}

# ---- told to stop ----

stops_after_the_step() { # SIGNAL
        fresh_slow still && installs first && kill "-$1" "${runs[first]}" || return 1
        has_said first '"stopping as asked, when the steps in hand are done' && kill -0 "${runs[first]}"
        local status=$?
        may_end
        ends_with first 8 && slow_is_installed && has_said first '"event":"step-done"' &&
                has_said first 'stopped as asked; run again' && return "$status"
}

stops_at_once() { # SIGNAL
        fresh_slow still && installs first && kill "-$1" "${runs[first]}" || return 1
        has_said first '"stopping as asked, ' && kill "-$1" "${runs[first]}"
        ends_with first 8 && has_said first 'what was begun there has been ended' && nothing_left && inside '! pgrep -x dpkg'
}

stops_waiting() { # for another run
        fresh_slow still && installs first && begin_run second --wait 5min && has_said second '"another run to end: ' || return 1
        kill -INT "${runs[second]}"
        ends_with second 8
        local status=$?
        may_end
        ends_with first 0 && return "$status"
}

stops_waiting_for_a_guest() { # which has no system that could answer
        local conf=$scratch/guest.conf
        { cat "$scratch/slow.conf"; echo 'guest "mute" { memory = "16MiB" nic "lan" { network = "lab" } ready { tcp = 22 within = 4min } }'; } >"$conf"
        begin_run first && has_said first '"step_kind":"ready"' || return 1
        kill -INT "${runs[first]}"
        ends_with first 8 && has_said first "no longer waited for"
}

told_to_stop() {
        case_is "SIGINT: the step in hand is finished" stops_after_the_step INT
        case_is "SIGTERM: the same" stops_after_the_step TERM
        case_is "SIGINT twice: the unit is ended at once" stops_at_once INT
        case_is "what was ended half-way is mended" mended
        case_is "SIGTERM twice: the same" stops_at_once TERM
        case_is "and mended" mended
        case_is "SIGINT while another run is waited for: at once" stops_waiting
        case_is "SIGINT while a guest is waited for: at once" stops_waiting_for_a_guest
}

# ---- a machine that is lost ----

goes_on() { # NAME: what was cut off is finished, once
        may_end
        ends_with "$1" 0 && slow_is_installed && with_slow 0 --phase kvm && says "nothing to do" && nothing_left
}

connection_lost() {
        fresh_slow still && installs first && inside 'pkill -f "^sshd: root"' || return 1
        has_said first '"text":"the machine to answer again: ' && has_said first '"step_kind":"take-up"' && goes_on first &&
                [ "$(inside 'grep -c "^Commandline: .* slow" /var/log/apt/history.log')" -eq 1 ]
}

network_fails() { # for longer than silence is taken for a long thought; the lock of the old connection is still held
        fresh_slow still && installs first && inside 'ip link set host0 down' || return 1
        has_said first '"text":"the machine to answer again: ' 900
        inside 'ip link set host0 up; ip route replace default via "$(ip -4 -o addr show host0 | sed -E "s,.* inet ([0-9.]*)[.][0-9]+/.*,\1.1,")"'
        has_said first '"step_kind":"take-up"' && goes_on first &&
                [ "$(inside 'grep -c "^Commandline: .* slow" /var/log/apt/history.log')" -eq 1 ]
}

power_lost() {
        fresh_slow still && installs first && scripts/lab crash "$host" && scripts/lab start "$host" || return 1
        has_said first 'the machine has rebooted in the middle' && has_said first 'left half-installed' && goes_on first
}

reboots_by_itself() {
        fresh_slow still && installs first && inside 'systemctl --no-block reboot' || return 1
        has_said first 'the machine has rebooted in the middle' && goes_on first
}

stops_waiting_for_it() {
        fresh_slow still && installs first && scripts/lab crash "$host" || return 1
        has_said first '"text":"the machine to answer again: ' && kill -INT "${runs[first]}" && ends_with first 8
        local status=$?
        scripts/lab start "$host" && may_end && with_slow 0 --phase kvm && return "$status"
}

given_up() { # when the phase's time is up
        fresh_slow still && installs first --timeout kvm=20s && scripts/lab crash "$host" && ends_with first 4 &&
                has_said first "waited in vain for the machine to answer again, "
        local status=$?
        scripts/lab start "$host" && may_end && with_slow 0 --phase kvm && return "$status"
}

lost_machine() {
        case_is "the connection is lost: taken up on the next" connection_lost
        case_is "the network fails for a while" network_fails
        case_is "the power fails" power_lost
        case_is "somebody reboots it" reboots_by_itself
        case_is "SIGINT while it is waited for" stops_waiting_for_it
        case_is "one that doesn't come back is given up" given_up
}

# ---- a reboot that packages ask for ----

boot_id() { inside 'cat /proc/sys/kernel/random/boot_id'; }

reboot_is_a_warning() {
        inside 'touch /run/reboot-required' && with_slow 0 --phase kvm && says "warning: the machine waits for a reboot" && says "nothing to do"
}

reboot_is_planned() {
        with_slow 7 plan --check --set "host.$host.reboot_if_needed=true" && says "would reboot the machine"
}

reboots() {
        local before
        before=$(boot_id)
        with_slow 0 --phase kvm --set "host.$host.reboot_if_needed=true" && says "reboot the machine: what was installed asks for it (" &&
                [ "$(boot_id)" != "$before" ] && with_slow 0 plan --check --set "host.$host.reboot_if_needed=true"
}

reboot_asked_for() {
        case_is "a reboot that isn't wished: a warning" reboot_is_a_warning
        case_is "one that is wished is planned" reboot_is_planned
        case_is "made, waited for, and gone on from" reboots
}

# ---- a machine that isn't there ----

not_there() { # given up at once
        scripts/lab stop "$host" && with_slow 4 --phase kvm && says "not reached"
}

not_there_for_long() {
        with_slow 4 --phase kvm --wait 4s && says "waited in vain for the machine to answer, "
}

there_in_time() {
        begin_run first --wait 2min && has_said first '"text":"the machine to answer: ' && scripts/lab start "$host" && ends_with first 0
}

refused_is_final() { # however long one would wait
        : >"$scratch/no_known_hosts"
        local began=$SECONDS
        with_slow 4 --phase kvm --wait 5min --set "host.$host.known_hosts=$scratch/no_known_hosts" && says "refused" &&
                [ $((SECONDS - began)) -lt 60 ]
}

machine_not_there() {
        case_is "a machine that isn't there is given up at once" not_there
        case_is "or after as long as one would wait" not_there_for_long
        case_is "one that comes up in time is promoted" there_in_time
        case_is "a refusal is final" refused_is_final
}

# ---- two controllers ----

with_slow() { # STATUS ARGUMENT…
        local status=$1
        shift
        exits "$status" "$@" "$scratch/slow.conf"
}

second_is_blocked() {
        fresh_slow still && installs first || return 1
        with_slow 5 --phase kvm && says "another run is at work on it: $(id -un)@$(uname -n)" &&
                says 'provision --json --phase kvm' && says 'UTC, for '
}

looking_is_not() {
        with_slow 7 plan --check && with_slow 0 probe
}

second_waits() { # and finds nothing left to do
        begin_run second --wait 1min && has_said second '"another run to end: ' || return 1
        may_end
        ends_with first 0 && ends_with second 0 && ! grep '"step-announced"' "$scratch/second.out"
}

second_waits_in_vain() {
        fresh_slow still && installs first || return 1
        with_slow 5 --phase kvm --wait 3s && says "did not end in the 3 s"
        local status=$?
        may_end
        ends_with first 0 && return "$status"
}

killed() { # NAME: as by losing its power, but for the connection
        kill -KILL "${runs[$1]}"
        ends_with "$1" 137
}

killed_controller_lets_go() { # at once
        fresh_slow still && installs first && killed first && begin_run second && has_said second '"step_kind":"take-up"' ||
                return 1
        may_end
        ends_with second 0 && slow_is_installed
}

lock_was_let_go() { inside 'cd /run/provision && ! [ -e lock.holder ] && read -r n <lock && [ $((n % 2)) = 0 ] && flock -n lock true'; }

two_controllers() {
        case_is "a second run is told whose the machine is" second_is_blocked
        case_is "a plan and a probe don't care" looking_is_not
        case_is "one that may wait goes on when the first has ended" second_waits
        case_is "it waits for so long" second_waits_in_vain
        case_is "a controller that is killed lets go" killed_controller_lets_go
        case_is "and so does a run that has ended" lock_was_let_go
}

lab_begin runs 1
trap ended EXIT
cp "$scratch/host.conf" "$scratch/slow.conf" # until there is that package
killed_controller
slow_and_stuck
told_to_stop
lost_machine
reboot_asked_for
machine_not_there
two_controllers
case_is "in the end nothing is left" nothing_left
lab_sum
