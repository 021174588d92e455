#!/usr/bin/env bash
# A host that reaches an OPNsense over its own connection, and has it stand in front of a server: the contract server, at an address
# that only the host reaches, and whose haproxy really listens there.
. "$(dirname "$0")/lab.sh"

host=opna1
address=127.0.0.1
declare -A running=()

ended() {
        [ ${#running[@]} -eq 0 ] || kill "${running[@]}" 2>/dev/null
        lab_end
}

serve() { # NAME PORT
        nsenter --net="/var/lib/provision-lab/hosts/$host/netns" \
                python3 tests/lab/backend.py serve "$1" "$address" "$2" "$scratch" >/dev/null 2>&1 &
        running[$1]=$!
        wait_for net bash -c "exec 3<>/dev/tcp/$address/$2"
}

firewall() { # NAME PORT: it runs until its standard input ends
        local place=$scratch/$1
        mkdir "$place"
        mkfifo "$place/pipe"
        nsenter --net="/var/lib/provision-lab/hosts/$host/netns" \
                python3 tests/integration/opnsense_server.py "$place" "$2" <"$place/pipe" >/dev/null 2>&1 &
        running[$1]=$!
        case $1 in
        fw1) exec 8>"$place/pipe" ;;
        fw2) exec 9>"$place/pipe" ;;
        esac
        wait_for test -e "$place/port"
}

send() { # NAME PATH BODY
        net curl -sS --noproxy '*' --cacert "$scratch/$1/cert.pem" -H 'Content-Type: application/json' -d "$3" \
                -u "$(sed -n 's/^key=//p' "$scratch/$1/apikey.txt"):$(sed -n 's/^secret=//p' "$scratch/$1/apikey.txt")" \
                "https://$address:$(cat "$scratch/$1/port")/$2"
}

order() { # ORDER BODY: what it says of itself
        send fw1 "_test/$1" "$2"
}

answered_by() { # PORT NAMES: all who answer in 6 connections
        local i names
        names=$(for ((i = 0; i < 6; i++)); do
                net curl -sSk --noproxy '*' --max-time 5 "https://$address:$1/" || exit 1
        done | sort -u | xargs)
        [ "$names" = "$2" ] || { echo "answered by: $names; wanted: $2"; return 1; }
}

wishes() { # PORT SERVERS…
        local port=$1 all=''
        shift
        for server; do all+="\"$server\", "; done
        cat "$scratch/lab.conf" - >"$scratch/host.conf" <<END
opnsense "fw1" {
        url         = "https://$address:8443"
        credentials = "fw1/apikey.txt"
        pin         = "$(cat "$scratch/fw1/pin")"
}
load_balancer "edge" {
        opnsense = fw1
        service "api" {
                bind    = {"$address:$port"}
                servers = {${all%, }}
                check { type = https path = "/readyz" }
        }
}
firewall "edge" {
        opnsense   = fw1
        interfaces = {"wan"}
        ports      = {"$port", "51820/udp"}
        from       = {"203.0.113.0/24"}
}
END
}

a="a=$address:7001" b="b=$address:7002"

the_whole_way_is_planned() {
        exits 0 plan "$scratch/host.conf" &&
                says "bring the services of OPNsense fw1 in line: service edge/api comes; haproxy: enabled from 0 to 1" &&
                says "rule edge/6443/tcp from 203.0.113.0/24 comes; rule edge/51820/udp from 203.0.113.0/24 comes"
}

a_server_leaves() {
        wishes 6443 "$b"
        promoted && says "server edge/api/a goes" && converged && answered_by 6443 b
}

it_moves() {
        wishes 6444 "$a" "$b"
        promoted && says "service edge/api: bind from $address:6443 to $address:6444" && says "rule edge/6443/tcp" && converged &&
                answered_by 6444 "a b" && ! net bash -c "exec 3<>/dev/tcp/$address/6443"
}

stopped_is_started() {
        order stop '{}' >/dev/null
        exits 7 plan --check "$scratch/host.conf" && says "its haproxy doesn't run" && promoted && converged && answered_by 6444 "a b"
}

what_fails_is_put_back() {
        order set '{"alert": "no such luck"}' >/dev/null
        wishes 6445 "$a"
        exits 1 --phase kvm "$scratch/host.conf" && says "doesn't accept it: (4711) : config" && says "what was there before was put back" &&
                answered_by 6444 "a b" || return 1
        order set '{"alert": ""}' >/dev/null
        promoted && converged && answered_by 6445 a
}

one_is_held() { order state '{}' | grep '"held": 1'; }

killed_and_run_again() { # REQUEST: which is held until the program is dead, and then done all the same
        local pid status
        order reset '{}' >/dev/null
        order hold "{\"path\": \"$1\"}" >/dev/null
        "$provision" --phase kvm "$scratch/host.conf" >"$scratch/out" 2>&1 </dev/null &
        pid=$!
        wait_for one_is_held
        status=$?
        kill -KILL "$pid"
        wait "$pid" 2>/dev/null
        order release '{}' >/dev/null
        [ "$status" -eq 0 ] && promoted && converged && answered_by 6445 a
}

the_secret_is_nowhere() {
        local secret
        secret=$(sed -n 's/^secret=//p' "$scratch/fw1/apikey.txt")
        ! grep -rqF -- "$secret" "$PROVISION_HOME" "$scratch/out" "$scratch/said"
}

