# shellcheck shell=bash
# Locks that may be removed together with what they guard, and that die with their holders.

# lock_take FILE SECONDS: 0 and the descriptor in lock_fd, or 1 when somebody else kept it all the time or there is no such
# file. The file may have been removed while we waited for it (a lock on a removed file guards nothing), so look again.
lock_take() {
        local fd
        while [[ -e $1 ]]; do
                { exec {fd}<"$1"; } 2>/dev/null || continue
                if ! flock -w "$2" "$fd"; then
                        exec {fd}<&-
                        return 1
                fi
                if [[ $1 -ef /proc/$BASHPID/fd/$fd ]]; then
                        lock_fd=$fd
                        return 0
                fi
                exec {fd}<&-
        done
        return 1
}

lock_make() { # lock_make FILE SECONDS: the same, but makes the file if there is none
        while :; do
                mkdir -p "${1%/*}"
                : 2>/dev/null >>"$1" || continue
                if lock_take "$1" "$2"; then return 0; fi
                [[ ! -e $1 ]] || return 1
        done
}

lock_drop() { # lock_drop [FD]: the last one taken if none is given
        local fd=${1:-$lock_fd}
        exec {fd}<&-
}

lock_new() { # gives FILE a lock of its own, free
        : >"$1.new"
        mv -f "$1.new" "$1"
}
