#!/usr/bin/env bash
# scripts/servers builds once, whole or not at all, and leaves nothing else: with a compiler that only pretends, because it is
# about what happens around the compiler. test_kube_server.sh uses what the real one makes.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

passed=0 failed=0
scratch=$(mktemp -d)
builder='' other=''
trap '[ -z "$builder$other" ] || kill -KILL $builder $other; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
export LC_ALL=C PATH=$scratch/bin:$PATH PRETENCE=$scratch

# It notes each build in `builds`; while there is a file `hold` a build goes on, and its PID is in `compiling`.
mkdir "$scratch/bin"
cat >"$scratch/bin/go" <<'GO'
#!/usr/bin/env bash
case "$1 $2" in
'env GOVERSION') echo go1.99.1 ;;
'mod download')
        mkdir -p "$GOMODCACHE/$4"
        touch "$GOMODCACHE/$4/go.mod" "$GOMODCACHE/$4/go.sum"
        printf '{\n\t"Path": "%s",\n\t"Sum": "%s"\n}\n' "${4%@*}" "$(cat "$PRETENCE/sum")"
        ;;
build*)
        while [ "$1" != -o ]; do shift; done
        echo "$2" >>"$PRETENCE/builds"
        echo half >"$2"
        echo $$ >"$PRETENCE/compiling"
        while [ -e "$PRETENCE/hold" ]; do sleep 0.02; done
        [ ! -e "$PRETENCE/bad" ] || { echo 'main.go:1:1: it is broken' >&2; exit 1; }
        printf '#!/bin/sh\necho whole\n' >"$2"
        chmod +x "$2"
        ;;
esac
GO
chmod +x "$scratch/bin/go"

case_is() { # NAME FUNCTION: with an empty cache
        local name=$1
        export XDG_CACHE_HOME=$scratch/$2
        rm -f "$scratch"/{hold,bad,compiling}
        : >"$scratch/builds"
        awk '$1 == "etcd" { print $4 }' scripts/servers >"$scratch/sum"
        if "$2" >"$scratch/said" 2>&1; then
                passed=$((passed + 1))
                echo "ok: $name"
        else
                failed=$((failed + 1))
                echo "FAILED: $name"
                sed 's/^/    /' "$scratch/said" | tail -30
        fi
}

is() { # WANTED GOT
        [ "$1" = "$2" ] || { echo "wanted: $1"; echo "got:    $2"; return 1; }
}
soon() { # COMMAND…: within half a minute
        local end=$((SECONDS + 30))
        until "$@"; do
                [ "$SECONDS" -lt "$end" ] || { echo "not within half a minute: $*"; return 1; }
                sleep 0.02
        done
}
builds() { is "$1" "$(grep -c . "$scratch/builds")"; }
kept() { is "$1" "$(find "$XDG_CACHE_HOME/provision/servers" -mindepth 1 -printf '%f\n' | sort | paste -sd ' ')"; }
version=$(awk '$1 == "etcd" { print $2 }' scripts/servers)
is_whole() { # it is where it was said to be, and the only thing that stays
        is "$XDG_CACHE_HOME/provision/servers/etcd-$version" "$1" && is whole "$("$1")" && kept "etcd-$version lock"
}
fails() { # WORDS: status 1, and a sentence
        local words status
        words=$(scripts/servers path etcd 2>&1 >"$scratch/out")
        status=$?
        echo "$words"
        [ $status -eq 1 ] && [ ! -s "$scratch/out" ] && [[ $(tail -n 1 <<<"$words") == "servers: "*"$1"* ]] && kept lock
}
begin_one() { # a build that goes on, in $builder
        touch "$scratch/hold"
        scripts/servers path etcd >"$scratch/out" 2>"$scratch/err" &
        builder=$!
        soon test -s "$scratch/compiling"
}
compiler_is_gone() { ! kill -0 "$(<"$scratch/compiling")" 2>/dev/null; }

once() {
        is_whole "$(scripts/servers path etcd)" && is_whole "$(scripts/servers path etcd)" && builds 1
}
killed() {
        begin_one && kill -KILL "$builder" && soon compiler_is_gone || return
        builder=''
        rm "$scratch/hold"
        is_whole "$(scripts/servers path etcd)" && builds 2
}
ended() {
        begin_one && kill -TERM "$builder" || return
        wait "$builder"
        is 143 $? || return
        builder=''
        soon compiler_is_gone && kept lock
}
two_at_once() {
        begin_one || return
        scripts/servers path etcd >"$scratch/out2" 2>"$scratch/err2" &
        other=$!
        soon grep -q 'waiting for another build' "$scratch/err2" && rm "$scratch/hold" && wait "$builder" && wait "$other" || return
        builder='' other=''
        is_whole "$(<"$scratch/out")" && is_whole "$(<"$scratch/out2")" && builds 1
}
another_sum() { echo h1:another >"$scratch/sum" && fails "isn't what was published" && builds 0; }
broken() { touch "$scratch/bad" && fails "can't be built: main.go:1:1: it is broken"; }
no_room() { mkdir -p "$XDG_CACHE_HOME" && touch "$XDG_CACHE_HOME/provision" && ! scripts/servers path etcd 2>"$scratch/err" &&
        grep "can't be made" "$scratch/err"; }
unknown() {
        scripts/servers path etcd3 2>"$scratch/err"
        is 2 $? && grep 'no server "etcd3"' "$scratch/err"
}

case_is "a server is built once, and only it is kept" once
case_is "a killed build is not taken for one" killed
case_is "a build that is told to end takes everything with it" ended
case_is "two at once wait for each other" two_at_once
case_is "what isn't what was published isn't built" another_sum
case_is "what the compiler says is told" broken
case_is "a cache that can't be made is told" no_room
case_is "a server that there isn't" unknown

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
