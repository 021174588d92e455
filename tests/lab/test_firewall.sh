#!/usr/bin/env bash
# A firewall of a host: what the outside really reaches, and what others do to its table.
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside
. "$(dirname "$0")/lab.sh"

host=wall1
talker='' server=''

ended() {
        for process in $talker $server; do kill "$process" 2>/dev/null; done
        lab_end
}

wall() { # KEYS: the lab's host.conf and this firewall
        { cat "$scratch/lab.conf" && printf 'firewall "wan" {\ninterfaces = {"host0"}\n%s\n}\n' "$1"; } >"$scratch/host.conf"
}

serve() { # at ports of the host, by a program of this machine in the host's network
        nsenter --net="/var/lib/provision-lab/hosts/$host/netns" \
                python3 tests/lab/echo.py serve 7000 8003 8011 &
        server=$!
        local end=$((SECONDS + 20))
        until net bash -c 'exec 3<>/dev/tcp/127.0.0.1/8011' 2>/dev/null; do
                [ "$SECONDS" -lt "$end" ] || return 1
                sleep 0.1
        done
}

# ---- clients, on this machine, which is the host's outside ----

reaches() { # PORT…: somebody answers there
        local port
        for port; do
                timeout 2 bash -c "exec 3<>/dev/tcp/$address/$port" 2>/dev/null || { echo "port $port isn't reached"; return 1; }
        done
}

is_kept_from() { # PORT…: nothing comes back, no refusal either
        local port
        for port; do
                timeout 1 bash -c "exec 3<>/dev/tcp/$address/$port" 2>/dev/null
                [ $? = 124 ] || { echo "port $port is reached, or refused"; return 1; }
        done
}

as_wished() { reaches 22 8003 && is_kept_from 7000 8011 && python3 tests/lab/echo.py ping "$address"; }

# ---- the cases ----

the_whole_way_is_planned() {
        exits 0 plan "$scratch/host.conf" && says "let in over host0 only 22/tcp, 8000-8010/tcp" && says "start unit provision-firewall.service" &&
                reaches 7000 8003 8011
}

an_open_connection_lives_on() { # one to a port that is closed now, and that was open before the kernel watched any
        echo 'are you there' >&"${TALK[1]}" && read -r -t 5 answer <&"${TALK[0]}" && [ "$answer" = 'are you there' ]
}

others_are_untouched() { # the loopback interface, the host's own way out
        inside "bash -c 'exec 3<>/dev/tcp/127.0.0.1/7000' && { timeout 2 bash -c 'exec 3<>/dev/tcp/${address%.*}.1/9'; [ \$? = 1 ]; }"
}

a_wish_changes() {
        wall 'ports = {"22", "7000"} from = {"'"${address%.*}"'.0/24", "2001:db8::/32"}'
        promoted && says "let in over host0 only 22/tcp, 7000/tcp from" && reaches 22 7000 && is_kept_from 8003 && converged || return 1
        wall "$wished"
        promoted && as_wished
}

nftables_starts_anew() { # which empties all tables, and takes ours up again
        inside 'systemctl restart nftables && nft list tables'
        local end=$((SECONDS + 10))
        until inside 'nft list table inet provision >/dev/null 2>&1'; do [ "$SECONDS" -lt "$end" ] || return 1; sleep 0.1; done
        as_wished && inside 'systemctl reload nftables' && exits 0 plan --check "$scratch/host.conf" && as_wished &&
                inside 'systemctl stop nftables' && exits 7 plan --check "$scratch/host.conf" && promoted && converged && as_wished
}

we_stay_in() { # PORTS-AND-FROM WORDS
        inside 'nft list table inet provision >/root/before'
        wall "$1"
        exits 5 --phase kvm "$scratch/host.conf" && says "$2" && inside 'nft list table inet provision | cmp - /root/before' && as_wished
        local status=$?
        wall "$wished"
        return "$status"
}

