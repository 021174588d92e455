# Units of a real systemd, by each way that leads to it. Sourced by the tests, which say which Debian:
# units_by_every_way RELEASE PREFIX.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"

driver=build/tests/lab/units

unit() { # STATUS WORDS ARGUMENT…: the driver's exit status, and what it must say
        local wanted=$1 words=$2 status
        shift 2
        timeout 90 "$driver" "$scratch/units.conf" "$host" "$@" >"$scratch/out" 2>&1
        status=$?
        cat "$scratch/out"
        [ "$status" -eq "$wanted" ] || { echo "exit status $status, wanted $wanted"; return 1; }
        grep -qF -- "$words" "$scratch/out" || { echo "did not say: $words"; return 1; }
}

is() { # UNIT WORDS
        unit 0 "$1 $2" ask "$1"
}

makes() { # ACTION UNIT WORDS: and then it is so
        unit 0 'done' "$1" "$2" && is "$2" "$3"
}

unit_file() { # NAME LINE…
        local name=$1
        shift
        printf '%s\n' "$@" | on "$host" "cat >/etc/systemd/system/$name"
}

units_are_made() {
        unit_file t-good.service '[Service]' 'ExecStart=/bin/sleep 1000' '[Install]' 'WantedBy=multi-user.target' &&
                unit_file t-bad.service '[Service]' 'Type=oneshot' 'ExecStart=/bin/sh -c "echo it went wrong; exit 3"' &&
                unit_file t-slow.service '[Service]' 'Type=oneshot' 'RemainAfterExit=yes' 'ExecStart=/bin/sleep 3' &&
                unit_file t-needy.service '[Unit]' 'Requires=t-bad.service' 'After=t-bad.service' \
                        '[Service]' 'ExecStart=/bin/sleep 999'
}

# A step that is cut off by its deadline leaves a job, which goes on; asked again it is waited for.
slow_start() {
        unit 1 'deadline: systemd is still at it' start t-slow.service 1 &&
                makes start t-slow.service 'is there, active'
}

new_file_is_read_first() {
        on "$host" 'sed -i s/1000/2000/ /etc/systemd/system/t-good.service' &&
                unit 0 'done' restart t-good.service &&
                on "$host" 'pgrep -f "^/bin/sleep 2000" >/dev/null' &&
                on "$host" 'sed -i s/2000/1000/ /etc/systemd/system/t-good.service' &&
                unit 0 'done' stop t-good.service
}

since_is_told() { # seconds since 1970, within the last minute
        local since now
        unit 0 'is there, active' ask t-good.service || return 1
        since=$(sed -n 's/.*since //p' "$scratch/out") now=$(date +%s)
        [ "$((now - since / 1000000))" -lt 60 ] || { echo "$since, and now it is $now"; return 1; }
}

# Both through the bus and by systemctl.
units_behave() { # WAY
        case_is "$1: a unit is started" makes start t-good.service 'is there, active, disabled'
        case_is "$1: it tells since when" since_is_told
        case_is "$1: a unit is enabled" makes enable t-good.service 'is there, active, enabled'
        case_is "$1: a unit is stopped" makes stop t-good.service 'is there, inactive, enabled'
        case_is "$1: a unit is disabled" makes disable t-good.service 'is there, inactive, disabled'
        case_is "$1: a unit is masked" makes mask getty@tty9.service 'is there, inactive, masked'
        case_is "$1: a unit is unmasked" unit 0 'done' unmask getty@tty9.service
        case_is "$1: a unit that fails is failed" unit 1 'failed: ' start t-bad.service
        case_is "$1: and looks so" is t-bad.service 'is there, failed'
        case_is "$1: a unit that isn't there can't be started" unit 1 'not found' start t-none.service
        case_is "$1: and looks so" is t-none.service 'is not there'
        case_is "$1: a name that no unit can have" is 'no/unit' 'is not there'
        case_is "$1: a template alone is none" is 'getty@.service' 'is not there'
}

units_by_bus() { # WAY [HOW-IT-FAILED]
        units_behave "$1"
        case_is "$1: what its journal ends with is told" unit 1 "${2-it failed (exit-code, status 3)}; its journal ends: " start t-bad.service
        case_is "$1: a unit that it needs failed" unit 1 'a unit that it needs failed' start t-needy.service
        case_is "$1: a unit without [Install] can't be enabled" unit 1 'no [Install] section' enable t-bad.service
        case_is "$1: a file in the way of a mask is left alone" unit 1 'already exists' mask t-good.service
        case_is "$1: a file that was changed is read before a restart" new_file_is_read_first
        case_is "$1: a start that takes too long goes on" slow_start
        case_is "$1: and is stopped" makes stop t-slow.service 'is there, inactive'
}

sshd_forwards() { # yes|no
        on "$host" "printf 'AllowStreamLocalForwarding %s\n' $1 >/etc/ssh/sshd_config.d/t.conf; systemctl restart ssh" # which waits until it listens
}

units_by_every_way() { # RELEASE PREFIX
        host=${2}1
        make -s "$driver" || { echo "0 passed, 1 failed"; exit 1; }
        lab_begin "$2" 1 --release "$1"
        sed '/^}/q' "$scratch/host.conf" >"$scratch/units.conf"
        case_is "units to try are made" units_are_made

        units_by_bus "private socket"

        on "$host" 'mv /run/systemd/private /run/systemd/private.away'
        units_by_bus "system bus" '' # systemctl itself, which tells the status, wants the private socket from systemd 257 on
        on "$host" 'mv /run/systemd/private.away /run/systemd/private'

        sshd_forwards no
        units_by_bus "systemd-stdio-bridge"

        on "$host" 'chmod a-x /usr/bin/systemd-stdio-bridge'
        units_behave "systemctl"
        on "$host" 'chmod a+x /usr/bin/systemd-stdio-bridge'
        sshd_forwards yes

        sed -i 's/root@/admin@/; s/^}/        become = true\n}/' "$scratch/units.conf"
        units_by_bus "sudo"
        lab_sum
}
