#!/usr/bin/env bash
# A load balancer of a host: real haproxy, real servers behind it, and what others do to either of them.
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside
. "$(dirname "$0")/lab.sh"

host=front1
address=192.168.150.1
declare -A servers=()

ended() {
        [ ${#servers[@]} -eq 0 ] || kill "${servers[@]}" 2>/dev/null
        lab_end
}

# ---- servers and clients ----

port_of() { # NAME: a is 7001, b is 7002, …
        printf '7%03d' "$(($(printf '%d' "'$1") - 96))"
}

serve() { # NAME
        # Not by net: the process must be the server's own.
        nsenter --net="/var/lib/provision-lab/hosts/$host/netns" \
                python3 tests/lab/backend.py serve "$1" 127.0.0.1 "$(port_of "$1")" "$scratch" >/dev/null 2>&1 &
        servers[$1]=$!
        wait_for net bash -c "exec 3<>/dev/tcp/127.0.0.1/$(port_of "$1")"
}

die_away() { # NAME
        kill -KILL "${servers[$1]}"
        wait "${servers[$1]}" 2>/dev/null
        unset "servers[$1]"
}

ask() { # PORT: who answers there
        net curl -sSk --noproxy "*" --max-time 5 "https://$address:$1/"
}

answering() { # PORT: all who answer in 12 connections, none of which may fail
        local i
        for ((i = 0; i < 12; i++)); do ask "$1" || return 1; done | sort -u | xargs
}

is_answered_by() { # PORT NAMES
        local names
        names=$(answering "$1") || return 1
        [ "$names" = "$2" ] || { echo "answered by: $names; wanted: $2"; return 1; }
}

# ---- configurations ----

services() { # LINES: the lab's host.conf and these services
        { cat "$scratch/lab.conf" && printf 'load_balancer "lab" {\n%s\n}\n' "$1"; } >"$scratch/host.conf"
}

service() { # NAME BINDS SERVERS…
        local name=$1 binds=$2 all=''
        shift 2
        for server; do all+="\"$server=127.0.0.1:$(port_of "$server")\", "; done
        printf 'service "%s" {\nbind = {%s}\nservers = {%s}\ncheck { type = https path = "/readyz" interval = 2s }\n}\n' \
                "$name" "$binds" "${all%, }"
}

api() { service api "\"$address:6443\", \"127.0.0.1:6443\", \"[::1]:6443\"" "$@"; }

# ---- the cases ----

the_whole_way_is_planned() {
        exits 0 plan "$scratch/host.conf" && says "haproxy" && says "write /etc/haproxy/provision.cfg: lab:api" &&
                says "see haproxy listen for lab:api" && inside '! command -v haproxy'
}

dead_and_failing_are_out() { # c is killed, b says that it isn't ready
        local began=$SECONDS
        die_away c
        touch "$scratch/b.failing"
        wait_for is_answered_by 6443 a && is_answered_by 6443 a && echo "out after $((SECONDS - began)) s"
}

and_come_back() {
        rm "$scratch/b.failing" && serve c && wait_for is_answered_by 6443 "a b c"
}

an_open_connection_lives_on() { # through reloads that take its server away
        local before after talking
        coproc TALK { exec nsenter --net="/var/lib/provision-lab/hosts/$host/netns" python3 tests/lab/backend.py talk "$address" 6443; }
        talking=$TALK_PID
        echo >&"${TALK[1]}"
        read -r -t 20 before <&"${TALK[0]}" || return 1
        services "$(api a b c | sed "s/\"$before=[^\"]*\"\(, \)*//; s/, }/}/")$(service web "\"$address:8443\"" a)"
        promoted && says "server $before leaves" && says "service lab:web: comes" && says "reload unit" && converged || return 1
        echo >&"${TALK[1]}"
        read -r -t 20 after <&"${TALK[0]}"
        kill "$talking"
        wait "$talking" 2>/dev/null
        [ "$before" = "$after" ] || { echo "was answered by $before, then by ${after:-nobody}"; return 1; }
        is_answered_by 8443 a
}

bad_address_is_told() {
        services "$(api a b c)$(service web '"10.9.9.9:8443"' a)"
        exits 5 --phase kvm "$scratch/host.conf" && says "this machine has no address 10.9.9.9" && is_answered_by 8443 a
}

taken_port_is_told() { # a program of the host has it
        services "$(api a b c)$(service web "\"$address:9443\"" a)"
        inside "systemd-run -q --unit=theirs --socket-property=ListenStream=$address:9443 cat"
        exits 5 --phase kvm "$scratch/host.conf" && says "where systemd (process 1) listens already" && is_answered_by 8443 a &&
                inside 'systemctl stop theirs.socket'
}

not_listening_is_told() { # both families at once: that the port is taken shows when haproxy binds, which no reload tells
        services "$(api a b c)$(service web "\"$address:9443\"" a)"
        inside 'systemd-run -q --unit=theirs --socket-property=ListenStream=9443 cat'
        exits 1 --phase kvm "$scratch/host.conf" && says "service lab:web doesn't listen at $address:9443" &&
                says "cannot bind socket (Address already in use)" && is_answered_by 8443 a &&
                exits 7 plan --check "$scratch/host.conf" && says "which runs with another configuration" &&
                inside 'systemctl stop theirs.socket' && promoted && converged && is_answered_by 9443 a && ! ask 8443
}

never_in_its_own_way() {
        inside 'for i in $(seq 60); do systemctl reload provision-haproxy; sleep 0.05; done' &
        local reloads=$!
        while kill -0 "$reloads" 2>/dev/null; do
                "$provision" plan "$scratch/host.conf" >"$scratch/out" 2>&1
                ! grep "in the way" "$scratch/out" || { wait "$reloads"; return 1; }
        done
        wait "$reloads" && converged
}