others_may_read_the_key() {
        chmod 640 "$scratch/fw1/apikey.txt"
        exits 3 --phase kvm "$scratch/host.conf" && says "may be read by others: run chmod 600"
        local status=$?
        chmod 600 "$scratch/fw1/apikey.txt"
        return "$status"
}

a_pair() {
        order reset '{}' >/dev/null
        firewall fw2 8444 || return 1
        wishes 6446 "$a"
        sed -i 's/opnsense *= fw1/opnsense = pair/' "$scratch/host.conf"
        cat >>"$scratch/host.conf" <<END
opnsense "fw2" {
        url         = "https://$address:8444"
        credentials = "fw2/apikey.txt"
        ca          = "fw2/cert.pem"
}
firewall_pair "pair" {
        primary = fw1
        backup  = fw2
}
END
        sed -i "s/bind    = .*/bind    = {\"0.0.0.0:6446\"}/" "$scratch/host.conf"
}

# Both are one machine here, so that only one of them can listen: the other's haproxy ends, and neither has it.
both_or_neither() {
        exits 1 --phase kvm "$scratch/host.conf" && says "OPNsense fw2: its haproxy doesn't run" &&
                says "what was there before was put back" && has_nothing fw1 && has_nothing fw2
}

has_nothing() { # NAME
        send "$1" _test/state '{}' |
                python3 -c 'import json, sys; state = json.load(sys.stdin); sys.exit(any(state["store"][kind] for kind in ("server", "frontend")) or state["running"] != [])'
}

a_difference_is_mended() { # of rules, which both can have, and of static mappings
        local subnet='{"subnet4":{"subnet":"10.0.0.0/24"}}'
        sed -i '/^load_balancer/,/^}/d' "$scratch/host.conf"
        send fw1 api/kea/dhcpv4/set_subnet/aaaaaaaa-0000-4000-8000-000000000001 "$subnet"
        send fw2 api/kea/dhcpv4/set_subnet/bbbbbbbb-0000-4000-8000-000000000001 "$subnet"
        send fw1 api/kea/dhcpv4/add_reservation \
                '{"reservation":{"subnet":"aaaaaaaa-0000-4000-8000-000000000001","hw_address":"52:54:00:aa:bb:01","ip_address":"10.0.0.21"}}'
        exits 7 plan --check "$scratch/host.conf" && says "fw1 has 10.0.0.21 for 52:54:00:aa:bb:01, and fw2 doesn't" || return 1
        promoted && says "bring the rules of firewall pair pair in line" && says "bring the static mappings of OPNsense fw2 to those of fw1" &&
                converged && send fw2 _test/state '{}' | grep '"ip_address": "10.0.0.21"'
}

one_down_is_said() {
        kill "${running[fw2]}"
        wait "${running[fw2]}" 2>/dev/null
        unset "running[fw2]"
        exits 0 --phase kvm "$scratch/host.conf" && says "one of firewall pair pair is down: OPNsense fw2: $address port 8444: connection refused" ||
                return 1
        sed -i 's/"51820\/udp"/"51821\/udp"/' "$scratch/host.conf"
        exits 1 --phase kvm "$scratch/host.conf" && says "OPNsense fw2: $address port 8444: connection refused" &&
                order state '{}' | grep '"destination_port": "51820"'
}

undone() {
        order reset '{}' >/dev/null
        wishes 6445 "$a"
        promoted && exits 0 undo --yes "$scratch/host.conf" && says "service edge/api goes" &&
                order state '{}' | python3 -c 'import json, sys; state = json.load(sys.stdin); sys.exit(any(state["store"].values()) or state["running"] != [])'
}

lab_begin_with_packages opna 1
trap ended EXIT
mv "$scratch/host.conf" "$scratch/lab.conf"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=lab -keyout "$scratch/certificate" \
        -out "$scratch/public" 2>/dev/null && cat "$scratch/public" >>"$scratch/certificate"
firewall fw1 8443
serve a 7001
serve b 7002
wishes 6443 "$a" "$b"
case_is "a plan for a fresh host shows the whole way" the_whole_way_is_planned
case_is "the host is promoted, and its firewall has the service and the rules" promoted
case_is "a second run changes nothing" converged
case_is "all servers answer" answered_by 6443 "a b"
case_is "a server leaves" a_server_leaves
case_is "the service moves to another port, and its rule with it" it_moves
case_is "a stopped haproxy is started" stopped_is_started
case_is "what haproxy doesn't accept is put back" what_fails_is_put_back
case_is "a key that others may read isn't used" others_may_read_the_key
case_is "a run that was killed between two of its changes is finished by the next" killed_and_run_again set_backend
case_is "so is one that was killed between writing and loading" killed_and_run_again reconfigure
case_is "so is one that was killed before its rules were loaded" killed_and_run_again filter/apply
case_is "the secret is in no log and no store" the_secret_is_nowhere
case_is "another one joins it" a_pair
case_is "what one of two can't have, neither has" both_or_neither
case_is "differences of the two are told and mended" a_difference_is_mended
case_is "one of two that is down is said, and what has to change stays to be done" one_down_is_said
case_is "undone, all of ours is gone from the firewall" undone
lab_sum
