#!/usr/bin/env bash
# Debian 13: the program is built there, from a checkout on a machine where nothing was installed, by a user with sudo;
# with libssh2 1.11, gcc 14, clang 19, libvirt 11 and against sshd 10. What needs root is run by root.
#
# The furnished machine is kept among the lab's trees, by a name that tells what it was made of. Only when that has
# changed is it made anew, which takes some minutes. What is compiled there is kept by a ccache, which is put on the machine
# and fetched from it: without one, or with one that is damaged, all of it is compiled.
. "$(dirname "$0")/lab.sh"

host=dbuild1
kind=furnished-trixie

tree_name() {
        local base
        base=$(scripts/lab base --release trixie) || return 1
        printf '%s-%.8s\n' "$kind" "$({ stat -c '%n %Y' "$base" && cat scripts/setup; } | sha256sum)"
}

as_user() { # COMMAND
        scripts/lab ssh "admin@$host" "cd provision && PATH=/usr/lib/ccache:\$PATH && $1"
}

as_root() { # COMMAND
        scripts/lab ssh "$host" "cd ~admin/provision && $1"
}

checkout() {
        tar -c --exclude-vcs --exclude=./build . |
                scripts/lab ssh "admin@$host" 'rm -rf provision && mkdir provision && tar -x -C provision'
}

compiled=${XDG_CACHE_HOME:-$HOME/.cache}/provision/compiled-trixie.tar

put_compiled() {
        [ ! -e "$compiled" ] || scripts/lab ssh "admin@$host" tar -x <"$compiled" || rm -f "$compiled"
        as_user 'ccache --max-size 400M && ccache --zero-stats'
}

keep_compiled() {
        local new
        as_user 'ccache --show-stats'
        mkdir -p "${compiled%/*}" && new=$(mktemp "$compiled.XXXXXX") || return 1
        scripts/lab ssh "admin@$host" tar -c .cache/ccache >"$new" && mv "$new" "$compiled" && return
        rm -f "$new"
        return 1
}

furnished() {
        checkout && as_user 'scripts/setup --test' && as_root 'apt-get clean && rm -r ~admin/provision'
}

kept() { # the older ones make room for it
        local old
        scripts/lab stop "$host" && scripts/lab save "$host" "$tree" && scripts/lab start "$host" || return 1
        for old in $(scripts/lab trees | grep "^$kind-" | grep -vx "$tree"); do
                scripts/lab trees --remove "$old"
        done
}

installed() {
        # shellcheck disable=SC2016 # for the shell there
        as_user 'make -s install DESTDIR="$HOME/there" >/dev/null && cd ~/there/usr/local && bin/provision --version &&
                mandoc -T lint -W error,stop share/man/man1/provision.1 share/man/man5/host.conf.5'
}

# The tests of links mostly wait, so they run beside all else: in two heaps, each on a loopback of its own.
declare -A links
begin_links() { # HEAP PROGRAM…
        local heap=$1
        shift
        as_root "exec unshare --net sh -c 'ip link set lo up && exec scripts/run-tests ${*/#/build/tests/integration/}'" \
                >"$scratch/links.$heap" 2>&1 &
        links[$heap]=$!
}

links_passed() { # HEAP
        wait "${links[$1]}"
        local status=$?
        cat "$scratch/links.$1"
        return "$status"
}

# The whole program, to an sshd that has nothing but an RSA key, with an identity that is one.
only_rsa() {
        scripts/lab ssh "$host" bash -euo pipefail -s <<'END'
for key in identity server; do ssh-keygen -q -t rsa -N '' -f "/root/rsa_$key"; done
cat /root/rsa_identity.pub >>/root/.ssh/authorized_keys
systemd-run --quiet --unit=only-rsa --service-type=notify /usr/sbin/sshd -D -p 2222 -h /root/rsa_server
echo "[127.0.0.1]:2222 $(cut -d ' ' -f 1,2 /root/rsa_server.pub)" >/root/rsa_known
cat >/root/rsa.conf <<'CONF'
host "rsa" {
        connect     = "ssh://root@127.0.0.1:2222"
        identity    = "/root/rsa_identity"
        known_hosts = "/root/rsa_known"
}
CONF
~admin/provision/build/provision probe /root/rsa.conf
END
}

tree=$(tree_name) || { echo "0 passed, 1 failed"; exit 1; }
if grep -qx "$tree" <<<"$(scripts/lab trees)"; then
        lab_begin dbuild 1 --from "$tree"
else
        lab_begin dbuild 1 --release trixie
        case_is "a user with sudo sets a fresh machine up" furnished
        case_is "the furnished machine is kept for the next time" kept
fi
case_is "a checkout is there" checkout
case_is "nothing is left to install" as_user 'scripts/setup --test --check'
case_is "what was compiled before is there, if anything was" put_compiled
# shellcheck disable=SC2016 # for the shell there
case_is "gcc builds it all" as_user 'make -s -j"$(nproc)" CC=gcc all && make -s -j"$(nproc)" CC=gcc CFLAGS=-O0 tests'
begin_links connect test_link_connect
begin_links others test_link test_link_stream test_link_sudo
case_is "it names libssh2 1.11" as_user 'build/provision --version | grep "libssh2 1\.11\."'
case_is "an RSA key logs in where the server has only an RSA key" only_rsa
case_is "it is installed, with its manual" installed
# shellcheck disable=SC2016
case_is "clang builds it" as_user 'make -s -j"$(nproc)" CC=clang CFLAGS=-O0 BUILD=build/clang'
case_is "what must not compile with gcc does not" as_user 'CC=gcc tests/compile_fail/run'
case_is "nor with clang" as_user 'CC=clang tests/compile_fail/run'
case_is "what was compiled is kept" keep_compiled
case_is "the unit tests pass" as_user 'make -s check'
case_is "the tests of getting connected pass" links_passed connect
case_is "the other tests of links pass" links_passed others
lab_sum
