#!/usr/bin/env bash
# packages_tree.sh RELEASE: prints the name of a tree for `scripts/lab up --from`: a host whose promotion was cut off when the
# packages were installed, for suites that are about what comes after them. Kept among the lab's trees, by a name that tells
# what it was made of; made when it isn't there.
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside
. "$(dirname "$0")/lab.sh"

release=$1
kind=packages-$release
host=pkgs-${release}1
at_event=build/tests/lab/at_event
trees=${XDG_CACHE_HOME:-$HOME/.cache}/provision/lab/trees

tree_name() {
        local base
        base=$(scripts/lab base --release "$release") || return 1
        printf '%s-%.8s\n' "$kind" "$({
                stat -c '%n %Y' "$base"
                cat "$0" scripts/lab.d/sample.conf src/scores/packages.[ch]
        } | sha256sum)"
}

is_there() { [ -d "$trees/$tree" ]; }

save_packages() {
        lab_begin "${host%1}" 1 --release "$release"
        make -s "$at_event" && "$at_event" '"event":"step-done"' 0 kill "$provision" --json --phase kvm "$scratch/host.conf"
        [ $? -eq 137 ] && scripts/lab enter "$host" dpkg --status libvirt-daemon-system >/dev/null && scripts/lab stop "$host" || return 1
        [ ! -d "$trees/new-$tree" ] || scripts/lab trees --remove "new-$tree"
        scripts/lab save "$host" "new-$tree" && lab_end
}

# What libvirtd finds out about QEMU takes it seconds of processor time, and holds for as long as the files are the same.
add_capabilities() {
        local cache=var/cache/libvirt/qemu
        scratch=$(mktemp -d)
        lab_begin "${host%1}" 1 --from "new-$tree"
        promoted && scripts/lab enter "$host" tar -C "/$cache" -c capabilities | tar -C "$trees/new-$tree/$cache" -x && lab_end
}

# Those of other checkouts stay for as long as they are used every day.
remove_old() {
        local mark old
        find "$trees" -maxdepth 1 -name ".used-$kind-*" -mmin +1440 | while read -r mark; do
                old=${mark##*/.used-}
                [ ! -d "$trees/$old" ] || scripts/lab trees --remove "$old" && rm -f "$mark"
        done
}

trap 'rm -rf "$scratch"' EXIT
tree=$(tree_name) || exit 1
mkdir -p "$trees" && touch "$trees/.used-$tree" || exit 1
if ! is_there; then
        exec {lock}>>"$trees/.lock-$kind"
        flock --wait 900 "$lock" || exit 1
        # the host's processes outlive a test that is killed, so they must not have the lock
        is_there || said=$(exec {lock}>&- 2>&1 && save_packages && add_capabilities && mv "$trees/new-$tree" "$trees/$tree" && remove_old) || {
                echo "$said" >&2
                exit 1
        }
fi
echo "$tree"