rules_that_shut_us_out_are_taken_back() { # by what no reasoning about them sees
        inside 'mv /usr/sbin/nft /usr/sbin/nft.real && printf "%s\n" "#!/bin/sh" "case \$* in \"-f /run/provision-firewall/new\")" \
                "nft.real -f /run/provision-firewall/new && nft.real insert rule inet provision firewall_wan tcp dport 22 tcp flags syn drop;;" \
                "*) exec nft.real \"\$@\";; esac" >/usr/sbin/nft && chmod 755 /usr/sbin/nft && nft list table inet provision >/root/before'
        wall 'ports = {"22", "7000"}'
        exits 1 --phase kvm "$scratch/host.conf" && says "takes no new connection of ours" && reaches 22 &&
                inside 'nft list table inet provision | cmp - /root/before && ! systemctl -q is-active provision-firewall-rescue.timer &&
                        ! grep -q 7000 /etc/provision-firewall.nft'
        local status=$?
        inside 'mv /usr/sbin/nft.real /usr/sbin/nft'
        wall "$wished"
        promoted && converged && return "$status"
}

nobody_confirms() { # as if we had died in between: the machine helps itself
        inside 'cd /run/provision-firewall && printf "%s\n" "table inet provision" "delete table inet provision" >before &&
                nft list table inet provision >>before && systemd-run -q --collect --unit=provision-firewall-rescue --on-active=600 sh -c "nft -f - </run/provision-firewall/before" &&
                nft insert rule inet provision firewall_wan tcp dport 8003 drop'
        is_kept_from 8003 && promoted && as_wished && converged && inside '! systemctl -q is-active provision-firewall-rescue.timer'
}

refusal_is_told() {
        inside 'mv /usr/sbin/nft /usr/sbin/nft.real && printf "%s\n" "#!/bin/sh" "[ \"\$1\" != -c ] || { echo \"Error: no such thing\"; exit 1; }" \
                "exec nft.real \"\$@\"" >/usr/sbin/nft && chmod 755 /usr/sbin/nft'
        wall 'ports = {"22", "7000"}'
        exits 1 --phase kvm "$scratch/host.conf" && says "nft doesn't accept them: Error: no such thing" && as_wished
        local status=$?
        inside 'mv /usr/sbin/nft.real /usr/sbin/nft'
        wall "$wished"
        return "$status"
}

others_that_drop_are_told() {
        inside 'nft add table ip theirs && nft add chain ip theirs ufw-x && nft "add chain ip theirs in { type filter hook input priority 5; policy drop; }" &&
                nft insert rule ip theirs in accept && nft add table inet others && nft "add chain inet others in { type filter hook input priority 5; }" &&
                nft add rule inet others in accept && nft add rule inet others in ct state invalid drop &&
                nft add table inet more && nft "add chain inet more in { type filter hook input priority 5; }" &&
                nft add rule inet more in accept && nft add rule inet more in counter log prefix "\"a b\"" reject with icmpx type admin-prohibited'
        promoted && says "ufw is at work (chain in of table ip theirs)" && says "chain in of table inet more, which isn't ours" &&
                ! grep -q "inet others" "$scratch/out" && inside 'nft delete table ip theirs && nft delete table inet others && nft delete table inet more'
}

a_service_nobody_reaches_is_told() {
        { cat "$scratch/host.conf" && printf 'load_balancer "lab" { service "api" { bind = "%s:9443" servers = {"a=127.0.0.1:1"} } }\n' "$address"; } >"$scratch/with.conf"
        exits 0 plan "$scratch/with.conf" && says "service lab:api listens at $address:9443, and firewall wan doesn't let that in"
}

rebooted() {
        kill "$talker" "$server"
        wait "$talker" "$server" 2>/dev/null
        scripts/lab stop "$host" && scripts/lab start "$host" && serve && as_wished && promoted && ! grep -q "let in" "$scratch/out" && converged
}

firewalld_comes() { # it is told only what it doesn't let in by itself
        inside 'systemctl unmask -q firewalld && systemctl start firewalld && firewall-cmd -q --permanent --add-port=9999/tcp && firewall-cmd -q --add-port=9999/tcp &&
                cp /etc/firewalld/zones/public.xml /root/public.xml' || return 1
        wall 'ports = {"22", "8000-8010"} from = {"'"${address%.*}"'.0/24"}'
        promoted && says "have firewalld let in 22/tcp from" && says "disable unit provision-firewall.service" && converged &&
                reaches 22 8003 && ! reaches 8011 && ! inside 'nft list table inet provision 2>/dev/null' || return 1
        wall "$wished"
        inside 'firewall-cmd -q --add-port=7000/tcp' && promoted && says "no longer let in 22/tcp from" && converged && reaches 7000 8003 && ! reaches 8011
}

