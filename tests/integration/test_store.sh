#!/usr/bin/env bash
# A state.db that can't be used: the run says so in one sentence and ends with 1 before it looks at a machine, what is
# only read goes on, and nothing is lost by it. Real disks that are full, real mounts that are read-only.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

# Mounts of our own, which end with us.
if [ -z "${STORE_TEST_NAMESPACE:-}" ]; then
        if unshare --mount --propagation private true 2>/dev/null; then
                exec env STORE_TEST_NAMESPACE=1 unshare --mount --propagation private "$0"
        fi
        echo "skipped: mounts of our own need root"
        echo "0 passed, 0 failed, 1 skipped"
        exit 0
fi

provision=${PROVISION:-$PWD/build/provision}
passed=0 failed=0
scratch=$(mktemp -d)
holder=''
trap '[ -z "$holder" ] || kill "$holder"; umount -R "$scratch"/*/data 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
export LC_ALL=C
cd "$scratch" || exit 1

# A machine that refuses the connection: a run that gets as far as that ends with 4.
cat >nobody.conf <<'CONF'
host "nobody" {
        connect = "ssh://root@127.0.0.1:1"
}
CONF

case_is() { # NAME FUNCTION: in a home of its own
        local name=$1
        export PROVISION_HOME=$scratch/$2
        mkdir -p "$PROVISION_HOME/data"
        if "$2" >said 2>&1; then
                passed=$((passed + 1))
                echo "ok: $name"
        else
                failed=$((failed + 1))
                echo "FAILED: $name"
                sed 's/^/    /' said | head -30
        fi
}

exits() { # STATUS ARGUMENT…
        local wanted=$1 status
        shift
        timeout 60 "$provision" "$@" >out 2>err </dev/null
        status=$?
        [ "$status" -eq "$wanted" ] || { echo "exit status $status, wanted $wanted"; cat out err; return 1; }
}
run() { exits 4 --phase linux nobody.conf; }
refused() { # WORDS: no machine was looked at, and one sentence says why
        exits 1 --phase linux nobody.conf || return 1
        if [ -s out ] || [ "$(wc -l <err)" -ne 1 ] || ! grep -qF -- "$PROVISION_HOME/data/" err || ! grep -qF -- "$1" err; then
                cat out err
                return 1
        fi
}
recorded() { # COUNT: so many runs are in the history
        exits 0 history || return 1
        [ "$(grep -c nobody.conf out)" -eq "$1" ] || { cat out; return 1; }
}

kept() { run && run && recorded 2; }

only_looking() {
        exits 4 plan nobody.conf && exits 4 probe nobody.conf && exits 0 check nobody.conf && exits 0 status nobody.conf &&
                exits 0 history && [ -z "$(ls -A "$PROVISION_HOME/data")" ]
}

fill() { dd if=/dev/zero of="$PROVISION_HOME/data/ballast" bs=4k 2>/dev/null; [ -s "$PROVISION_HOME/data/ballast" ]; }

full_disk() {
        mount -t tmpfs -o size=512k tmpfs "$PROVISION_HOME/data" && run && run && fill &&
                refused "is full" && recorded 2 && rm "$PROVISION_HOME/data/ballast" && run && recorded 3
}

full_from_the_beginning() {
        mount -t tmpfs -o size=64k tmpfs "$PROVISION_HOME/data" && fill && refused "is full" &&
                rm "$PROVISION_HOME/data/ballast" && mount -o remount,size=2m "$PROVISION_HOME/data" && run && recorded 1
}

read_only() {
        run && mount --bind "$PROVISION_HOME/data" "$PROVISION_HOME/data" &&
                mount -o remount,bind,ro "$PROVISION_HOME/data" && refused "can't be written (Read-only file system)" &&
                recorded 1 && exits 0 report && exits 0 status nobody.conf && umount "$PROVISION_HOME/data" && run && recorded 2
}

# The same where a copy of the file alone was brought, without its log.
read_only_copy() {
        run && sqlite3 "$PROVISION_HOME/data/state.db" ".backup '$PROVISION_HOME/copy.db'" &&
                rm "$PROVISION_HOME"/data/* && mv "$PROVISION_HOME/copy.db" "$PROVISION_HOME/data/state.db" &&
                mount --bind "$PROVISION_HOME/data" "$PROVISION_HOME/data" &&
                mount -o remount,bind,ro "$PROVISION_HOME/data" && recorded 1 && refused "can't be written"
}

damaged() {
        run && sqlite3 "$PROVISION_HOME/data/state.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >checkpoint && head -c 4096 /dev/urandom | dd of="$PROVISION_HOME/data/state.db" conv=notrunc 2>/dev/null &&
                refused "is damaged" && refused "move $PROVISION_HOME/data/state.db* away" && exits 1 history &&
                exits 4 plan nobody.conf && mkdir aside && mv "$PROVISION_HOME"/data/state.db* aside && run && recorded 1
}

emptied() { # as by a disk that lost its last writes
        run && rm "$PROVISION_HOME"/data/state.db-* && : >"$PROVISION_HOME/data/state.db" && refused "is damaged (it is empty)" &&
                refused "move $PROVISION_HOME/data/state.db* away" && exits 1 history && exits 4 plan nobody.conf &&
                [ ! -s "$PROVISION_HOME/data/state.db" ] && rm "$PROVISION_HOME"/data/state.db* && run && recorded 1
}

newer() {
        run && sqlite3 "$PROVISION_HOME/data/state.db" 'PRAGMA user_version = 99' && refused "newer provision" &&
                exits 1 report && sqlite3 "$PROVISION_HOME/data/state.db" 'PRAGMA user_version = 1' && recorded 1
}

# Somebody who holds the file for longer than we wait. What he waits for himself never comes.
locked() {
        run || return 1
        mkfifo hold
        sqlite3 "$PROVISION_HOME/data/state.db" >locked.out <hold &
        holder=$!
        exec 7>hold
        echo 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; SELECT "held";' >&7
        while ! grep -q held locked.out; do kill -0 "$holder" || return 1; done
        refused "has been locked by another program" && refused ".backup"
        local status=$?
        exec 7>&-
        wait "$holder"
        holder=''
        [ $status -eq 0 ] && run && recorded 2
}

# A copy with .backup gets in nobody's way, and is whole.
copied() {
        run && sqlite3 "$PROVISION_HOME/data/state.db" ".backup '$scratch/backup.db'" && run && recorded 2 &&
                [ "$(sqlite3 "$scratch/backup.db" 'PRAGMA integrity_check; SELECT count(*) FROM run')" = $'ok\n1' ]
}

at_once() {
        local runs=() i
        for i in 1 2 3 4 5 6; do
                "$provision" --phase linux nobody.conf >/dev/null 2>&1 &
                runs+=($!)
        done
        for i in "${runs[@]}"; do wait "$i"; [ $? -eq 4 ] || return 1; done
        recorded 6
}

case_is "a run is recorded" kept
case_is "what only looks leaves nothing behind" only_looking
case_is "a disk that has become full" full_disk
case_is "a disk that was full from the beginning" full_from_the_beginning
case_is "a read-only disk: no run, but history" read_only
case_is "a copy without its log on a read-only disk" read_only_copy
case_is "a damaged file is told, and a new one is begun when it is moved away" damaged
case_is "an empty file is told as damaged" emptied
case_is "a file from a newer version is left alone" newer
case_is "a file that somebody keeps locked" locked
case_is "a copy while runs go on" copied
case_is "several runs at once" at_once

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
