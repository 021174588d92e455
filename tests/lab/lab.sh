# What the lab's tests share: hosts of their own, one line a case, the sum at the end. To be sourced.
#
# Each test uses its own prefix, so that tests disturb neither each other nor anybody's lab; the hosts go down
# whatever happens, and what a killed run left is removed by the next.
# shellcheck shell=bash

# With pipefail `| grep -q` fails when grep has found what it wants before the other has said all: leave -q out.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

provision=${PROVISION:-build/provision}
passed=0 failed=0 skipped=0
scratch=$(mktemp -d)

# A file system that has just lost a host's files is slow to take another's, so hosts' disks are in memory, if that is ample.
memory_is_ample() { awk '/^MemAvailable:/ { enough = $2 >= 10 * 1024 * 1024 } END { exit !enough }' /proc/meminfo; }
! memory_is_ample || export LAB_DISKS=memory

lab_begin() { # PREFIX COUNT [up's options]: fresh hosts PREFIX1…
        prefix=$1
        local count=$2
        shift 2
        trap lab_end EXIT
        trap 'exit 1' INT TERM
        scripts/lab down --prefix "$prefix" >/dev/null 2>&1
        if ! scripts/lab up "$count" --prefix "$prefix" "$@" >"$scratch/up" 2>&1; then
                cat "$scratch/up"
                echo "0 passed, 1 failed"
                exit 1
        fi
        scripts/lab conf --prefix "$prefix" >"$scratch/host.conf"
        export PROVISION_HOME=$scratch/home
}

lab_begin_with_packages() { # PREFIX COUNT [RELEASE]: hosts that are fresh, but for the packages of a promotion
        local tree
        if ! tree=$(tests/lab/packages_tree.sh "${3:-bookworm}"); then
                echo "0 passed, 1 failed"
                exit 1
        fi
        lab_begin "$1" "$2" --from "$tree"
}

lab_end() {
        scripts/lab down --prefix "$prefix" >/dev/null 2>&1
        rm -rf "$scratch"
}

on() { # HOST COMMAND…: as root there
        scripts/lab ssh "$@"
}

# Of the one host that a test is about, $host.
# shellcheck disable=SC2154
inside() { # COMMAND: as root, at once and without a login
        scripts/lab enter "$host" sh -c "$1"
}

net() { # COMMAND…: a program of this machine in the host's network; one that goes on is started by nsenter itself, to be ended
        nsenter --net="/var/lib/provision-lab/hosts/$host/netns" "$@"
}

wait_for() { # COMMAND…: for at most 30 seconds
        local end=$((SECONDS + 30))
        until "$@" >/dev/null 2>&1; do
                [ "$SECONDS" -lt "$end" ] || { echo "waited in vain for: $*"; return 1; }
                sleep 0.1
        done
}

# One case: its name is a sentence, the rest a command that must succeed. What it said is shown when it doesn't, and how long
# it took when that is what the suite's time goes to.
case_is() {
        local name=$1 began=$SECONDS took
        shift
        if "$@" >"$scratch/said" 2>&1; then
                passed=$((passed + 1))
                took=$((SECONDS - began))
                echo "ok: $name$([ "$took" -lt 5 ] || echo " ($took s)")"
        else
                failed=$((failed + 1))
                echo "FAILED: $name"
                sed 's/^/    /' "$scratch/said" | tail -30
        fi
}

# The program's exit status must be STATUS; everything it says goes to $scratch/out.
exits() { # STATUS ARGUMENT…
        local wanted=$1 status
        shift
        timeout 1200 "$provision" "$@" >"$scratch/out" 2>&1 </dev/null
        status=$?
        cat "$scratch/out"
        [ "$status" -eq "$wanted" ] || { echo "exit status $status, wanted $wanted"; return 1; }
}

says() { # WORDS: the last run said so
        grep -qF -- "$1" "$scratch/out" || { cat "$scratch/out"; echo "did not say: $1"; return 1; }
}

promoted() { exits 0 --phase kvm "$scratch/host.conf"; }

# A run that changes nothing, and a plan without a step.
converged() {
        promoted && says "nothing to do" && exits 0 plan --check "$scratch/host.conf"
}

# Breaks something on the host by a command, sees the plan name it, the run mend it, and a second run find nothing.
mends() { # HOST WORDS-OF-THE-PLAN COMMAND…
        local host=$1 words=$2
        shift 2
        on "$host" "$@" || { echo "could not break it: $*"; return 1; }
        exits 7 plan --check "$scratch/host.conf" && says "$words" && promoted && converged
}

# A case that can't be tried here: its name, and why.
skip() {
        skipped=$((skipped + 1))
        echo "skipped: $1: $2"
}

lab_sum() {
        if [ "$skipped" -gt 0 ]; then
                echo "$passed passed, $failed failed, $skipped skipped"
        else
                echo "$passed passed, $failed failed"
        fi
        [ "$failed" -eq 0 ]
}
