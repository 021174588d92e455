#!/usr/bin/env bash
# What can go wrong with a host: each gets one clear sentence and its exit status, and nothing half-made that the next
# run doesn't finish or remove. In the order of a machine's life: it isn't reached, it isn't fit, its first run is cut
# off again and again; then, when it is a KVM host, its disk, its package manager and its networks are in the way.
. "$(dirname "$0")/lab.sh"

name=faults1
tell_tale=/tmp/provision-was-fooled # appears, there or here, if a string of a configuration is ever executed
under_way=''                        # the run that is to be cut off

ended() {
        [ -z "$under_way" ] || kill -KILL "$under_way" 2>/dev/null
        lab_end
}

# ---- configurations: each is the lab's host.conf, entered in another way, or with something added ----

entered() { # CONNECT [LINES]: the machine is the same, the way to it isn't
        printf 'host "%s" {\nconnect = "%s"\nidentity = "%s"\nknown_hosts = "%s"\n%s\n}\n' \
                "$name" "$1" "$identity" "$scratch/known_hosts" "${2-}" >"$scratch/entered.conf"
        sed '1,/^}/d' "$scratch/host.conf" >>"$scratch/entered.conf"
}

refused() { # STATUS WORDS CONNECT [LINES]
        entered "${@:3}"
        exits "$1" --phase kvm --timeout linux=4s "$scratch/entered.conf" && says "$2" && one_sentence
}

one_sentence() { # whatever went wrong is told once, in one line
        [ "$(grep -c -E 'refused|not reached|out of time|failed|blocked' "$scratch/out")" -eq 1 ] ||
                { echo "it isn't one line:"; cat "$scratch/out"; return 1; }
}

with() { # ARGUMENT…: a run of host.conf and what comes on stdin
        local status=$1
        shift
        cat >"$scratch/more.conf"
        exits "$status" "$@" "$scratch/host.conf" "$scratch/more.conf"
}

again() { # with what came last
        exits 0 --phase kvm "$scratch/host.conf" "$scratch/more.conf" &&
                exits 0 plan --check "$scratch/host.conf" "$scratch/more.conf"
}

# ---- runs that are cut off ----

# Starts a run; it goes on when this returns, as it has just said WORDS.
begin_run() { # WORDS ARGUMENT…
        local words=$1 line
        shift
        exec {events}< <(exec env --default-signal=INT "$provision" --json "$@" 2>&1 </dev/null)
        under_way=$!
        while read -r -t 120 -u "$events" line; do
                printf '%s\n' "$line"
                [[ $line != *"$words"* ]] || return 0
        done
        echo "it ended, or went silent, before it said: $words"
        return 1
}

end_run() { # STATUS
        local status
        cat <&"$events" >"$scratch/out"
        exec {events}<&-
        wait "$under_way"
        status=$?
        under_way=''
        cat "$scratch/out"
        [ "$status" -eq "$1" ] || { echo "exit status $status, wanted $1"; return 1; }
}

cut_off_at() { # WORDS [COMMAND…]: killed when it has said so, and once the command succeeds
        local words=$1
        shift
        begin_run "$words" --phase kvm "$scratch/host.conf" || { kill -KILL "$under_way"; end_run 137; return 1; }
        [ $# -eq 0 ] || wait_for "$@"
        kill -KILL "$under_way"
        end_run 137
}

wait_for() { # COMMAND…: for at most a minute
        local ticks
        for ((ticks = 600; ticks > 0; ticks--)); do
                "$@" >/dev/null 2>&1 && return 0
                sleep 0.1
        done
        echo "in vain waited for: $*"
        return 1
}

inside() { # COMMAND: quick, and without a login
        scripts/lab enter "$name" sh -c "$1"
}

nothing_left() {
        local left
        left=$(inside 'virsh -q list --all --name | grep .
                find / /run /tmp /dev/shm -xdev \( -name ".*.provision" -o -name "provision*" -o -path "/run/provision/*/*" \) \
                        ! -path /run/provision ! -path /run/provision/canary/proof
                pgrep -af "s=\\\$s\\\$l" | grep -v pgrep
                systemctl list-units --all --plain --no-legend "provision*"')
        left+=$(find "$XDG_RUNTIME_DIR" -mindepth 1)
        [ -z "$left" ] || { echo "left: $left"; return 1; }
}

interrupted_once() { # the step under way is finished, the next isn't begun, and the next run goes on from there
        inside 'rm -f /root/go-on'
        inside 'systemd-run -q --unit=slow dpkg -i /root/slow.deb' && wait_for inside '[ -e /run/slow-is-being-set-up ]'
        inside 'dpkg --remove nftables'
}

# ---- the machine as it can be ----

other_doors() { # servers on other ports: one that says nothing, one with another key, one that wants a password
        on "$name" 'ssh-keygen -q -t ed25519 -N "" -f /root/other_key
                useradd --create-home ordinary && cp -r /root/.ssh /home/ordinary/ && chown -R ordinary: /home/ordinary/.ssh
                systemd-run -q --unit=silent --socket-property=ListenStream=2222 sleep infinity &&
                systemd-run -q --unit=other-key /usr/sbin/sshd -D -p 2223 -h /root/other_key &&
                systemd-run -q --unit=password /usr/sbin/sshd -D -p 2224 -o PubkeyAuthentication=no -o PasswordAuthentication=yes
                until [ "$(ss -Hltn "sport >= 2222 and sport <= 2224" | wc -l)" -ge 3 ]; do sleep 0.1; done'
        grep -F "$ip" "$known_hosts" >"$scratch/known_hosts"
        sed -nE "s/^[^ ]+ (ssh-ed25519 .*)/\1/p" "$scratch/known_hosts" | while read -r key; do
                printf '[%s]:%s %s\n' "$ip" 2222 "$key" "$ip" 2223 "$key" "$ip" 2224 "$key"
        done >>"$scratch/known_hosts"
        printf 'not it\n' >"$scratch/wrong" && printf 'lab-operator\n' >"$scratch/right"
        chmod 0600 "$scratch/wrong" "$scratch/right"
}
