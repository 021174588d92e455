#!/usr/bin/env bash
# The names of a network, as `dig` gets them from the dnsmasq that libvirt runs for it, and what others do to them.
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside
. "$(dirname "$0")/lab.sh"

host=nm1
server=192.168.150.1

inside() { # COMMAND: as root, at once and without a login
        scripts/lab enter "$host" sh -c "$1"
}

net() { # COMMAND…: a program of this machine in the host's network
        nsenter --net="/var/lib/provision-lab/hosts/$host/netns" "$@"
}

# ---- asking ----

ask() { # QUESTION…: the status, and what was answered; "silence" when nobody did
        net dig "@$server" +tries=1 +time=5 +noall +comments +answer "$@" |
                awk '/status:/ { sub(/,$/, "", $6); all = $6 } /^[^;]/ && NF >= 5 { all = all " " $5 } END { print all ? all : "silence" }'
}

is_told() { # ANSWER QUESTION…: by UDP and by TCP
        local wanted=$1 transport answer
        shift
        for transport in +notcp +tcp; do
                answer=$(ask "$transport" "$@")
                [ "$answer" = "$wanted" ] || { echo "$transport $*: $answer; wanted: $wanted"; return 1; }
        done
}

# ---- configurations ----

names() { # LINES: the lab's host.conf, with these lines in network lab
        sed "/^network \"lab\" {/r /dev/stdin" "$scratch/lab.conf" <<<"$1" >"$scratch/host.conf"
}

usual='dns "192.168.150.5" { names = {"api.lab.test", "api-int.lab.test", "*.apps.lab.test"} }'

# ---- the cases ----

all_is_told() {
        is_told "NOERROR 192.168.150.5" api.lab.test A && is_told "NOERROR 192.168.150.5" api-int.lab.test A &&
                is_told "NOERROR api.lab.test." -x 192.168.150.5 &&
                is_told "NOERROR 192.168.150.5" console.apps.lab.test A && is_told "NOERROR 192.168.150.5" a.b.apps.lab.test A
}

nothing_else_is_told() { # an error would make some clients give up a name that has an IPv4 address
        is_told NOERROR console.apps.lab.test AAAA && is_told NOERROR console.apps.lab.test TXT &&
                is_told NOERROR apps.lab.test AAAA && [ "$(ask +notcp nothing.lab.test A)" = NXDOMAIN ]
}

lab_begin_with_packages nm 1
mv "$scratch/host.conf" "$scratch/lab.conf"
names "$usual"
case_is "a host is promoted" promoted
case_is "a second run changes nothing" converged
case_is "names, their addresses' name and everything below a wildcard are told" all_is_told
case_is "whatever else below the wildcard is nothing, and no error" nothing_else_is_told
lab_sum
