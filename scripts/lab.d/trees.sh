# shellcheck shell=bash disable=SC2154 # state, cache, key, ... are set by scripts/lab
# Trees that hosts' overlays lie on: a base for each release, made once, and trees kept with `lab save`.

base_packages=(systemd systemd-sysv dbus libpam-systemd openssh-server iproute2 iputils-ping ca-certificates sudo procps
        udev kmod netbase)

base_build() { # base_build RELEASE DIRECTORY
        local include=("${base_packages[@]}") options=() mirrors=()
        [[ $1 == trixie ]] && include+=(polkitd) || include+=(policykit-1)
        mapfile -t options < <(apt_settings | sed 's/^/--aptopt=/')
        mapfile -t mirrors < <(apt_mirrors "$1")
        # in namespaces of its own and bound to our life: whatever ends, its processes and mounts end too
        exec setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc \
                mmdebstrap --quiet --mode=root --variant=minbase --include="$(IFS=, && echo "${include[*]}")" "${options[@]}" \
                --skip=cleanup/apt --customize-hook="sh '$parts/furnish' \"\$1\"" "$1" "$2" "${mirrors[@]}"
}

# The name tells the recipe, so that a changed recipe makes a new base.
base_path() {
        local recipe
        recipe=$({
                declare -p base_packages
                declare -f base_build
                cat "$parts/furnish"
        } | sha256sum)
        printf '%s/base-%s-%s\n' "$cache" "$1" "${recipe:0:8}"
}

base_make() { # base_make RELEASE [REFRESH]: only when it isn't there
        local tree new=$cache/.new-$1 builder
        tree=$(base_path "$1")
        [[ -n ${2-} || ! -d $tree ]] || return 0
        ! hosts_lie_on "$tree" || die "hosts lie on $tree: take them down before --refresh, see: lab list"
        command -v mmdebstrap >/dev/null || die "mmdebstrap: not found; install what the lab needs with: scripts/setup --lab"
        cache_make
        lock_make "$cache/lock-$1" 900 || die "$cache/lock-$1 is held for 15 minutes: look for a hanging mmdebstrap"
        if [[ -n ${2-} || ! -d $tree ]]; then
                say "making the base tree for $1, which takes about half a minute"
                rm -rf --one-file-system "$new"
                base_build "$1" "$new" >"$cache/base-$1.log" 2>&1 </dev/null &
                builder=$!
                # shellcheck disable=SC2064 # to be expanded now
                trap "base_undo $builder '$new'" EXIT
                wait "$builder" || die "mmdebstrap failed ($(grep -m 1 '^E: ' "$cache/base-$1.log" || tail -n 1 "$cache/base-$1.log")): see $cache/base-$1.log"
                trap - EXIT
                base_retire "$1"
                mv "$new" "$tree"
        fi
        lock_drop
}

base_undo() { # base_undo BUILDER DIRECTORY
        set +e
        kill -s KILL "$1" 2>/dev/null
        wait "$1" 2>/dev/null
        rm -rf --one-file-system "$2"
}

hosts_lie_on() { grep -qsxF "$1" "$state"/hosts/*/lower; }

base_retire() { # removes bases of RELEASE that no host lies on; those in use go the next time
        local old
        for old in "$cache/base-$1"-*/; do
                hosts_lie_on "${old%/}" || rm -rf --one-file-system "$old"
        done
}

cache_make() {
        [[ ! -d $cache ]] || return 0
        # directories on the way belong to the user, not to root
        [[ -z ${SUDO_UID-} ]] || sudo -u "#$SUDO_UID" mkdir -p "$cache" 2>/dev/null || true
        mkdir -p "$cache/trees"
}

key_make() { # one key for all hosts of this user, ever, so that a host.conf stays true
        cache_make
        [[ ! -e $key ]] || return 0
        lock_make "$cache/lock-key" 60 || die "$cache/lock-key is held by another process: end it"
        if [[ ! -e $key ]]; then
                rm -f "$key.new" "$key.new.pub"
                ssh-keygen -q -t ed25519 -N '' -C provision-lab -f "$key.new"
                [[ -z ${SUDO_UID-} ]] || chown "$SUDO_UID:${SUDO_GID-}" "$key.new" "$key.new.pub"
                mv "$key.new.pub" "$key.pub"
                mv "$key.new" "$key"
        fi
        lock_drop
}

# This machine's way to packages: proxies, certificates, clocks that can't be trusted. Lines for apt.conf.
apt_settings() {
        local name
        if command -v apt-config >/dev/null; then
                apt-config dump | grep -E '^Acquire::(https?::|Check-|Max-ValidTime|Retries|ForceIPv)' | grep -v ' "";$' || true
        fi
        for name in http https; do
                local variable=${name}_proxy
                [[ -z ${!variable-} ]] || printf 'Acquire::%s::Proxy "%s";\n' "$name" "${!variable}"
        done
}

# This machine's Debian mirrors, as sources for RELEASE; nothing, and so mmdebstrap's own, when it has none
apt_mirrors() {
        local main security
        command -v apt-get >/dev/null || return 0
        local targets
        # shellcheck disable=SC2016 # apt fills these in
        targets=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null) || return 0
        main=$(sed -n 's/^Debian //p' <<<"$targets" | head -n 1)
        security=$(sed -n 's/^Debian-Security //p' <<<"$targets" | head -n 1)
        [[ -n $main && -n $security ]] || return 0
        printf 'deb %s %s main\n' "$main" "$1" "$main" "$1-updates" "$security" "$1-security"
}

check_tree() {
        [[ $1 =~ ^[a-z0-9][a-z0-9._-]{0,60}$ ]] || usage_error "\"$1\" can't be a tree's name: small letters, digits, '.', '_' and '-'"
}

tree_path() { # of a kept tree, or a directory given by its path
        local path=$1
        if [[ $path != /* ]]; then
                check_tree "$path"
                path=$cache/trees/$path
        fi
        [[ -d $path/etc ]] || die "there is no tree $1: make it with: lab save NAME $1"
        printf '%s\n' "$path"
}

tree_save() { # tree_save ROOT TREE
        local new=$cache/trees/.new-$2 tree=$cache/trees/$2
        check_tree "$2"
        mkdir -p "$cache/trees"
        lock_make "$cache/lock-trees" 600 || die "$cache/lock-trees is held for ten minutes: look for a hanging cp"
        [[ ! -d $tree ]] || die "there is a tree $2 already: remove it with: lab trees --remove $2"
        rm -rf --one-file-system "$cache"/trees/.new-* # what a killed one left, too
        cp -a --one-file-system "$1" "$new"
        mv "$new" "$tree"
        lock_drop
}

tree_list() {
        local tree
        for tree in "$cache"/trees/*/; do basename "$tree"; done
}

tree_remove() {
        check_tree "$1"
        [[ -d $cache/trees/$1 ]] || die "there is no tree $1: see what there is with: lab trees"
        ! hosts_lie_on "$cache/trees/$1" || die "hosts lie on $1: take them down first, see: lab list"
        rm -rf --one-file-system "${cache:?}/trees/$1"
}