refusal_is_told() { # by haproxy itself, before anything is replaced
        services "$(api a b)$(service web "\"$address:9443\"" a)"
        inside 'sed -i s/^haproxy:/another:/ /etc/passwd && sha256sum /etc/haproxy/provision.cfg >/root/sum'
        exits 1 --phase kvm "$scratch/host.conf" && says "haproxy doesn't accept it: config : parsing" &&
                inside 'sha256sum -c --quiet /root/sum && sed -i s/^another:/haproxy:/ /etc/passwd && [ "$(ls -A /etc/haproxy | grep -c provision)" = 1 ]' &&
                is_answered_by 9443 a && promoted && converged
}

theirs_is_kept() { # one that they run, with a service that nobody could understand added to its file
        inside 'printf "%s\n" "listen theirs" " mode tcp" " bind 127.0.0.1:9090" " server a 127.0.0.1:7001" >>/etc/haproxy/haproxy.cfg &&
                systemctl restart haproxy && printf "%s\n" "frontend bad" " bind 10.0.0.300:80" >>/etc/haproxy/haproxy.cfg &&
                sha256sum /etc/haproxy/haproxy.cfg >/root/sum'
        services "$(api a b c)"
        promoted && says 'service "bad" of /etc/haproxy/haproxy.cfg' && says 'its bind address "10.0.0.300:80" isn'"'"'t understood' &&
                [ "$(net curl -sSk --noproxy "*" https://127.0.0.1:9090/)" = a ] && inside 'sha256sum -c --quiet /root/sum' && converged
}

their_port_blocks() {
        services "$(service web '"0.0.0.0:9090"' a)"
        exits 5 --phase kvm "$scratch/host.conf" && says 'has "theirs" at line' && says "listen at 127.0.0.1:9090" &&
                is_answered_by 6443 "a b c"
        local status=$?
        services "$(api a b c)"
        return "$status"
}

socket_closed() { # by haproxy's own administrator
        inside 'for socket in /run/provision-haproxy/*.sock; do echo "disable frontend lab:api" |
                perl -MIO::Socket::UNIX -e "\$s = IO::Socket::UNIX->new(Peer => shift) or exit 1; print {\$s} <STDIN>; \$s->shutdown(1); print <\$s>" "$socket"; done'
        exits 7 plan --check "$scratch/host.conf" && says "which doesn't listen at $address:6443 for service lab:api" && promoted &&
                converged && is_answered_by 6443 "a b c"
}

killed() { # its unit brings it back
        inside 'kill -KILL $(cat /run/provision-haproxy/haproxy.pid)'
        wait_for is_answered_by 6443 "a b c" && converged
}

rebooted() { # libvirt's network may come after haproxy, which tries until it is there
        local server
        for server in a b c; do die_away "$server"; done # with the network that they are in
        scripts/lab crash "$host" && scripts/lab start "$host" || return 1
        for server in a b c; do serve "$server" || return 1; done
        wait_for is_answered_by 6443 "a b c" && promoted && converged
}

undone() { # but for the package, which they use by now
        exits 0 undo --yes "$scratch/host.conf" && says "service theirs of /etc/haproxy/haproxy.cfg" && says "aren't ours and need them" &&
                inside '! ls /etc/haproxy/provision.cfg /etc/systemd/system/*provision-haproxy.service /run/provision-haproxy 2>/dev/null &&
                        ! systemctl is-active provision-haproxy.service && ! grep -E ":192B [0-9A-F]+:0000 0A" /proc/net/tcp /proc/net/tcp6 &&
                        sha256sum -c --quiet /root/sum'
}

lab_begin front 1
trap ended EXIT
mv "$scratch/host.conf" "$scratch/lab.conf"
services "$(api a b c)"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=lab -keyout "$scratch/certificate" \
        -out "$scratch/public" 2>/dev/null && cat "$scratch/public" >>"$scratch/certificate"
for server in a b c; do serve "$server"; done
case_is "a plan for a fresh host shows the whole way" the_whole_way_is_planned
case_is "the fresh host is promoted" promoted
case_is "a second run changes nothing" converged
case_is "all servers answer" is_answered_by 6443 "a b c"
case_is "a dead server and one that isn't ready are out within 30 s" dead_and_failing_are_out
case_is "they come back" and_come_back
case_is "a connection lives on when its server leaves and a service comes" an_open_connection_lives_on
case_is "an address that the host doesn't have is told, and nothing is touched" bad_address_is_told
case_is "a port that another program has is told, and whose it is" taken_port_is_told
case_is "what haproxy and systemd don't tell is seen: a service that doesn't listen" not_listening_is_told
case_is "its own sockets change hands in a reload, and are nobody else's" never_in_its_own_way
case_is "what haproxy doesn't accept never replaces what runs" refusal_is_told
case_is "an edited file says again what it should" mends "$host" "server evil leaves" \
        'echo "	server evil 127.0.0.1:1 check" >>/etc/haproxy/provision.cfg'
case_is "a stopped haproxy is started" mends "$host" "start unit provision-haproxy.service" 'systemctl stop provision-haproxy'
case_is "one that no longer starts with the host does again" mends "$host" "enable unit" 'systemctl disable -q provision-haproxy'
case_is "somebody else's haproxy.cfg is kept as it is, and what is invalid in it is warned of" theirs_is_kept
case_is "a port of theirs is not taken" their_port_blocks
case_is "a socket that was closed is opened again" socket_closed
case_is "a haproxy that was killed comes back by itself" killed
case_is "so it does after a reboot" rebooted
case_is "undone, all of ours is gone" undone
lab_sum