firewalld_goes() {
        inside 'systemctl stop firewalld' && promoted && as_wished && converged
}

undone() { # whatever of it is there by now; firewalld has what it had before
        inside 'systemctl start firewalld' && exits 0 undo --yes "$scratch/host.conf" && says "no longer let in 22/tcp in zone public" &&
                says "stop unit provision-firewall.service" && inside 'cmp /etc/firewalld/zones/public.xml /root/public.xml &&
                [ "$(firewall-cmd --list-ports)" = 9999/tcp ] && ! nft list table inet provision 2>/dev/null &&
                ! ls /etc/provision* /etc/systemd/system/*provision* /etc/systemd/system/*/*provision* /run/provision-firewall /var/lib/provision 2>/dev/null'
}

lab_begin wall 1
trap ended EXIT
address=$(scripts/lab ip "$host")
sed '/^network/,$d' "$scratch/host.conf" >"$scratch/lab.conf"
wished='ports = {"22", "8000-8010"}'
wall "$wished"
# Masked, the daemon doesn't run for a moment when it is installed: ended while it starts, it leaves its table in the kernel.
on "$host" 'systemctl mask -q firewalld && apt-get install -y -qq firewalld' >"$scratch/up" 2>&1 || cat "$scratch/up"
serve
coproc TALK { exec bash -c "exec 3<>/dev/tcp/$address/7000; cat <&3 & cat >&3"; }
talker=$TALK_PID
case_is "a plan for a fresh host shows the whole way" the_whole_way_is_planned
case_is "the fresh host is promoted" promoted
case_is "a second run changes nothing" converged
case_is "the outside reaches what is wished, and nothing else" as_wished
case_is "a connection that was open lives on" an_open_connection_lives_on
case_is "other interfaces, and the way out, are as before" others_are_untouched
case_is "another wish is another table at once" a_wish_changes
case_is "a table that was flushed comes back" mends "$host" "the kernel has nothing of it" 'nft flush ruleset'
case_is "a rule that was added goes" mends "$host" 'has been given "tcp dport 7000 accept"' \
        'nft insert rule inet provision firewall_wan tcp dport 7000 accept'
case_is "a rule that was taken out comes back" mends "$host" 'has lost "drop"' \
        'nft delete rule inet provision firewall_wan handle $(nft -a list table inet provision | sed -n "s/.*drop # handle //p")'
case_is "an edited file is written again" mends "$host" "let in over host0 only" 'echo "# mine" >>/etc/provision-firewall.nft'
case_is "a stopped unit is started" mends "$host" "start unit provision-firewall.service" 'systemctl stop provision-firewall'
case_is "what the distribution's nftables empties is there again" nftables_starts_anew
case_is "rules without our own port are no rules" we_stay_in 'ports = {"8000-8010"}' "would shut out port 22, by which this run is connected"
case_is "nor are rules without our own address" we_stay_in 'ports = {"22"} from = {"203.0.113.0/24"}' "from where this run is connected"
case_is "rules that shut us out after all are taken back" rules_that_shut_us_out_are_taken_back
case_is "what nobody has confirmed is taken back" nobody_confirms
case_is "what nft doesn't accept never replaces what is there" refusal_is_told
case_is "tables of others that drop are told" others_that_drop_are_told
case_is "a service that nobody would reach is told" a_service_nobody_reaches_is_told
case_is "after a reboot it is there before anybody comes" rebooted
case_is "where firewalld is at work its zone lets in what is wished" firewalld_comes
case_is "what somebody closes there is opened again" mends "$host" "have firewalld let in 8000-8010/tcp in zone public" \
        'firewall-cmd -q --remove-port=8000-8010/tcp'
case_is "without firewalld our table is there again" firewalld_goes
case_is "undone, all of ours is gone, and firewalld has what it had before" undone
lab_sum
