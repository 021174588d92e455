# Runs that wait for a cluster: in the background, told what to wait for, cut off, and gone on with. To be sourced after lab.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154 # lab.sh and its users set them

cluster() { # STATUS [OPTION…]
        local status=$1
        shift
        exits "$status" --phase cluster -v "$@" "$conf"
}

# The program waits for a stage; then it is cut off by a signal, and a stage later another goes on.
under_way=''
waits() { # WORDS: it runs, and says so
        "$provision" --phase cluster -v "$conf" >"$scratch/waiting" 2>&1 </dev/null &
        under_way=$!
        tells "$1"
}

tells() { # WORDS [SECONDS]: the one under way has said so
        local ticks
        for ((ticks = ${2:-120} * 10; ticks > 0; ticks--)); do
                ! grep -qF -- "$1" "$scratch/waiting" || return 0
                kill -0 "$under_way" 2>/dev/null || break
                sleep 0.1
        done
        cat "$scratch/waiting"
        echo "it has not told: $1"
        return 1
}

ends() { # STATUS [SIGNAL]
        [ -z "${2:-}" ] || kill -s "$2" "$under_way"
        wait "$under_way"
        local status=$?
        [ "$status" -eq "$1" ] || { cat "$scratch/waiting"; echo "exit status $status, wanted $1"; return 1; }
}
